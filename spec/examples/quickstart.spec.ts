import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { tellStory } from "../../examples/quickstart/story";
import { onEveryEngine, onEveryPostgres } from "../support/databases";
import { server } from "../support/engines";

onEveryEngine("the quickstart", (databases) => {
  it("tells its story to the end", async () => {
    const reasons = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const lines: string[] = [];
    await tellStory(databases.driver(), (line) => lines.push(line));
    reasons.mockRestore();
    const story = lines.join("\n");
    expect(story).toContain("the profile is a Profile: Alice <alice@example.org>");
    expect(story).toContain("Alice's documents: Plan for the garden, Shopping list, Garden calendar.");
    expect(story).toContain("Bob's documents: Letter to the council.");
    expect(story).toContain("without a context (it does not compile either): ContextRequiredError.");
    expect(story).toContain("Bob asks for Alice's document by its id: null.");
    expect(story).toContain("under the id of Alice's: AccessViolationError.");
    expect(story).toContain("in Alice's name: AccessViolationError.");
    expect(story).toContain("hands Bob her own document: AccessViolationError.");
    expect(story).toContain("no characters: ValidationError.");
    expect(story).toContain("an empty condition: InvalidQueryError.");
    expect(story).toContain("0 deleted.");
    expect(story).toContain("Bob's documents are as before: Letter to the council.");
    expect(story).toContain("sees all 4 documents");
  });
});

it("npm start runs it as a program of its own", async () => {
  const root = resolve(__dirname, "../..");
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["scripts/run-example.cjs", "examples/quickstart/main.ts"], { cwd: root });
  expect(stdout).toContain("sees all 4 documents");
  expect(stderr).toBe("freehold: statements across owners: quickstart: count the documents of all users\n");
});

onEveryPostgres("npm start with FREEHOLD_POSTGRES_URL", (databases) => {
  it("runs the same program on the server", async () => {
    const place = databases.newPlace();
    await server().createSchema(place);
    const { stdout } = await promisify(execFile)(process.execPath, ["scripts/run-example.cjs", "examples/quickstart/main.ts"], {
      cwd: resolve(__dirname, "../.."), env: { ...process.env, FREEHOLD_POSTGRES_URL: server().url(place), FREEHOLD_RLS: databases.rls ? "1" : "0" },
    });
    expect(stdout).toContain("sees all 4 documents");
    const [rows] = await databases.outside(place, [["select relrowsecurity as on from pg_class where relname = 'document' and relnamespace = current_schema()::regnamespace"]]);
    expect(rows).toEqual([{ on: databases.rls }]);
  });
});

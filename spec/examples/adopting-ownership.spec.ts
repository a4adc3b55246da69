import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { AccessViolationError, Database, ForeignKeyViolationError, UserContext, type FreeholdConfig } from "freehold";
import { Account, Attachment, Project, Task } from "../../examples/adopting-ownership/entities";
import { failure, onEveryShared, type TestDatabases } from "../support/databases";
import { inFolder, type Outcome } from "../support/command-line";

const root = resolve(__dirname, "../..");
const guide = readFileSync(join(root, "docs/adopting-ownership.md"), "utf8");
const entities = [Account, Project, Task, Attachment];

/** What the guide has one type or run, in its order. */
const steps = [...guide.matchAll(/^```(sh|sql)\n(.*?)^```$/gms)].map(([, language, text]) => ({ language: language!, text: text! }));

/** The words of a command, as a shell has them. */
function words(command: string): readonly string[] {
  return [...command.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

/** Runs a line of the guide; null where it is for another engine. */
async function run(line: string, dialect: string, folder: string, config: FreeholdConfig): Promise<Outcome | null> {
  const [command = "", engine] = line.split(" # ");
  if (engine !== undefined && engine.toLowerCase() !== { sqlite: "sqlite", postgres: "postgresql" }[dialect]) return null;
  expect(command).toMatch(/^npx freehold /);
  return inFolder(folder, words(command).slice(2), config);
}

async function legacy(databases: TestDatabases, place: string): Promise<void> {
  const sql = readFileSync(join(root, `examples/adopting-ownership/legacy.${databases.dialect}.sql`), "utf8");
  await databases.outside(place, sql.split(";\n").filter((text) => text.trim() !== "").map((text) => [text]));
}

onEveryShared("the guide for adopting ownership", (databases) => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "freehold-adopting-")); });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("takes a database with leaks to entities with owners, and loses no row", async () => {
    const place = databases.newPlace();
    await legacy(databases, place);
    const config: FreeholdConfig = { driver: databases.driver(place), entities };
    const outcomes: string[] = [];
    for (const { language, text } of steps) {
      if (language === "sql") {
        await databases.outside(place, [[text]]);
        continue;
      }
      for (const line of text.trim().split("\n")) {
        const outcome = await run(line, databases.dialect, folder, config);
        if (outcome === null) continue;
        const [, , command, sub] = words(line);
        outcomes.push(`${command}${command === "doctor" ? "" : ` ${sub}`}: ${outcome.code}${outcome.code === 0 || command === "doctor" ? "" : ` ${outcome.stderr}`}`);
      }
    }
    expect(outcomes).toEqual(["doctor: 1", "migrate adopt: 0", "migrate create: 0", "migrate up: 0", "doctor: 0", "schema check: 0", "migrate verify: 0"]);
    const db = await Database.open({ ...config, logger: () => undefined });
    try {
      const [ann, ben] = [UserContext.forKey(Account, 1), UserContext.forKey(Account, 2)];
      expect((await db.repository(Task).find(ann, {}, { orderBy: { taskId: "asc" } })).map(({ title, done }) => [title, done])).toEqual([["Dig", true], ["Plant", false]]);
      expect((await db.repository(Attachment).find(ann)).map(({ fileName }) => fileName)).toEqual(["beds.pdf", "seeds.csv"]);
      expect((await db.repository(Attachment).find(ben)).map(({ fileName }) => fileName)).toEqual(["colours.png"]);
      const [account] = await db.repository(Account).find({ email: "ann@example.com" });
      expect(account?.createdAt).toEqual(new Date("2024-05-01T08:30:00.000Z"));
      await failure(ForeignKeyViolationError, () => db.repository(Task).insert(ann, { projectId: 2, title: "in Ben's boat" }));
      await failure(AccessViolationError, () => db.repository(Project).insert(ann, { accountId: 2, name: "for Ben" }));
      // Ids go on where they were.
      expect((await db.repository(Project).insert(ann, { name: "Pond" })).projectId).toBe(3);
    } finally {
      await db.close();
    }
  });

  it("refuses the migration while a row crosses owners, and changes nothing", async () => {
    const place = databases.newPlace();
    await legacy(databases, place);
    const config: FreeholdConfig = { driver: databases.driver(place), entities };
    const rows = async (): Promise<readonly unknown[]> => databases.outside(place, [["select * from account order by 1"], ["select * from project order by 1"], ["select * from task order by 1"], ["select * from attachment order by 1"]]);
    const before = await rows();
    const lines = steps.filter(({ language }) => language === "sh").flatMap(({ text }) => text.trim().split("\n")).filter((line) => /migrate (adopt|create)/.test(line));
    for (const line of lines) expect((await run(line, databases.dialect, folder, config))?.code ?? 0).toBe(0);
    // The owner of the one that has none is known; that of the other is not.
    await databases.outside(place, [["update attachment set account_id = 1 where account_id is null"]]);
    const outcome = await inFolder(folder, ["migrate", "up"], config);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(databases.dialect === "sqlite" ? /1 of attachment refer to no row of task/ : /fk_attachment_account_id_task_id/);
    await databases.outside(place, [["update attachment set account_id = null where file_name = 'seeds.csv'"]]);
    expect(await rows()).toEqual(before);
  });

  it("makes the tables that were found in an empty database too", async () => {
    const place = databases.newPlace();
    await legacy(databases, place);
    const config = (at: string): FreeholdConfig => ({ driver: databases.driver(at), entities });
    for (const { language, text } of steps) {
      if (language !== "sh") continue;
      for (const line of text.trim().split("\n")) if (/migrate (adopt|create)/.test(line)) await run(line, databases.dialect, folder, config(place));
    }
    const empty = databases.newPlace();
    const outcome = await inFolder(folder, ["migrate", "up"], config(empty));
    expect([outcome.code, outcome.code === 0 ? "" : outcome.stderr]).toEqual([0, ""]);
    expect(await inFolder(folder, ["schema", "check"], config(empty))).toMatchObject({ code: 0 });
  });
});

it("the guide shows the entities that are tried", () => {
  const [, shown] = /^```ts\n(.*?)^```$/ms.exec(guide)!;
  expect(readFileSync(join(root, "examples/adopting-ownership/entities.ts"), "utf8").replaceAll("export class", "class")).toBe(shown);
});

import { existsSync } from "node:fs";
import { Database } from "freehold";
import { inProcess } from "../support/command-line";
import { onEveryEngine, onEverySqliteFile, type TestDatabases } from "../support/databases";
import { noteModel } from "../support/notes";

/** A database in memory is gone with whoever opened it; here it is seen through one that stays. */
async function made(databases: TestDatabases, ...statements: readonly string[]) {
  const place = databases.newPlace();
  const config = { ...noteModel, driver: databases.driver(place) };
  const db = await databases.openPlace(place, noteModel);
  await db.schema.ensure();
  if (statements.length > 0) await databases.past(db, ...statements.map((sql) => [sql] as const));
  if (databases.shared) return config;
  // Not closed by the command.
  jest.spyOn(Database, "open").mockResolvedValueOnce(db);
  jest.spyOn(db, "close").mockResolvedValueOnce(undefined);
  return config;
}

afterEach(() => jest.restoreAllMocks());

const GONE = `drop index "uq_folder_user_id_name"`;

onEveryEngine("freehold schema check", (databases) => {
  it("ends with 0 where all is well", async () => {
    expect(await inProcess(["schema", "check"], await made(databases))).toEqual({ code: 0, stdout: "The database agrees with the entities.\n", stderr: "" });
  });

  it("ends with 1 where something differs, and says what and what would mend it", async () => {
    const { code, stdout } = await inProcess(["schema", "check"], await made(databases, GONE));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\+ The unique \(user_id, name\) where .* of folder is missing in the database\.\n {4}drop index if exists "uq_folder_user_id_name";\n {4}create unique index .*;\n\n1 difference\.\n$/);
  });

  it("tells machines the same", async () => {
    const { code, stdout } = await inProcess(["schema", "check", "--json"], await made(databases, GONE));
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ differences: [{
      entity: "Folder", table: "folder", kind: "unique", state: "missing", name: expect.any(String), message: expect.any(String), mend: expect.any(String),
    }] });
  });

  it("paints for a terminal", async () => {
    expect((await inProcess(["schema", "check"], await made(databases, GONE), true)).stdout).toContain("\u001b[32m+ The unique");
    expect((await inProcess(["schema", "check", "--no-color"], await made(databases, GONE), true)).stdout).not.toContain("\u001b");
    expect((await inProcess(["schema", "check", "--json"], await made(databases, GONE), true)).stdout).not.toContain("\u001b");
  });
});

onEveryEngine("freehold schema diff", (databases) => {
  it("shows what ensure would create, and what it would leave", async () => {
    const { code, stdout } = await inProcess(["schema", "diff"], await made(databases, GONE, "alter table topic add column extra text"));
    expect(code).toBe(1);
    expect(stdout).toMatch(/^db\.schema\.ensure\(\) would create:\n\n\+ create unique index "uq_folder_user_id_name" on .*;\n\ndb\.schema\.ensure\(\) would leave as it is:\n\n- The column extra of topic is in the database but not in the model\.\n {4}Give the entity/);
    const json = await inProcess(["schema", "diff", "--json"], await made(databases, GONE, "alter table topic add column extra text"));
    expect(JSON.parse(json.stdout)).toEqual({
      creates: [{ kind: "index", name: "uq_folder_user_id_name", sql: expect.stringContaining("create unique index") }],
      leaves: [expect.objectContaining({ table: "topic", kind: "column", state: "unexpected", name: "extra" })],
    });
  });

  it("says where ensure would fail", async () => {
    const { code, stdout } = await inProcess(["schema", "diff"], await made(databases, GONE, `alter table folder rename column name to label`));
    expect(code).toBe(1);
    expect(stdout).toContain("db.schema.ensure() would fail: The index uq_folder_user_id_name cannot be created: the table of Folder is there already and has no column name.");
  });

  it("ends with 0 where all is well, and with everything on an empty database", async () => {
    expect(await inProcess(["schema", "diff"], await made(databases))).toMatchObject({ code: 0, stdout: "The database agrees with the entities.\n" });
    const place = databases.newPlace();
    await databases.openPlace(place, noteModel);
    const { code, stdout } = await inProcess(["schema", "diff", "--json"], { ...noteModel, driver: databases.driver(place) });
    expect(code).toBe(1);
    const { creates, leaves } = JSON.parse(stdout) as { creates: readonly { sql: string }[]; leaves: readonly unknown[] };
    expect(leaves).toEqual([]);
    expect(creates.length).toBeGreaterThan(4);
  });
});

onEverySqliteFile("freehold on a file that is not there", (databases) => {
  it.each(["schema check", "schema diff", "doctor"])("%s says so, and does not make it", async (command) => {
    const place = databases.newPlace();
    const { code, stdout, stderr } = await inProcess(command.split(" "), { ...noteModel, driver: databases.driver(place) });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`There is no file ${place}.`);
    expect(existsSync(place)).toBe(false);
  });
});

onEveryEngine("freehold schema diagram", (databases) => {
  it("draws without a database", async () => {
    const config = { ...noteModel, driver: { ...databases.driver(), open: async () => { throw new Error("nobody opens it"); } } };
    const { code, stdout } = await inProcess(["schema", "diagram"], config);
    expect(code).toBe(0);
    expect(stdout).toContain('"note"["note (owned by user)"] {');
    expect(JSON.parse((await inProcess(["schema", "diagram", "--json"], config)).stdout)).toEqual({ mermaid: stdout });
  });
});

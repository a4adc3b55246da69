import { onEveryPostgres, onEverySqliteFile, type TestDatabases } from "../support/databases";
import { inProcess, InstalledPackage } from "../support/command-line";
import { noteModel } from "../support/notes";

async function empty(databases: TestDatabases) {
  const place = databases.newPlace();
  await databases.openPlace(place, noteModel);
  return { ...noteModel, driver: databases.driver(place), logger: () => undefined };
}

function specs(databases: TestDatabases): void {
  it("ends with 0 where all is well, notes and all", async () => {
    const place = databases.newPlace();
    await (await databases.openPlace(place, noteModel)).schema.ensure();
    const { code, stdout } = await inProcess(["doctor"], { ...noteModel, driver: databases.driver(place), logger: () => undefined });
    expect(stdout).toMatch(/note {4}DRIVER driver sqlite3\n {8}The driver sqlite3 bundles SQLite 3\.\d+\.\d+\.\n/);
    expect(stdout).toMatch(/\n0 errors, 0 warnings, [34] notes\.\n$/);
    expect(code).toBe(0);
  });

  it("ends with 1 where something is wrong, and says what, where and how to mend it", async () => {
    const config = await empty(databases);
    const { code, stdout } = await inProcess(["doctor"], config);
    expect(code).toBe(1);
    expect(stdout).toContain("error   TABLE_MISSING note\n        The table note is not there.\n        → db.schema.ensure(), or a migration.\n");
    expect((await inProcess(["doctor"], config, true)).stdout).toContain("\u001b[31merror  \u001b[39m TABLE_MISSING");
  });

  it("tells machines the same", async () => {
    const { code, stdout } = await inProcess(["doctor", "--json"], await empty(databases));
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      healthy: false, errors: 4, findings: expect.arrayContaining([{ severity: "error", code: "TABLE_MISSING", place: "note", message: expect.any(String), cure: expect.any(String) }]),
    });
  });
}

onEverySqliteFile("freehold doctor", specs);
onEveryPostgres("freehold doctor", specs);

describe("freehold, as a process of its own", () => {
  let installed: InstalledPackage;
  beforeAll(() => { installed = new InstalledPackage(); }, 180_000);
  afterAll(() => installed.remove());

  it("goes from an empty folder to a schema that is as the entities want it", () => {
    const project = installed.project({
      "package.json": `{ "type": "module" }`,
      "freehold.config.ts": `import { User, sqlite3 } from "freehold"; export default { driver: sqlite3({ file: "app.db" }), entities: [User] };`,
      "ensure.js": `import { Database, User, sqlite3 } from "freehold";
        const db = await Database.open({ driver: sqlite3({ file: "app.db" }), entities: [User] }); await db.schema.ensure(); await db.close();`,
    });
    expect(project.freehold(["schema", "check"])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("There is no file ") });
    // To SQLite an empty file is an empty database.
    project.write("app.db", "");
    expect(project.freehold(["schema", "check"])).toMatchObject({ code: 1, stderr: "", stdout: expect.stringContaining("+ The table user is missing in the database.") });
    expect(project.freehold(["schema", "diff"])).toMatchObject({ code: 1, stdout: expect.stringContaining('+ create table "user" (') });
    expect(project.node("ensure.js")).toMatchObject({ code: 0, stderr: "" });
    expect(project.freehold(["schema", "check"])).toMatchObject({ code: 0, stderr: "", stdout: "The database agrees with the entities.\n" });
    const doctor = project.freehold(["doctor", "--json"]);
    expect(doctor).toMatchObject({ code: 0, stderr: "" });
    // better-sqlite3 is not installed here.
    expect((JSON.parse(doctor.stdout) as { findings: { code: string; place: string }[] }).findings.filter(({ code }) => code === "DRIVER").map(({ place }) => place)).toEqual(["driver sqlite3"]);
    expect(project.freehold(["schema", "diagram"], { FORCE_COLOR: "1" }).stdout).toMatch(/^erDiagram\n {2}"user" \{/);
  }, 60_000);

  it("takes colours from FORCE_COLOR alone where no terminal is, and none with NO_COLOR", () => {
    const project = installed.project({
      "package.json": "{}", "freehold.config.js": `const { User, sqlite3 } = require("freehold"); module.exports = { driver: sqlite3({ file: ":memory:" }), entities: [User] };`,
    });
    expect(project.freehold(["schema", "check"]).stdout).not.toContain("\u001b");
    expect(project.freehold(["schema", "check"], { FORCE_COLOR: "1" }).stdout).toContain("\u001b");
    expect(project.freehold(["schema", "check"], { FORCE_COLOR: "1", NO_COLOR: "1" }).stdout).not.toContain("\u001b");
  });
});

import "reflect-metadata";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Column, Entity, PrimaryKey, User, betterSqlite3, type FreeholdConfig } from "freehold";
import { Migrator } from "freehold/migrate";
import type { Choose } from "../../lib/cli/choose";
import { inFolder, InstalledPackage, type Outcome } from "../support/command-line";
import { onEveryShared } from "../support/databases";
import { Workshop } from "../migrate/workshop";

const first = (() => {
  @Entity() class Note {
    @PrimaryKey() noteId!: number;
    @Column() title!: string;
  }
  return [User, Note];
})();

const second = (() => {
  @Entity() class Note {
    @PrimaryKey() noteId!: number;
    @Column() heading!: string;
    @Column() stars!: number;
  }
  return [User, Note];
})();

/** The migrations that a folder has; those that the command writes are TypeScript, which this process does not load. */
const CJS = /\.cjs$/;

describe("freehold migrate", () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "freehold-migrate-")); });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const config = (entities: FreeholdConfig["entities"]): FreeholdConfig => ({ driver: betterSqlite3({ file: join(folder, "app.db") }), entities });
  const call = async (entities: FreeholdConfig["entities"], args: readonly string[], choose: Choose | null = null): Promise<Outcome> =>
    inFolder(folder, ["migrate", ...args], config(entities), { choose });
  const files = (): readonly string[] => readdirSync(join(folder, "migrations"));
  const json = ({ stdout }: Outcome): Record<string, unknown> => JSON.parse(stdout) as Record<string, unknown>;
  /** What was written as data, for a process that knows no TypeScript. */
  const compiled = (): readonly string[] => files().filter((file) => file.endsWith(".ts")).map((file) => {
    const path = join(folder, "migrations", file);
    const text = readFileSync(path, "utf8").replace(/^import type .*$/m, "").replace("const migration: Migration =", "const migration =").replace("export default migration", "module.exports = migration");
    rmSync(path);
    writeFileSync(path.replace(/\.ts$/, ".cjs"), text);
    return file.replace(/\.ts$/, "");
  });

  it("leads from the entities to the database and back", async () => {
    const made = await call(first, ["create", "Add notes!"]);
    expect(made).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^wrote migrations\/\d{14}_add_notes\.ts\n$/) });
    expect(files()).toEqual([expect.stringMatching(/^\d{14}_add_notes\.ts$/), "snapshot.json"]);
    const [name = ""] = compiled();
    expect(await call(first, ["create", "again"])).toEqual({ code: 0, stderr: "", stdout: "The entities are as the last snapshot has them: there is nothing to do.\n" });
    expect(json(await call(first, ["create", "again", "--json"]))).toEqual({ file: null, up: [], down: [] });
    expect(await call(first, ["status"])).toEqual({ code: 0, stderr: "", stdout: `pending  ${name}\n` });
    expect(json(await call(first, ["status", "--json"]))).toEqual({ migrations: [{ name, state: "pending", appliedAt: null }] });
    const dry = await call(first, ["up", "--dry-run"]);
    expect(dry).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(new RegExp(`^-- ${name} \\(up\\)\ncreate table "user" \\([^]*\n *\\) strict;\n+create table "note"`)) });
    expect(json(await call(first, ["up", "--dry-run", "--json"]))).toEqual({ applied: [name], dryRun: true });
    expect((await call(first, ["status"])).stdout).toContain("pending");
    const up = await call(first, ["up"]);
    expect(up).toEqual({ code: 0, stdout: `applied ${name}\n`, stderr: `${name} (up) 1/2: create table "user" (\n${name} (up) 2/2: create table "note" (\n` });
    expect(await call(first, ["up"])).toEqual({ code: 0, stdout: "There is nothing to do.\n", stderr: "" });
    expect(json(await call(first, ["up", "--json"]))).toEqual({ applied: [], dryRun: false });
    expect(await call(first, ["status"])).toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`^applied  ${name} {2}\\d{4}-`)) });
    expect(await call(first, ["verify"])).toEqual({ code: 0, stderr: "", stdout: "All migrations are as they were applied, and the entities have no other change.\n" });
    expect(json(await call(first, ["verify", "--json"]))).toEqual({ complete: true, message: expect.any(String) });
    expect(await call(second, ["verify"])).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("run freehold migrate create NAME") });
    expect(await call(second, ["verify", "--json"])).toMatchObject({ code: 1, stdout: expect.stringContaining('"complete": false') });
    const refused = await call(first, ["down"]);
    expect(refused).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("--allow-data-loss") });
    expect(json(await call(first, ["down", "--json"]))).toEqual({ error: { code: "MIGRATION_ERROR", message: expect.stringContaining("the table note with all its rows") } });
    expect((await call(first, ["down", "--dry-run"])).stdout).toContain(`-- ${name} (down)\n`);
    expect(json(await call(first, ["down", "--allow-data-loss", "--json"]))).toEqual({ undone: [name], dryRun: false });
    expect(await call(first, ["baseline"])).toEqual({ code: 0, stdout: `entered ${name}\n`, stderr: "" });
    expect(json(await call(first, ["baseline", "--json"]))).toEqual({ entered: [] });
    writeFileSync(join(folder, "migrations", `${name}.cjs`), "module.exports = {};");
    expect(await call(first, ["status"])).toMatchObject({ code: 1, stdout: expect.stringContaining(`changed  ${name}`) });
    expect(await call(first, ["verify"])).toMatchObject({ code: 1, stderr: expect.stringContaining("have changed since they were applied") });
    rmSync(join(folder, "migrations", `${name}.cjs`));
    expect(await call(first, ["status", "--json"])).toMatchObject({ code: 1, stdout: expect.stringContaining('"missing"') });
    expect(files().filter((file) => CJS.test(file))).toEqual([]);
  });

  it("takes what only people know from options", async () => {
    await call(first, ["create", "first"]);
    const undecided = await call(second, ["create", "second"]);
    expect(undecided).toMatchObject({ code: 1, stdout: "" });
    expect(undecided.stderr).toContain("- Note.heading is new, or it is Note.title under another name (--rename Note.title=Note.heading).");
    expect(undecided.stderr).toContain("--no-renames");
    const dry = await call(second, ["create", "second", "--rename", "Note.title=Note.heading", "--fill", "Note.stars=length(title) + 1", "--dry-run"]);
    expect(dry).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("length(title) + 1") });
    expect(files()).toHaveLength(2);
    const bare = await call(second, ["create", "second", "--no-renames", "--dry-run"]);
    expect(bare.stderr).toContain("loses data: the values of note.title\n");
    expect(bare.stderr).toMatch(/note: Fails if note has rows: heading, stars must have a value.* See --fill\.\n/);
    const made = json(await call(second, ["create", "second", "--rename", "Note.title=Note.heading", "--fill", "Note.stars=length(title) + 1", "--json"]));
    expect(made).toEqual({ file: expect.stringMatching(/^migrations\/\d{14}_second\.ts$/), up: expect.any(Array), down: expect.any(Array) });
    expect((made["up"] as readonly { readonly sql: string }[]).every(({ sql }) => typeof sql === "string")).toBe(true);
    expect(files()).toHaveLength(3);
    const [one, two] = compiled();
    expect(await call(second, ["up", "--to", one ?? ""])).toMatchObject({ code: 0 });
    expect(await call(second, ["up"])).toMatchObject({ code: 0, stdout: `applied ${two}\n` });
  });

  it.each([
    ["that it is new", 0, false], ["which it was", 1, true],
  ])("asks somebody who is there, and takes the answer %s", async (_, answer, kept) => {
    await call(first, ["create", "first"]);
    const asked: unknown[] = [];
    const { stdout } = await call(second, ["create", "second", "--fill", "Note.stars=1", ...(kept ? [] : ["--fill", "Note.heading='x'"]), "--json"], async (question, choices) => {
      asked.push([question, choices]);
      return asked.length === 1 ? answer : 0;
    });
    expect(asked[0]).toEqual(["Is Note.heading new, or has something got another name?", ["it is new", "it was Note.title"]]);
    expect(stdout.includes("losesData\": \"the values of note.title")).toBe(!kept);
  });

  it.each([
    [["create"], 2, "missing required argument 'name'"], [["create", "a", "b"], 2, "too many arguments"], [["create", "!!"], 1, "is no name for a migration"],
    [["create", "a", "--rename", "x"], 1, '"x" is no rename: write Old=New'], [["create", "a", "--fill", "x=1"], 1, '"x=1" says no value'],
    [["create", "a", "--fill", "Note.nope=1"], 1, "Nothing takes a value for Note.nope"], [["create", "a", "--rename", "Note=Nope"], 1, "There is no Note in the snapshot"],
    [["up", "more"], 2, "too many arguments"], [["up", "--too", "x"], 2, "unknown option '--too'"], [["up", "--to"], 2, "argument missing"],
    [["up"], 1, "There is no folder"], [["status"], 1, "freehold migrate create NAME makes it"], [["nope"], 2, "unknown command 'nope'"], [[], 2, "Usage: freehold migrate"],
  ] as const)("%j ends with %i and says why", async (args, code, message) => {
    const outcome = await call(first, args);
    expect(outcome).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(message) });
  });

  it("refuses to undo all of them and all after one", async () => {
    await call(first, ["create", "first"]);
    expect(await call(first, ["down", "--all", "--to", "x"])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("'--all' cannot be used with option '--to <name>'") });
  });

  it("prints code in a dry run as a remark: the rest is SQL", async () => {
    await call(first, ["create", "first"]);
    for (const file of files()) rmSync(join(folder, "migrations", file));
    writeFileSync(join(folder, "migrations", "20260101000000_code.cjs"), 'module.exports = { dialect: "sqlite", up: ["select 1;", { describe: "works\\nlong", run: async () => {} }], down: null };');
    expect(await call(first, ["up", "--dry-run"])).toEqual({ code: 0, stderr: "", stdout: expect.stringMatching(/^-- 20260101000000_code \(up\)\nselect 1;\n+-- code: works long\n+$/) });
  });

  it("takes one rename and no other", async () => {
    await call(first, ["create", "first"]);
    const { code, stdout } = await call(second, ["create", "second", "--rename", "Note.title=Note.heading", "--no-renames", "--json"]);
    expect(code).toBe(0);
    expect(stdout).not.toContain("losesData\": \"the values of note.title");
  });

  it("says of a snapshot that two branches have changed what to do", async () => {
    await call(first, ["create", "first"]);
    const file = join(folder, "migrations", "snapshot.json");
    const text = readFileSync(file, "utf8");
    for (const bad of [`<<<<<<< HEAD\n${text}=======\n${text}>>>>>>> other\n`, text.replace('"version": 1', '"version": 2'), text.slice(0, 50), "{}", "null", '{ "version": 1, "schema": { "dialect": "sqlite", "roles": [], "tables": [{}] } }']) {
      writeFileSync(file, bad);
      expect(await call(first, ["create", "again"])).toMatchObject({ code: 1, stderr: expect.stringMatching(/^The snapshot .*snapshot\.json cannot be used: /) });
    }
    writeFileSync(file, `<<<<<<< HEAD\n${text}`);
    expect((await call(first, ["verify"])).stderr).toContain("Take one of the two and create the other's migration anew");
    writeFileSync(file, text.replaceAll("\n", "\r\n"));
    expect((await call(first, ["create", "again"])).stdout).toContain("there is nothing to do");
  });

  it("gives two migrations of one moment an order, and leaves nothing half behind", async () => {
    await call(first, ["create", "zebra"]);
    await call(second, ["create", "ant", "--no-renames"]);
    const [one = "", two = "", ...rest] = files();
    expect([one.slice(15), two.slice(15), ...rest]).toEqual(["zebra.ts", "ant.ts", "snapshot.json"]);
    expect(one < two).toBe(true);
  });

  it("goes on where a create was interrupted", async () => {
    await call(first, ["create", "first"]);
    writeFileSync(join(folder, "migrations", "snapshot.json.tmp"), "{ half");
    writeFileSync(join(folder, "migrations", "20990101000000_half.ts.tmp"), "export default {");
    expect(await call(second, ["create", "second", "--no-renames"])).toMatchObject({ code: 0 });
    compiled();
    expect(await call(second, ["up", "--allow-data-loss"])).toMatchObject({ code: 0 });
  });
});

describe("the migrations of a project", () => {
  let installed: InstalledPackage;
  beforeAll(() => { installed = new InstalledPackage(); }, 180_000);
  afterAll(() => installed.remove());
  const entities = `class Note {}
    freehold.PrimaryKey({ type: "integer" })(Note.prototype, "noteId");
    freehold.Column({ type: "text" })(Note.prototype, "text");
    freehold.Entity()(Note);
    const config = { driver: freehold.sqlite3({ file: "app.db" }), entities: [freehold.User, Note] };`;

  it.each([
    ["module", "ts", "ts"], ["commonjs", "ts", "ts"], ["module", "js", "js"], ["commonjs", "js", "cjs"], ["commonjs", "mjs", "mjs"], ["module", "cjs", "cjs"],
  ])("of a %s package with a configuration .%s are written as .%s, applied and undone", (type, extension, language) => {
    const commonjs = extension === "cjs" || (extension === "js" && type === "commonjs");
    const project = installed.project({
      "package.json": JSON.stringify({ type }),
      [`freehold.config.${extension}`]: commonjs ? `const freehold = require("freehold");${entities} module.exports = config;` : `import * as freehold from "freehold";${entities} export default config;`,
    }, ["typescript"]);
    const said = (args: readonly string[]): string => {
      const { code, stdout, stderr } = project.freehold(["migrate", ...args]);
      expect({ args, code, stderr: code === 0 ? "" : stderr }).toEqual({ args, code: 0, stderr: "" });
      return stdout;
    };
    const [, name = ""] = /^wrote migrations\/(\d{14}_first)\.(\w+)\n$/.exec(said(["create", "first"])) ?? [];
    expect(readdirSync(join(project.folder, "migrations"))).toEqual([`${name}.${language}`, "snapshot.json"]);
    expect(said(["up"])).toBe(`applied ${name}\n`);
    expect(said(["verify"])).toContain("All migrations are as they were applied");
    expect(said(["down", "--allow-data-loss"])).toBe(`undone ${name}\n`);
    if (language !== "ts") {
      // The same by the library alone, in a process that knows no TypeScript.
      const script = `const { Migrator } = await import("freehold/migrate"); const { sqlite3 } = await import("freehold");
        const fs = await import("node:fs");
        const migrator = await Migrator.open({ driver: sqlite3({ file: "app.db" }), folder: "migrations" });
        const file = "migrations/${name}.${language}"; const text = fs.readFileSync(file, "utf8");
        fs.writeFileSync(file, text.replace('create table "note"', 'create tabel "note"'));
        const said = await migrator.up().catch((error) => error.message);
        fs.writeFileSync(file, text);
        console.log(JSON.stringify([said, await migrator.up()])); await migrator.close();`;
      const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { cwd: project.folder, encoding: "utf8" });
      expect({ stderr, said: JSON.parse(stdout === "" ? "null" : stdout) as unknown }).toEqual({ stderr: "", said: [expect.stringContaining("create tabel"), [name]] });
    } else {
      const tsconfig = { compilerOptions: { strict: true, noEmit: true, module: "node16", target: "es2022", skipLibCheck: true, types: [], exactOptionalPropertyTypes: true, verbatimModuleSyntax: type === "module" }, include: ["migrations"] };
      project.write("tsconfig.json", JSON.stringify(tsconfig));
      const tsc = createRequire(__filename).resolve("typescript/bin/tsc");
      const compiled = spawnSync(process.execPath, [tsc, "-p", "."], { cwd: project.folder, encoding: "utf8" });
      expect(compiled.stdout).toBe("");
      expect(compiled.status).toBe(0);
    }
  });
});

const HOSTILE = ["it's", 'say "so"', "`tick`", "${process.exit(1)}", "a\nb", "a\r\nb", "*/ x /*", "// no", "-- no", "\u2028\u2029", "\\", "\\n", "$1", "?", "$$x$$", "{{}}", "</script>", "ünï 💣", "; drop table note", " spaced "];

onEveryShared("hostile names and values in a model", (databases) => {
  it("come through create and up exactly, and back", async () => {
    @Entity({ table: "it's a \"table\" `${x}`; */ -- \u2028" })
    class Odd {
      @PrimaryKey() id!: number;
      @Column({ name: "col \"q\" 'a' `b` ${c} */ \\ \u2029" }) named!: string;
    }
    HOSTILE.forEach((value, place) => Column({ type: "text", default: value })(Odd.prototype, `value${place}`));
    const shop = new Workshop(databases);
    try {
      await shop.change("first", [Odd]);
      expect(await shop.differences([Odd])).toEqual([]);
      const db = await shop.open({ entities: [Odd] });
      const row = await db.repository(Odd).insert({ named: "x" });
      expect(Object.fromEntries(HOSTILE.map((_, place) => [`value${place}`, (row as unknown as Record<string, unknown>)[`value${place}`]])))
        .toEqual(Object.fromEntries(HOSTILE.map((value, place) => [`value${place}`, value])));
      // Another column, for which SQLite makes the table anew.
      @Entity({ table: "it's a \"table\" `${x}`; */ -- \u2028" })
      class More extends Odd {
        @Column({ unique: true }) more!: string;
      }
      Object.defineProperty(More, "name", { value: "Odd" });
      await shop.change("second", [More], { fills: [`Odd.more='${HOSTILE[3]}' || '\`\n\\'`] });
      expect(await shop.differences([More])).toEqual([]);
      const [found] = await (await shop.open({ entities: [More] })).repository(More).find({});
      expect(found).toMatchObject({ named: "x", more: `${HOSTILE[3]}\`\n\\`, value4: HOSTILE[4], value9: HOSTILE[9] });
      const migrator: Migrator = await shop.migrator();
      await migrator.down({ allowDataLoss: true, to: null });
      expect(await shop.objects()).toEqual([]);
    } finally {
      await shop.close();
    }
  });
});


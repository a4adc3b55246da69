import { buildSync } from "esbuild";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtLibrary } from "../support/built-library";

const root = join(__dirname, "..", "..");
const cache = join(root, ".cache");

/** Holds the build and the programs that use it; inside the repository, so that the build finds its dependencies. */
let folder = "";

beforeAll(() => {
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, "package-"));
  cpSync(join(builtLibrary(), "dist"), join(folder, "dist"), { recursive: true });
}, 180_000);

afterAll(() => {
  if (folder !== "") rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program beside the build, in a process of its own; one that does not end by itself is stopped and has no status. */
function run(file: string, text: string): Run {
  const path = join(folder, file);
  writeFileSync(path, text);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path], { cwd: folder, encoding: "utf8", timeout: 20_000 });
  return { status, stdout, stderr };
}

/** What the program printed, as JSON; its failure is the test's. */
function answer(file: string, text: string): unknown {
  const { status, stdout, stderr } = run(file, text);
  if (status !== 0) throw new Error(`${file} ended with ${status}:\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}

const both = `
  import { createRequire } from "node:module";
  import * as esm from "./dist/index.mjs";
  const require = createRequire(import.meta.url);
  const cjs = require("./dist/index.js");
`;

/** An owned entity as JavaScript without a compiler declares it. */
const note = `
  class Note {}
  cjs.PrimaryKey({ type: "integer" })(Note.prototype, "note_id");
  cjs.ForeignKey("User.user_id")(Note.prototype, "user_id");
  cjs.Column({ type: "text" })(Note.prototype, "text");
  cjs.UserOwned()(Note);
  cjs.Entity()(Note);
`;

const drivers = `Object.keys(require.cache).map((file) => /node_modules[\\\\/](sqlite3|better-sqlite3)[\\\\/]/.exec(file)?.[1])
  .filter((name, index, all) => name !== undefined && all.indexOf(name) === index)`;

describe("the built package", () => {
  it("has the same classes for import and for require, and all of them", () => {
    expect(answer("same.mjs", `${both}
      const names = Object.keys(cjs);
      console.log(JSON.stringify({
        lost: names.filter((name) => !(name in esm)),
        added: Object.keys(esm).filter((name) => !names.includes(name)),
        different: names.filter((name) => esm[name] !== cjs[name]),
        known: ["Database", "Entity", "FreeholdError", "User", "UserContext", "sqlite3"].filter((name) => typeof esm[name] === "function"),
      }));
    `)).toEqual({ lost: [], added: [], different: [], known: ["Database", "Entity", "FreeholdError", "User", "UserContext", "sqlite3"] });
  });

  it("is strict code, as its specs run it: a write to what is frozen throws", () => {
    const files = (readdirSync(join(folder, "dist"), { recursive: true }) as string[]).filter((file) => file.endsWith(".js"));
    expect(files.filter((file) => !/^(#!.*\n)?"use strict";/.test(readFileSync(join(folder, "dist", file), "utf8")))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(["index.js", join("cli", "main.js"), join("nestjs", "index.js")]));
  });

  it("gives import and require the same types", () => {
    expect(readFileSync(join(folder, "dist", "index.d.mts"), "utf8")).toBe(`export * from "./index.js";\n`);
  });

  it("takes a context made under import in a repository opened under require", () => {
    expect(answer("context.mjs", `${both}${note}
      const db = await cjs.Database.open({ driver: cjs.sqlite3({ file: ":memory:" }), entities: [cjs.User, Note] });
      await db.schema.ensure();
      const users = db.repository(cjs.User);
      const alice = await users.insert({ info: new esm.UserInfo() });
      const bob = await users.insert({ info: new esm.UserInfo() });
      const mine = esm.UserContext.forKey(esm.User, alice.user_id);
      const theirs = esm.UserContext.of(bob);
      const notes = db.repository(Note);
      const stored = await notes.insert(mine, { text: "hello" });
      const refused = await notes.findById(undefined, stored.note_id).catch((error) => error);
      console.log(JSON.stringify({
        owner: stored.user_id === alice.user_id,
        mine: (await notes.findById(mine, stored.note_id))?.text,
        theirs: await notes.findById(theirs, stored.note_id),
        refused: refused instanceof esm.ContextRequiredError,
        loaded: ${drivers},
      }));
      await db.close();
    `)).toEqual({ owner: true, mine: "hello", theirs: null, refused: true, loaded: ["sqlite3"] });
  });

  it.each([
    ["require", "quiet.cjs", `require("./dist/index.js");`],
    ["import", "quiet.mjs", `import { createRequire } from "node:module"; const require = createRequire(import.meta.url); await import("./dist/index.mjs");`],
  ])("does nothing that anyone sees on %s, and lets the process end", (_form, file, load) => {
    expect(run(file, load)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(answer(`state-${file}`, `
      const before = [process.getActiveResourcesInfo(), process.eventNames(), Object.keys(process.env)].map(String);
      ${load}
      const after = [process.getActiveResourcesInfo(), process.eventNames(), Object.keys(process.env)].map(String);
      console.log(JSON.stringify({ unchanged: before.map((text, index) => text === after[index]), loaded: ${drivers} }));
    `)).toEqual({ unchanged: [true, true, true], loaded: [] });
  });

  it("loads OpenTelemetry's API under freehold/opentelemetry alone, and the same for import and require", () => {
    expect(answer("telemetry.mjs", `${both}
      const loaded = () => Object.keys(require.cache).map((file) => /node_modules[\\\\/](@opentelemetry[\\\\/][^\\\\/]+)/.exec(file)?.[1])
        .filter((name, index, all) => name !== undefined && all.indexOf(name) === index);
      const db = await cjs.Database.open({ driver: cjs.sqlite3({ file: ":memory:" }), entities: [cjs.User] });
      await db.schema.ensure();
      await db.transaction(() => db.repository(cjs.User).count());
      await db.close();
      const before = loaded();
      const { openTelemetry } = require("./dist/opentelemetry/index.js");
      const same = (await import("./dist/opentelemetry/index.mjs")).openTelemetry === openTelemetry;
      // Without an SDK the API does nothing.
      const watched = await cjs.Database.open({ driver: cjs.sqlite3({ file: ":memory:" }), entities: [cjs.User], telemetry: openTelemetry() });
      await watched.schema.ensure();
      const count = await watched.repository(cjs.User).count();
      await watched.close();
      console.log(JSON.stringify({ before, after: loaded(), same, count }));
    `)).toEqual({ before: [], after: ["@opentelemetry/api"], same: true, count: 0 });
  });

  it("has helpers for tests that run under node:test, with the same classes", () => {
    const { status, stdout, stderr } = run("testing.mjs", `${both}${note}
      import assert from "node:assert/strict";
      import { test } from "node:test";
      import { createTestDatabase } from "./dist/testing/index.mjs";
      test("keeps users apart", async () => {
        const database = await createTestDatabase({ entities: [cjs.User, Note] });
        const notes = database.factory(Note);
        const [alice, bob] = await database.asUsers();
        const { note_id } = await notes.create(alice);
        assert.equal(await bob.repository(Note).findById(note_id), null);
        const seed = (user) => notes.create(user, { text: user.text() });
        await database.expectIsolated((user) => user.repository(Note).find(), { seed });
        const leak = (user) => user.db.repository(Note).find(user.db.system("a slip"));
        await assert.rejects(database.expectIsolated(leak, { seed }), { name: "IsolationError" });
        await database.close();
        assert.equal(Object.keys(require.cache).some((file) => file.includes("jest")), false);
      });
    `);
    expect([status, stderr, /^. pass 1$/m.test(stdout)]).toEqual([0, "", true]);
  });

  it("has the NestJS module for import and for require, whichever package is loaded first, and the rest without NestJS", () => {
    expect(answer("nestjs.mjs", `
      import { FreeholdModule, getDatabaseToken } from "./dist/nestjs/index.mjs";
      import { NestFactory } from "@nestjs/core";
      ${both}
      const nestjs = require("./dist/nestjs/index.js");
      class App {}
      const imports = [FreeholdModule.forRoot({ driver: esm.sqlite3({ file: ":memory:" }), entities: [cjs.User], ensureSchema: true })];
      const app = await NestFactory.createApplicationContext({ module: App, imports }, { logger: false });
      const users = await app.get(nestjs.getDatabaseToken()).repository(esm.User).count();
      await app.close();
      console.log(JSON.stringify({ same: FreeholdModule === nestjs.FreeholdModule && getDatabaseToken === nestjs.getDatabaseToken, users }));
    `)).toEqual({ same: true, users: 0 });
    expect(answer("nestjs.cjs", `
      const { FreeholdModule } = require("./dist/nestjs/index.js");
      const { NestFactory } = require("@nestjs/core");
      const { sqlite3, User } = require("./dist/index.js");
      const imports = [FreeholdModule.forRoot({ driver: sqlite3({ file: ":memory:" }), entities: [User] })];
      NestFactory.createApplicationContext({ module: class App {}, imports }, { logger: false }).then((app) => app.close()).then(() => console.log('"closed"'));
    `)).toBe("closed");
    expect(answer("without-nestjs.cjs", `
      require("./dist/index.js");
      console.log(JSON.stringify(Object.keys(require.cache).filter((file) => /[\\\\/](rxjs|@nestjs)[\\\\/]/.test(file))));
    `)).toEqual([]);
  });

  it("loads a driver's package only when that driver is opened", () => {
    expect(answer("drivers.cjs", `
      const { betterSqlite3, sqlite3, Database, User } = require("./dist/index.js");
      const loaded = () => ${drivers};
      (async () => {
        const described = [sqlite3({ file: ":memory:" }), betterSqlite3({ file: ":memory:" })];
        const before = loaded();
        const db = await Database.open({ driver: described[1], entities: [User] });
        await db.close();
        console.log(JSON.stringify({ before, after: loaded() }));
      })();
    `)).toEqual({ before: [], after: ["better-sqlite3"] });
  });

  it("finds its packages from a bundle of ES modules that another program loads, whatever that program is called with", () => {
    const bundle = join(folder, "bundle.mjs");
    writeFileSync(join(folder, "app.mjs"), `
      import { IsString } from "class-validator";
      import { Column, Database, Entity, PrimaryKey, sqlite3 } from "./dist/index.mjs";
      class Book {}
      PrimaryKey({ type: "integer" })(Book.prototype, "id");
      Column({ type: "text" })(Book.prototype, "title");
      IsString()(Book.prototype, "title");
      Entity()(Book);
      const db = await Database.open({ driver: sqlite3({ file: ":memory:" }), entities: [Book] });
      await db.schema.ensure();
      await db.repository(Book).insert({ title: "x" });
      console.log(await db.repository(Book).count());
      await db.close();
    `);
    buildSync({
      absWorkingDir: folder, entryPoints: ["app.mjs"], outfile: bundle, bundle: true, platform: "node", format: "esm", external: ["sqlite3", "class-validator"],
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    });
    const elsewhere = mkdtempSync(join(tmpdir(), "freehold-runner-"));
    try {
      const runner = join(elsewhere, "runner.mjs");
      writeFileSync(runner, `await import(process.argv[2]);`);
      const code = `await import(${JSON.stringify(bundle)});`;
      const runs = [[bundle], [runner, bundle], ["--input-type=module", "-e", code, "relative"]].map((args) => {
        const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8", timeout: 20_000 });
        return stdout + stderr;
      });
      expect(runs).toEqual(["1\n", "1\n", "1\n"]);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });
});

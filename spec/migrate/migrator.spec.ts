import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { MigrationError } from "freehold";
import { Migrator, type MigrationProgress } from "freehold/migrate";
import { failure, onEveryShared } from "../support/databases";
import { allOf, Workshop } from "./workshop";

const SECRET = "hunter2-the-row-says";

onEveryShared("a migrator", (databases) => {
  let shop: Workshop;
  beforeEach(() => { shop = new Workshop(databases); });
  afterEach(async () => shop.close());

  const other = databases.dialect === "sqlite" ? "postgres" : "sqlite";
  const three = (): readonly [string, string, string] => [
    shop.write("one", ["create table one (id integer primary key, name text)"], [{ sql: "drop table one", losesData: "all ones" }]),
    shop.write("two", ["create table two (id integer primary key)", "insert into two (id) values (1)"], ["drop table two"]),
    shop.write("three", ["insert into two (id) values (2)"], ["delete from two where id = 2"]),
  ];
  const names = async (): Promise<readonly string[]> =>
    (await shop.objects()).flatMap((object) => /^(?:table|r) (\w+)/.exec(object)?.[1] ?? []);

  it("applies what is pending, as far as it is told, and undoes it again", async () => {
    const [one, two, three_] = three();
    const migrator = await shop.migrator();
    const states = async (): Promise<readonly string[]> => (await migrator.status()).map(({ state }) => state);
    expect(await migrator.status()).toEqual([one, two, three_].map((name) => ({ name, state: "pending", appliedAt: null })));
    expect(await migrator.up({ to: two })).toEqual([one, two]);
    expect(await states()).toEqual(["applied", "applied", "pending"]);
    expect(await migrator.up()).toEqual([three_]);
    expect(await migrator.up()).toEqual([]);
    expect(await shop.rows("select id from two order by id")).toEqual([{ id: 1 }, { id: 2 }]);
    await migrator.verify();
    expect(await migrator.down()).toEqual([three_]);
    expect(await shop.rows("select id from two order by id")).toEqual([{ id: 1 }]);
    expect(await migrator.down({ to: one })).toEqual([two]);
    expect(await migrator.down({ to: one })).toEqual([]);
    expect(await names()).toEqual(["one"]);
    expect(await migrator.up()).toEqual([two, three_]);
    expect(await migrator.down({ to: null, allowDataLoss: true })).toEqual([three_, two, one]);
    expect(await migrator.down()).toEqual([]);
    expect(await names()).toEqual([]);
  });

  it("enters each into the journal with its checksum and its moment", async () => {
    const applied = three();
    const before = new Date().toISOString();
    const migrator = await shop.migrator();
    await migrator.up();
    const journal = await shop.rows("select name, checksum, applied_at from freehold_migration order by position");
    expect(journal).toEqual(applied.map((name) => ({
      name, checksum: createHash("sha256").update(readFileSync(join(shop.folder, `${name}.cjs`))).digest("hex"), applied_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown,
    })));
    for (const { applied_at: moment } of journal) expect(before <= String(moment) && String(moment) <= new Date().toISOString()).toBe(true);
    expect((await migrator.status()).map(({ appliedAt }) => appliedAt)).toEqual(journal.map(({ applied_at: moment }) => moment));
  });

  it("enters them alone where the schema is there already", async () => {
    const [one, two, three_] = three();
    const migrator = await shop.migrator();
    expect(await migrator.baseline({ to: two })).toEqual([one, two]);
    expect(await names()).toEqual([]);
    expect((await migrator.status()).map(({ state }) => state)).toEqual(["applied", "applied", "pending"]);
    expect(await migrator.baseline()).toEqual([three_]);
    expect(await migrator.baseline()).toEqual([]);
    expect(await migrator.up()).toEqual([]);
  });

  it("tells of each step, and in a dry run of each that it would take, and does nothing then", async () => {
    const [one, two] = three();
    const code = shop.writeCode("code", `[{ describe: "counts", run: async () => { throw new Error("it ran"); } }]`, "null");
    const migrator = await shop.migrator();
    const seen: MigrationProgress[] = [];
    expect(await migrator.up({ dryRun: true, onProgress: (event) => seen.push(event) })).toHaveLength(4);
    expect(seen.slice(0, 3)).toEqual([
      { name: one, direction: "up", step: 1, steps: 1, kind: "sql", text: "create table one (id integer primary key, name text)" },
      { name: two, direction: "up", step: 1, steps: 2, kind: "sql", text: "create table two (id integer primary key)" },
      { name: two, direction: "up", step: 2, steps: 2, kind: "sql", text: "insert into two (id) values (1)" },
    ]);
    expect(seen.at(-1)).toEqual({ name: code, direction: "up", step: 1, steps: 1, kind: "code", text: "counts" });
    expect(await names()).toEqual([]);
    expect(await shop.rows(databases.dialect === "sqlite" ? "select count(*) as n from sqlite_master" : "select count(*)::int as n from pg_class where relname = 'freehold_migration' and relnamespace = current_schema()::regnamespace"))
      .toEqual([{ n: 0 }]);
    const real: MigrationProgress[] = [];
    await failure(MigrationError, async () => migrator.up({ onProgress: (event) => real.push(event) }));
    expect(real).toEqual(seen);
    const down: MigrationProgress[] = [];
    expect(await migrator.down({ to: null, dryRun: true, onProgress: (event) => down.push(event) })).toHaveLength(3);
    expect(down.map(({ direction, text }) => [direction, text])).toEqual([["down", "delete from two where id = 2"], ["down", "drop table two"], ["down", "drop table one"]]);
    expect(await names()).toEqual(["one", "two"]);
  });

  describe("refuses, before anything is done,", () => {
    const file = (name: string): string => join(shop.folder, `${name}.cjs`);
    const refusals: readonly (readonly [string, (applied: string, migrator: Migrator) => unknown, readonly RegExp[]])[] = [
      ["an applied file that has changed", (applied) => writeFileSync(file(applied), "module.exports = {};"), [/_base have changed since they were applied/, /write another migration/]],
      ["an applied file that is missing", (applied) => rmSync(file(applied)), [/was changed by \S*_base/, /has no such files: bring them back/]],
      ["two files of one name", (applied) => writeFileSync(join(shop.folder, `${applied}.js`), ""), [/_base\.cjs and .*_base\.js are one migration twice: keep one/]],
      ["a file without a migration", () => shop.writeText("bad", "module.exports = 5;"), [/_bad\.cjs is not the migration \S*_bad: its default export needs dialect/]],
      ["a file with a step that is none", () => shop.write("bad", ["select 1", 5]), [/_bad\.cjs is not .*up has to be a list of steps/]],
      ["a file with an empty step", () => shop.write("bad", [" "]), [/up has to be a list of steps/]],
      ["a file without down", () => shop.writeText("bad", `module.exports = { dialect: "${databases.dialect}", up: [] };`), [/down has to be a list of steps, or null/]],
      ["a migration for another database", () => shop.writeText("bad", `module.exports = { dialect: "${other}", up: [], down: [] };`), [new RegExp(`_bad is made for ${other}, and the driver is for ${databases.dialect}`), /a folder of migrations for each/]],
      ["a file that does not parse", () => shop.writeText("bad", "module.exports = {{;"), [/_bad cannot be loaded from .*_bad\.cjs: /]],
      ["a file that throws", () => shop.writeText("bad", `throw new Error("no such setting");`), [/_bad cannot be loaded from .*: no such setting/]],
      ["a name that it could not tell the order of", () => writeFileSync(join(shop.folder, "20260131120000-Add.ts"), ""), [/20260131120000-Add\.ts/, /YYYYMMDDhhmmss_name/]],
      ["a step that loses data", () => shop.write("bad", ["create table early (id integer)", { sql: "drop table base", losesData: "the bases" }]), [/Nothing was done, since data would be lost:\n- \S*_bad: the bases\n/, /--allow-data-loss/]],
    ];
    it.each(refusals)("%s", async (_, prepare, messages) => {
      const applied = shop.write("base", ["create table base (id integer)"], ["drop table base"]);
      const migrator = await shop.migrator();
      await migrator.up();
      shop.write("first", ["create table first (id integer)"]);
      await prepare(applied, migrator);
      const { message } = await failure(MigrationError, async () => migrator.up());
      for (const wanted of messages) expect(message).toMatch(wanted);
      expect(await names()).toEqual(["base"]);
      expect(await shop.rows("select count(*) as n from freehold_migration").then(([row]) => Number(row?.["n"]))).toBe(1);
    });

    it("names that nobody knows", async () => {
      const [one] = three();
      const migrator = await shop.migrator();
      expect((await failure(MigrationError, async () => migrator.up({ to: "nine" }))).message).toBe(`There is no migration "nine": there are ${(await migrator.status()).map(({ name }) => name).join(", ").replace(/, ([^,]*)$/, " and $1")}.`);
      expect((await failure(MigrationError, async () => migrator.down({ to: "nine" }))).message).toBe('There is no migration "nine": there is none.');
      await failure(MigrationError, async () => migrator.baseline({ to: "nine" }));
      await migrator.up({ to: one });
      expect((await failure(MigrationError, async () => migrator.down({ to: "two" }))).message).toBe(`There is no migration "two": there are ${one}.`);
      expect(await names()).toEqual(["one"]);
    });

    it("what nothing undoes, and what loses data on the way back", async () => {
      const one = shop.write("one", ["create table one (id integer)"], null);
      const two = shop.write("two", ["create table two (id integer)"], [{ sql: "drop table two", losesData: "the twos" }]);
      const migrator = await shop.migrator();
      await migrator.up();
      expect((await failure(MigrationError, async () => migrator.down())).message).toContain(`${two}: the twos`);
      // The one that could be undone is not undone either.
      expect((await failure(MigrationError, async () => migrator.down({ to: null, allowDataLoss: true }))).message).toBe(`Nothing undoes the migration ${one}: its down is null.`);
      expect(await names()).toEqual(["one", "two"]);
      expect(await migrator.down({ allowDataLoss: true })).toEqual([two]);
    });

    it("options and folders that are none", async () => {
      const open = (options: object) => async (): Promise<unknown> => Migrator.open({ driver: shop.driver, ...options });
      expect((await failure(MigrationError, open({ folder: 5 }))).message).toContain("folder");
      expect((await failure(MigrationError, open({ driver: {} }))).message).toContain("driver");
      const missing = await Migrator.open({ driver: shop.driver, folder: join(shop.folder, "nowhere") });
      expect((await failure(MigrationError, async () => missing.up())).message).toMatch(/^There is no folder .*nowhere: freehold migrate create NAME makes it/);
      await missing.close();
      const file = await Migrator.open({ driver: shop.driver, folder: join(shop.folder, `${shop.write("one", [])}.cjs`) });
      expect((await failure(MigrationError, async () => file.up())).message).toMatch(/^There is no folder .*_one\.cjs/);
      await file.close();
    });
  });

  it("tells the states of files that changed or are missing", async () => {
    const [one, two, three_] = three();
    const migrator = await shop.migrator();
    await migrator.up({ to: two });
    writeFileSync(join(shop.folder, `${one}.cjs`), "");
    rmSync(join(shop.folder, `${two}.cjs`));
    expect((await migrator.status()).map(({ name, state }) => [name, state])).toEqual([[one, "changed"], [two, "missing"], [three_, "pending"]]);
    await failure(MigrationError, async () => migrator.verify());
    await failure(MigrationError, async () => migrator.down());
    await failure(MigrationError, async () => migrator.baseline());
  });

  it("verifies that what is pending can be read too", async () => {
    const migrator = await shop.migrator();
    await migrator.verify();
    shop.writeText("bad", "module.exports = 5;");
    await failure(MigrationError, async () => migrator.verify());
  });

  it("takes a file whose lines end otherwise for the same", async () => {
    const name = shop.writeText("lines", `module.exports = {\n  dialect: "${databases.dialect}",\n  up: [],\n  down: [],\n};\n`);
    const migrator = await shop.migrator();
    await migrator.up();
    const path = join(shop.folder, `${name}.cjs`);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll("\n", "\r\n"));
    expect((await migrator.status()).map(({ state }) => state)).toEqual(["applied"]);
    writeFileSync(path, readFileSync(path, "utf8").replaceAll("\r\n", "\n\n"));
    expect((await migrator.status()).map(({ state }) => state)).toEqual(["changed"]);
  });

  describe("whose step fails has done nothing of the migration, and says no row's value:", () => {
    const guarded = ["create table parent (id integer primary key)",
      "create table child (id integer primary key, name text not null, spare text, parent integer references parent (id), constraint named_well check (length(name) > 2))",
      `insert into child (id, name, spare) values (1, '${SECRET}', '${SECRET}'), (2, 'other', '${SECRET}')`, "create unique index child_name on child (name)"];
    const code = (sql: string): string => `[{ describe: "works on rows", run: async (connection) => { await connection.execute(${JSON.stringify(sql)}); } }]`;
    const updates: readonly (readonly [string, string])[] = [
      ["a unique key", "update child set name = spare"], ["a check", "update child set name = substr(name, 1, 1)"],
      ["not null", "update child set name = nullif(name, 'other')"], ["a foreign key", "insert into child (id, name, parent) select 100, spare || 'x', 7 from child where id = 1"],
      ["an index", "create unique index twice on child (spare)"], ["a type", databases.dialect === "sqlite" ? "create table strictly (a integer) strict; insert into strictly select spare from child" : "alter table child alter column spare type integer using spare::integer"],
      ["a name", "select nothing from nowhere"],
    ];
    it.each(updates.flatMap(([what, sql]) => [[what, "SQL", sql], [what, "code", sql]] as const).filter(([, how, sql]) => how === "SQL" || !sql.includes(";")))(
      "against %s in %s", async (what, how, sql) => {
        const base = shop.write("base", guarded);
        const fine = shop.write("fine", ["create table fine (id integer)"]);
        const failing = how === "SQL" ? shop.write("failing", ["create table half (id integer)", `  ${sql}`]) : shop.writeCode("failing", code(sql).replace("[", '["create table half (id integer)", '));
        const later = shop.write("later", ["create table later (id integer)"]);
        const migrator = await shop.migrator();
        const error = await failure(MigrationError, async () => migrator.up());
        expect(allOf(error)).not.toContain(SECRET);
        // SQLite looks at references when all is done.
        const late = what === "a foreign key" && databases.dialect === "sqlite";
        expect(error.message).toContain(late ? `The migration ${failing} would leave references that point nowhere` : `Step 2 of the migration ${failing} failed, and nothing of the migration was done: ${how === "SQL" ? sql : "works on rows"}`);
        if (late) expect(error.message).toContain("- 1 of child refer to no row of parent");
        expect((await migrator.status()).map(({ name, state }) => [name, state])).toEqual([[base, "applied"], [fine, "applied"], [failing, "pending"], [later, "pending"]]);
        expect(await names()).toEqual(["child", "fine", "parent"]);
        expect(await shop.rows("select name from child order by id")).toEqual([{ name: SECRET }, { name: "other" }]);
      });

    it("an application's own error is told in its words", async () => {
      const failing = shop.writeCode("failing", `[{ describe: "asks", run: async () => { throw new Error("the service is away"); } }]`);
      const error = await failure(MigrationError, async () => (await shop.migrator()).up());
      expect(error.message).toBe(`Step 1 of the migration ${failing} failed, and nothing of the migration was done: asks — the service is away`);
    });
  });

  it("refuses a step that ends the transaction", async () => {
    shop.write("ends", ["create table half (id integer)", "commit", "create table other (id integer)"]);
    const migrator = await shop.migrator();
    const { message } = await failure(MigrationError, async () => migrator.up());
    expect(message).toMatch(/_ends: a step says COMMIT, and would end the transaction/);
    expect(await names()).toEqual([]);
  });

  it("lets no code end it", async () => {
    const failing = shop.writeCode("ends", `["create table half (id integer)", { describe: "ends", run: async (c) => { await c.execute("/* now */ COMMIT"); } }]`);
    const { message } = await failure(MigrationError, async () => (await shop.migrator()).up());
    expect(message).toMatch(new RegExp(`^Step 2 of the migration ${failing} failed, .*cannot say COMMIT`));
    expect(await names()).toEqual([]);
  });

  it("lets a step say those words where they end nothing", async () => {
    shop.write("words", ["create table word (word text) -- commit;\n", "insert into word values ('; commit'); /* ; rollback; */", "savepoint a; rollback to a; release a",
      databases.dialect === "sqlite" ? "create trigger t after insert on word begin select 1; end" : "do $$ begin perform 1; end $$; do $x$ begin perform ';commit'; end $x$"]);
    await (await shop.migrator()).up();
    expect(await shop.rows("select word from word")).toEqual([{ word: "; commit" }]);
  });

  it("lets code read and write with parameters", async () => {
    const place = (number: number, type: string): string => databases.dialect === "sqlite" ? "?" : `$${number}::${type}`;
    shop.write("table", ["create table thing (id integer primary key, name text)"]);
    shop.writeCode("code", `[{ describe: "writes", run: async (connection) => {
      const wrote = await connection.execute("insert into thing (id, name) values (1, ${place(1, "text")}), (2, ${place(2, "text")})", ["it's", null]);
      const rows = await connection.query("select id, name as \\"the name\\" from thing where id < ${place(1, "integer")} order by id", [5]);
      await connection.execute("insert into thing (id, name) values (3, ${place(1, "text")})", [JSON.stringify([wrote, rows])]);
    } }]`);
    const migrator = await shop.migrator();
    await migrator.up();
    const [, , third] = await shop.rows("select name from thing order by id");
    expect(JSON.parse(String(third?.["name"]))).toEqual([2, [{ id: databases.sent(1), "the name": "it's" }, { id: databases.sent(2), "the name": null }]]);
  });

  it("applies each migration once when two of them set out together", async () => {
    const [one, two, three_] = three();
    const [first, second] = [await shop.migrator(), await shop.migrator()];
    const [a, b] = await Promise.all([first.up(), second.up()]);
    expect([...a, ...b].sort()).toEqual([one, two, three_]);
    expect(await shop.rows("select id from two order by id")).toEqual([{ id: 1 }, { id: 2 }]);
    const undone = await Promise.all([first.down(), second.down()]);
    expect(undone.flat()).toHaveLength(new Set(undone.flat()).size);
    expect(undone.flat()).toContain(three_);
  });

  it("takes hundreds of migrations", async () => {
    const count = 300;
    for (let number = 0; number < count; number += 1) {
      writeFileSync(join(shop.folder, `2025${String(number).padStart(10, "0")}_same.cjs`), `module.exports = { dialect: "${databases.dialect}", up: [], down: [] };`);
    }
    const migrator = await shop.migrator();
    expect(await migrator.up()).toHaveLength(count);
    expect(await migrator.up()).toEqual([]);
  });
});


import { execFileSync, spawnSync } from "node:child_process";
import { Column, Database, Entity, Enum, ForeignKey, gt, Index, introspect, Json, jsonPath, PrimaryKey, type EntityClass } from "freehold";
import { accountModel } from "../support/accounts";
import { onEveryDatabaseOfOthers, onEveryPostgres, onEverySqliteFile } from "../support/databases";
import { documentModel } from "../support/documents";
import { server } from "../support/engines";
import { roundTrip, typeFaults } from "../support/introspected";
import { invoiceModel } from "../support/invoices";
import { ledgerModel } from "../support/ledger";
import { noteModel } from "../support/notes";
import { paymentModel } from "../support/payments";
import { chinook } from "../support/published/chinook";
import { django } from "../support/published/django";
import { northwind } from "../support/published/northwind";
import { rails } from "../support/published/rails";
import { sakila } from "../support/published/sakila";
import { sampleModel } from "../support/samples";
import { projectModel } from "../support/shelves";
import { trackerModel } from "../support/tracker";

interface Model {
  readonly entities: readonly EntityClass[];
  readonly jsonTypes?: readonly EntityClass[];
}

const models: Readonly<Record<string, Model>> = {
  accounts: accountModel, documents: documentModel, invoices: invoiceModel, ledger: ledgerModel, notes: noteModel, payments: paymentModel, samples: sampleModel,
  projects: projectModel, tracker: trackerModel,
};

onEveryDatabaseOfOthers("introspect", (engine) => {
  describe.each([chinook, django, northwind, rails, sakila])("$title", (schema) => {
    it("comes back as entities that the check finds no difference to", async () => {
      const place = engine.newPlace();
      await engine.outside(place, [...schema[engine.dialect], ...schema.rows].map((sql) => [sql]));
      const { introspection, db, differences, ensured } = await roundTrip(() => engine.driver(place));
      await db.close();
      expect(differences).toEqual([]);
      expect(ensured).toEqual([]);
      expect(Object.fromEntries(introspection.entities.map(({ table, name }) => [table, name]))).toEqual(schema.classes);
      expect(introspection.left.map(({ table }) => table).sort()).toEqual([...schema.left[engine.dialect]].sort());
      expect(typeFaults(introspection)).toEqual([]);
    });

    it("is made anew from its entities, but for what they do not manage", async () => {
      const place = engine.newPlace();
      await engine.outside(place, schema[engine.dialect].map((sql) => [sql]));
      const { loaded, db } = await roundTrip(() => engine.driver(place));
      await db.close();
      const elsewhere = engine.newPlace();
      // Types of the database's own are no part of a model.
      const types = schema[engine.dialect].filter((sql) => /^create (?:type|domain)/.test(sql));
      if (types.length > 0) await engine.outside(elsewhere, types.map((sql) => [sql]));
      const again = await engine.openPlace(elsewhere, { entities: loaded.entities });
      await again.schema.create();
      expect((await again.schema.check()).filter(({ state, kind }) => !(state === "missing" && kind !== "foreignKey"))).toEqual([]);
      expect(await again.schema.ensure()).toEqual([]);
    });
  });

  it.each(Object.keys(models))("reads back what Freehold made of the model of %s", async (name) => {
    const place = engine.newPlace();
    const made = await engine.openPlace(place, models[name] as Model);
    await made.schema.create();
    await made.close();
    const { introspection, db, differences, ensured } = await roundTrip(() => engine.driver(place));
    await db.close();
    expect(differences).toEqual([]);
    expect(ensured).toEqual([]);
    expect(introspection.left).toEqual([]);
    expect(introspection.entities.length).toBeGreaterThanOrEqual(made.schema.sql().match(/^create table /gm)?.length ?? 0);
  });

  it("reports what it did not manage when that is gone, and never makes it", async () => {
    const place = engine.newPlace();
    await engine.outside(place, [
      ["create table item (id integer primary key, price integer not null, name text, constraint positive check (price > 0))"],
      ["create index by_lower on item (lower(name))"],
    ]);
    const { db, introspection } = await roundTrip(() => engine.driver(place));
    expect(introspection.entities[0]?.unmanaged).toEqual(expect.arrayContaining([expect.stringMatching(/^check positive: /), "index (lower(name))"]));
    await engine.outside(place, [["drop index by_lower"]]);
    expect(await db.schema.check()).toMatchObject([{ kind: "index", state: "missing", name: "(lower(name))" }]);
    expect(await db.schema.ensure()).toEqual([]);
    await db.close();
  });

  it("writes nothing of a database but texts and names", async () => {
    const place = engine.newPlace();
    const evil = '*/ }); throw new Error("ran"); ({ /*';
    await engine.outside(place, [
      [`create table "${evil.replaceAll('"', '""')}" (id integer primary key, "${"`${throw 1}`"}" text default '\u2028"; throw 1;//', "__proto__" integer, "constructor" text)`],
    ]);
    const { introspection, db, loaded } = await roundTrip(() => engine.driver(place));
    await db.close();
    expect(typeFaults(introspection)).toEqual([]);
    expect(introspection.entities[0]?.name).toMatch(/^\w+$/);
    expect(loaded.entities).toHaveLength(1);
    expect(introspection.files.map(({ name }) => name).join()).toMatch(/^[\w-]+\.ts,index\.ts$/);
  });

  it("leaves out what has no key, and says why", async () => {
    const place = engine.newPlace();
    await engine.outside(place, [["create table log (line text)"], ["create view lines as select line from log"], ["create table kept (id integer primary key)"]]);
    const { left, entities } = await introspect({ driver: engine.driver(place) });
    expect(left).toEqual([{ table: "log", reason: expect.stringContaining("no primary key") as string }, { table: "lines", reason: "it is a view" }]);
    expect(entities.map(({ table }) => table)).toEqual(["kept"]);
  });
});

onEverySqliteFile("introspect, SQLite", (engine) => {
  it("reads columns as what they hold", async () => {
    const place = engine.newPlace();
    await engine.outside(place, [
      ["create table mixed (id integer primary key, flag boolean, at datetime, amount numeric, anything, code integer)"],
      ["insert into mixed values (1, 1, 1700000000000, 5, 'x', 'text'), (2, 7, '2024-01-31', 2.5, 'y', 5)"],
    ]);
    const { db, loaded, introspection } = await roundTrip(() => engine.driver(place));
    const mixed = db.repository(loaded["Mixed"] as NonNullable<(typeof loaded)["Mixed"]>);
    expect(await mixed.findById(2)).toMatchObject({ flag: 7, at: "2024-01-31", amount: 2.5, anything: "y", code: 5 });
    await expect(mixed.findById(1)).rejects.toMatchObject({ code: "DATA_ERROR", property: "code" });
    expect(introspection.notes.join("\n")).toContain("Mixed.code: holds values of several kinds (integer, text)");
    expect(await mixed.findOne({ at: "1700000000000" }, { select: ["id", "at"] })).toMatchObject({ id: 1, at: "1700000000000" });
    await mixed.update({ id: 2 }, { amount: 0.1, at: "2024-02-01 10:00:00" });
    expect(await mixed.findOne({ at: "2024-02-01 10:00:00" })).toMatchObject({ amount: 0.1 });
    await db.close();
  });

  it("never gives a sum that is no number to a table that would take it", async () => {
    @Entity({ strict: false }) class Tally { @PrimaryKey() id!: number; @Column() count!: number; @Column({ type: "bigint" }) big!: bigint; @Column({ type: "real" }) part!: number; }
    const db = await engine.open({ entities: [Tally] });
    const tallies = db.repository(Tally);
    await tallies.insert({ count: Number.MAX_SAFE_INTEGER, big: 2n ** 63n - 1n, part: 1e308 });
    for (const change of [{ count: 1 }, { big: 1n }, { part: 1.7e308 }]) await expect(tallies.increment({ id: 1 }, change)).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) as string });
    expect(await tallies.findById(1)).toMatchObject({ count: Number.MAX_SAFE_INTEGER, big: 2n ** 63n - 1n, part: 1e308 });
    expect(await tallies.increment({ id: 1 }, { count: -1, big: -1n, part: -1e307 })).toBe(1);
    expect(await tallies.findById(1)).toMatchObject({ count: Number.MAX_SAFE_INTEGER - 1, big: 2n ** 63n - 2n });
  });
});

onEveryPostgres("introspect, PostgreSQL", (engine) => {
  it("makes entities of pgbench's tables, and works with them", async () => {
    const place = engine.newPlace();
    await server().createSchema(place);
    const installed = spawnSync("pgbench", ["--version"]).status === 0;
    // Elsewhere the same tables by its documentation.
    if (installed) execFileSync("pgbench", ["-i", "-q", server().url(place)], { stdio: "pipe" });
    else {
      await engine.outside(place, [
        ["create table pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22))"],
        ["create table pgbench_tellers (tid int not null, bid int, tbalance int, filler char(84)) with (fillfactor = 100)"],
        ["create table pgbench_accounts (aid int not null, bid int, abalance int, filler char(84)) with (fillfactor = 100)"],
        ["create table pgbench_branches (bid int not null, bbalance int, filler char(88)) with (fillfactor = 100)"],
        ["insert into pgbench_branches values (1, 0)"], ["insert into pgbench_accounts select n, 1, 0, '' from generate_series(1, 100000) n"],
        ...["branches (bid)", "tellers (tid)", "accounts (aid)"].map((key) => [`alter table pgbench_${key.replace(" ", " add primary key ")}`] as const),
      ]);
    }
    const driver = { ...engine.driver(place) };
    const { introspection, db, loaded, differences } = await roundTrip(() => driver);
    // With row-level security its role wants grants that another program never gave.
    expect(differences.filter(({ kind }) => kind !== "grant" && kind !== "role")).toEqual([]);
    expect(introspection.left).toEqual([{ table: "pgbench_history", reason: expect.stringContaining("no primary key") as string }]);
    expect(introspection.entities.map(({ name }) => name)).toEqual(["PgbenchAccounts", "PgbenchBranches", "PgbenchTellers"]);
    if (!engine.rls) {
      const accounts = db.repository(loaded["PgbenchAccounts"] as NonNullable<(typeof loaded)["PgbenchAccounts"]>);
      expect(await accounts.findById(77_777)).toMatchObject({ aid: 77_777, bid: 1, abalance: 0, filler: " ".repeat(84) });
      expect(await accounts.increment({ aid: 77_777 }, { abalance: 5 } as never)).toBe(1);
      expect(await accounts.count({ bid: 1 })).toBe(100_000);
      expect(await accounts.find({ aid: 2 ** 40 })).toEqual([]);
      await accounts.insert({ aid: 100_001, bid: 1, abalance: 1, filler: "x" });
      const page = await accounts.paginate({}, { orderBy: { aid: "desc" } as never, first: 2 });
      expect(page.items.map(({ aid }) => aid)).toEqual([100_001, 100_000]);
    }
    await db.close();
  });
});

@Entity({ table: "typed" })
@Index("small") @Index("int") @Index("varchar") @Index("char") @Index("moment") @Index("zoned") @Index("single") @Index("address")
class Typed {
  @PrimaryKey({ columnType: "serial" }) id!: number;
  @Column({ columnType: "int2" }) small!: number;
  @Column({ columnType: "int4" }) int!: number;
  @Column({ columnType: "varchar(20)", length: 20 }) varchar!: string;
  @Column({ columnType: "char(5)", length: 5 }) char!: string;
  @Column({ columnType: "timestamp(3)" }) moment!: Date;
  @Column({ columnType: "timestamptz(0)" }) zoned!: Date;
  @Column({ type: "real", columnType: "float4" }) single!: number;
  @Column({ type: "text", columnType: "inet" }) address!: string;
  @Column({ type: "text", columnType: "int[]", defaultRaw: "'{}'" }) list!: string;
  @Column({ type: "datetime", columnType: "timestamptz", defaultRaw: "now()" }) made!: Date;
}

onEveryPostgres("columns of the database's own types", (engine) => {
  it("are created as they are said, agree with the check, and take and find values by their indexes", async () => {
    const db = await engine.open({ entities: [Typed] });
    expect(await db.schema.check()).toEqual([]);
    expect(await db.schema.ensure()).toEqual([]);
    const typed = db.repository(Typed);
    const at = (n: number): Date => new Date(Date.UTC(2024, 0, 1, 0, 0, n));
    const rows = await typed.insertMany(Array.from({ length: 3000 }, (_, n) => ({
      small: n, int: n, varchar: `v${n}`, char: `c${n}`, moment: at(n), zoned: at(n), single: n / 10, address: `10.0.${n >> 8}.${n & 255}`,
    })));
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 3000 }, (_, n) => n + 1));
    expect(rows[0]?.list).toBe("{}");
    await engine.past(db, ["analyze typed"]);
    const wheres = [
      ["small", 700], ["int", 700], ["varchar", "v700"], ["char", "c700"], ["moment", at(700)], ["zoned", at(700)], ["single", 70], ["address", "10.0.2.188"],
    ] as const;
    for (const [property, value] of wheres) {
      const where = { [property]: value } as never;
      expect((await typed.find(where)).map(({ id }) => id)).toEqual([701]);
      const { plan } = await typed.explain(where);
      expect([property, plan]).toEqual([property, expect.stringMatching(new RegExp(`Index Scan[^]*ix_typed_${property}`))]);
    }
    expect(await typed.find({ single: 0.1 })).toMatchObject([{ id: 2, single: 0.1 }]);
    expect(await typed.find({ small: 2 ** 40 })).toEqual([]);
    await expect(typed.insert({ ...rows[0], id: 9000, small: 2 ** 40 })).rejects.toMatchObject({ code: "CHECK_VIOLATION" });
    await expect(typed.insert({ small: 1, int: 1, varchar: "x".repeat(21), char: "c", moment: at(1), zoned: at(1), single: 0, address: "10.0.0.1" })).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
    await expect(typed.insert({ small: 1, int: 1, varchar: "x", char: "c", moment: at(1), zoned: at(1), single: 0, address: "nowhere" })).rejects.toMatchObject({ code: "CHECK_VIOLATION" });
    await expect(typed.paginate({}, { orderBy: { made: "asc" } })).rejects.toMatchObject({ code: "INVALID_QUERY", property: "made" });
    expect((await typed.paginate({}, { orderBy: { moment: "desc" }, first: 1 })).items).toMatchObject([{ id: 3000 }]);
  });
});

@Entity() class Late { @PrimaryKey() id!: number; @ForeignKey("Late.id", { nullable: true, constraintName: "late_key", deferrable: "INITIALLY DEFERRED" }) nextId!: number | null; }
@Entity() class Loose { @PrimaryKey({ columnType: "integer generated always as identity" }) id!: number; @Json(undefined, { columnType: "json" }) data!: unknown; @Enum(["a", "b"], { columnType: "varchar(1)", defaultRaw: "'b'" }) kind!: "a" | "b"; }

onEveryPostgres("what others' schemas have", (engine) => {
  it("works: keys that are looked at in the end, json, ids that nobody may choose", async () => {
    const db = await engine.open({ entities: [Late, Loose] });
    expect(await db.schema.check()).toEqual([]);
    const late = db.repository(Late);
    await db.transaction(async () => {
      await late.insert({ id: 1, nextId: 2 });
      await late.insert({ id: 2, nextId: 1 });
    });
    await expect(db.transaction(async () => { await late.insert({ id: 3, nextId: 9 }); })).rejects.toMatchObject({ code: "FOREIGN_KEY_VIOLATION" });
    expect(await late.count({})).toBe(2);
    const loose = db.repository(Loose);
    const made = await loose.insertMany([{ data: { a: 1 } }, { data: { a: 2 }, kind: "a" }, { data: { a: 3 } }]);
    expect(made.map(({ id, kind }) => [id, kind])).toEqual([[1, "b"], [2, "a"], [3, "b"]]);
    expect(await loose.find({ data: jsonPath("a", gt(1)), kind: "a" })).toMatchObject([{ id: 2 }]);
  });
});

it("introspect says what it wants", async () => {
  await expect(introspect({} as never)).rejects.toMatchObject({ code: "INVALID_QUERY" });
  await expect(introspect({ driver: { open: () => undefined }, tables: "a" } as never)).rejects.toMatchObject({ code: "INVALID_QUERY" });
  expect(Database.open).toBeInstanceOf(Function);
});

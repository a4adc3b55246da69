import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { Database, MigrationError, type Driver } from "freehold";
import { Migrator, planMigration, shapeOf, writeMigration, type SchemaShape } from "freehold/migrate";
import { snakeCaseNaming } from "../../lib/model/naming";
import { onEveryShared, type TestDatabases } from "../support/databases";
import { classesOf, edited, edits, filling, models, valueOf, type Model, type Table } from "./evolution";

const RUNS = Number(process.env["FREEHOLD_EVOLUTIONS"] ?? 12);
const SEED = Number(process.env["FREEHOLD_SEED"] ?? Date.now() % 2 ** 31);

type Row = Readonly<Record<string, unknown>>;
type Rows = ReadonlyMap<number, readonly Row[]>;

const table = (one: Table): string => `"${snakeCaseNaming.table(one.name)}"`;
const column = (name: string): string => snakeCaseNaming.column(name);

/** The model, or null where its rules forbid it. */
function valid(model: Model, driver: Driver): SchemaShape | null {
  try {
    return shapeOf({ driver, entities: classesOf(model) });
  } catch {
    return null;
  }
}

/** Three rows of each table, those of two owners where it has any, each referring to rows before it. */
async function populate(databases: TestDatabases, place: string, model: Model, shape: SchemaShape): Promise<void> {
  const statements: [string][] = [1, 2].map((id) => [`insert into "user" ("info", "created_at") values ('{}', ${databases.dialect === "sqlite" ? "'2024-01-01T00:00:00.000Z'" : "now()"}) /* ${id} */`]);
  const made = new Map<number, { readonly owner: number; readonly id: string }[]>();
  for (const { entity } of shape.tables) {
    const one = model.find(({ name }) => name === entity);
    if (one === undefined) continue;
    const rows: { readonly owner: number; readonly id: string }[] = [];
    made.set(one.uid, rows);
    for (let row = 1; row <= 3; row += 1) {
      const owner = 1 + row % 2;
      const values: Record<string, string> = {};
      if (one.owned) values["user_id"] = String(owner);
      if (one.key === "uuid") values["id"] = `'00000000-0000-4000-8000-00000000000${row}'`;
      for (const property of one.properties) values[column(property.name)] = property.nullable && row === 3 ? "null" : valueOf(property, row, databases.dialect);
      for (const { name, target } of one.references) {
        const targets = (made.get(target) ?? []).filter((other) => !one.owned || model.find(({ uid }) => uid === target)?.owned !== true || other.owner === owner);
        values[column(name)] = targets[0]?.id ?? "null";
      }
      statements.push([`insert into ${table(one)} (${Object.keys(values).map((name) => `"${name}"`).join(", ")}) values (${Object.values(values).join(", ")})`]);
      rows.push({ owner, id: one.key === "uuid" ? values["id"]! : String(row) });
    }
  }
  await databases.outside(place, statements);
}

async function rowsOf(databases: TestDatabases, place: string, model: Model): Promise<Rows> {
  const results = await databases.outside(place, model.map((one) => [`select * from ${table(one)} order by "id"`]));
  return new Map(model.map(({ uid }, index) => [uid, results[index] as readonly Row[]]));
}

/** The names of all that there is, but for the journal and what the engine itself names. */
async function objectsOf(databases: TestDatabases, place: string): Promise<readonly unknown[]> {
  const sql = databases.dialect === "sqlite"
    ? "select type || ' ' || name as what from sqlite_master where name not like 'sqlite\\_%' escape '\\' and name <> 'freehold_migration' order by 1"
    : `select what from (
        select relkind::text || ' ' || relname as what, relnamespace as place from pg_class where relname not like 'freehold\\_migration%' and relkind <> 'S'
        union all select contype::text || ' ' || conname, connamespace from pg_constraint where contype <> 'n' and conname not like 'freehold\\_migration%'
        union all select 'trigger ' || tgname, relnamespace from pg_trigger join pg_class on pg_class.oid = tgrelid where not tgisinternal
        union all select 'policy ' || polname, relnamespace from pg_policy join pg_class on pg_class.oid = polrelid
        union all select 'function ' || proname, pronamespace from pg_proc) as found
      where place = (select oid from pg_namespace where nspname = current_schema()) order by 1`;
  const [rows] = await databases.outside(place, [[sql]]);
  return (rows as readonly { readonly what: string }[]).map(({ what }) => what);
}

async function expectModel(databases: TestDatabases, place: string, model: Model): Promise<void> {
  const db = await Database.open({ driver: databases.driver(place), entities: classesOf(model), logger: () => undefined });
  try {
    expect(await db.schema.check()).toEqual([]);
  } finally {
    await db.close();
  }
}

/** What the values of `from` must be in a property of `to`'s kind; undefined: nobody knows. */
const TO_TEXT: readonly string[] = ["integer", "bigint", "uuid", "decimal"];

/** Rows and values that both models have a place for. */
function expectKept(before: Rows, after: Rows, from: Model, to: Model): number {
  let values = 0;
  for (const one of from) {
    const other = to.find(({ uid }) => uid === one.uid);
    if (other === undefined) continue;
    const [old, now] = [before.get(one.uid)!, after.get(one.uid)!];
    expect(now).toHaveLength(old.length);
    for (const property of one.properties) {
      const same = other.properties.find(({ uid }) => uid === property.uid);
      if (same === undefined) continue;
      const text = same.kind === "text" && TO_TEXT.includes(property.kind);
      if (same.kind !== property.kind && !text) continue;
      old.forEach((row, index) => {
        const [was, is] = [row[column(property.name)], now[index]![column(same.name)]];
        // A value that must be there now was given to it.
        if (was === null && !same.nullable) return;
        expect(text && was !== null ? `${was as number | string}` : was).toEqual(is);
        values += 1;
      });
    }
  }
  return values;
}

function renamesOf(from: Model, to: Model): readonly string[] {
  return from.flatMap((one) => {
    const other = to.find(({ uid }) => uid === one.uid);
    if (other === undefined) return [];
    return [
      ...(other.name === one.name ? [] : [`${one.name}=${other.name}`]),
      ...one.properties.flatMap((property) => {
        const same = other.properties.find(({ uid }) => uid === property.uid);
        return same === undefined || same.name === property.name ? [] : [`${one.name}.${property.name}=${other.name}.${same.name}`];
      }),
    ];
  });
}

function fillsOf(from: Model, to: Model, dialect: "sqlite" | "postgres"): readonly string[] {
  return to.flatMap((other) => {
    const one = from.find(({ uid }) => uid === other.uid);
    if (one === undefined) return [];
    return [
      ...(other.owned && !one.owned ? [`${other.name}.user_id=(select min(user_id) from "user")`] : []),
      ...other.properties.flatMap((property) => {
        const same = one.properties.find(({ uid }) => uid === property.uid);
        const needed = !property.nullable && (same === undefined || same.nullable || !keepsKind(same.kind, property.kind));
        return needed ? [`${other.name}.${property.name}=${filling(property, dialect)}`] : [];
      }),
    ];
  });
}

function keepsKind(from: string, to: string): boolean {
  return from === to || (to === "text" && TO_TEXT.includes(from));
}

onEveryShared("schemas that change at random", (databases) => {
  it(`become ${RUNS} other models with all rows that those can hold, and again what they were (seed ${SEED})`, async () => {
    const counts = { migrated: 0, refused: 0, undone: 0, values: 0, kept: 0 };
    await fc.assert(fc.asyncProperty(models, edits, async (from, list) => {
      const to = edited(from, list);
      const place = databases.newPlace();
      const driver = databases.driver(place);
      const [before, after] = [valid(from, driver), valid(to, driver)];
      fc.pre(before !== null && after !== null && JSON.stringify(before) !== JSON.stringify(after));
      const folder = mkdtempSync(join(tmpdir(), "freehold-evolution-"));
      const migrator = await Migrator.open({ driver, folder });
      try {
        const first = await planMigration({ driver, entities: classesOf(from), snapshot: null });
        writeMigration(folder, "first", first!, { language: "cjs" });
        await migrator.up();
        await expectModel(databases, place, from);
        await populate(databases, place, from, before);
        const rows = await rowsOf(databases, place, from);
        const objects = await objectsOf(databases, place);
        const second = await planMigration({
          driver, entities: classesOf(to), snapshot: before, renames: renamesOf(from, to), fills: fillsOf(from, to, databases.dialect), decide: () => null,
        });
        if (second === null || second.up.length === 0) return;
        writeMigration(folder, "second", second, { language: "cjs" });
        try {
          await migrator.up({ allowDataLoss: true });
        } catch (error) {
          if (!(error instanceof MigrationError)) throw error;
          counts.refused += 1;
          await expectModel(databases, place, from);
          expect(await rowsOf(databases, place, from)).toEqual(rows);
          expect(await objectsOf(databases, place)).toEqual(objects);
          return;
        }
        counts.migrated += 1;
        await expectModel(databases, place, to);
        const fresh = databases.newPlace();
        const db = await databases.openPlace(fresh, { entities: classesOf(to) });
        await db.schema.ensure();
        expect(await objectsOf(databases, place)).toEqual(await objectsOf(databases, fresh));
        const moved = await rowsOf(databases, place, to);
        counts.values += expectKept(rows, moved, from, to);
        try {
          await migrator.down({ allowDataLoss: true });
        } catch (error) {
          if (!(error instanceof MigrationError)) throw error;
          await expectModel(databases, place, to);
          expect(await rowsOf(databases, place, to)).toEqual(moved);
          return;
        }
        counts.undone += 1;
        await expectModel(databases, place, from);
        expect(await objectsOf(databases, place)).toEqual(objects);
        counts.kept += expectKept(moved, await rowsOf(databases, place, from), to, from);
      } finally {
        await migrator.close();
        rmSync(folder, { recursive: true, force: true });
      }
    }), { numRuns: RUNS, seed: SEED });
    process.stderr.write(`evolution [${databases.name}]: ${JSON.stringify(counts)}\n`);
    expect(counts.migrated).toBeGreaterThan(RUNS * 0.6);
    // A column that must have a value, and whose values are gone, cannot always come back.
    expect(counts.undone).toBeGreaterThan(counts.migrated * 0.3);
    expect(counts.values).toBeGreaterThan(RUNS);
  }, 60_000 + RUNS * 6_000);
});

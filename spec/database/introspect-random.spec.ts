import fc from "fast-check";
import { onEveryDatabaseOfOthers, type TestDatabases } from "../support/databases";
import { roundTrip, typeFaults, type RoundTrip } from "../support/introspected";
import { rawSqlite } from "../support/raw-sqlite";

const RUNS = Number(process.env["FREEHOLD_INTROSPECT_RUNS"] ?? 12);

/** Names that other programs, people and attackers have given to tables and columns. */
const names = fc.oneof(
  { arbitrary: fc.constantFrom(
    "user", "User", "USERS", "user_id", "userId", "id", "ID", "order", "group", "select", "table", "class", "new", "default", "constructor", "__proto__", "prototype",
    "toString", "hasOwnProperty", "then", "entities", "index", "Index", "Date", "Buffer", "Column", "Entity", "string", "any", "Promise", "con", "aux",
    'a"b', "a'b", "a`b", "a\\b", "a b", "a.b", "a/b", "../up", "a-b", "a$b", "$", "_", "__", "1", "1st", "2024 sales", "é", "ü", "ß", "日本語", "имя", "😀", "a😀b",
    "*/ throw 1; /*", "${process.exit()}", "a\nb", "a\tb", "// x", "\u2028", "); drop table t; --", "a, b", "a desc", "lower(a)", "check", "where x", "name: x",
    "İ", "ﬁ", "ª", "℮", "a\u0301", "á", "x".repeat(63),
  ), weight: 4 },
  { arbitrary: fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" }), weight: 1 },
).filter((name) => !name.includes("\u0000") && !/[\ud800-\udfff]/.test(name.replace(/[\ud800-\udbff][\udc00-\udfff]/g, "")) && !/^(?:sqlite_|pg_)/i.test(name) && Buffer.byteLength(name) <= 63);

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

interface Kind {
  readonly type: string;
  readonly defaults: readonly string[];
}

const KINDS: Readonly<Record<"sqlite" | "postgres", readonly Kind[]>> = {
  sqlite: [
    { type: "integer", defaults: ["0", "-5", "(1 + 1)", "9223372036854775807"] }, { type: "INT", defaults: ["7"] }, { type: "bigint unsigned", defaults: [] },
    { type: "varchar(20)", defaults: ["'it''s'", "''", "'null'", "null"] }, { type: "text", defaults: ["'a\nb'", "current_timestamp", "('x' || 'y')", '"abc"'] },
    { type: "real", defaults: ["0.5", "1", "-1e10"] }, { type: "numeric(10,2)", defaults: ["1.50", "0"] }, { type: "blob", defaults: ["x'00ff'"] },
    { type: "boolean", defaults: ["true", "0"] }, { type: "datetime", defaults: ["(datetime('now'))"] }, { type: "", defaults: ["1", "'x'"] }, { type: "json", defaults: ["'{}'"] },
    { type: "tinyint(1)", defaults: ["1"] }, { type: '"odd ""type"""', defaults: [] }, { type: "double precision", defaults: ["+1"] }, { type: "point", defaults: [] },
  ],
  postgres: [
    { type: "integer", defaults: ["0", "-5", "1 + 1"] }, { type: "smallint", defaults: ["7"] }, { type: "bigint", defaults: ["9007199254740993"] },
    { type: "varchar(20)", defaults: ["'it''s'", "''", "'a\\b'", "null"] }, { type: "text", defaults: ["'a\nb'", "current_user", "'x' || 'y'"] },
    { type: "char(3)", defaults: ["'ab'"] }, { type: "real", defaults: ["0.5"] }, { type: "double precision", defaults: ["1e300", "'Infinity'"] },
    { type: "numeric(10,2)", defaults: ["1.50"] }, { type: "numeric", defaults: ["-0.001"] }, { type: "numeric(5,-2)", defaults: [] }, { type: "boolean", defaults: ["true"] },
    { type: "timestamp", defaults: ["now()", "'2024-01-31 12:00:00'"] }, { type: "timestamptz", defaults: ["now()", "'2024-01-31 12:00:00+02'"] },
    { type: "timestamp(3) with time zone", defaults: ["'2024-01-31 12:00:00+02'"] }, { type: "date", defaults: ["current_date", "'2024-01-31'"] },
    { type: "time", defaults: ["'10:00'"] }, { type: "interval", defaults: ["'1 day'"] }, { type: "interval day to second(2)", defaults: [] }, { type: "uuid", defaults: ["gen_random_uuid()"] },
    { type: "bytea", defaults: ["'\\xff00'"] }, { type: "json", defaults: ["'{}'"] }, { type: "jsonb", defaults: [`'{"a": [1]}'`] }, { type: "integer[]", defaults: ["'{1,2}'"] },
    { type: "text[][]", defaults: [] }, { type: "inet", defaults: ["'127.0.0.1'"] }, { type: "bit(8)", defaults: [] }, { type: "int4range", defaults: ["'[1,2)'"] },
    { type: "money", defaults: [] }, { type: "xml", defaults: [] }, { type: "point", defaults: [] }, { type: 'text collate "C"', defaults: ["'x'"] }, { type: 'varchar(5) collate "ucs_basic"', defaults: [] },
    { type: '"odd ""enum"', defaults: [] }, { type: "name", defaults: [] }, { type: '"char"', defaults: [] }, { type: "oid", defaults: [] },
  ],
};

const ODD_ENUM = `create type "odd ""enum" as enum ('a', 'it''s', 'back\\slash', '*/', '')`;

interface Column {
  readonly name: string;
  readonly kind: number;
  readonly fallback: number;
  readonly notNull: boolean;
  readonly unique: boolean;
}

interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: "counted" | "natural" | "composite" | "none";
  readonly loose: boolean;
  readonly references: readonly { readonly to: number; readonly action: string }[];
  readonly indexes: readonly { readonly name: string; readonly unique: boolean; readonly form: "plain" | "desc" | "partial" | "two" | "two back" | "expression" }[];
  readonly check: boolean;
  readonly trigger: boolean;
  readonly computed: boolean;
  readonly comment: string | null;
}

const table: fc.Arbitrary<Table> = fc.record({
  name: names,
  columns: fc.uniqueArray(fc.record({ name: names, kind: fc.nat(99), fallback: fc.integer({ min: -3, max: 5 }), notNull: fc.boolean(), unique: fc.boolean() }),
    { minLength: 2, maxLength: 6, selector: ({ name }) => name }),
  key: fc.constantFrom("counted", "natural", "composite", "none"),
  loose: fc.boolean(),
  references: fc.array(fc.record({ to: fc.nat(5), action: fc.constantFrom("", " on delete cascade", " on delete set null", " on delete set default", " on update cascade", " deferrable initially deferred") }), { maxLength: 2 }),
  indexes: fc.array(fc.record({ name: names, unique: fc.boolean(), form: fc.constantFrom("plain", "desc", "partial", "two", "two back", "expression") }), { maxLength: 3 }),
  check: fc.boolean(), trigger: fc.boolean(), computed: fc.boolean(),
  comment: fc.option(fc.constantFrom("*/ throw new Error(); /*", "two\nlines", "\u2028x", "`${1}`")),
});

const schemas = fc.uniqueArray(table, { minLength: 1, maxLength: 5, selector: ({ name }) => name.toLowerCase() });

/** What fits is made; a statement that the engine refuses, such as an index over a type without order, is left out. */
function statements(tables: readonly Table[], dialect: "sqlite" | "postgres"): readonly string[] {
  const kinds = KINDS[dialect];
  const kindOf = ({ kind }: Column): Kind => kinds[kind % kinds.length] as Kind;
  const made = tables.map((entry) => {
    const seen = new Set<string>(["the key", "ref 0", "ref 1", "computed"]);
    const columns = entry.columns.filter(({ name }) => dialect === "postgres" || (!seen.has(name.toLowerCase()) && seen.add(name.toLowerCase())));
    return { ...entry, columns };
  });
  const created = made.map((entry, at) => {
    const { name, columns, key, references, check, computed } = entry;
    const counted = dialect === "sqlite" ? "integer primary key" : ["serial primary key", "bigint generated by default as identity primary key", "integer generated always as identity primary key"][at % 3] ?? "";
    const lines = [
      ...(key === "counted" ? [`"the key" ${counted}${dialect === "sqlite" && at % 2 === 0 ? " autoincrement" : ""}`] : key === "natural" ? [`"the key" ${dialect === "sqlite" ? "varchar(9)" : "varchar(9)"} primary key`] : []),
      ...columns.map((column) => {
        const kind = kindOf(column);
        const fallback = kind.defaults[column.fallback];
        return `${quote(column.name)} ${kind.type}${column.notNull ? " not null" : ""}${fallback === undefined ? "" : ` default ${fallback}`}`;
      }),
      ...references.map((_, place) => `"ref ${place}" integer`),
      ...(computed ? [dialect === "sqlite" ? '"computed" generated always as (1) virtual' : '"computed" integer generated always as (1) stored'] : []),
      ...(key === "composite" ? [`primary key (${columns.slice(0, 2).reverse().map((column) => quote(column.name)).join(", ")})`] : []),
      ...references.flatMap(({ to, action }, place) => {
        const target = made[to % made.length];
        return target?.key === "counted" && dialect === "sqlite" ? [`foreign key ("ref ${place}") references ${quote(target.name)}${place === 0 ? "" : ' ("THE KEY")'}${action}`] : [];
      }),
      ...(check ? [`check (${quote(columns[0]?.name ?? "")} is not null or 1 = 1)`] : []),
    ];
    return `create table ${quote(name)} (${lines.join(", ")})`;
  });
  const after = made.flatMap(({ name, columns, references, indexes, trigger, comment }, at) => {
    const [first = "", second = first] = columns.map((column) => quote(column.name));
    return [
      ...(dialect === "postgres" ? references.flatMap(({ to, action }, place) => {
        const target = made[to % made.length];
        return target?.key === "counted" ? [`alter table ${quote(name)} add foreign key ("ref ${place}") references ${quote(target.name)}${action}`] : [];
      }) : []),
      ...columns.filter(({ unique }) => unique).map((column, place) => `create unique index ${quote(`u ${at} ${place}`)} on ${quote(name)} (${quote(column.name)})`),
      ...indexes.map((index) => {
        const parts = { plain: first, desc: `${first} desc`, partial: first, two: `${first}, ${second}`, "two back": `${second}, ${first}`, expression: `(${first} is null)` }[index.form];
        return `create ${index.unique ? "unique " : ""}index ${quote(index.name)} on ${quote(name)} (${parts})${index.form === "partial" ? ` where ${first} is not null` : ""}`;
      }),
      ...(trigger ? [dialect === "sqlite" ? `create trigger ${quote(`t ${name}`.slice(0, 60))} after delete on ${quote(name)} begin select 1; end`
        : `create trigger ${quote(`t ${at}`)} before update on ${quote(name)} for each row execute function suppress_redundant_updates_trigger()`] : []),
      ...(comment !== null && dialect === "postgres" ? [`comment on table ${quote(name)} is ${text(comment)}`, `comment on column ${quote(name)}.${first} is ${text(comment)}`] : []),
    ];
  });
  return [...(dialect === "postgres" ? [ODD_ENUM] : []), ...created, ...after];
}

/** Runs what the engine takes, before the library has seen the place. */
async function runEach(engine: TestDatabases, place: string, all: readonly string[]): Promise<void> {
  const raw = engine.dialect === "sqlite" ? rawSqlite(place) : null;
  for (const sql of all) {
    try {
      if (raw === null) await engine.outside(place, [[sql]]);
      else raw.exec(sql);
    } catch {
      // Not every type has an order, nor every table such a key.
    }
  }
  raw?.close();
}

onEveryDatabaseOfOthers("introspect, random schemas", (engine) => {

  it("finds no difference to what it wrote, whatever the names, types, keys and indexes", async () => {
    let count = 0;
    const tally = { schemas: 0, tables: 0, entities: 0, properties: 0, unmanaged: 0 };
    await fc.assert(fc.asyncProperty(schemas, async (tables) => {
      const place = engine.newPlace();
      await runEach(engine, place, statements(tables, engine.dialect));
      const trip: RoundTrip = await roundTrip(() => engine.driver(place));
      await trip.db.close();
      expect(trip.differences).toEqual([]);
      expect(trip.ensured).toEqual([]);
      tally.schemas += 1;
      tally.tables += trip.introspection.entities.length + trip.introspection.left.length;
      tally.entities += trip.introspection.entities.length;
      tally.unmanaged += trip.introspection.entities.reduce((sum, { unmanaged }) => sum + unmanaged.length, 0);
      tally.properties += trip.introspection.files.reduce((sum, { text: source }) => sum + (source.match(/!: /g) ?? []).length, 0);
      if ((count += 1) % 10 === 0) expect(typeFaults(trip.introspection)).toEqual([]);
    }), { numRuns: RUNS, ...(process.env["FREEHOLD_SEED"] === undefined ? {} : { seed: Number(process.env["FREEHOLD_SEED"]) }) });
    if (process.env["FREEHOLD_SHOW_TALLY"] !== undefined) console.log(engine.name, tally);
    expect(tally.entities).toBeGreaterThan(0);
  }, 600_000);
});

import { isSameType, keepsAll, storedKind } from "../conversions";
import type { Ask } from "../ask";
import type { ColumnChange, MigrationDialect, Probe, SchemaChange, SqlStep, TableChange } from "../migration-dialect";
import { numberingOf, numberingSteps } from "../numbering";
import { removals, renamedTables } from "../renames";
import { isRequired, tableText, type ColumnShape, type PartShape, type SchemaShape, type TableShape } from "../schema-shape";
import { sqliteTable } from "./sqlite-ddl";
import { foundShape } from "./sqlite-found";
import { quoteIdentifier as quote } from "./sqlite-syntax";
import { quoteText } from "./sqlite-text";

/** What a table is called while the one that it replaces is still there. */
const STAND_IN = "freehold_new_";

/** Changes of SQLite's schema: most of them are only possible as a new table that takes the old one's rows and its name. */
export const sqliteMigrations: MigrationDialect = Object.freeze<MigrationDialect>({
  shape: (model) => ({ dialect: "sqlite", tables: model.tables.map((table) => ({ ...sqliteTable(table), numbering: numberingOf(model, table) })), roles: [] }),
  found: foundShape,
  steps,
  conversion,
  // Dropping a table would delete its rows first, and with them, by ON DELETE CASCADE, those of others. The pragma does
  // nothing inside a transaction.
  setting: { before: "pragma foreign_keys = off", after: "pragma legacy_alter_table = off; pragma foreign_keys = on" },
  lock: null,
  dangling,
  besides: async (ask) => (await ask(
    "select type as c0, name as c1, tbl_name as c2, sql as c3, (select count(*) from pragma_index_info(objects.name) where cid = -2) as c4"
    + " from sqlite_master as objects where sql is not null order by rowid", []))
    .map(([kind, name, table, sql, count]) => ({ kind: String(kind), name: String(name), table: String(table), sql: String(sql), expressions: Number(count) })),
  probes,
  journal: {
    table: "freehold_migration",
    create: "create table if not exists freehold_migration (position integer primary key autoincrement, name text not null unique, checksum text not null,"
      + " applied_at text not null) strict",
    exists: "select count(*) as c0 from sqlite_master where type = 'table' and name = 'freehold_migration'",
    list: "select name as c0, checksum as c1, applied_at as c2 from freehold_migration order by position",
    insert: "insert into freehold_migration (name, checksum, applied_at) values (?, ?, ?)",
    remove: "delete from freehold_migration where name = ?",
  },
});

function steps(change: SchemaChange): readonly SqlStep[] {
  const removed = removals(change, quote);
  const rebuilt = change.tables.filter(needsNewTable);
  const kept = change.tables.filter((table) => !rebuilt.includes(table));
  const gone = new Set([...rebuilt.map(({ from }) => from), ...change.removed].map(({ table }) => table));
  const fresh = new Set([...rebuilt.map(({ to }) => to), ...change.added].map(({ table }) => table));
  const partsOf = ({ tables }: SchemaShape): readonly PartShape[] => tables.flatMap(({ parts }) => parts);
  const [before, after] = [partsOf(change.from), partsOf(change.to)];
  const stays = (part: PartShape, others: readonly PartShape[]): boolean => others.some((other) => other.kind === part.kind && other.sql === part.sql);
  const dropped = before.filter((part) => part.touches.some((table) => gone.has(table)) || !stays(part, after));
  const made = after.filter((part) => part.touches.some((table) => fresh.has(table)) || !stays(part, before) || dropped.some(({ sql }) => sql === part.sql));
  return [
    ...dropped.filter(({ kind }) => kind === "trigger").map(({ drop }) => ({ sql: drop })),
    ...dropped.filter(({ kind }) => kind === "index").map(({ drop }) => ({ sql: drop })),
    ...removed.first,
    // The views and triggers of others follow.
    ...renamedTables(change.tables, quote),
    ...kept.flatMap(growth),
    ...rebuilt.flatMap(copy),
    ...removed.last,
    ...replaced(rebuilt),
    // Last: one of them may have the name that another table had.
    ...change.added.map((table) => ({ sql: tableText(quote(table.table), table) })),
    ...numberingSteps(change, quote, quoteText),
    ...made.filter(({ kind }) => kind === "index").map(({ sql }) => ({ sql })),
    ...made.filter(({ kind }) => kind === "trigger").map(({ sql }) => ({ sql })),
  ];
}

/** Columns that can simply be put at the end of a table. */
function needsNewTable({ from, to, columns }: TableChange): boolean {
  const same = (one: readonly { readonly definition: string }[], other: readonly { readonly definition: string }[]): boolean =>
    one.length === other.length && one.every(({ definition }, index) => definition === other[index]?.definition);
  return from.table !== to.table || from.suffix !== to.suffix || !same(from.constraints, to.constraints)
    || columns.some((column) => column.from === null ? !isAppendable(column) : column.fill !== null || column.convert !== null || column.to?.definition !== column.from.definition || isRewritten(column.from, column.to));
}

/** One type in the database may hold values of several kinds, each written in its own way. */
function isRewritten(from: ColumnShape, to: ColumnShape): boolean {
  return conversion(from, to) !== quote(from.column);
}

function isAppendable({ to, fill }: ColumnChange): boolean {
  return to !== null && fill === null && !to.counted && to.fill === null && (to.nullable || to.default !== null)
    // A default that has to be worked out, rows that are there cannot have.
    && !to.definition.includes(" default (");
}

function growth({ from, columns }: TableChange): readonly SqlStep[] {
  return columns.flatMap((column) => column.from === null && column.to !== null
    ? [{ sql: `alter table ${quote(from.table)} add column ${column.to.definition}` }] : []);
}

function copy({ from, to, columns }: TableChange): readonly SqlStep[] {
  const standIn = quote(`${STAND_IN}${to.table}`);
  const taken = columns.flatMap((change) => {
    const value = change.to === null ? null : valueOf(change);
    return change.to === null || value === null ? [] : [{ column: quote(change.to.column), value }];
  });
  const missing = columns.filter((change) => change.to !== null && valueOf(change) === null && isRequired(change.to)).map(({ to: column }) => column?.column ?? "");
  const lines = (texts: readonly string[]): string => `\n  ${texts.join(",\n  ")}`;
  return [
    { sql: tableText(standIn, to), comment: `${to.table} is made anew: SQLite cannot change a table in place.` },
    ...(taken.length === 0 ? [] : [{
      sql: `insert into ${standIn} (${lines(taken.map(({ column }) => column))}\n) select${lines(taken.map(({ value }) => value))}\nfrom ${quote(to.table)}`,
      comment: missing.length === 0 ? undefined : requiredComment(to.table, missing),
    }]),
    ...([from, to].every(({ columns: all }) => all.some(isCounting)) ? [counterCopy(to.table, `${STAND_IN}${to.table}`)] : []),
  ];
}

/** Whether SQLite keeps account of the ids that it has given. */
function isCounting({ counted, definition }: ColumnShape): boolean {
  return counted && / autoincrement\b/i.test(definition);
}

/** Ids that were given once are not given again, those of deleted rows neither. */
function counterCopy(from: string, to: string): SqlStep {
  return { sql: `delete from sqlite_sequence where name = ${quoteText(to)};\n`
    + `insert into sqlite_sequence (name, seq) select ${quoteText(to)}, seq from sqlite_sequence where name = ${quoteText(from)}` };
}

function requiredComment(table: string, columns: readonly string[]): string {
  return `Fails if ${table} has rows: ${columns.join(", ")} must have a value, and nobody said which. Add the column and an expression for it.`;
}

/** What a column's rows get; null: what it has by default. */
function valueOf({ from, to, fill, convert }: ColumnChange): string | null {
  if (to === null || convert !== null) return convert;
  if (from === null) return fill ?? to.fill;
  const old = quote(from.column);
  const kept = conversion(from, to);
  if (kept === null) return fill ?? to.fill;
  if (fill !== null) return isSameType(from, to) ? `coalesce(${old}, ${fill})` : fill;
  return kept;
}

function replaced(rebuilt: readonly TableChange[]): readonly SqlStep[] {
  if (rebuilt.length === 0) return [];
  return [
    ...rebuilt.map(({ from, to, columns }): SqlStep => ({ sql: `drop table ${quote(to.table)}`, losesData: lost(from, columns) })),
    // Otherwise the views and triggers of others, which speak of the table, would keep the new one from its name.
    { sql: "pragma legacy_alter_table = on" },
    ...rebuilt.map(({ to }): SqlStep => ({ sql: `alter table ${quote(`${STAND_IN}${to.table}`)} rename to ${quote(to.table)}` })),
    { sql: "pragma legacy_alter_table = off" },
  ];
}

function lost({ table }: TableShape, columns: readonly ColumnChange[]): string | undefined {
  const names = columns.flatMap((change) => change.from !== null
    && (change.to === null || ((change.convert ?? change.fill) === null && conversion(change.from, change.to) === null)) ? [`${table}.${change.from.column}`] : []);
  return names.length === 0 ? undefined : `the values of ${names.join(", ")}`;
}

/** Of these, a STRICT table takes what can be written as a value of its type without loss, and a CHECK what it allows. */
const CHECKED: Readonly<Record<string, readonly string[]>> = {
  text: ["integer", "bigint", "real", "json"],
  decimal: ["integer", "bigint"],
  real: ["integer", "bigint"],
  integer: ["boolean"],
  bigint: ["integer", "boolean"],
};

function conversion(from: ColumnShape, to: ColumnShape): string | null {
  const old = quote(from.column);
  const [before, after] = [storedKind(from), storedKind(to)];
  if (before === after || CHECKED[before]?.includes(after) === true) return old;
  if (!keepsAll(from, to)) return null;
  if (after === "datetime") return `${old} || 'T00:00:00.000Z'`;
  return from.type === to.type ? old : `cast(${old} as ${to.type})`;
}

/** A view whose columns are gone, or a trigger, fails only when somebody uses it. */
async function probes(ask: Ask): Promise<readonly Probe[]> {
  const views = await ask("select name as c0 from sqlite_master where type = 'view' order by name", []);
  const columns = await ask(
    "select tables.name as c0, columns.name as c1 from (select distinct tbl_name as name from sqlite_master where type = 'trigger') as tables"
    + " join pragma_table_info(tables.name) as columns order by 1, columns.cid", []);
  const tables = new Map<string, string[]>();
  for (const [table, column] of columns) tables.set(String(table), [...tables.get(String(table)) ?? [], `${quote(String(column))} = ${quote(String(column))}`]);
  return [
    ...views.map(([name]): Probe => ({ what: `the view ${String(name)}`, sql: `explain select * from ${quote(String(name))}` })),
    ...[...tables].flatMap(([table, found]) => [
      `insert into ${quote(table)} default values`, `delete from ${quote(table)}`,
      `update ${quote(table)} set ${found.join(", ")}`,
    ].map((sql): Probe => ({ what: `a trigger on ${table}`, sql: `explain ${sql}` }))),
  ];
}

async function dangling(ask: Ask): Promise<readonly string[]> {
  const rows = await ask("select \"table\" as c0, parent as c1, count(*) as c2 from pragma_foreign_key_check group by 1, 2 order by 1, 2", []);
  return rows.map(([table, parent, count]) => `${String(count)} of ${String(table)} refer to no row of ${String(parent)}`);
}

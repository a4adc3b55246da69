import type { Ask, ColumnDescription, ForeignKeyDescription, TableDescription } from "../dialect";

/** Names of tables, indexes and triggers, without SQLite's own. */
export async function existingObjects(ask: Ask): Promise<ReadonlySet<string>> {
  const rows = await ask("select name as c0 from sqlite_master where name not like 'sqlite\\_%' escape '\\'", []);
  return new Set(rows.map(([name]) => String(name)));
}

/** Reads one table back from the catalogue; null when there is none. */
export async function describeTable(wanted: string, ask: Ask): Promise<TableDescription | null> {
  // SQLite folds case in names: a table that an earlier tool made as "Note" is our "note".
  const [found] = await ask("select name as c0, sql as c1 from sqlite_master where type = 'table' and name = ? collate nocase", [wanted]);
  if (found === undefined) return null;
  const [table, definition] = found.map(String) as [string, string];
  const signs = signsOf(definition);
  const info = await ask(
    "select name as c0, type as c1, \"notnull\" as c2, dflt_value as c3, pk as c4, hidden as c5 from pragma_table_xinfo(?) order by cid", [table]);
  const [traits] = await ask("select strict as c0, wr as c1 from pragma_table_list(?) where schema = 'main'", [table]);
  const indexes = await indexColumns(table, ask);
  const keys = info.filter((column) => Number(column[4]) > 0).sort((a, b) => Number(a[4]) - Number(b[4]));
  const counted = signs.some((sign) => sign.toLowerCase() === "autoincrement");
  return {
    columns: info.map(([name, type, notNull, fallback, key, hidden]): ColumnDescription => ({
      name: String(name),
      type: `${columnType(String(type), { counted: counted && Number(key) > 0, strict: Number(traits?.[0]) === 1 })}${Number(hidden) === 0 ? "" : " generated"}`,
      // An INTEGER PRIMARY KEY is never null, whatever the column says.
      nullable: Number(notNull) === 0 && Number(key) === 0,
      default: typeof fallback === "string" ? fallback : null,
    })),
    primaryKey: keys.map(([name]) => String(name)),
    clustered: Number(traits?.[1]) === 1,
    uniques: indexes.filter((index) => index.unique).map(({ columns, where }) => ({ columns, where })),
    indexes: indexes.filter((index) => !index.unique).map(({ columns, where }) => where === null ? columns : [...columns, `where ${where}`]),
    foreignKeys: (await foreignKeys(table, ask)).map(foldedTarget),
    checks: checksOf(signs),
    triggers: await triggersInto(table, ask),
    otherTriggers: await triggersOn(table, ask),
    generatedColumns: (await ask("select name as c0 from pragma_table_xinfo(?) where hidden in (2, 3) order by cid", [table])).map(([name]) => String(name)),
    partitions: [], rowSecurity: [], policies: [], grants: [],
  };
}

/** A column's type with all that decides what it holds: only STRICT tables keep to it, only AUTOINCREMENT never gives a key twice. */
export function columnType(declared: string, { counted, strict }: { readonly counted: boolean; readonly strict: boolean }): string {
  return `${declared.toLowerCase()}${counted ? " autoincrement" : ""}${strict ? "" : " (not strict)"}`;
}

export interface FoundIndex {
  /** Null for what a constraint made. */
  readonly name: string | null;
  /** Whether it is of columns alone, in the usual order and of all rows. */
  readonly plain: boolean;
  readonly unique: boolean;
  readonly columns: readonly string[];
  /** The condition of a partial index. */
  readonly where: string | null;
}

export async function indexColumns(table: string, ask: Ask): Promise<readonly FoundIndex[]> {
  const list = await ask(
    "select l.name as c0, l.\"unique\" as c1, l.partial as c2, m.sql as c3 from pragma_index_list(?) as l"
    + " left join sqlite_master as m on m.type = 'index' and m.name = l.name where l.origin <> 'pk' order by l.seq desc", [table]);
  const found: FoundIndex[] = [];
  for (const [name, unique, partial, sql] of list) {
    const columns = await ask("select name as c0, \"desc\" as c1, coll as c2 from pragma_index_xinfo(?) where key = 1 order by seqno", [String(name)]);
    found.push({
      name: typeof sql === "string" ? String(name) : null,
      unique: Number(unique) === 1, columns: columns.map(([column, descending, collation], place) => typeof column !== "string" ? expressionAt(String(sql), place)
        : [column, ...(collation === "BINARY" ? [] : [`collate ${String(collation).toLowerCase()}`]), ...(Number(descending) === 1 ? ["desc"] : [])].join(" ")),
      plain: Number(partial) === 0 && columns.every(([column, descending, collation]) => typeof column === "string" && Number(descending) === 0 && collation === "BINARY"),
      where: Number(partial) === 1 ? conditionOf(String(sql)) : null,
    });
  }
  return found;
}

/** A part of an index that is no column, as it is written. */
function expressionAt(sql: string, place: number): string {
  const signs = signsOf(sql);
  const start = signs.indexOf("(");
  const parts: string[] = [""];
  let depth = 0;
  for (const sign of signs.slice(start + 1, closing(signs, start))) {
    depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
    if (sign === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += sign;
  }
  return parts[place]?.trim() ?? "";
}

/** What stands behind the columns of a partial index. */
function conditionOf(sql: string): string {
  const signs = signsOf(sql);
  const rest = signs.slice(closing(signs, signs.indexOf("(")) + 1).join("").trim();
  return rest.replace(/^where\s+/i, "");
}

/** A reference may write its target in another case than the table does, and the model in a third: they mean the same. */
export function foldedTarget(key: ForeignKeyDescription): ForeignKeyDescription {
  return { ...key, targetTable: key.targetTable.toLowerCase(), targetColumns: key.targetColumns.map((name) => name.toLowerCase()) };
}

export async function foreignKeys(table: string, ask: Ask): Promise<readonly ForeignKeyDescription[]> {
  const rows = await ask(
    "select id as c0, \"table\" as c1, \"from\" as c2, \"to\" as c3, on_delete as c4, on_update as c5"
    + " from pragma_foreign_key_list(?) order by id desc, seq", [table]);
  const named = await namedTargets(rows.map((row) => String(row[1])), ask);
  const byId = new Map<unknown, (readonly unknown[])[]>();
  for (const row of rows) byId.set(row[0], [...(byId.get(row[0]) ?? []), row]);
  return [...byId.values()].map((columns) => {
    const written = String(columns[0]?.[1]);
    const target = named.get(written.toLowerCase());
    const columnOf = (name: unknown, place: number): string => typeof name !== "string" ? target?.primaryKey[place] ?? ""
      : target?.columns.find((column) => column.toLowerCase() === name.toLowerCase()) ?? name;
    return {
      columns: columns.map((row) => String(row[2])),
      targetTable: target?.name ?? written,
      targetColumns: columns.map((row, place) => columnOf(row[3], place)),
      onDelete: String(columns[0]?.[4]).toLowerCase(),
      onUpdate: String(columns[0]?.[5]).toLowerCase(),
    };
  });
}

interface NamedTarget {
  readonly name: string;
  readonly columns: readonly string[];
  readonly primaryKey: readonly string[];
}

/** References may write names in another case, and leave out the columns where they mean the primary key. */
async function namedTargets(tables: readonly string[], ask: Ask): Promise<ReadonlyMap<string, NamedTarget>> {
  const found = new Map<string, NamedTarget>();
  for (const table of new Set(tables.map((name) => name.toLowerCase()))) {
    const [row] = await ask("select name as c0 from sqlite_master where type = 'table' and name = ? collate nocase", [table]);
    if (row === undefined) continue;
    const columns = await ask("select name as c0, pk as c1 from pragma_table_info(?) order by cid", [String(row[0])]);
    const keys = columns.filter((column) => Number(column[1]) > 0).sort((a, b) => Number(a[1]) - Number(b[1]));
    found.set(table, { name: String(row[0]), columns: columns.map(([name]) => String(name)), primaryKey: keys.map(([name]) => String(name)) });
  }
  return found;
}

/** The triggers of others that hang on the table. */
export async function triggersOn(table: string, ask: Ask): Promise<readonly string[]> {
  const rows = await ask("select name as c0, sql as c1 from sqlite_master where type = 'trigger' and tbl_name = ? collate nocase order by name", [table]);
  return rows.filter(([, sql]) => !NULLING.test(String(sql))).map(([name]) => String(name));
}

/** A trigger that Freehold makes for a reference. */
const NULLING = /^create trigger "fk_(?:[^"]|"")*_set_null(?:_on_update)?" before /i;

/** The triggers that keep this table's references: they hang on the referenced tables, so their text tells. */
async function triggersInto(table: string, ask: Ask): Promise<readonly string[]> {
  const rows = await ask(
    "select name as c0, sql as c1 from sqlite_master where type = 'trigger' and name like '%\\_set\\_null%' escape '\\' order by name", []);
  return rows
    .filter(([, sql]) => String(sql).includes(` update "${table.replaceAll('"', '""')}" set `))
    .map(([name, sql]) => `${String(name)}: ${String(sql).replace(/^create trigger ("(?:[^"]|"")*"|\S+) /i, "")}`);
}

/** `name: expression` of each CHECK, without a name `: expression`: the catalogue keeps the text of CREATE TABLE alone. */
function checksOf(signs: readonly string[]): readonly string[] {
  const found: string[] = [];
  signs.forEach((sign, index) => {
    if (sign.toLowerCase() !== "check") return;
    const start = next(signs, index);
    if (signs[start] !== "(") return;
    const name = previous(signs, index);
    const named = signs[previous(signs, name)]?.toLowerCase() === "constraint";
    found.push(`${named ? unquoted(signs[name] ?? "") : ""}: ${signs.slice(start + 1, closing(signs, start)).join("")}`);
  });
  return found;
}

/** The text as its signs: strings and quoted names whole, so that nothing inside them is taken for SQL. */
export function signsOf(sql: string): readonly string[] {
  return sql.match(/'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*.*?\*\/|\s+|\w+|[^]/gsu) ?? [];
}

function isBlank(sign: string | undefined): boolean {
  return sign !== undefined && /^(?:\s|--|\/\*)/.test(sign);
}

function next(signs: readonly string[], from: number): number {
  let index = from + 1;
  while (isBlank(signs[index])) index += 1;
  return index;
}

function previous(signs: readonly string[], from: number): number {
  let index = from - 1;
  while (isBlank(signs[index])) index -= 1;
  return index;
}

/** The place of the parenthesis that closes the one at `start`. */
function closing(signs: readonly string[], start: number): number {
  let depth = 0;
  for (let index = start; index < signs.length; index += 1) {
    if (signs[index] === "(") depth += 1;
    else if (signs[index] === ")" && (depth -= 1) === 0) return index;
  }
  return signs.length;
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}

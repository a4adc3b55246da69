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
    foreignKeys: await foreignKeys(table, ask),
    checks: checksOf(signs),
    triggers: await triggersInto(table, ask),
    partitions: [], rowSecurity: [], policies: [], grants: [],
  };
}

/** A column's type with all that decides what it holds: only STRICT tables keep to it, only AUTOINCREMENT never gives a key twice. */
export function columnType(declared: string, { counted, strict }: { readonly counted: boolean; readonly strict: boolean }): string {
  return `${declared.toLowerCase()}${counted ? " autoincrement" : ""}${strict ? "" : " (not strict)"}`;
}

interface FoundIndex {
  readonly unique: boolean;
  readonly columns: readonly string[];
  /** The condition of a partial index. */
  readonly where: string | null;
}

async function indexColumns(table: string, ask: Ask): Promise<readonly FoundIndex[]> {
  const list = await ask(
    "select l.name as c0, l.\"unique\" as c1, l.partial as c2, m.sql as c3 from pragma_index_list(?) as l"
    + " left join sqlite_master as m on m.type = 'index' and m.name = l.name where l.origin <> 'pk' order by l.seq desc", [table]);
  const found: FoundIndex[] = [];
  for (const [name, unique, partial, sql] of list) {
    const columns = await ask("select name as c0, \"desc\" as c1, coll as c2 from pragma_index_xinfo(?) where key order by seqno", [String(name)]);
    found.push({
      unique: Number(unique) === 1, columns: columns.map(([column, descending, collation], place) => typeof column === "string"
        ? `${column}${collation === "BINARY" ? "" : ` collate ${String(collation).toLowerCase()}`}${Number(descending) === 0 ? "" : " desc"}`
        : expressionAt(String(sql), place)),
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

async function foreignKeys(table: string, ask: Ask): Promise<readonly ForeignKeyDescription[]> {
  const rows = await ask(
    // Who names no columns means the primary key.
    "select id as c0, \"table\" as c1, \"from\" as c2, coalesce(\"to\", (select name from pragma_table_info(k.\"table\") where pk = k.seq + 1)) as c3,"
    + " on_delete as c4, on_update as c5 from pragma_foreign_key_list(?) as k order by id desc, seq", [table]);
  const byId = new Map<unknown, (readonly unknown[])[]>();
  for (const row of rows) byId.set(row[0], [...(byId.get(row[0]) ?? []), row]);
  return [...byId.values()].map((columns) => ({
    columns: columns.map((row) => String(row[2])),
    targetTable: String(columns[0]?.[1]),
    targetColumns: columns.map((row) => String(row[3])),
    onDelete: String(columns[0]?.[4]).toLowerCase(),
    onUpdate: String(columns[0]?.[5]).toLowerCase(),
  }));
}

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
function signsOf(sql: string): readonly string[] {
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

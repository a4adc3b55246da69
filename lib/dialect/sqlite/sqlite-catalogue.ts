import type { Ask, ColumnDescription, ForeignKeyDescription, TableDescription } from "../dialect";

/** Names of tables, indexes and triggers, without SQLite's own. */
export async function existingObjects(ask: Ask): Promise<ReadonlySet<string>> {
  const rows = await ask("select name as c0 from sqlite_master where name not like 'sqlite\\_%' escape '\\'", []);
  return new Set(rows.map(([name]) => String(name)));
}

/** Reads one table back from the catalogue; null when there is none. */
export async function describeTable(table: string, ask: Ask): Promise<TableDescription | null> {
  const [definition] = await ask("select sql as c0 from sqlite_master where type = 'table' and name = ?", [table]);
  if (definition === undefined) return null;
  const info = await ask(
    "select name as c0, type as c1, \"notnull\" as c2, dflt_value as c3, pk as c4 from pragma_table_info(?) order by cid", [table]);
  const indexes = await indexColumns(table, ask);
  const keys = info.filter((column) => Number(column[4]) > 0).sort((a, b) => Number(a[4]) - Number(b[4]));
  return {
    columns: info.map(([name, type, notNull, fallback, key]): ColumnDescription => ({
      name: String(name), type: String(type),
      // An INTEGER PRIMARY KEY is never null, whatever the column says.
      nullable: Number(notNull) === 0 && Number(key) === 0,
      default: fallback === null ? null : String(fallback),
    })),
    primaryKey: keys.map(([name]) => String(name)),
    uniques: indexes.filter((index) => index.unique).map((index) => index.columns),
    indexes: indexes.filter((index) => !index.unique).map((index) => index.columns),
    foreignKeys: await foreignKeys(table, ask),
    checks: checksOf(String(definition[0])),
    triggers: await triggersInto(table, ask),
  };
}

async function indexColumns(table: string, ask: Ask): Promise<readonly { unique: boolean; columns: readonly string[] }[]> {
  const list = await ask("select name as c0, \"unique\" as c1 from pragma_index_list(?) where origin <> 'pk' order by seq desc", [table]);
  const found = [];
  for (const [name, unique] of list) {
    const columns = await ask("select name as c0 from pragma_index_info(?) order by seqno", [String(name)]);
    found.push({ unique: Number(unique) === 1, columns: columns.map(([column]) => String(column)) });
  }
  return found;
}

async function foreignKeys(table: string, ask: Ask): Promise<readonly ForeignKeyDescription[]> {
  const rows = await ask(
    "select id as c0, \"table\" as c1, \"from\" as c2, \"to\" as c3, on_delete as c4, on_update as c5"
    + " from pragma_foreign_key_list(?) order by id desc, seq", [table]);
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
  const rows = await ask("select sql as c0 from sqlite_master where type = 'trigger' and name like '%\\_set\\_null' escape '\\' order by name", []);
  return rows.map(([sql]) => String(sql)).filter((sql) => sql.includes(` update "${table.replaceAll('"', '""')}" set `));
}

/** `name: expression` of each named CHECK: the catalogue keeps the text of CREATE TABLE alone. */
function checksOf(sql: string): readonly string[] {
  const found: string[] = [];
  const start = /constraint "((?:[^"]|"")*)" check \(/gi;
  for (let match = start.exec(sql); match !== null; match = start.exec(sql)) {
    const end = closingParenthesis(sql, start.lastIndex);
    found.push(`${(match[1] ?? "").replaceAll('""', '"')}: ${sql.slice(start.lastIndex, end)}`);
    start.lastIndex = end;
  }
  return found;
}

/** The place of the parenthesis that closes the one before `from`; strings and quoted names are passed over. */
function closingParenthesis(sql: string, from: number): number {
  let depth = 1;
  let quote: string | null = null;
  for (let index = from; index < sql.length; index += 1) {
    const sign = sql[index] ?? "";
    if (quote !== null) quote = sign === quote ? null : quote;
    else if (sign === "'" || sign === '"') quote = sign;
    else if (sign === "(") depth += 1;
    else if (sign === ")" && (depth -= 1) === 0) return index;
  }
  return sql.length;
}

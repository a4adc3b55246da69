import type { Ask } from "../dialect";
import type { Survey, SurveyedColumn, SurveyedReference, SurveyedTable } from "../survey";
import { foreignKeys, indexColumns, signsOf, triggersOn } from "./sqlite-catalogue";
import { quoteIdentifier as quote } from "./sqlite-syntax";
import { surveyedType } from "./sqlite-surveyed-type";

/** Reads all tables, and of those that hold columns to no type some rows as well: what is stored decides how it can be read. */
export async function surveyDatabase(ask: Ask): Promise<Survey> {
  const list = await ask(
    "select l.name as c0, l.type as c1, l.strict as c2, l.wr as c3, m.sql as c4 from pragma_table_list as l join sqlite_master as m on m.name = l.name"
    + " and m.type in ('table', 'view') where l.schema = 'main' and l.name not like 'sqlite\\_%' escape '\\' order by l.name", []);
  const tables: SurveyedTable[] = [];
  for (const [name, kind, strict, withoutRowid, sql] of list) {
    if (kind === "table") tables.push(await surveyTable(String(name), { strict: Number(strict) === 1, rowid: Number(withoutRowid) === 0, sql: String(sql) }, ask));
  }
  return { tables, others: list.filter(([, kind]) => kind !== "table").map(([name, kind]) => ({ name: String(name), what: OTHERS[String(kind)] ?? String(kind) })) };
}

const OTHERS: Readonly<Record<string, string>> = { view: "a view", virtual: "a virtual table", shadow: "a part of a virtual table" };

interface Traits {
  readonly strict: boolean;
  readonly rowid: boolean;
  readonly sql: string;
}

async function surveyTable(table: string, { strict, rowid, sql }: Traits, ask: Ask): Promise<SurveyedTable> {
  const info = await ask(
    "select name as c0, type as c1, \"notnull\" as c2, dflt_value as c3, pk as c4, hidden as c5 from pragma_table_xinfo(?) where hidden <> 1 order by cid", [table]);
  const keys = info.filter((column) => Number(column[4]) > 0).sort((a, b) => Number(a[4]) - Number(b[4]));
  const indexes = await indexColumns(table, ask);
  const columns: SurveyedColumn[] = [];
  for (const [name, declared, notNull, fallback, key, hidden] of info) {
    const stored = strict ? null : await storedKinds(table, String(name), ask);
    columns.push({
      ...surveyedType({ declared: String(declared), stored, value: typeof fallback === "string" ? fallback : null }),
      name: String(name), comment: null, nullable: Number(notNull) === 0 && Number(key) === 0,
      default: typeof fallback === "string" ? fallback : null, computed: Number(hidden) > 1,
    });
  }
  const pk = await ask("select 1 as c0 from pragma_index_list(?) where origin = 'pk'", [table]);
  // A key in an index of its own is no rowid, whatever its type is.
  const counted = rowid && keys.length === 1 && pk.length === 0 && String(keys[0]?.[1]).toLowerCase() === "integer";
  const plain = indexes.filter((index) => index.plain);
  return {
    name: table, comment: null, strict, columns,
    primaryKey: keys.map(([name]) => String(name)),
    counted: counted ? { autoIncrement: signsOf(sql).some((sign) => sign.toLowerCase() === "autoincrement") } : null,
    uniques: plain.filter(({ unique }) => unique).map(({ name, columns: parts }) => ({ name, columns: parts })),
    indexes: plain.filter(({ unique }) => !unique).map(({ name, columns: parts }) => ({ name, columns: parts })),
    references: (await foreignKeys(table, ask)).filter((key) => key.columns.length === 1).map((key): SurveyedReference => ({
      name: null, column: key.columns[0] ?? "", targetTable: key.targetTable, targetColumn: key.targetColumns[0] ?? "",
      onDelete: key.onDelete.toUpperCase(), onUpdate: key.onUpdate.toUpperCase(), deferrable: null,
    })),
    triggers: await triggersOn(table, ask),
  };
}

const SAMPLE = 1_000;

/** How the values of some rows are stored; `bit` for 0 and 1. */
async function storedKinds(table: string, column: string, ask: Ask): Promise<ReadonlySet<string>> {
  const value = `t.${quote(column)}`;
  const rows = await ask(
    `select distinct case when ${value} in (0, 1) and typeof(${value}) = 'integer' then 'bit' else typeof(${value}) end as c0`
    + ` from (select * from ${quote(table)} limit ${SAMPLE}) as t`, []);
  return new Set(rows.map(([kind]) => String(kind)).filter((kind) => kind !== "null"));
}

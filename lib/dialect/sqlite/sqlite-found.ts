import type { Ask } from "../ask";
import type { ColumnDescription, TableDescription } from "../dialect";
import type { ColumnShape, ConstraintShape, PartShape, SchemaShape, TableShape } from "../schema-shape";
import { describeTable } from "./sqlite-catalogue";
import { quoteIdentifier as quote } from "./sqlite-syntax";

const NOT_STRICT = " (not strict)";
const COUNTED = " autoincrement";

/** The tables of a schema as the database has them, whoever made them; those that it does not have are left out. */
export async function foundShape(wanted: SchemaShape, ask: Ask): Promise<SchemaShape> {
  const tables: TableShape[] = [];
  for (const model of wanted.tables) {
    const found = await describeTable(model.table, ask);
    if (found !== null) tables.push(await shapeOf(model, found, wanted, ask));
  }
  return { dialect: "sqlite", tables, roles: [] };
}

async function shapeOf(model: TableShape, found: TableDescription, wanted: SchemaShape, ask: Ask): Promise<TableShape> {
  const [row] = await ask("select name as c0 from sqlite_master where type = 'table' and name = ? collate nocase", [model.table]);
  const table = String(row?.[0]);
  const strict = found.columns.every(({ type }) => !type.endsWith(NOT_STRICT));
  const parts = await ask("select type as c0, name as c1, sql as c2 from sqlite_master where sql is not null and type in ('index', 'trigger') and tbl_name = ? order by rowid", [table]);
  // Others' triggers stay as they are.
  const own = new Map(wanted.tables.flatMap((other) => other.parts.filter(({ kind }) => kind === "trigger").map((part) => [part.key.toLowerCase(), part])));
  return {
    entity: model.entity, table, numbering: null,
    columns: found.columns.map((column) => columnShape(column, model)),
    constraints: constraintsOf(found),
    suffix: [...(strict ? ["strict"] : []), ...(found.clustered ? ["without rowid"] : [])].join(", ").replace(/^(?=.)/, " "),
    parts: parts.flatMap(([kind, name, sql]): readonly PartShape[] => {
      const key = String(name);
      const touches = kind === "index" ? [table] : own.get(key.toLowerCase())?.touches;
      return touches === undefined ? [] : [{ kind: kind === "index" ? "index" : "trigger", key, sql: String(sql), drop: `drop ${String(kind)} ${quote(key)}`, touches }];
    }),
  };
}

function columnShape({ name, type: described, nullable, default: fallback }: ColumnDescription, table: TableShape): ColumnShape {
  const counted = described.includes(COUNTED);
  const type = described.replace(NOT_STRICT, "").replace(COUNTED, "").toUpperCase();
  const model = table.columns.find(({ column }) => column.toLowerCase() === name.toLowerCase());
  // SQLite knows four kinds of values; which of the library's the application has stored in them, its model says.
  const trusted = model !== undefined && [affinityOf(model.type), "NUMERIC"].includes(affinityOf(type));
  return {
    property: model?.property ?? name, column: name, kind: trusted ? model.kind : KINDS[affinityOf(type)], type, nullable, default: fallback, counted,
    reference: model?.reference ?? false, fill: null, neutral: null,
    definition: [
      quote(name), type, ...(counted ? ["primary key autoincrement"] : []), ...(nullable || counted ? [] : ["not null"]),
      ...(fallback === null ? [] : [`default (${fallback})`]),
    ].filter((word) => word !== "").join(" "),
  };
}

type Affinity = "INTEGER" | "TEXT" | "BLOB" | "REAL" | "NUMERIC";

const KINDS: Readonly<Record<Affinity, ColumnShape["kind"]>> = { INTEGER: "integer", TEXT: "text", BLOB: "blob", REAL: "real", NUMERIC: "decimal" };

/** The rules of https://www.sqlite.org/datatype3.html#determination_of_column_affinity, in their order. */
function affinityOf(type: string): Affinity {
  if (/int/i.test(type)) return "INTEGER";
  if (/char|clob|text/i.test(type)) return "TEXT";
  if (type === "" || /blob/i.test(type)) return "BLOB";
  return /real|floa|doub/i.test(type) ? "REAL" : "NUMERIC";
}

function constraintsOf({ columns, primaryKey, uniques, foreignKeys, checks }: TableDescription): readonly ConstraintShape[] {
  const list = (names: readonly string[]): string => names.map(quote).join(", ");
  const counted = columns.some(({ type }) => type.includes(COUNTED));
  return [
    ...(counted || primaryKey.length === 0 ? [] : [{ kind: "primaryKey", name: "", definition: `primary key (${list(primaryKey)})` } as const]),
    // What is unique under a condition is an index.
    ...uniques.filter(({ where }) => where === null).map((unique) => ({ kind: "unique", name: "", definition: `unique (${list(unique.columns)})` } as const)),
    ...foreignKeys.map((key) => ({
      kind: "foreignKey", name: "",
      definition: `foreign key (${list(key.columns)}) references ${quote(key.targetTable)} (${list(key.targetColumns)}) on delete ${key.onDelete} on update ${key.onUpdate}`,
    } as const)),
    ...checks.map((check) => {
      const place = check.indexOf(": ");
      const name = check.slice(0, place);
      return { kind: "check", name, definition: `${name === "" ? "" : `constraint ${quote(name)} `}check (${check.slice(place + 2)})` } as const;
    }),
  ];
}

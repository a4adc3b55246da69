import { isSameType, keepsAll, storedKind } from "../conversions";
import type { ColumnChange, SqlStep, TableChange } from "../migration-dialect";
import { isRequired, type ColumnShape } from "../schema-shape";
import { quoteIdentifier as quote, quoteLiteral } from "./postgres-names";

const STAND_IN = "freehold_new_";

/** Whether rows have to be read or written for it. */
export function needsRows({ columns }: TableChange): boolean {
  return columns.some((change) => filled(change) !== null || (change.from?.counted === false && change.to?.counted === true));
}

/** Columns that come, are filled, go, get other names, types and rules; the table has its new name by now. */
export function columnSteps(change: TableChange): readonly SqlStep[] {
  const table = quote(change.to.table);
  const alter = (what: string): SqlStep => ({ sql: `alter table ${table} ${what}` });
  const { columns } = change;
  const replaced = columns.filter(isReplaced);
  const lost = replaced.filter((column) => given(column) === null);
  const arriving = [...columns.filter(({ from }) => from === null), ...replaced.filter((column) => given(column) !== null)];
  const changed = columns.filter((column): column is Both => column.from !== null && column.to !== null && !isReplaced(column));
  const old = new Set(columns.flatMap(({ from }) => from?.column ?? []));
  // While the old columns are there, which expressions may speak of, a new one of the same name has another.
  const interim = ({ column }: ColumnShape): string => old.has(column) ? `${STAND_IN}${column}` : column;
  const drop = (name: string): SqlStep => ({ ...alter(`drop column ${quote(name)}`), losesData: `the values of ${change.to.table}.${name}` });
  return [
    ...arriving.flatMap((column) => column.to === null ? [] : added(table, column.to, interim(column.to), filled(column))),
    ...changed.flatMap(({ from, convert }) => convert === null ? [] : [{ sql: `update ${table} set ${quote(from.column)} = ${convert}` }]),
    ...changed.flatMap(({ from, fill }) => fill === null ? [] : [{ sql: `update ${table} set ${quote(from.column)} = ${fill} where ${quote(from.column)} is null` }]),
    ...columns.flatMap(({ from, to }) => from !== null && to === null ? [drop(from.column)] : []),
    ...replaced.flatMap((column) => column.from === null ? [] : [given(column) === null ? drop(column.from.column) : alter(`drop column ${quote(column.from.column)}`)]),
    ...renames([
      ...changed.filter(({ from, to }) => from.column !== to.column).map(({ from, to }): Rename => [from.column, to.column]),
      ...arriving.flatMap(({ to }): readonly Rename[] => to === null || interim(to) === to.column ? [] : [[interim(to), to.column]]),
    ], alter),
    ...lost.flatMap(({ to }) => to === null ? [] : added(table, to, to.column, to.fill)),
    ...changed.flatMap((column) => altered(column, alter, table)),
  ];
}

type Both = ColumnChange & { readonly from: ColumnShape; readonly to: ColumnShape };
type Alter = (what: string) => SqlStep;
type Rename = readonly [from: string, to: string];

/** Whether the old values are put aside and others take their place, under the same name or not. */
function isReplaced(change: ColumnChange): boolean {
  const { from, to } = change;
  if (from === null || to === null) return false;
  return conversion(from, to) === null || (given(change) !== null && !isSameType(from, to));
}

/** What somebody said of the values. */
function given({ fill, convert }: ColumnChange): string | null {
  return convert ?? fill;
}

/** What the rows that are there get; null: nothing that somebody said. */
function filled(change: ColumnChange): string | null {
  return given(change) ?? (change.from === null ? change.to?.fill ?? null : null);
}

function added(table: string, column: ColumnShape, name: string, fill: string | null): readonly SqlStep[] {
  const quoted = quote(name);
  if (fill === null) {
    const definition = `${quoted}${column.definition.slice(quote(column.column).length)}`;
    const required = isRequired(column);
    return [{ sql: `alter table ${table} add column ${definition}`, comment: required ? `Fails if ${table} has rows: ${quoted} must have a value, and nobody said which.` : undefined }];
  }
  return [
    { sql: `alter table ${table} add column ${quoted} ${column.type}` },
    { sql: `update ${table} set ${quoted} = ${fill}` },
    ...(column.default === null ? [] : [{ sql: `alter table ${table} alter column ${quoted} set default ${column.default}` }]),
    ...(column.nullable ? [] : [{ sql: `alter table ${table} alter column ${quoted} set not null` }]),
  ];
}

/** Columns may exchange their names. */
function renames(list: readonly Rename[], alter: Alter): readonly SqlStep[] {
  const sources = new Set(list.map(([from]) => from));
  const rename = (from: string, to: string): SqlStep => alter(`rename column ${quote(from)} to ${quote(to)}`);
  const between = (to: string): string => `freehold_moved_${to}`;
  if (!list.some(([, to]) => sources.has(to))) return list.map(([from, to]) => rename(from, to));
  return [...list.map(([from, to]) => rename(from, between(to))), ...list.map(([, to]) => rename(between(to), to))];
}

function altered({ from, to }: Both, alter: Alter, table: string): readonly SqlStep[] {
  const column = quote(to.column);
  const set = (what: string): SqlStep => alter(`alter column ${column} ${what}`);
  const retyped = from.type !== to.type;
  const shown = retyped ? using({ ...from, column: to.column }, to) : null;
  return [
    ...(from.counted && !to.counted ? [set("drop identity")] : []),
    ...(from.default !== null && (retyped || from.default !== to.default) ? [set("drop default"), ...droppedSequence(from.default)] : []),
    ...(retyped ? [{ ...set(`type ${to.type}${shown === null ? "" : ` using ${shown}`}`), losesData: rounded(from, to, table) }] : []),
    ...(to.default !== null && (retyped || from.default !== to.default) ? [set(`set default ${to.default}`)] : []),
    ...(from.nullable && !to.nullable ? [set("set not null")] : []),
    ...(!from.nullable && to.nullable ? [set("drop not null")] : []),
    ...(!from.counted && to.counted ? [
      set(`add generated by default as identity`),
      { sql: `select setval(pg_get_serial_sequence(${quoteLiteral(table)}, ${quoteLiteral(to.column)}), coalesce(max(${column}), 0) + 1, false) from ${table}` },
    ] : []),
  ];
}

/** What `serial` made beside the column: nobody counts with it any more. */
function droppedSequence(value: string): readonly SqlStep[] {
  const [, name] = /^nextval\('((?:[^']|'')+)'::regclass\)$/.exec(value) ?? [];
  return name === undefined ? [] : [{ sql: `drop sequence ${name.replaceAll("''", "'")}` }];
}

/** An assignment fails on what does not fit; a cast would cut it off. */
function using(from: ColumnShape, to: ColumnShape): string | null {
  return storedKind(from) === storedKind(to) ? null : conversion(from, to);
}

/** Fewer digits after the point are rounded without a word. */
function rounded(from: ColumnShape, to: ColumnShape, table: string): string | undefined {
  const scale = ({ type }: ColumnShape): number => Number(/^numeric\(\d+,(\d+)\)/.exec(type)?.[1] ?? (type === "numeric" ? Infinity : 0));
  return to.kind === "decimal" && from.kind === "decimal" && scale(to) < scale(from) ? `digits of ${table}.${to.column} behind the point` : undefined;
}

/** The server refuses a text that is no value of these types. */
const CHECKED: Readonly<Record<string, readonly string[]>> = { text: ["integer", "bigint", "real", "decimal", "uuid", "date", "json"], bigint: ["integer"] };

export function conversion(from: ColumnShape, to: ColumnShape): string | null {
  const old = quote(from.column);
  const [before, after] = [storedKind(from), storedKind(to)];
  if (before === after) return old;
  if (!keepsAll(from, to) && CHECKED[before]?.includes(after) !== true) return null;
  if (before === "date" && after === "datetime") return `${old}::timestamp at time zone 'UTC'`;
  if (before === "datetime") return `to_char(${old} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  return `${old}${before === "boolean" ? "::integer" : ""}::${to.type.replace(/ collate .*/, "")}`;
}

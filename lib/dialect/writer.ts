import type { ColumnPair, PropertyModel } from "../model/entity-model";
import type { TableSource } from "../sql/table-source";
import type { Binder } from "./dialect";
import type { Syntax } from "./syntax";

/** State of one compilation, as seen from one of the statement's tables. */
export interface Writer {
  readonly syntax: Syntax;
  readonly source: TableSource;
  /** The quoted name by which the statement knows the table. */
  readonly table: string;
  /** In the order of their placeholders: text must be written in the order in which it stands. */
  readonly binders: Binder[];
  /** The name of the next table inside; shared by the whole statement. */
  readonly alias: () => string;
}

export function writerFor(source: TableSource, syntax: Syntax): Writer {
  const { table } = source.model;
  // Never the name of the statement's own table, which keeps it.
  const letter = table.startsWith("r") ? "q" : "r";
  let count = 0;
  return { syntax, source, table: syntax.identifier(table), binders: [], alias: () => `${letter}${++count}` };
}

/** The same statement as seen from a table inside. */
export function inside(writer: Writer, source: TableSource): Writer {
  return { ...writer, source, table: writer.alias() };
}

/** `"task" as r1`: how a table inside is brought in. */
export function aliased(inner: Writer): string {
  return `${inner.syntax.identifier(inner.source.model.table)} as ${inner.table}`;
}

/** Qualified: SQLite reads a quoted name that is no column as a string, but not behind a table's name. */
export function column(property: PropertyModel, writer: Writer): string {
  return `${writer.table}.${writer.syntax.identifier(property.column)}`;
}

export function operand(property: PropertyModel, slot: number, writer: Writer): string {
  return writer.syntax.operand(property, parameter(writer, (_, values) => writer.syntax.encode(property, values[slot])));
}

export function parameter(writer: Writer, binder: Binder): string {
  writer.binders.push(binder);
  return writer.syntax.placeholder(writer.binders.length);
}

/** A number of rows, given as the value of a slot. */
export function rowCount(writer: Writer, slot: number): string {
  return writer.syntax.whole(parameter(writer, (_, values) => values[slot] as number));
}

/** The rows of the scope alone; null where all are. */
export function ownerGuard(writer: Writer): string | null {
  const { access } = writer.source;
  return access.kind === "user" ? `${column(access.owner, writer)} = ${ownerOperand(access.owner, writer)}` : null;
}

/** Which rows the source shows, where the entity keeps deleted ones; null where all are. */
export function deletedGuard(writer: Writer): string | null {
  const { shown, model: { kept: { deletedAt } } } = writer.source;
  if (deletedAt === null || shown === "all") return null;
  return `${column(deletedAt, writer)} is ${shown === "live" ? "null" : "not null"}`;
}

/** Rows of the source's own kinds, where it shares its table; null where all are. */
export function kindGuard(writer: Writer): string | null {
  const { family } = writer.source.model;
  if (family === null || family.whole) return null;
  const { discriminator, kinds } = family;
  const values = kinds.map(({ value }) => writer.syntax.operand(discriminator, parameter(writer, () => writer.syntax.encode(discriminator, value))));
  return `${column(discriminator, writer)} in (${values.join(", ")})`;
}

export function ownerOperand(owner: PropertyModel, writer: Writer): string {
  return writer.syntax.operand(owner, parameter(writer, (key) => writer.syntax.encode(owner, key)));
}

/** That both ends of a step hold the same values. */
export function joined(pairs: readonly ColumnPair[], outer: Writer, inner: Writer): string {
  return pairs.map((pair) => `${column(pair.inner, inner)} = ${column(pair.outer, outer)}`).join(" and ");
}

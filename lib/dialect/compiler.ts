import type { PropertyModel } from "../model/entity-model";
import type { PredicateNode } from "../sql/predicate";
import type { ConflictClause, Hop, InsertStatement, OrderTerm, SelectStatement, Statement, UpdateStatement } from "../sql/statement";
import { writeAggregate } from "./aggregate-writer";
import type { CompiledStatement, PackedRows } from "./dialect";
import { conditions } from "./predicates";
import type { Syntax } from "./syntax";
import { aliased, column, inside, joined, operand, ownerOperand, rowCount, writerFor, type Writer } from "./writer";

type StatementWriters = { readonly [K in Statement["kind"]]: (node: Extract<Statement, { kind: K }>, writer: Writer) => string };

/** Writes a statement as text. A kind of node without a writer does not compile. */
export function compileStatement(node: Statement, syntax: Syntax): CompiledStatement {
  const writer = writerFor(node.source, syntax);
  const write = statements[node.kind] as (node: Statement, writer: Writer) => string;
  const sql = write(node, writer);
  const reads = !("returning" in node);
  const packed = node.kind === "select" && node.many === true ? packedRows(node, sql, syntax) : null;
  return Object.freeze({
    sql, readOnly: reads,
    returnsRows: !("returning" in node) || node.returning.length > 0,
    binders: Object.freeze(writer.binders),
    ...(packed === null ? {} : { packed }),
  });
}

/** The finished statement is wrapped from outside: what guards its rows stays where it is. */
function packedRows(node: SelectStatement, sql: string, syntax: Syntax): PackedRows | null {
  const limited = node.group === undefined && (node.limitSlot !== null || node.offsetSlot !== null);
  const columns = [...node.columns, ...node.link?.columns ?? [], ...(node.reached ?? []).map(({ property }) => property)];
  return syntax.packed(limited ? sql : `${sql} limit ${syntax.noLimit}`, columns);
}

const statements: StatementWriters = {
  select,
  count: (node, writer) => `select count(*) as c0 from ${writer.table}${whereClause(node.where, writer)}`,
  aggregate: writeAggregate,
  exists: (node, writer) => `select cast(exists (select 1 from ${writer.table}${whereClause(node.where, writer)}) as integer) as c0`,
  insert: (node, writer) => {
    const columns = writtenColumns(node, writer);
    return `insert into ${writer.table} ${columns}${conflictClause(node, writer)}${returningClause(node.returning, writer)}`;
  },
  update: (node, writer) => {
    const assignments = assignmentList(node, writer);
    return `update ${writer.table} set ${assignments}${whereClause(node.where, writer)}${returningClause(node.returning, writer)}`;
  },
  delete: (node, writer) =>
    `delete from ${writer.table}${whereClause(node.where, writer)}${returningClause(node.returning, writer)}`,
};

function select(node: SelectStatement, writer: Writer): string {
  const { link, group } = node;
  const linked = link === undefined ? undefined : inside(writer, link.source);
  const columns = [
    ...node.columns.map((property) => [property, writer] as const),
    ...(link === undefined || linked === undefined ? [] : link.columns.map((property) => [property, linked] as const)),
  ].map(([property, from], position) => writer.syntax.selected(property, column(property, from), position));
  for (const { via, property } of node.reached ?? []) columns.push(writer.syntax.selected(property, reached(via, property, writer), columns.length));
  const number = group === undefined ? "" : `, row_number() over (partition by ${
    group.by.map((property) => column(property, linked ?? writer)).join(", ")}${orderClause(node.order, writer)}) as n`;
  const join = link === undefined || linked === undefined ? ""
    : ` join ${aliased(linked)} on ${joined(link.pairs, linked, writer)}${conditions([link.where], linked, " and ")}`;
  const rows = `select ${columns.join(", ")}${number} from ${writer.table}${join}${whereClause(node.where, writer)}`;
  if (group === undefined) return `${rows}${orderClause(node.order, writer)}${limitClause(node, writer)}${node.lock === undefined ? "" : writer.syntax.lock(node.lock)}`;
  const names = columns.map((_, position) => `c${position}`).join(", ");
  return `select ${names} from (${rows}) as g where n <= ${rowCount(writer, group.limitSlot)} order by n`;
}

function whereClause(where: PredicateNode, writer: Writer): string {
  return conditions([where], writer, " where ");
}

function orderClause(order: readonly OrderTerm[], writer: Writer): string {
  if (order.length === 0) return "";
  const terms = order.map(({ via = [], property, direction, nulls }) =>
    `${reached(via, property, writer)} ${direction}${nulls !== "any" && (property.nullable || via.length > 0) ? ` nulls ${nulls}` : ""}`);
  return ` order by ${terms.join(", ")}`;
}

/** The value of a property of the row itself, or of the row that the steps lead to. */
function reached(via: readonly Hop[], property: PropertyModel, writer: Writer): string {
  const [hop, ...rest] = via;
  if (hop === undefined) return column(property, writer);
  const inner = inside(writer, hop.source);
  const select = `select ${reached(rest, property, inner)} from ${aliased(inner)} where ${joined(hop.pairs, writer, inner)}${conditions([], inner, " and ")}`;
  // Under a SystemContext a row that has one for each owner has several: the first one, as when it is loaded.
  const first = hop.source.model.primaryKey.columns.map((part) => column(part, inner)).join(", ");
  return `(${select} order by ${first} limit 1)`;
}

function limitClause(node: SelectStatement, writer: Writer): string {
  if (node.limitSlot === null && node.offsetSlot === null) return "";
  const limit = node.limitSlot === null ? writer.syntax.noLimit : rowCount(writer, node.limitSlot);
  return ` limit ${limit}${node.offsetSlot === null ? "" : ` offset ${rowCount(writer, node.offsetSlot)}`}`;
}

function writtenColumns(node: InsertStatement, writer: Writer): string {
  const { access, model } = writer.source;
  const owner = access.kind === "user" ? access.owner : null;
  const names = [...(owner === null ? [] : [owner]), ...node.columns].map((property) => writer.syntax.identifier(property.column));
  const key = model.primaryKey.properties[0];
  if (names.length === 0 && key !== undefined) return writer.syntax.emptyRows(key, node.rows);
  const width = node.columns.length;
  const rows = Array.from({ length: node.rows }, (_, row) => {
    const first = owner === null ? [] : [ownerOperand(owner, writer)];
    return `(${[...first, ...node.columns.map((property, index) => operand(property, row * width + index, writer))].join(", ")})`;
  });
  return `(${names.join(", ")}) values ${rows.join(", ")}`;
}

function conflictClause(node: InsertStatement, writer: Writer): string {
  if (node.conflict === null) return "";
  const { access, model } = writer.source;
  const name = (property: PropertyModel): string => writer.syntax.identifier(property.column);
  const target = node.conflict.target.map(name).join(", ");
  // An update must touch the row for RETURNING to give it: with nothing to change, the key takes its own value.
  const update = node.conflict.update.length > 0
    ? node.conflict.update.map((property) => `${name(property)} = ${combined(node.conflict?.mode, property, writer)}`).join(", ")
    : model.primaryKey.properties.map((property) => `${name(property)} = ${column(property, writer)}`).join(", ");
  const { version, live } = node.conflict;
  const counted = version === null || node.conflict.update.length === 0 ? "" : `, ${name(version)} = ${column(version, writer)} + 1`;
  const { kept: { deletedAt }, family } = model;
  const guards = [
    ...(family === null ? [] : [`${column(family.discriminator, writer)} = excluded.${name(family.discriminator)}`]),
    ...(access.kind === "public" ? [] : [`${column(access.owner, writer)} = excluded.${name(access.owner)}`]),
    ...(deletedAt === null ? [] : [`${column(deletedAt, writer)} is null`]),
  ];
  const partial = live && deletedAt !== null ? ` where ${name(deletedAt)} is null` : "";
  return ` on conflict (${target})${partial} do update set ${update}${counted}${guards.length === 0 ? "" : ` where ${guards.join(" and ")}`}`;
}

function combined(mode: ConflictClause["mode"] | undefined, property: PropertyModel, writer: Writer): string {
  const offered = `excluded.${writer.syntax.identifier(property.column)}`;
  switch (mode) {
    case "add": return writer.syntax.added(property, column(property, writer), () => offered);
    case "greater": return writer.syntax.greater(column(property, writer), offered);
    default: return offered;
  }
}

function assignmentList(node: UpdateStatement, writer: Writer): string {
  const asked = node.assignments.map((property, slot) => {
    const value = node.mode === "set" ? operand(property, slot, writer)
      : writer.syntax.added(property, column(property, writer), () => operand(property, slot, writer));
    return `${writer.syntax.identifier(property.column)} = ${value}`;
  });
  const kept = node.keeps.map(({ property, slot }) =>
    `${writer.syntax.identifier(property.column)} = ${slot === null ? `${column(property, writer)} + 1` : operand(property, slot, writer)}`);
  return [...asked, ...kept].join(", ");
}

function returningClause(properties: readonly PropertyModel[], writer: Writer): string {
  if (properties.length === 0) return "";
  const columns = properties.map((property, position) =>
    writer.syntax.selected(property, column(property, writer), position));
  return ` returning ${columns.join(", ")}`;
}

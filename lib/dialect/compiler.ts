import type { PropertyModel } from "../model/entity-model";
import type { PredicateNode } from "../sql/predicate";
import type { InsertStatement, SelectStatement, Statement, UpdateStatement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import type { Binder, CompiledStatement } from "./dialect";
import type { Syntax } from "./syntax";

/** State of one compilation: the binders in the order of their placeholders, and the table's quoted name. */
interface Writer {
  readonly syntax: Syntax;
  readonly source: TableSource;
  readonly table: string;
  readonly binders: Binder[];
}

type StatementWriters = { readonly [K in Statement["kind"]]: (node: Extract<Statement, { kind: K }>, writer: Writer) => string };
type PredicateWriters = { readonly [K in PredicateNode["kind"]]: (node: Extract<PredicateNode, { kind: K }>, writer: Writer) => string };

/** Writes a statement as text. A kind of node without a writer does not compile. */
export function compileStatement(node: Statement, syntax: Syntax): CompiledStatement {
  const writer: Writer = { syntax, source: node.source, table: syntax.identifier(node.source.model.table), binders: [] };
  const write = statements[node.kind] as (node: Statement, writer: Writer) => string;
  const sql = write(node, writer);
  const reads = node.kind === "select" || node.kind === "count" || node.kind === "exists";
  return Object.freeze({
    sql, readOnly: reads,
    returnsRows: reads || node.returning.length > 0,
    binders: Object.freeze(writer.binders),
  });
}

const statements: StatementWriters = {
  select: (node, writer) => {
    const columns = node.columns.map((property, position) =>
      writer.syntax.selected(property, column(property, writer), position)).join(", ");
    return `select ${columns} from ${writer.table}${whereClause(node.where, writer)}${orderClause(node, writer)}${limitClause(node, writer)}`;
  },
  count: (node, writer) => `select count(*) as c0 from ${writer.table}${whereClause(node.where, writer)}`,
  exists: (node, writer) => `select exists (select 1 from ${writer.table}${whereClause(node.where, writer)}) as c0`,
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

const predicates: PredicateWriters = {
  comparison: (node, writer) => `${column(node.property, writer)} ${node.operator} ${operand(node.property, node.slot, writer)}`,
  between: (node, writer) => `${column(node.property, writer)} between ${operand(node.property, node.lowSlot, writer)}`
    + ` and ${operand(node.property, node.highSlot, writer)}`,
  list: (node, writer) => {
    const { property, slot, size } = node;
    const verb = node.negated ? "not in" : "in";
    if (size === 0) {
      const text = parameter(writer, (_, values) => writer.syntax.encodeJsonList(property, values[slot] as readonly unknown[]));
      return `${column(property, writer)} ${verb} ${writer.syntax.jsonList(property, text)}`;
    }
    const items = Array.from({ length: size }, (_, index) => writer.syntax.operand(property, parameter(writer, (__, values) => {
      const list = values[slot] as readonly unknown[];
      return writer.syntax.encode(property, list[Math.min(index, list.length - 1)]);
    })));
    return `${column(property, writer)} ${verb} (${items.join(", ")})`;
  },
  match: (node, writer) => writer.syntax.match(node.mode, column(node.property, writer),
    parameter(writer, (_, values) => writer.syntax.encodePattern(node.mode, values[node.slot] as string))),
  null: (node, writer) => `${column(node.property, writer)} is null`,
  and: (node, writer) => node.items.map((item) => `(${predicate(item, writer)})`).join(" and "),
  or: (node, writer) => node.items.map((item) => `(${predicate(item, writer)})`).join(" or "),
  not: (node, writer) => `not (${predicate(node.item, writer)})`,
  constant: (node) => node.value ? "1 = 1" : "1 = 0",
};

function predicate(node: PredicateNode, writer: Writer): string {
  const write = predicates[node.kind] as (node: PredicateNode, writer: Writer) => string;
  return write(node, writer);
}

/** The owner's guard comes from the source, beside whatever the caller's condition says. */
function whereClause(where: PredicateNode, writer: Writer): string {
  const guard = ownerGuard(writer);
  const conditions = where.kind === "constant" && where.value ? null : predicate(where, writer);
  if (guard === null) return conditions === null ? "" : ` where ${conditions}`;
  return conditions === null ? ` where ${guard}` : ` where (${guard}) and (${conditions})`;
}

function ownerGuard(writer: Writer): string | null {
  const { access } = writer.source;
  return access.kind === "user" ? `${column(access.owner, writer)} = ${ownerOperand(access.owner, writer)}` : null;
}

function ownerOperand(owner: PropertyModel, writer: Writer): string {
  return writer.syntax.operand(owner, parameter(writer, (key) => writer.syntax.encode(owner, key)));
}

function orderClause(node: SelectStatement, writer: Writer): string {
  if (node.order.length === 0) return "";
  const terms = node.order.map(({ property, direction, nulls }) =>
    `${column(property, writer)} ${direction}${property.nullable ? ` nulls ${nulls}` : ""}`);
  return ` order by ${terms.join(", ")}`;
}

function limitClause(node: SelectStatement, writer: Writer): string {
  const number = (slot: number): string => parameter(writer, (_, values) => values[slot] as number);
  if (node.limitSlot === null && node.offsetSlot === null) return "";
  const limit = node.limitSlot === null ? "9223372036854775807" : number(node.limitSlot);
  return ` limit ${limit}${node.offsetSlot === null ? "" : ` offset ${number(node.offsetSlot)}`}`;
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
    ? node.conflict.update.map((property) => `${name(property)} = excluded.${name(property)}`).join(", ")
    : model.primaryKey.properties.map((property) => `${name(property)} = ${column(property, writer)}`).join(", ");
  const guard = access.kind === "public" ? "" : ` where ${column(access.owner, writer)} = excluded.${name(access.owner)}`;
  return ` on conflict (${target}) do update set ${update}${guard}`;
}

function assignmentList(node: UpdateStatement, writer: Writer): string {
  return node.assignments.map((property, slot) =>
    `${writer.syntax.identifier(property.column)} = ${operand(property, slot, writer)}`).join(", ");
}

function returningClause(properties: readonly PropertyModel[], writer: Writer): string {
  if (properties.length === 0) return "";
  const columns = properties.map((property, position) =>
    writer.syntax.selected(property, column(property, writer), position));
  return ` returning ${columns.join(", ")}`;
}

/** Qualified: SQLite reads a quoted name that is no column as a string, but not behind a table's name. */
function column(property: PropertyModel, writer: Writer): string {
  return `${writer.table}.${writer.syntax.identifier(property.column)}`;
}

function operand(property: PropertyModel, slot: number, writer: Writer): string {
  return writer.syntax.operand(property, parameter(writer, (_, values) => writer.syntax.encode(property, values[slot])));
}

function parameter(writer: Writer, binder: Binder): string {
  writer.binders.push(binder);
  return writer.syntax.placeholder(writer.binders.length);
}

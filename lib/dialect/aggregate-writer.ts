import type { AggregateStatement } from "../sql/aggregate";
import type { PredicateNode } from "../sql/predicate";
import { conditions, predicate } from "./predicates";
import { column, rowCount, type Writer } from "./writer";

/**
 * Groups in a sub-select, which gives every group and measure a column of its own; what is asked of those (`having`, order)
 * stands outside.
 */
export function writeAggregate(node: AggregateStatement, writer: Writer): string {
  const { syntax } = writer;
  const groups = node.groups.map(({ property, part, as }) => {
    const value = column(property, writer);
    return `${part === null ? value : syntax.datePart(part, value, property)} as ${syntax.identifier(as.column)}`;
  });
  const measures = node.measures.map(({ kind, property, as }) =>
    `${property === null ? "count(*)" : syntax.measure(kind, property, column(property, writer))} as ${syntax.identifier(as.column)}`);
  const by = groups.length === 0 ? "" : ` group by ${groups.map((_, index) => index + 1).join(", ")}`;
  const inner = `select ${[...groups, ...measures].join(", ")} from ${writer.table}${conditions([node.where], writer, " where ")}${by}`;
  const outer: Writer = { ...writer, table: "g" };
  const columns = [...node.groups, ...node.measures].filter(({ selected }) => selected)
    .map(({ as }, position) => syntax.selected(as, column(as, outer), position));
  return `select ${columns.join(", ")} from (${inner}) as g${having(node.having, outer)}${order(node, outer)}${limit(node, outer)}`;
}

function having(node: PredicateNode, outer: Writer): string {
  return node.kind === "constant" && node.value ? "" : ` where ${predicate(node, outer)}`;
}

function order(node: AggregateStatement, outer: Writer): string {
  if (node.order.length === 0) return "";
  return ` order by ${node.order.map(({ property, direction, nulls }) => `${column(property, outer)} ${direction} nulls ${nulls}`).join(", ")}`;
}

function limit(node: AggregateStatement, outer: Writer): string {
  if (node.limitSlot === null && node.offsetSlot === null) return "";
  const most = node.limitSlot === null ? outer.syntax.noLimit : rowCount(outer, node.limitSlot);
  return ` limit ${most}${node.offsetSlot === null ? "" : ` offset ${rowCount(outer, node.offsetSlot)}`}`;
}

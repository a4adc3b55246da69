import type { JsonPath } from "../model/json-path";
import type { PredicateNode } from "../sql/predicate";
import { aliased, column, deletedGuard, inside, joined, kindGuard, operand, ownerGuard, parameter, type Writer } from "./writer";

type PredicateWriters = { readonly [K in PredicateNode["kind"]]: (node: Extract<PredicateNode, { kind: K }>, writer: Writer) => string };

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
  tuples: (node, writer) => {
    const text = parameter(writer, (_, values) =>
      writer.syntax.encodeJsonTuples(node.properties, values[node.slot] as readonly (readonly unknown[])[]));
    return `(${node.properties.map((property) => column(property, writer)).join(", ")}) in ${writer.syntax.jsonTuples(node.properties, text)}`;
  },
  match: (node, writer) => writer.syntax.match(node.mode, writer.syntax.content(node.property, column(node.property, writer)),
    parameter(writer, (_, values) => writer.syntax.encodePattern(node.mode, values[node.slot] as string))),
  jsonPath: ({ property, path, test }, writer) => writer.syntax.jsonTest(
    test, writer.syntax.content(property, column(property, writer)),
    () => "indexed" in path ? writer.syntax.jsonPathLiteral(path.indexed)
      : parameter(writer, (_, values) => writer.syntax.encodeJsonPath(values[path.slot] as JsonPath)),
    (place) => parameter(writer, (_, values) => {
      const value = test.kind === "null" ? null : values[test.slot];
      const member = place === undefined ? value : (value as readonly unknown[]).at(Math.min(place, (value as readonly unknown[]).length - 1));
      return writer.syntax.encodeJsonOperand(test, member);
    }),
  ),
  null: (node, writer) => `${column(node.property, writer)} is null`,
  and: (node, writer) => balanced(node.items.map((item) => `(${predicate(item, writer)})`), " and "),
  or: (node, writer) => balanced(node.items.map((item) => `(${predicate(item, writer)})`), " or "),
  not: (node, writer) => `not (${predicate(node.item, writer)})`,
  untrue: (node, writer) => `(${predicate(node.item, writer)}) is not true`,
  related: (node, writer) => {
    const inner = inside(writer, node.source);
    return writer.syntax.exists(
      `select 1 from ${aliased(inner)} where ${joined(node.pairs, writer, inner)}${conditions([node.where], inner, " and ")}`);
  },
  constant: (node) => node.value ? "1 = 1" : "1 = 0",
};

/** A long chain would nest as deep as it is long: SQLite stops at 1,000 levels. */
function balanced(items: readonly string[], operator: " and " | " or "): string {
  if (items.length <= 16) return items.join(operator);
  const half = items.length >> 1;
  return `(${balanced(items.slice(0, half), operator)})${operator}(${balanced(items.slice(half), operator)})`;
}

/** A condition as text, without the guard: `conditions` writes whole ones. */
export function predicate(node: PredicateNode, writer: Writer): string {
  const write = predicates[node.kind] as (node: PredicateNode, writer: Writer) => string;
  return write(node, writer);
}

/** The guards of owner, kind and deleted rows come from the source, beside whatever the caller's conditions say; empty where nothing is asked. */
export function conditions(wheres: readonly PredicateNode[], writer: Writer, lead: " where " | " and "): string {
  const guards = [ownerGuard(writer), kindGuard(writer), deletedGuard(writer)].filter((guard) => guard !== null);
  const asked = wheres.filter((where) => where.kind !== "constant" || !where.value);
  const all = [...guards, ...asked.map((where) => predicate(where, writer))];
  const [only] = all;
  if (only === undefined) return "";
  return lead + (all.length === 1 && lead === " where " ? only : all.map((one) => `(${one})`).join(" and "));
}

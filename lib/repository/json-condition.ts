import { always, logic, negate, never, type ComparisonOperator, type JsonScalar, type JsonTest, type MatchMode, type PredicateNode } from "../sql/predicate";
import { listSize } from "./lists";
import type { OperatorSpec } from "./operators";

/** What a condition on a place in JSON is made with. */
interface PathParser {
  /** The test as a condition on the place. */
  readonly at: (test: JsonTest) => PredicateNode;
  readonly slot: (value: unknown) => number;
  /** Appends to the statement's shape. */
  readonly mark: (text: string) => void;
  readonly refuse: (what: string) => never;
  readonly pattern: (spec: { readonly mode: MatchMode; readonly pattern: unknown }) => string;
  /** The value, if it is one that JSON can hold; else throws. */
  readonly value: (value: unknown) => unknown;
}

/** An operator on a place in JSON: comparisons of texts, numbers, true and false, each with its like alone. */
export function jsonCondition(spec: OperatorSpec, parser: PathParser): PredicateNode {
  const { at, mark, refuse } = parser;
  switch (spec.kind) {
    case "null":
      mark(spec.negated ? "!0" : "0");
      return spec.negated ? negate(at({ kind: "null" })) : at({ kind: "null" });
    case "comparison": return comparison(spec.operator, spec.value, parser);
    case "between": return logic("and", [comparison(">=", spec.low, parser), comparison("<=", spec.high, parser)]);
    case "list": return list(spec, parser);
    case "match":
      mark(`~${spec.mode}`);
      return at({ kind: "match", mode: spec.mode, slot: parser.slot(parser.pattern(spec)) });
    case "jsonPath": return refuse("jsonPath stands once: write one path");
  }
}

/** The values of each type are a list of their own. */
function list({ name, negated, values }: Extract<OperatorSpec, { kind: "list" }>, { at, slot, mark, refuse, value }: PathParser): PredicateNode {
  if (!Array.isArray(values)) return refuse(`${name} needs a list`);
  const byType = new Map<JsonScalar, unknown[]>();
  for (const given of values as readonly unknown[]) {
    if (given === null) return refuse(`${name} takes no null: use isNull()`);
    const type = scalarOf(given) ?? refuse("compares texts, numbers, true and false alone");
    const members = byType.get(type) ?? [];
    byType.set(type, members);
    members.push(value(given));
  }
  if (byType.size === 0) {
    mark(negated ? "!in" : "in");
    return negated ? always : never;
  }
  const any = logic("or", [...byType].map(([type, members]) => {
    const size = listSize({ type: "json" }, members.length) ?? 0;
    mark(`${negated ? "!" : ""}in${size}${type}`);
    return at({ kind: "list", type, size, slot: slot(members) });
  }));
  return negated ? negate(any) : any;
}

function comparison(operator: ComparisonOperator, given: unknown, { at, slot, mark, refuse, value }: PathParser): PredicateNode {
  const equality = operator === "=" || operator === "<>";
  if (given === null && equality) {
    mark(operator === "=" ? "0" : "!0");
    return operator === "=" ? at({ kind: "null" }) : negate(at({ kind: "null" }));
  }
  const type = scalarOf(given) ?? refuse("compares texts, numbers, true and false alone");
  if (type === "boolean" && !equality) return refuse("has no order between true and false");
  mark(`${operator}${type}`);
  return at({ kind: "comparison", type, operator, slot: slot(value(given)) });
}

function scalarOf(value: unknown): JsonScalar | null {
  const type = typeof value;
  return type === "string" || type === "number" || type === "boolean" ? type : null;
}

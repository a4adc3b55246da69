import type { ColumnPair, PropertyModel } from "../model/entity-model";
import type { JsonPath } from "../model/json-path";
import type { TableSource } from "./table-source";

export type ComparisonOperator = "=" | "<>" | "<" | "<=" | ">" | ">=";
export type MatchMode = "like" | "ilike" | "startsWith" | "contains";

/** `slot`: the position of the value among the values given when the statement runs; trees never hold values. */
export interface ComparisonNode {
  readonly kind: "comparison";
  readonly property: PropertyModel;
  readonly operator: ComparisonOperator;
  readonly slot: number;
}

export interface BetweenNode {
  readonly kind: "between";
  readonly property: PropertyModel;
  readonly lowSlot: number;
  readonly highSlot: number;
}

/** `size`: how many parameters the list gets; a shorter list repeats its last value. 0: one JSON parameter for all. */
export interface ListNode {
  readonly kind: "list";
  readonly property: PropertyModel;
  readonly negated: boolean;
  readonly slot: number;
  readonly size: number;
}

export interface MatchNode {
  readonly kind: "match";
  readonly property: PropertyModel;
  readonly mode: MatchMode;
  readonly slot: number;
}

export interface NullNode {
  readonly kind: "null";
  readonly property: PropertyModel;
}

export interface AndNode {
  readonly kind: "and";
  readonly items: readonly PredicateNode[];
}

export interface OrNode {
  readonly kind: "or";
  readonly items: readonly PredicateNode[];
}

export interface NotNode {
  readonly kind: "not";
  readonly item: PredicateNode;
}

export interface ConstantNode {
  readonly kind: "constant";
  readonly value: boolean;
}

/** Does not hold: it is false, or (as a comparison with null is) neither true nor false. */
export interface UntrueNode {
  readonly kind: "untrue";
  readonly item: PredicateNode;
}

/** Whether the row has a row in another table; `where` speaks of that one. */
export interface RelatedNode {
  readonly kind: "related";
  readonly source: TableSource;
  readonly pairs: readonly ColumnPair[];
  readonly where: PredicateNode;
}

export type JsonScalar = "string" | "number" | "boolean";

/** What is asked of a place in a JSON column. Missing places and JSON's null are null. `size`: as in a {@link ListNode}. */
export type JsonTest =
  | { readonly kind: "comparison"; readonly type: JsonScalar; readonly operator: ComparisonOperator; readonly slot: number }
  | { readonly kind: "list"; readonly type: JsonScalar; readonly slot: number; readonly size: number }
  | { readonly kind: "match"; readonly mode: MatchMode; readonly slot: number }
  | { readonly kind: "null" };

/** `path`: the slot of a caller's path, or one that the model indexes, which is written out. */
export interface JsonPathNode {
  readonly kind: "jsonPath";
  readonly property: PropertyModel;
  readonly path: { readonly slot: number } | { readonly indexed: JsonPath };
  readonly test: JsonTest;
}

/** Whether several columns together are among a list of tuples: one JSON parameter for all. */
export interface TuplesNode {
  readonly kind: "tuples";
  readonly properties: readonly PropertyModel[];
  readonly slot: number;
}

export type PredicateNode =
  | ComparisonNode | BetweenNode | ListNode | MatchNode | NullNode | AndNode | OrNode | NotNode | ConstantNode
  | UntrueNode | RelatedNode | TuplesNode | JsonPathNode;

export const always: ConstantNode = Object.freeze({ kind: "constant", value: true });
export const never: ConstantNode = Object.freeze({ kind: "constant", value: false });

/** A conjunction or disjunction, with constants folded: `all of nothing` is true, `any of nothing` is false. */
export function logic(kind: "and" | "or", items: readonly PredicateNode[]): PredicateNode {
  const absorbing = kind === "and" ? never : always;
  if (items.some((item) => item.kind === "constant" && item.value === absorbing.value)) return absorbing;
  const kept = items.filter((item) => item.kind !== "constant");
  if (kept.length === 0) return kind === "and" ? always : never;
  const [only] = kept;
  return kept.length === 1 && only !== undefined ? only : Object.freeze({ kind, items: Object.freeze(kept) });
}

/** The sources of all tables that a predicate reaches. */
export function sourcesIn(node: PredicateNode): readonly TableSource[] {
  switch (node.kind) {
    case "and":
    case "or": return node.items.flatMap(sourcesIn);
    case "not":
    case "untrue": return sourcesIn(node.item);
    case "related": return [node.source, ...sourcesIn(node.where)];
    default: return [];
  }
}

export function negate(item: PredicateNode): PredicateNode {
  if (item.kind === "constant") return item.value ? never : always;
  return Object.freeze({ kind: "not", item });
}

/** Where a condition fails or says nothing. */
export function untrue(item: PredicateNode): PredicateNode {
  if (item.kind === "constant") return negate(item);
  return Object.freeze({ kind: "untrue", item });
}

import type { PropertyModel } from "../model/entity-model";

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

export type PredicateNode =
  | ComparisonNode | BetweenNode | ListNode | MatchNode | NullNode | AndNode | OrNode | NotNode | ConstantNode;

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

export function negate(item: PredicateNode): PredicateNode {
  if (item.kind === "constant") return item.value ? never : always;
  return Object.freeze({ kind: "not", item });
}

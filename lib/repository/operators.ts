import type { ComparisonOperator, MatchMode } from "../sql/predicate";

/** What an operator says; only the functions below make one. */
export type OperatorSpec =
  | { readonly kind: "comparison"; readonly name: string; readonly operator: ComparisonOperator; readonly value: unknown }
  | { readonly kind: "between"; readonly name: string; readonly low: unknown; readonly high: unknown }
  | { readonly kind: "list"; readonly name: string; readonly negated: boolean; readonly values: readonly unknown[] }
  | { readonly kind: "match"; readonly name: string; readonly mode: MatchMode; readonly pattern: string }
  | { readonly kind: "null"; readonly name: string; readonly negated: boolean }
  | { readonly kind: "jsonPath"; readonly name: string; readonly path: unknown; readonly condition: unknown };

declare const operandType: unique symbol;

declare const pathCondition: unique symbol;

/** A condition on a place inside a JSON property, made by {@link jsonPath}. */
export interface PathCondition { readonly [pathCondition]: true }

/** What is asked of the place: text, a number, true or false, null, or an operator on one of these. */
export type PathValue = string | number | boolean | null | Operator<string | number | boolean | null>;

/** A condition on one property, made by `eq`, `gt`, `oneOf`, … An object that merely looks like one is none. */
export class Operator<out T> {
  declare readonly [operandType]: T;
  readonly #spec: OperatorSpec;

  constructor(spec: OperatorSpec) {
    this.#spec = Object.freeze(spec);
    Object.freeze(this);
  }

  /** The operator's meaning, or undefined for any other value. */
  static specOf(value: unknown): OperatorSpec | undefined {
    return typeof value === "object" && value !== null && #spec in value ? value.#spec : undefined;
  }
}

const comparison = <T>(name: string, operator: ComparisonOperator, value: T): Operator<T> =>
  new Operator<T>({ kind: "comparison", name, operator, value });

const match = (mode: MatchMode, pattern: string): Operator<string> =>
  new Operator<string>({ kind: "match", name: mode, mode, pattern });

/** Equal; `eq(null)` is IS NULL. */
export function eq<T>(value: T): Operator<T> { return comparison("eq", "=", value); }

/** Not equal; as in SQL, a null is neither equal nor unequal to a value. `ne(null)` is IS NOT NULL. */
export function ne<T>(value: T): Operator<T> { return comparison("ne", "<>", value); }

/** Greater than. */
export function gt<T>(value: T): Operator<T> { return comparison("gt", ">", value); }

/** Greater than or equal. */
export function gte<T>(value: T): Operator<T> { return comparison("gte", ">=", value); }

/** Less than. */
export function lt<T>(value: T): Operator<T> { return comparison("lt", "<", value); }

/** Less than or equal. */
export function lte<T>(value: T): Operator<T> { return comparison("lte", "<=", value); }

/** From `low` to `high`, both included. */
export function between<T>(low: T, high: T): Operator<T> {
  return new Operator<T>({ kind: "between", name: "between", low, high });
}

/** One of the values; of an empty list, nothing. */
export function oneOf<T>(values: readonly T[]): Operator<T> {
  return new Operator<T>({ kind: "list", name: "oneOf", negated: false, values });
}

/** None of the values; of an empty list, everything. */
export function notOneOf<T>(values: readonly T[]): Operator<T> {
  return new Operator<T>({ kind: "list", name: "notOneOf", negated: true, values });
}

/** Matches a pattern: `%` any text, `_` one character, `\` makes the next one literal. Case-sensitive. */
export function like(pattern: string): Operator<string> { return match("like", pattern); }

/** As {@link like}, but the letters a to z match their capitals too. */
export function ilike(pattern: string): Operator<string> { return match("ilike", pattern); }

/** Begins with this very text. Case-sensitive. */
export function startsWith(text: string): Operator<string> { return match("startsWith", text); }

/** Holds this very text. Case-sensitive. */
export function contains(text: string): Operator<string> { return match("contains", text); }

/** Holds no value; `isNull(false)`: holds one. */
export function isNull(yes = true): Operator<never> {
  return new Operator<never>({ kind: "null", name: "isNull", negated: !yes });
}

/**
 * Looks into a JSON property: `path` names keys from the outside in, parted by points, or is a list of keys and of positions in arrays.
 * Values are compared as what they are: the text `"1"` is not the number 1. A place that is missing or holds null is like a column that
 * is null.
 *
 * @example
 * await customers.find({ profile: jsonPath("address.city", eq("Oslo")) });
 * await customers.find({ profile: jsonPath(["tags", 0], "new") });
 * @throws InvalidQueryError (when it is used) for a path with quotes, backslashes or U+0000, and for operators that do not fit
 */
export function jsonPath(path: string | readonly (string | number)[], condition: PathValue): PathCondition {
  return new Operator<never>({ kind: "jsonPath", name: "jsonPath", path, condition }) as unknown as PathCondition;
}

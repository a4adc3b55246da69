import type { Unbranded } from "../metadata/owner-id";
import type { Operator } from "./operators";

/** The stored and other data properties of an entity: all but its methods. */
export type PropertyKeys<E> = { [K in keyof E]-?: NonNullable<E[K]> extends (...args: never[]) => unknown ? never : K }[keyof E] & string;

/** What a condition on a property of type `T` may be: a value (equality), `null` (IS NULL) or an operator. */
export type Condition<T> = Unbranded<T> | Operator<Unbranded<T>> | null;

/** Conditions on properties, all of which must hold. */
export type Fields<E> = { readonly [K in PropertyKeys<E>]?: Condition<E[K]> };

/** What `find`, `count`, `update`, … take: properties, or conditions combined by `and`, `or`, `not`. */
export type Where<E> = Fields<E> | Combined<E>;

export type CombinedSpec =
  | { readonly kind: "and" | "or"; readonly conditions: readonly unknown[] }
  | { readonly kind: "not"; readonly condition: unknown }
  | { readonly kind: "all" };

declare const entityType: unique symbol;

/** Conditions combined by `and`, `or`, `not`, or `all`. An object that merely looks like one is none. */
export class Combined<in E> {
  declare readonly [entityType]: (entity: E) => void;
  readonly #spec: CombinedSpec;

  constructor(spec: CombinedSpec) {
    this.#spec = Object.freeze(spec);
    Object.freeze(this);
  }

  /** The combination's meaning, or undefined for any other value. */
  static specOf(value: unknown): CombinedSpec | undefined {
    return typeof value === "object" && value !== null && #spec in value ? value.#spec : undefined;
  }
}

/**
 * All of the conditions; of none, everything.
 *
 * @example
 * await documents.find(ctx, and({ state: "open" }, or({ title: contains("tax") }, { pinned: true })));
 */
export function and<E = never>(...conditions: readonly Where<NoInfer<E>>[]): Combined<E> {
  return new Combined<E>({ kind: "and", conditions });
}

/** Any of the conditions; of none, nothing. */
export function or<E = never>(...conditions: readonly Where<NoInfer<E>>[]): Combined<E> {
  return new Combined<E>({ kind: "or", conditions });
}

/** The rows for which the condition does not hold; as in SQL, a comparison with null neither holds nor fails. */
export function not<E = never>(condition: Where<NoInfer<E>>): Combined<E> {
  return new Combined<E>({ kind: "not", condition });
}

/** Every row that the context may see: what `update` and `delete` want to be told in words. */
export const all: Combined<unknown> = new Combined<unknown>({ kind: "all" });

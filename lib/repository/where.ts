import type { Unbranded } from "../metadata/owner-id";
import type { Reach, Reachable, RelationKeys, TargetOf, ToManyKeys, ToOneKeys } from "../metadata/relation";
import type { Operator, PathCondition } from "./operators";

/** The stored and other data properties of an entity: all but its methods and relations. */
export type PropertyKeys<E> = Exclude<
  { [K in keyof E]-?: NonNullable<E[K]> extends (...args: never[]) => unknown ? never : K }[keyof E] & string, RelationKeys<E>>;

/** What a condition on a property of type `T` may be: a value (equality), `null` (IS NULL) or an operator. */
export type Condition<T> = Unbranded<T> | Operator<Unbranded<T>> | PathInto<T> | null;

/** Only JSON has an inside. */
type PathInto<T> = [NonNullable<T>] extends [string | number | boolean | bigint | Date | Uint8Array] ? never : PathCondition;

/** Conditions on properties and related rows, all of which must hold. */
export type Fields<E, R extends Reach = "bound"> = {
  // One mapped type: beside an empty one, the compiler would let unknown names pass.
  readonly [K in PropertyKeys<E> | Reachable<E, RelationKeys<E>, R>]?: K extends ToOneKeys<E>
    ? Where<TargetOf<E[K]>, R> | Operator<never> | null
    : K extends ToManyKeys<E> ? Quantified<TargetOf<E[K]>> : Condition<E[K]>;
};

/**
 * What `find`, `count`, `update`, … take: properties, conditions on related rows, or conditions combined by `and`, `or`, `not`.
 *
 * @typeParam R `open` for an entity that nobody owns, without a context: then no condition reaches an owned entity
 */
export type Where<E, R extends Reach = "bound"> = Fields<E, R> | Combined<E>;

export type CombinedSpec =
  | { readonly kind: "and" | "or"; readonly conditions: readonly unknown[] }
  | { readonly kind: "not"; readonly condition: unknown }
  | { readonly kind: "all" };

declare const entityType: unique symbol;

/** Conditions combined by `and`, `or`, `not`, or `all`. An object that merely looks like one is none. */
export class Combined<in E> {
  /** @internal */
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

export interface QuantifiedSpec {
  readonly kind: "some" | "none" | "every";
  readonly condition: unknown;
}

/** A condition on a collection, made by `some`, `none`, `every`. */
export class Quantified<in E> {
  /** @internal */
  declare readonly [entityType]: (entity: E) => void;
  readonly #spec: QuantifiedSpec;

  constructor(spec: QuantifiedSpec) {
    this.#spec = Object.freeze(spec);
    Object.freeze(this);
  }

  /** The condition's meaning, or undefined for any other value. */
  static specOf(value: unknown): QuantifiedSpec | undefined {
    return typeof value === "object" && value !== null && #spec in value ? value.#spec : undefined;
  }
}

/**
 * At least one row of the collection meets the condition; without one, there is a row at all.
 *
 * @example
 * await projects.find(ctx, { tasks: some({ done: false }) });
 */
export function some<E = never>(...condition: readonly [condition?: Where<NoInfer<E>>]): Quantified<E> {
  return new Quantified<E>({ kind: "some", condition: conditionOf(condition) });
}

/** No row of the collection meets the condition; without one, there is no row at all. */
export function none<E = never>(...condition: readonly [condition?: Where<NoInfer<E>>]): Quantified<E> {
  return new Quantified<E>({ kind: "none", condition: conditionOf(condition) });
}

/** Every row of the collection meets the condition, as an empty collection does; a comparison with null is not met. */
export function every<E = never>(condition: Where<NoInfer<E>>): Quantified<E> {
  return new Quantified<E>({ kind: "every", condition });
}

/** Left out, there is no condition; given as undefined, it is a slip, which is refused when it is used. */
function conditionOf(given: readonly unknown[]): unknown {
  return given.length === 0 ? {} : given[0];
}

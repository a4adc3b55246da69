import type { Unbranded } from "../metadata/owner-id";
import type { Reach } from "../metadata/relation";
import type { DatePart } from "../sql/aggregate";
import type { Operator } from "./operators";
import type { Direction } from "./ordering";
import type { PropertyKeys, Where } from "./where";

type KeysOf<E, T> = { [K in PropertyKeys<E>]: [NonNullable<Unbranded<E[K]>>] extends [T] ? K : never }[PropertyKeys<E>];

/** Properties that can be added up. */
export type Summable<E> = KeysOf<E, number> | KeysOf<E, bigint>;

/** A property, or a date or moment cut to its day, month or year in UTC: `{ due: "month" }`. */
export type GroupTerm<E> = PropertyKeys<E> | { readonly [K in KeysOf<E, Date> | KeysOf<E, string>]?: DatePart };

type Measured<E, K extends PropertyKeys<E>, T> = { readonly [P in K]?: T };

/** What `aggregate` computes, of which rows, and in which groups. */
export interface AggregateRequest<E, R extends Reach = "bound"> {
  readonly where?: Where<E, R>;
  readonly groupBy?: readonly GroupTerm<E>[];
  /** The number of rows. */
  readonly count?: true;
  /** The number of different values, nulls left out. */
  readonly countDistinct?: readonly PropertyKeys<E>[];
  /** Null where there is no value. Exact: a whole number that JavaScript cannot hold is a DataError. */
  readonly sum?: readonly Summable<E>[];
  readonly avg?: readonly Summable<E>[];
  /** The least values, by their own order. */
  readonly min?: readonly PropertyKeys<E>[];
  /** The greatest values, by their own order. */
  readonly max?: readonly PropertyKeys<E>[];
  /** Conditions that groups must meet, with the operators of `where`. */
  readonly having?: Having<E>;
  /** Ties follow the groups' own values. */
  readonly orderBy?: AggregateOrderBy<E> | readonly AggregateOrderBy<E>[];
  readonly limit?: number;
  readonly offset?: number;
}

export interface Having<E> {
  readonly count?: number | Operator<number>;
  readonly countDistinct?: Measured<E, PropertyKeys<E>, number | Operator<number>>;
  readonly sum?: { readonly [K in Summable<E>]?: Total<E[K]> | Operator<Total<E[K]>> };
  readonly avg?: Measured<E, Summable<E>, number | Operator<number>>;
  readonly min?: { readonly [K in PropertyKeys<E>]?: Unbranded<E[K]> | Operator<Unbranded<E[K]>> };
  readonly max?: { readonly [K in PropertyKeys<E>]?: Unbranded<E[K]> | Operator<Unbranded<E[K]>> };
}

export interface AggregateOrderBy<E> {
  readonly group?: Measured<E, PropertyKeys<E>, Direction>;
  readonly count?: Direction;
  readonly countDistinct?: Measured<E, PropertyKeys<E>, Direction>;
  readonly sum?: Measured<E, Summable<E>, Direction>;
  readonly avg?: Measured<E, Summable<E>, Direction>;
  readonly min?: Measured<E, PropertyKeys<E>, Direction>;
  readonly max?: Measured<E, PropertyKeys<E>, Direction>;
}

type Total<T> = NonNullable<T> extends bigint ? bigint : number;
type Value<T> = NonNullable<Unbranded<T>>;

type Named<L> = L extends readonly (infer K)[] ? K : never;
type Part<A, K extends string, T> = A extends { readonly [P in K]: infer V } ? [V] extends [undefined] ? unknown : T : unknown;
type Listed<A, K extends string> = A extends { readonly [P in K]: infer L } ? Named<L> : never;

/** The parts of a group: property values, or texts such as `2026-01` where a part of a date was asked for. */
type GroupOf<E, L> = { [K in Named<L> & keyof E]: Unbranded<E[K]> }
  & { [K in Extract<Named<L>, object> extends infer T ? T extends object ? keyof T & keyof E : never : never]: string | (null extends E[K] ? null : undefined extends E[K] ? null : never) };

/** One row of an aggregate: what the request asked for, and nothing else. */
export type AggregateRow<E, A> =
  & Part<A, "groupBy", { group: GroupOf<E, A extends { readonly groupBy: infer L } ? L : never> }>
  & Part<A, "count", { count: number }>
  & Part<A, "countDistinct", { countDistinct: { [K in Listed<A, "countDistinct"> & string]: number } }>
  & Part<A, "sum", { sum: { [K in Listed<A, "sum"> & keyof E]: Total<E[K]> | null } }>
  & Part<A, "avg", { avg: { [K in Listed<A, "avg"> & string]: number | null } }>
  & Part<A, "min", { min: { [K in Listed<A, "min"> & keyof E]: Value<E[K]> | null } }>
  & Part<A, "max", { max: { [K in Listed<A, "max"> & keyof E]: Value<E[K]> | null } }>;

/** A list of groups with `groupBy`, one row without. */
export type AggregateResult<E, A> = A extends { readonly groupBy: readonly unknown[] } ? AggregateRow<E, A>[] : AggregateRow<E, A>;

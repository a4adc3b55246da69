import type { Many, One, Reach, Reachable, RelationKeys, TargetOf, ToOneKeys } from "../metadata/relation";
import type { Order } from "./ordering";
import type { Selection } from "./selection";
import type { Where } from "./where";

/** No relation asked for. */
export type NoRelations = Record<never, never>;

/** The relations that a read is to load, each with what is to be loaded of it. */
export type With<E, R extends Reach = "bound"> = {
  // Every relation has its name here: were none left of them, the type would be empty and take any.
  readonly [K in RelationKeys<E>]?: K extends Reachable<E, RelationKeys<E>, R>
    ? true | (K extends ToOneKeys<E> ? RelationOptions<TargetOf<E[K]>, R> : CollectionOptions<TargetOf<E[K]>, R>) : never;
};

/**
 * How the row at the end of a relation is loaded.
 *
 * @example
 * await tasks.find(ctx, {}, { with: { project: { select: ["name"] } } });
 */
export interface RelationOptions<T, R extends Reach = "bound"> {
  /** A row that does not meet it is not loaded. */
  readonly where?: Where<T, R>;
  readonly select?: Selection<T>;
  readonly with?: With<T, R>;
  /** true: rows that were deleted softly too, whatever the call as a whole says. */
  readonly withDeleted?: boolean;
}

/**
 * How the rows of a collection are loaded.
 *
 * @example
 * await projects.find(ctx, {}, { with: { tasks: { where: { done: false }, orderBy: { title: "asc" }, limit: 10 } } });
 */
export interface CollectionOptions<T, R extends Reach = "bound"> extends RelationOptions<T, R> {
  /** Ties, and everything without `orderBy`, follow the primary key. */
  readonly orderBy?: Order<T, R> | readonly Order<T, R>[];
  /** The greatest number of rows for each row that has the collection. */
  readonly limit?: number;
}

type Methods<E> = { [K in keyof E]-?: NonNullable<E[K]> extends (...args: never[]) => unknown ? K : never }[keyof E];

/** What a selection leaves of an entity. */
type Chosen<E, S> = [S] extends [undefined] ? E
  : S extends readonly (infer K)[] ? Pick<E, (K & keyof E) | Methods<E>>
  : Pick<E, ({ [K in keyof S]: S[K] extends true ? K : never }[keyof S] & keyof E) | Methods<E>>;

type PartOf<V, K extends "select" | "with"> = V extends { readonly [P in K]: infer T } ? T : K extends "with" ? NoRelations : undefined;

type LoadedRelation<P, V, IsOne extends boolean> = IsOne extends true
  ? (Loaded<TargetOf<P>, PartOf<V, "with">, PartOf<V, "select">> & One<TargetOf<P>>) | null
  : Loaded<TargetOf<P>, PartOf<V, "with">, PartOf<V, "select">>[] & Many<TargetOf<P>>;

/**
 * What a read gives: the entity with the relations `W` that were asked for and, of its columns, those of `S` (all without one).
 * Reading what was not asked for does not compile.
 *
 * @example
 * type TaskWithProject = Loaded<Task, { project: true }>;
 */
export type Loaded<E, W = NoRelations, S = undefined> = [keyof W & keyof E] extends [never] ? Chosen<E, S>
  : Chosen<E, S> & { [K in keyof W & RelationKeys<E>]: LoadedRelation<E[K], W[K], K extends ToOneKeys<E> ? true : false> };

/** Makes a name under `with` that is no relation a fault at compile time, however deep. */
export type Exactly<E, W> = {
  readonly [K in keyof W]: K extends RelationKeys<E>
    ? W[K] extends { readonly with: infer N } ? W[K] & { readonly with: Exactly<TargetOf<E[K]>, N> } : W[K]
    : never;
};

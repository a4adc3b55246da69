import type { Unbranded } from "../metadata/owner-id";
import type { Reach, Reachable, RelationKeys, TargetOf, ToOneKeys } from "../metadata/relation";
import type { Summable } from "./aggregate-types";
import type { Connect } from "./connect";
import type { PropertyKeys } from "./where";

/** What an insert or update takes: an entity's properties, all optional (the model says at run time which must be there). */
export type Data<E> = { readonly [K in PropertyKeys<E>]?: Unbranded<E[K]> | undefined };

/** A row of a relation: data of its own, or one that is there already. */
export type RelationData<T, R extends Reach = "bound"> = InsertData<T, R> | Connect;

/** What `insert` takes: an entity's properties, and rows of its relations. An instance counts by its columns alone. */
export type InsertData<E, R extends Reach = "bound"> = {
  readonly [K in PropertyKeys<E> | Reachable<E, RelationKeys<E>, R>]?: K extends ToOneKeys<E> ? RelationData<TargetOf<E[K]>, R> | E[K]
    : K extends RelationKeys<E> ? readonly RelationData<TargetOf<E[K]>, R>[] | E[K]
    : Unbranded<E[K]> | undefined;
};

/** A primary key: its value, or an object of its parts. */
export type Id<E> = string | number | bigint | Date | { readonly [K in PropertyKeys<E>]?: Unbranded<E[K]> };

/** What `increment` adds to each property; below zero it takes away. */
export type Amounts<E> = { readonly [K in Summable<E>]?: NonNullable<Unbranded<E[K]>> };

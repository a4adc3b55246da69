import type { Unbranded } from "../metadata/owner-id";
import type { Summable } from "./aggregate-types";
import type { PropertyKeys } from "./where";

/** What an insert or update takes: an entity's properties, all optional (the model says at run time which must be there). */
export type Data<E> = { readonly [K in PropertyKeys<E>]?: Unbranded<E[K]> | undefined };

/** A primary key: its value, or an object of its parts. */
export type Id<E> = string | number | bigint | Date | { readonly [K in PropertyKeys<E>]?: Unbranded<E[K]> };

/** What `increment` adds to each property; below zero it takes away. */
export type Amounts<E> = { readonly [K in Summable<E>]?: NonNullable<Unbranded<E[K]>> };

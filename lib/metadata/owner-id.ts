declare const ownerBrand: unique symbol;

/**
 * The type of the property that says whose row it is: a foreign key to the owner entity.
 * It reads as the plain key; the framework writes it, from the context.
 *
 * @typeParam K `number` for identity owners (the default), `string` for uuid owners
 * @example
 * class Document { @ForeignKey("User.user_id") user_id!: OwnerId; }
 */
export type OwnerId<K extends number | string = number> = K & { readonly [ownerBrand]: true };

type IsAny<T> = 0 extends 1 & T ? true : false;

type IsOwnerId<T> = IsAny<T> extends true ? false
  : [NonNullable<T>] extends [never] ? false
  : NonNullable<T> extends { readonly [ownerBrand]: true } ? true : false;

/** The properties of `E` that are typed {@link OwnerId}. */
export type OwnerKeys<E> = { [K in keyof E]-?: IsOwnerId<E[K]> extends true ? K : never }[keyof E] & string;

/** Whether `E` has a property typed {@link OwnerId}, and so is owned. */
export type IsOwned<E> = [OwnerKeys<E>] extends [never] ? false : true;

/** A property's type as callers give it: without the owner brand. */
export type Unbranded<T> = T extends { readonly [ownerBrand]: true } ? (T extends number ? number : string) : T;

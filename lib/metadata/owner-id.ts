declare const ownerBrand: unique symbol;

/**
 * The type of the property that says whose row it is: a foreign key to the owner entity, or the primary key of an entity under
 * `@SelfOwned()`.
 * It reads as the plain key; the framework writes it, from the context.
 *
 * @typeParam K `number` for identity owners (the default), `string` for uuid owners
 * @example
 * class Document { @ForeignKey("User.user_id") user_id!: OwnerId; }
 */
export type OwnerId<K extends number | string = number> = K & { readonly [ownerBrand]: true };

declare const systemBrand: unique symbol;

/**
 * The type of the primary key of an entity under `@SystemOwned()`, which only a `SystemContext` opens. It reads as the plain key.
 *
 * @example
 * class Report { @PrimaryKey({ generate: "identity" }) id!: SystemId; }
 */
export type SystemId<K extends number | string = number> = K & { readonly [systemBrand]: true };

type IsAny<T> = 0 extends 1 & T ? true : false;

type IsBranded<T, B> = IsAny<T> extends true ? false
  : [NonNullable<T>] extends [never] ? false
  : NonNullable<T> extends B ? true : false;

/** The properties of `E` that are typed {@link OwnerId}. */
export type OwnerKeys<E> = { [K in keyof E]-?: IsBranded<E[K], { readonly [ownerBrand]: true }> extends true ? K : never }[keyof E] & string;

/** The properties of `E` that are typed {@link SystemId}. */
export type SystemKeys<E> = { [K in keyof E]-?: IsBranded<E[K], { readonly [systemBrand]: true }> extends true ? K : never }[keyof E] & string;

/** Whether `E` has a property typed {@link OwnerId} or {@link SystemId}, and so is opened by a context alone. */
export type IsOwned<E> = [OwnerKeys<E> | SystemKeys<E>] extends [never] ? false : true;

/** A property's type as callers give it: without the brand. */
export type Unbranded<T> = T extends { readonly [ownerBrand]: true } | { readonly [systemBrand]: true } ? (T extends number ? number : string) : T;

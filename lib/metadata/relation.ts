import type { IsOwned } from "./owner-id";

declare const one: unique symbol;
declare const many: unique symbol;

/** What a {@link ToOne} property holds; nothing can be read from it before the relation has been loaded. */
export interface One<T> { readonly [one]?: T }

/** What a {@link ToMany} property holds. */
export interface Many<T> { readonly [many]?: T }

/**
 * The type of a property under `@ManyToOne` or `@OneToOne`. It is read from what `find` returns when `with` asked for it,
 * and is `null` where there is no such row.
 *
 * @example
 * class Task { @ManyToOne(() => Project, "projectId") project?: ToOne<Project>; }
 */
export type ToOne<T> = One<T> | null;

/**
 * The type of a property under `@OneToMany` or `@ManyToMany`; a list once `with` asked for it.
 *
 * @example
 * class Project { @OneToMany(() => Task, "projectId") tasks?: ToMany<Task>; }
 */
export type ToMany<T> = Many<T>;

type IsAny<T> = 0 extends 1 & T ? true : false;
type IsOne<P> = IsAny<P> extends true ? false : [NonNullable<P>] extends [never] ? false : typeof one extends keyof NonNullable<P> ? true : false;
type IsMany<P> = IsAny<P> extends true ? false : [NonNullable<P>] extends [never] ? false : typeof many extends keyof NonNullable<P> ? true : false;

/** The entity that a relation property leads to. */
export type TargetOf<P> = NonNullable<P> extends { readonly [one]?: infer T } ? NonNullable<T>
  : NonNullable<P> extends { readonly [many]?: infer T } ? NonNullable<T> : never;

/** The names of an entity's to-one relations. */
export type ToOneKeys<E> = { [K in keyof E]-?: IsOne<E[K]> extends true ? K : never }[keyof E] & string;

/** The names of an entity's collections. */
export type ToManyKeys<E> = { [K in keyof E]-?: IsMany<E[K]> extends true ? K : never }[keyof E] & string;

/** The names of all its relations. */
export type RelationKeys<E> = ToOneKeys<E> | ToManyKeys<E>;

/** Whether a call has a context (`bound`), and so may reach owned entities, or none (`open`). */
export type Reach = "bound" | "open";

/** The reach of an entity's own repository: one that nobody owns has no context. */
export type ReachOf<E> = IsOwned<E> extends true ? "bound" : "open";

/** Those of the relations `K` that a call may follow: without a context, none to an owned entity. */
export type Reachable<E, K extends keyof E, R extends Reach> = R extends "bound" ? K
  : { [P in K]-?: IsOwned<TargetOf<E[P]>> extends true ? never : P }[K];

import type { Context } from "../scope/access";

/** Methods of an owned repository that touch no database by themselves, and so take no context or come by one otherwise. */
type Untouching = "as" | "inContext" | "create";

type Same<A, B> = [A] extends [B] ? [B] extends [A] ? true : false : false;

type TakesContextFirst<M> = M extends (...given: infer A) => unknown
  ? A extends readonly [infer C, ...unknown[]] ? Same<C, Context> : false
  : true;

/** The names of a repository's methods whose first argument is no context, or may be left out. */
export type MethodsWithoutContext<R> = {
  [K in Exclude<keyof R, Untouching>]: TakesContextFirst<R[K]> extends true ? never : K;
}[Exclude<keyof R, Untouching>];

/** Compiles for `never` alone. */
export type None<T extends never> = T;

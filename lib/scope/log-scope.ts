import { unscoped, type Scope } from "./access";
import { SystemContext } from "./system-context";

/** In whose name a statement ran. */
export type LogScope =
  | { readonly kind: "public" }
  | { readonly kind: "user"; readonly owner: string; readonly key: number | string; readonly actor: number | string }
  | { readonly kind: "system"; readonly reason: string };

/** What is told of a scope to those who watch. */
export function logScope(scope: Scope): LogScope {
  if (scope === unscoped) return { kind: "public" };
  if (SystemContext.is(scope)) return { kind: "system", reason: scope.reason };
  return { kind: "user", owner: scope.owner.name, key: scope.key, actor: scope.actor };
}

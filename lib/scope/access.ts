import { contextMissing, contextOfOtherOwner, noContext, systemOnly } from "../errors/context-errors";
import { acceptValue } from "../model/accept";
import type { EntityModel, OwnedModel, PropertyModel } from "../model/entity-model";
import { SystemContext } from "./system-context";
import { UserContext } from "./user-context";

/** What every operation on an owned entity takes first. */
export type Context = UserContext | SystemContext;

/** Says aloud that a call has no context; an owned entity refuses it. */
export const unscoped: unique symbol = Symbol("unscoped");

/** In whose name a statement runs. */
export type Scope = Context | typeof unscoped;

/** What a scope may do with an entity. `key` is the owner's key, checked against the owner entity's column. */
export type Access =
  | { readonly kind: "public" }
  | { readonly kind: "user"; readonly owner: PropertyModel; readonly key: unknown }
  | { readonly kind: "system"; readonly owner: PropertyModel };

/** In whose name all sources of one statement are opened; a public table's source knows it too. `key`: the owner's. */
export type Reach =
  | { readonly kind: "none" }
  | { readonly kind: "user"; readonly key: unknown }
  | { readonly kind: "system" };

/** What a scope is, whichever entity it opens. */
export function reachOf(scope: Scope): Reach {
  if (UserContext.is(scope)) return { kind: "user", key: scope.key };
  return { kind: SystemContext.is(scope) ? "system" : "none" };
}

const publicAccess: Access = Object.freeze({ kind: "public" });

/**
 * The one rule of ownership: (model, scope) → what the statement may touch.
 *
 * @throws ContextRequiredError when an owned entity is reached without a real context of its owner entity, or one of the
 * system's without a system context
 */
export function accessOf(model: EntityModel, scope: Scope): Access {
  if (model.ownership === null) {
    if (model.systemOnly && !SystemContext.is(scope)) throw systemOnly(model.name, scope === unscoped ? undefined : scope);
    return publicAccess;
  }
  if (UserContext.is(scope)) return userAccess(model, scope);
  // Rows that belong to themselves have no owner beside them that the system would have to name.
  if (SystemContext.is(scope)) return model.ownership.itself ? publicAccess : { kind: "system", owner: model.ownership.property };
  throw contextMissing(model.name, scope === unscoped ? undefined : scope);
}

/** A context where one is needed whichever entity is meant. @throws ContextRequiredError for anything else */
export function requireContext(context: unknown): Context {
  if (UserContext.is(context) || SystemContext.is(context)) return context;
  throw noContext(context);
}

function userAccess(model: OwnedModel, context: UserContext): Access {
  const { ownership } = model;
  if (context.owner !== ownership.ownerClass) throw contextOfOtherOwner(model.name, ownership.ownerEntity, context.owner.name);
  const accepted = acceptValue(ownership.ownerKey, context.key);
  if ("fault" in accepted) throw contextOfOtherOwner(model.name, `a ${ownership.ownerEntity} whose key ${accepted.fault}`, "another key");
  return { kind: "user", owner: ownership.property, key: accepted.value };
}

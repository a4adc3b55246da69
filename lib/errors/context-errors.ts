import { describeValue } from "../util/describe";
import { AccessViolationError, ContextRequiredError, InvalidQueryError, ValidationError } from "./classes";
import { invalidData } from "./value-errors";

export function contextMissing(entity: string, given: unknown): ContextRequiredError {
  const came = given === undefined ? "none was given" : `${describeValue(given)} was given`;
  return new ContextRequiredError(
    `${entity} is owned: every call needs a UserContext (from UserContext.of or UserContext.forKey) or a SystemContext `
    + `(from db.system) as its first argument, and ${came}.`, { entity });
}

/** `as(ctx)` of an entity that needs no context still takes nothing else. */
export function notAContext(entity: string, given: unknown): ContextRequiredError {
  return new ContextRequiredError(
    `as() on ${entity} takes a UserContext (from UserContext.of or UserContext.forKey) or a SystemContext (from db.system), `
    + `not ${describeValue(given)}.`, { entity });
}

/** A call that is about no entity in particular, such as `db.load`. */
export function noContext(given: unknown): ContextRequiredError {
  return new ContextRequiredError(
    "This call needs a UserContext (from UserContext.of or UserContext.forKey) or a SystemContext (from db.system) as its first "
    + `argument, not ${describeValue(given)}.`);
}

/** An entity under `@SystemOwned()`. */
export function systemOnly(entity: string, given: unknown): ContextRequiredError {
  return new ContextRequiredError(
    `${entity} is the system's own: every call needs a SystemContext (from db.system) as its first argument, and `
    + `${given === undefined ? "none" : describeValue(given)} was given.`, { entity });
}

/** Rows under `@SelfOwned()` are neither stored nor deleted in their own name. */
export function selfOwnedBySystem(entity: string, operation: "insert" | "delete"): ContextRequiredError {
  return new ContextRequiredError(
    `To ${operation} rows of ${entity}, which belong to themselves, takes a SystemContext (from db.system): a user's context reads and `
    + "changes its own row alone.", { entity });
}

/** `inContext()` where no `runWithContext` is running. */
export function noAmbientContext(entity: string): ContextRequiredError {
  return new ContextRequiredError(
    `inContext() on ${entity} found no context: it is to be called inside runWithContext(ctx, fn). Where the call begins outside of a `
    + "request, as in jobs and timers of its own, hand the context on and use as(ctx).", { entity });
}

/** `runWithContext` without a function. */
export function notAWork(given: unknown): InvalidQueryError {
  return new InvalidQueryError(`runWithContext takes a function as its second argument, not ${describeValue(given)}.`);
}

export function contextOfOtherOwner(entity: string, wanted: string, given: string): ContextRequiredError {
  return new ContextRequiredError(
    `${entity} is owned by ${wanted}, but the context was made for ${given}: make it with UserContext.of or `
    + `UserContext.forKey for ${wanted}.`, { entity });
}

export function contextOfOtherDatabase(entity: string): ContextRequiredError {
  return new ContextRequiredError(
    `The SystemContext belongs to another database than ${entity}: ask this one with db.system("reason").`, { entity });
}

/** An un-owned entity's method was given a context where a condition belongs. */
export function contextNotExpected(entity: string, owned: boolean): InvalidQueryError {
  if (owned) {
    return new InvalidQueryError(
      `A context was given where the data or the condition of ${entity} belongs: the context comes once, as the first argument, `
      + "and a repository bound with as(ctx) takes none.", { entity });
  }
  return new InvalidQueryError(
    `${entity} is not owned, so its methods take no context: @UserOwned() is missing on the class if its rows belong to users; `
    + "else leave the context out.", { entity });
}

export function systemContextRequired(entity: string, operation: string, owned: readonly string[]): ContextRequiredError {
  return new ContextRequiredError(
    `To ${operation} rows of ${entity} touches the rows of ${owned.join(", ")}, which belong to users: `
    + `bind the repository to a system context first, as in db.repository(${entity}).as(db.system("reason")).`, { entity });
}

export function contextKeyRefused(entity: string, property: string, wanted: string, key: unknown): ValidationError {
  const message = `A UserContext for ${entity} needs ${wanted} as its key, not ${describeValue(key)}.`;
  return new ValidationError(message, [{ property, constraint: "contextKey", message }], entity);
}

export function contextOfUnstored(entity: string, property: string): ValidationError {
  const message = `This ${entity} has no ${property} yet: insert it first, then make a UserContext of it.`;
  return new ValidationError(message, [{ property, constraint: "contextKey", message }], entity);
}

export function contextOfNoEntity(given: unknown): ValidationError {
  const message = `UserContext.of needs an instance of an owner entity, such as a User, not ${describeValue(given)}.`;
  return new ValidationError(message, [{ property: "", constraint: "contextOwner", message }], undefined);
}

export function contextWithoutKey(entity: string): ValidationError {
  const message = `${entity} cannot own rows: it has no single @PrimaryKey().`;
  return new ValidationError(message, [{ property: "", constraint: "contextOwner", message }], entity);
}

export function contextForged(): ContextRequiredError {
  return new ContextRequiredError("A context is made by UserContext.of, UserContext.forKey or db.system alone.");
}

export function badActor(actor: unknown): ValidationError {
  const message = `The actor of a UserContext is a non-empty string or a number, not ${describeValue(actor)}.`;
  return new ValidationError(message, [{ property: "actor", constraint: "actor", message }], undefined);
}

export function badReason(reason: unknown): ValidationError {
  const message = `db.system needs a reason: one line of 1 to 200 characters, not ${describeValue(reason)}.`;
  return new ValidationError(message, [{ property: "reason", constraint: "reason", message }], undefined);
}

/** Data names another owner than the context's. */
export function foreignOwner(entity: string, property: string): AccessViolationError {
  return new AccessViolationError(
    `${entity}.${property} names another owner than the context: leave it out, the context sets it.`, { entity, property });
}

/** An update touched nothing. It is not said whether the row exists. */
export function rowNotAccessible(entity: string, hint: string): AccessViolationError {
  return new AccessViolationError(`This ${entity} does not exist or belongs to another owner${hint}.`, { entity });
}

export function generatedKeyGiven(entity: string, property: string): AccessViolationError {
  return new AccessViolationError(
    `${entity}.${property} is generated and cannot be chosen on insert: leave it out `
    + "(imports keep their keys under a SystemContext).", { entity, property });
}

export function ownerRequired(entity: string, property: string): ValidationError {
  return invalidData(entity, [{ property, constraint: "required", message: "must name the owner: a SystemContext belongs to nobody" }]);
}

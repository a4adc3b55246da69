import { describeValue, listNames } from "../util/describe";
import { InvalidQueryError, NotFoundError, StaleEntityError } from "./classes";

export function forgedSource(): InvalidQueryError {
  return new InvalidQueryError("A statement names a table that was not opened with openTable(model, scope).");
}

export function mixedScopes(): InvalidQueryError {
  return new InvalidQueryError("A statement names tables that were opened in the names of different contexts.");
}

export function ownerAssigned(entity: string, property: string): InvalidQueryError {
  return new InvalidQueryError(`A statement in a user's name cannot write ${entity}.${property}: the owner comes from the context.`, { entity, property });
}

export function unknownProperty(entity: string, property: string, known: readonly string[]): InvalidQueryError {
  return new InvalidQueryError(
    `${entity} has no property ${JSON.stringify(property)}: it has ${known.join(", ")}.`, { entity, property });
}

export function undefinedCondition(entity: string, property: string): InvalidQueryError {
  return new InvalidQueryError(
    `The condition on ${entity}.${property} is undefined, which is never "no condition": leave the property out, or use null for IS NULL.`,
    { entity, property });
}

export function badWhere(entity: string, given: unknown): InvalidQueryError {
  return new InvalidQueryError(
    `A condition on ${entity} is an object of its properties or made with and, or, not, not ${describeValue(given)}.`, { entity });
}

export function badRelated(entity: string, relation: string, wanted: string, given: unknown): InvalidQueryError {
  return new InvalidQueryError(`The condition on the relation ${entity}.${relation} is ${wanted}, not ${describeValue(given)}.`, { entity, property: relation });
}

export function orderThroughMany(entity: string, relation: string): InvalidQueryError {
  return new InvalidQueryError(`${entity}.${relation} is a collection, which gives no single value to order by.`, { entity, property: relation });
}

export function unknownRelation(entity: string, name: string, known: readonly string[]): InvalidQueryError {
  return new InvalidQueryError(
    `${entity} has no relation ${JSON.stringify(name)}: it has ${known.length === 0 ? "none" : known.join(", ")}.`, { entity, property: name });
}

export function columnNotLoaded(entity: string, property: string): InvalidQueryError {
  return new InvalidQueryError(
    `A relation of ${entity} is found by ${entity}.${property}, which this entity does not hold: read it with that property selected.`, { entity, property });
}

export function mixedEntities(entity: string, other: string): InvalidQueryError {
  return new InvalidQueryError(`load takes entities of one class, not of ${entity} and ${other} together: call it for each.`, { entity });
}

export function orderNotForPages(entity: string, property: string, why: string): InvalidQueryError {
  return new InvalidQueryError(
    `Pages and streams of ${entity} cannot be ordered by ${property}, which ${why}: order them by columns of ${entity} that every read loads.`,
    { entity, property });
}

/** Says the same of every cursor that does not fit, so that none tells what another holds. */
export function badCursor(entity: string): InvalidQueryError {
  return new InvalidQueryError(
    `This is no cursor of this query: pages of ${entity} go on with a cursor that the same order gave to the same context, unchanged. `
    + "Begin again without one.", { entity });
}

/** A cursor holds the values of the row that it follows; one that could not be used again is not given out. */
export function cursorTooLong(entity: string, properties: readonly string[]): InvalidQueryError {
  return new InvalidQueryError(
    `A row of ${entity} holds more text in ${properties.join(", ")} than fits into a cursor: order its pages by shorter columns.`, { entity });
}

export function badPageOptions(entity: string): InvalidQueryError {
  return new InvalidQueryError(`A page of ${entity} goes forwards (first, after) or backwards (last, before), not both.`, { entity });
}

export function nothingToAggregate(entity: string): InvalidQueryError {
  return new InvalidQueryError(`aggregate on ${entity} was asked for nothing: name count, sum, avg, min, max, countDistinct or groupBy.`, { entity });
}

export function needsGroups(entity: string, option: string): InvalidQueryError {
  return new InvalidQueryError(`${option} of aggregate on ${entity} chooses among groups, and there is no groupBy.`, { entity });
}

export function notAddable(entity: string, property: string, type: string): InvalidQueryError {
  return new InvalidQueryError(`${entity}.${property} is ${type}, to which nothing can be added here: increment takes integer, bigint and real properties.`, { entity, property });
}

export function linkNeedsMore(entity: string, relation: string, link: string, properties: readonly string[]): InvalidQueryError {
  return new InvalidQueryError(
    `${entity}.${relation} cannot be written as a relation: a row of ${link} also needs ${properties.join(", ")}, so insert rows of ${link} yourself.`,
    { entity, property: relation });
}

export function instanceTwice(entity: string, path: string): InvalidQueryError {
  return new InvalidQueryError(
    `The data holds the same instance of ${entity} twice, the second time at ${path}: insert it first, and connect its key.`, { entity });
}

export function badConnect(entity: string, property: string): InvalidQueryError {
  return new InvalidQueryError(`connect(id) names a ${entity} by its ${property}.`, { entity, property });
}

export function nestsTooDeep(entity: string, what: string, most: number): InvalidQueryError {
  return new InvalidQueryError(`The ${what} of a call on ${entity} nests more than ${most} levels deep (or holds itself).`, { entity });
}

export function tooManyValues(entity: string, count: number, most: number): InvalidQueryError {
  return new InvalidQueryError(`A statement on ${entity} would need ${count} parameters; at most ${most} fit: split the conditions, or use oneOf for long lists.`, { entity });
}

export function emptyWhere(entity: string, operation: string): InvalidQueryError {
  return new InvalidQueryError(
    `${operation} on ${entity} has no condition and would touch every row: pass \`all\` if that is meant.`, { entity });
}

export function operatorNotForType(entity: string, property: string, operator: string, type: string): InvalidQueryError {
  return new InvalidQueryError(`${operator} does not work on ${entity}.${property}, which is ${type}.`, { entity, property });
}

export function badId(entity: string, wanted: string, given: unknown): InvalidQueryError {
  return new InvalidQueryError(`${entity} is found by ${wanted}, not by ${describeValue(given)}.`, { entity });
}

export function badOption(entity: string, option: string, wanted: string, given: unknown): InvalidQueryError {
  return new InvalidQueryError(`The option ${option} of a call on ${entity} must be ${wanted}, not ${describeValue(given)}.`, { entity });
}

export function unknownOption(entity: string, option: string, known: readonly string[]): InvalidQueryError {
  return new InvalidQueryError(`There is no option ${JSON.stringify(option)} for a call on ${entity}: there are ${known.join(", ")}.`, { entity });
}

export function nothingToChange(entity: string, operation: string): InvalidQueryError {
  return new InvalidQueryError(`${operation} on ${entity} was given nothing to change.`, { entity });
}

export function listTooLong(entity: string, property: string, length: number, most: number): InvalidQueryError {
  return new InvalidQueryError(
    `The list for ${entity}.${property} has ${length} values; at most ${most} fit into one statement here: split it.`, { entity, property });
}

export function patternTooLong(entity: string, property: string, most: number): InvalidQueryError {
  return new InvalidQueryError(`The pattern for ${entity}.${property} is longer than ${most} bytes.`, { entity, property });
}

export function notAUniqueKey(entity: string, on: readonly string[], keys: readonly string[]): InvalidQueryError {
  return new InvalidQueryError(
    `upsert on ${entity} needs { on } to name a unique key, not (${on.join(", ")}): there ${keys.length === 0 ? "is none" : `are ${keys.join(", ")}`}.`,
    { entity });
}

export function rowNotFound(entity: string): NotFoundError {
  return new NotFoundError(`No ${entity} was found.`, { entity });
}

export function badJsonPath(entity: string, property: string, fault: string): InvalidQueryError {
  return new InvalidQueryError(`The path of jsonPath on ${entity}.${property} ${fault}.`, { entity, property });
}

export function operatorNotForPath(entity: string, property: string, what: string): InvalidQueryError {
  return new InvalidQueryError(`The condition of jsonPath on ${entity}.${property} is none: ${what}.`, { entity, property });
}

export function noAltKey(entity: string): InvalidQueryError {
  return new InvalidQueryError(`${entity} has no alternative key: mark its properties with @AltKey().`, { entity });
}

export function altKeyGiven(entity: string, parts: readonly string[], given: unknown): InvalidQueryError {
  return new InvalidQueryError(`An alternative key of ${entity} is an object with ${listNames(parts)}, not ${describeValue(given)}.`, { entity });
}

export function altKeyPart(entity: string, property: string, parts: readonly string[], what: string): InvalidQueryError {
  return new InvalidQueryError(`An alternative key of ${entity} is an object with ${listNames(parts)}: ${property} ${what}.`, { entity, property });
}

/** A reference in the key leads to a row that is not shown. */
export function altKeyBroken(entity: string, property: string): NotFoundError {
  return new NotFoundError(`A ${entity} has no alternative key for now: the row that its ${property} refers to was deleted.`, { entity, property });
}

/** `restore` of an entity that keeps no deleted rows. */
export function nothingRestorable(entity: string): InvalidQueryError {
  return new InvalidQueryError(
    `${entity} has no @DeletedAt(): its rows are deleted for good, and restore has nothing to bring back.`, { entity });
}

/** A row that was deleted softly is there, but not for a write. */
export function rowDeleted(entity: string): NotFoundError {
  return new NotFoundError(`This ${entity} was deleted: bring it back with restore first.`, { entity });
}

/** Somebody changed or deleted the row since it was read. */
export function staleRow(entity: string, operation: string): StaleEntityError {
  return new StaleEntityError(
    `This ${entity} was changed or deleted since it was read: nothing was written. Read it again, then ${operation} what is still wanted.`, { entity });
}

export function badArgument(entity: string, method: string, wanted: string, given: unknown): InvalidQueryError {
  return new InvalidQueryError(`${method} on ${entity} takes ${wanted}, not ${describeValue(given)}.`, { entity });
}

import { contextNotExpected, foreignOwner } from "../errors/context-errors";
import { invalidData, notData, valueFaults } from "../errors/value-errors";
import { acceptValue } from "../model/accept";
import type { ValidationError, ValidationFault } from "../errors/classes";
import type { DatabaseModel, EntityModel, FamilyModel, PropertyModel } from "../model/entity-model";
import { kindOf } from "../model/kinds";
import type { Access } from "../scope/access";
import { SystemContext } from "../scope/system-context";
import { UserContext } from "../scope/user-context";
import { withAt } from "../util/list";
import { thawed } from "../util/thawed";
import type { EntityUnit } from "./unit";

/** What a caller gave to be written, copied once: later changes to the caller's object have no effect. */
export interface Payload<E extends object> {
  /** The caller's own instance, or null for plain data. */
  readonly entity: E | null;
  /** Values by column position; `undefined` where nothing was given. */
  readonly given: readonly unknown[];
}

/**
 * Copies an entity or plain data.
 *
 * @throws ValidationError for what is no data of this entity, unknown properties among them
 */
export function readPayload<E extends object>(model: EntityModel, data: unknown, database: DatabaseModel): Payload<E> {
  if (UserContext.is(data) || SystemContext.is(data)) throw contextNotExpected(model.name, model.ownership !== null);
  if (typeof data !== "object" || data === null || Array.isArray(data) || data instanceof Date || data instanceof Uint8Array) {
    throw notData(model.name, data);
  }
  const source = data as Record<string, unknown>;
  const constructor: unknown = data.constructor;
  const other = typeof constructor === "function" ? database.modelOf(constructor as never) : undefined;
  const related = other === undefined || other === model || model.family?.kinds.some((kind) => kind.name === other.name) === true;
  if (data instanceof model.target && related) {
    return { entity: data as E, given: thawed(model.columns).map((property) => source[property.name]) };
  }
  if (other !== undefined) throw notData(model.name, data);
  for (const name of Object.keys(data)) if (model.properties[name] === undefined) throw unknownProperties(model, data);
  return { entity: null, given: thawed(model.columns).map((property) => Object.hasOwn(source, property.name) ? source[property.name] : undefined) };
}

function unknownProperties(model: EntityModel, data: object): ValidationError {
  const known = model.columns.map((property) => property.name);
  return invalidData(model.name, Object.keys(data).filter((name) => model.properties[name] === undefined).map((name) => valueFaults.unknown(name, known)));
}

/**
 * Refuses data that names another owner than the context; leaves it out where the context says it anyway.
 *
 * @throws AccessViolationError for another owner
 */
export function refuseForeignOwner(model: EntityModel, access: Access, given: readonly unknown[]): readonly unknown[] {
  if (access.kind !== "user") return given;
  const value = given[access.owner.position];
  if (value === undefined) return given;
  const accepted = value === null ? { fault: "is null" } : acceptValue(access.owner, value);
  if ("fault" in accepted || accepted.value !== access.key) throw foreignOwner(model.name, access.owner.name);
  // Of rows that belong to themselves the owner is the key, by which they are found.
  if (model.ownership?.itself === true) return given;
  return withAt(given, access.owner.position, undefined);
}

/**
 * A new entity of the model's class, or of the kind that the values say, with these values; the constructor's own settings give way.
 *
 * @throws ValidationError where nothing says which kind it is to be
 */
export function newEntity<E extends object>(model: EntityModel, values: readonly unknown[]): E {
  const kind = kindOf(model, null, values);
  if (kind === null && model.family !== null) throw invalidData(model.name, [kindUnknown(model.family)]);
  return assign(new (kind?.target ?? model.target)() as E, thawed(kind?.properties ?? model.columns), values);
}

/** A typed instance of data that is not stored. */
export function createEntity<E extends object>({ model, engine }: EntityUnit<E>, data: unknown): E {
  return newEntity<E>(model, readPayload<E>(model, data, engine.model).given);
}

/** That nothing says which kind a row is of. */
export function kindUnknown({ discriminator, kinds }: FamilyModel): ValidationFault {
  return valueFaults.kindUnknown(discriminator.name, kinds.map((kind) => kind.name));
}

/** Writes the values that are not `undefined` into an entity. */
export function assign<E extends object>(entity: E, columns: readonly PropertyModel[], values: readonly unknown[]): E {
  const target = entity as Record<string, unknown>;
  for (const property of columns) {
    const value = values[property.position];
    if (value !== undefined) target[property.name] = value;
  }
  return entity;
}

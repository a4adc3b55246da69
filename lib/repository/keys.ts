import { badId, unknownProperty } from "../errors/query-errors";
import { invalidData } from "../errors/value-errors";
import type { EntityModel, PropertyModel } from "../model/entity-model";
import { logic, type PredicateNode } from "../sql/predicate";
import type { TableSource } from "../sql/table-source";
import { listNames } from "../util/describe";
import { isPlainObject } from "../util/plain-object";
import { checkValue } from "./validation";

/** A row's key as a condition: property = value for each part. */
export interface KeyCondition {
  readonly properties: readonly PropertyModel[];
  readonly values: readonly unknown[];
}

/** The parts by which a scope names a row: under a user's, the owner goes without saying. */
export function namingKey(source: TableSource): readonly PropertyModel[] {
  const { primaryKey } = source.model;
  return source.access.kind === "system" ? primaryKey.columns : primaryKey.properties;
}

/**
 * Reads the argument of `findById`: the key itself, or an object of its parts.
 *
 * @throws InvalidQueryError for a missing or incomplete key, ValidationError for a value of a wrong type
 */
export function parseId(source: TableSource, id: unknown): KeyCondition {
  const { model } = source;
  const key = namingKey(source);
  if (id === undefined || id === null) throw badId(model.name, wantedId(key), id);
  if (!isPlainObject(id)) {
    const only = key[0];
    if (key.length !== 1 || only === undefined) throw badId(model.name, wantedId(key), id);
    return { properties: key, values: [accept(model, only, id)] };
  }
  const allowed = new Set([...model.primaryKey.columns, ...key, ...(model.ownership === null ? [] : [model.ownership.property])]);
  for (const name of Object.keys(id)) {
    const property = model.properties[name];
    if (property === undefined || !allowed.has(property)) throw unknownProperty(model.name, name, key.map((part) => part.name));
  }
  const properties = [...allowed].filter((property) => Object.hasOwn(id, property.name));
  if (key.some((property) => id[property.name] === undefined || id[property.name] === null)) throw badId(model.name, wantedId(key), id);
  return { properties, values: properties.map((property) => accept(model, property, id[property.name])) };
}

function wantedId(key: readonly PropertyModel[]): string {
  return key.length === 1 ? `its ${key[0]?.name ?? "key"}` : `an object with ${listNames(key.map((property) => property.name))}`;
}

/** The key of an entity in hand, or null while a part of it is unset. */
export function keyOfRow(source: TableSource, given: readonly unknown[]): KeyCondition | null {
  const properties = namingKey(source);
  const values = properties.map((property) => given[property.position]);
  if (values.some((value) => value === undefined || value === null)) return null;
  return { properties, values: properties.map((property, index) => accept(source.model, property, values[index])) };
}

/** The condition as a tree whose values take the slots from `firstSlot` on. */
export function keyPredicate(properties: readonly PropertyModel[], firstSlot: number): PredicateNode {
  return logic("and", properties.map((property, index): PredicateNode =>
    ({ kind: "comparison", property, operator: "=", slot: firstSlot + index })));
}

/** Up to so many rows none of the ways to send them is slower than another. */
const FEW_ROWS = 8;

/** Whether a read up to a limit, or of so many keys, may bring more than a few rows; null: there is no limit. */
export function isMany(most: number | null): boolean {
  return most === null || most > FEW_ROWS;
}

function accept(model: EntityModel, property: PropertyModel, value: unknown): unknown {
  const outcome = checkValue(property, value);
  if ("fault" in outcome) throw invalidData(model.name, [outcome.fault]);
  return outcome.value;
}

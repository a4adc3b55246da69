import { badOption, unknownProperty } from "../errors/query-errors";
import type { EntityModel, PropertyModel } from "../model/entity-model";
import { isPlainObject } from "../util/plain-object";
import type { PropertyKeys } from "./where";

/** The properties to read. */
export type Selection<E> = readonly PropertyKeys<E>[] | { readonly [K in PropertyKeys<E>]?: boolean };

export function propertyOf(model: EntityModel, name: unknown): PropertyModel {
  const property = typeof name === "string" ? model.properties[name] : undefined;
  if (property === undefined) throw unknownProperty(model.name, String(name), model.columns.map((column) => column.name));
  return property;
}

/** The columns to read: all that load by themselves, or the key and those named. */
export function parseSelection(model: EntityModel, select: unknown): readonly PropertyModel[] {
  if (select === undefined) return model.columns.filter((property) => property.select);
  const names: readonly unknown[] | null = Array.isArray(select) ? select
    : isPlainObject(select) ? Object.keys(select).filter((name) => isChosen(model, name, select[name]))
    : null;
  if (names === null) throw badOption(model.name, "select", 'a list such as ["title"] or an object such as { title: true }', select);
  const chosen = new Set(names.map((name) => propertyOf(model, name)));
  return model.columns.filter((property) => property.key || property === model.family?.discriminator || chosen.has(property));
}

function isChosen(model: EntityModel, name: string, chosen: unknown): boolean {
  const property = propertyOf(model, name);
  if (typeof chosen === "boolean" || chosen === undefined) return chosen === true;
  throw badOption(model.name, `select.${property.name}`, "true or false", chosen);
}

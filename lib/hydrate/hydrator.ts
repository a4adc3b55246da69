import { types } from "node:util";
import { Undecodable, type Decoder, type Dialect } from "../dialect/dialect";
import { undecodable } from "../errors/constraint-errors";
import { asyncAfterLoad } from "../errors/model-errors";
import type { EntityModel, PropertyModel } from "../model/entity-model";

/** Makes entities of rows by position; compiled once for a model and a selection. */
export interface Hydrator<E extends object> {
  /** The selected columns, in the order of the row's values. */
  readonly columns: readonly PropertyModel[];
  /** @throws DataError when the row holds what the model cannot read */
  hydrate(row: readonly unknown[]): E;
  /** Writes the row's values into an entity that exists already. */
  fill(entity: E, row: readonly unknown[]): E;
}

export function compileHydrator<E extends object>(
  model: EntityModel, columns: readonly PropertyModel[], dialect: Dialect,
): Hydrator<E> {
  const names = columns.map((property) => property.name);
  const decoders: readonly Decoder[] = columns.map((property) => dialect.decoder(property));
  // What the constructor sets although it was not selected must not pass for a stored value.
  const unselected = model.columns.filter((property) => !columns.includes(property)).map((property) => property.name);

  function fill(entity: E, row: readonly unknown[]): E {
    const target = entity as Record<string, unknown>;
    const values: unknown[] = [];
    try {
      for (const decode of decoders) values.push(decode(row[values.length]));
    } catch (error) {
      if (error instanceof Undecodable) throw undecodable(model.name, names[values.length] as string, keyText(columns, row), error.message);
      throw error;
    }
    // Only a row that can be read as a whole changes the entity.
    names.forEach((name, position) => { target[name] = values[position]; });
    for (const method of model.hooks.afterLoad) callLoaded(model, target, method);
    return entity;
  }

  return Object.freeze({
    columns, fill,
    hydrate: (row: readonly unknown[]): E => {
      const entity = new model.target() as E;
      for (const name of unselected) Reflect.deleteProperty(entity, name);
      return fill(entity, row);
    },
  });
}

function callLoaded(model: EntityModel, entity: Record<string, unknown>, method: string): void {
  const outcome = (entity[method] as () => unknown)();
  if (!types.isPromise(outcome)) return;
  // Nobody will wait for it.
  outcome.catch(() => undefined);
  throw asyncAfterLoad(model.name, method);
}

function keyText(columns: readonly PropertyModel[], row: readonly unknown[]): string {
  const parts = columns.flatMap((property, position) => property.key ? [`${property.name} ${String(row[position])}`] : []);
  return `(${parts.join(", ")})`;
}

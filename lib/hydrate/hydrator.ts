import { types } from "node:util";
import { Undecodable, type Decoder, type Dialect } from "../dialect/dialect";
import { undecodable } from "../errors/constraint-errors";
import { asyncAfterLoad } from "../errors/model-errors";
import type { ConcreteClass } from "../metadata/records";
import type { EntityModel, HooksModel, PropertyModel } from "../model/entity-model";
import { describeValue } from "../util/describe";
import { compileFiller, type Field, type Filler } from "./filler";

/** Makes entities of rows by position; compiled once for a model and a selection. */
export interface Hydrator<E extends object> {
  /** The selected columns, in the order of the row's values. */
  readonly columns: readonly PropertyModel[];
  /** @throws DataError when the row holds what the model cannot read */
  hydrate(row: readonly unknown[]): E;
  /** Writes the row's values into an entity that exists already. */
  fill(entity: E, row: readonly unknown[]): E;
}

/** How rows of one class are read. */
interface Plan {
  readonly target: ConcreteClass;
  readonly fields: readonly Field[];
  readonly fill: Filler;
  /** What the constructor sets although it was not selected must not pass for a stored value. */
  readonly unselected: readonly string[];
  readonly afterLoad: readonly string[];
}

/** @param columns the selection; where the entity shares its table, the discriminator is among them */
export function compileHydrator<E extends object>(
  model: EntityModel, columns: readonly PropertyModel[], dialect: Dialect,
): Hydrator<E> {
  const planOf = model.family === null ? onePlan(model, columns, dialect) : planByKind(model, columns, dialect);

  function filled(plan: Plan, entity: object, row: readonly unknown[]): E {
    try {
      // Only a row that can be read as a whole changes the entity.
      plan.fill(entity as Record<string, unknown>, row);
    } catch (error) {
      if (error instanceof Undecodable) throw unreadable(model, columns, faultIn(plan, row), row, error.message);
      throw error;
    }
    for (const method of plan.afterLoad) callLoaded(model, entity as Record<string, unknown>, method);
    return entity as E;
  }

  return Object.freeze({
    columns,
    fill: (entity: E, row: readonly unknown[]): E => filled(planOf(row), entity, row),
    hydrate: (row: readonly unknown[]): E => {
      const plan = planOf(row);
      const entity = new plan.target();
      for (const name of plan.unselected) Reflect.deleteProperty(entity, name);
      return filled(plan, entity, row);
    },
  });
}

type Planner = (row: readonly unknown[]) => Plan;

function onePlan(model: EntityModel, columns: readonly PropertyModel[], dialect: Dialect): Planner {
  const plan = makePlan(model.target, model.hooks, columns, model.columns, (property) => dialect.decoder(property));
  return () => plan;
}

function planByKind(model: EntityModel, columns: readonly PropertyModel[], dialect: Dialect): Planner {
  const plans = new Map(model.family?.kinds.map((kind) => [String(kind.value), makePlan(
    kind.target, kind.hooks, columns, kind.properties,
    (property) => dialect.decoder(kind.required.includes(property) ? { ...property, nullable: false } : property),
  )]));
  const at = columns.findIndex((property) => property === model.family?.discriminator);
  return (row) => {
    // Some engines give numbers as text.
    const plan = plans.get(String(row[at]));
    if (plan !== undefined) return plan;
    const wanted = model.family?.kinds.map(({ value }) => JSON.stringify(value)).join(", ");
    throw unreadable(model, columns, model.family?.discriminator.name ?? "", row, `holds ${describeValue(row[at])} where one of ${wanted ?? "no kinds"} is wanted`);
  };
}

function makePlan(
  target: ConcreteClass, hooks: HooksModel, columns: readonly PropertyModel[], declared: readonly PropertyModel[], decoderOf: (property: PropertyModel) => Decoder,
): Plan {
  const fields = columns.flatMap((property, position): Field[] =>
    declared.includes(property) ? [{ name: property.name, position, decode: decoderOf(property) }] : []);
  return {
    target, fields, fill: compileFiller(fields), afterLoad: hooks.afterLoad,
    unselected: declared.filter((property) => !columns.includes(property)).map((property) => property.name),
  };
}

/** The first property whose value cannot be read. */
function faultIn({ fields }: Plan, row: readonly unknown[]): string {
  for (const { name, position, decode } of fields) {
    try {
      decode(row[position]);
    } catch (error) {
      if (error instanceof Undecodable) return name;
    }
  }
  return "";
}

function callLoaded(model: EntityModel, entity: Record<string, unknown>, method: string): void {
  const outcome = (entity[method] as () => unknown)();
  if (!types.isPromise(outcome)) return;
  // Nobody will wait for it.
  outcome.catch(() => undefined);
  throw asyncAfterLoad(model.name, method);
}

function unreadable(model: EntityModel, columns: readonly PropertyModel[], property: string, row: readonly unknown[], why: string): Error {
  const parts = columns.flatMap((column, position) => column.key ? [`${column.name} ${String(row[position])}`] : []);
  return undecodable(model.name, property, `(${parts.join(", ")})`, why);
}

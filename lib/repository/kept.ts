import { invalidData } from "../errors/value-errors";
import type { EntityModel, PropertyModel } from "../model/entity-model";
import type { Keep } from "../sql/statement";
import type { Engine } from "./engine";
import { checkValue } from "./validation";

/** What a change of rows writes besides what it was asked to: the moment, and one more on the version. Appends to `values`. */
export function keptOnChange(engine: Engine, model: EntityModel, values: unknown[]): readonly Keep[] {
  const { updatedAt, version } = model.kept;
  return [
    ...(updatedAt === null ? [] : [{ property: updatedAt, slot: values.push(moment(engine, model, updatedAt)) - 1 }]),
    ...(version === null ? [] : [{ property: version, slot: null }]),
  ];
}

/** What a soft delete writes, or with `null` as the moment a restore. */
export function keptOnDelete(
  engine: Engine, model: EntityModel, deletedAt: PropertyModel, state: "deleted" | "live", values: unknown[],
): readonly Keep[] {
  const value = state === "live" ? null : moment(engine, model, deletedAt);
  return [{ property: deletedAt, slot: values.push(value) - 1 }, ...keptOnChange(engine, model, values)];
}

/** @throws ValidationError where the database's clock shows no moment that can be stored */
function moment(engine: Engine, model: EntityModel, property: PropertyModel): unknown {
  const outcome = checkValue(property, engine.now());
  if ("fault" in outcome) throw invalidData(model.name, [outcome.fault]);
  return outcome.value;
}

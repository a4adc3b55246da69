import { systemContextRequired } from "../errors/context-errors";
import type { PropertyModel } from "../model/entity-model";
import type { Scope } from "../scope/access";
import { SystemContext } from "../scope/system-context";
import type { EntityUnit } from "./unit";

/**
 * Whether a public row can go, or change the key by which others refer to it, depends on the owned rows that do:
 * nobody may find that out but the system.
 *
 * @param changed the properties to be written, or null when the row is to be deleted
 * @throws ContextRequiredError without a SystemContext, whether or not there is such an owned row
 */
export function requireSystem<E extends object>(
  unit: EntityUnit<E>, scope: Scope, operation: string, changed: readonly PropertyModel[] | null,
): void {
  const { engine, model } = unit;
  if (model.ownership !== null || model.referencedByOwned.length === 0 || SystemContext.is(scope)) return;
  const owned = engine.model.entities.filter((other) => (other.ownership !== null || other.systemOnly) && other.foreignKeys.some((key) =>
    key.targetTable === model.table && (changed === null || changed.some((property) => key.targetColumns.includes(property.column)))));
  if (owned.length > 0) throw systemContextRequired(model.name, operation, owned.map((other) => other.name));
}

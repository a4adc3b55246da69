import type { HookEvent } from "../metadata/records";
import { copyOf } from "../model/columns";
import type { EntityModel } from "../model/entity-model";
import type { Payload } from "./payload";

/** Whether there is anything to call. */
export function hasHooks(model: EntityModel, event: HookEvent): boolean {
  return model.hooks[event].length > 0;
}

/**
 * Calls the methods that wait for a write, one after the other, on a copy of what was given: the caller's own object changes
 * only after success.
 *
 * @returns the values as the methods left them, by column position
 */
export async function runHooks(
  model: EntityModel, event: Exclude<HookEvent, "afterLoad">, { entity }: Payload<object>, given: readonly unknown[],
): Promise<readonly unknown[]> {
  const copy = Object.assign(new model.target(), entity) as Record<string, unknown>;
  for (const property of model.columns) copy[property.name] = copyOf(property, given[property.position]);
  for (const method of model.hooks[event]) await (copy[method] as () => unknown)();
  return model.columns.map((property) => copy[property.name]);
}

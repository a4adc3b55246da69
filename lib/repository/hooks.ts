import type { HookEvent } from "../metadata/records";
import { copyOf } from "../model/columns";
import type { EntityModel, HooksModel, KindModel } from "../model/entity-model";
import type { Payload } from "./payload";

type WriteEvent = Exclude<HookEvent, "afterLoad">;

function hooksFor(model: EntityModel, kind: KindModel | null): HooksModel {
  return kind?.hooks ?? model.hooks;
}

/** Whether there is anything to call. */
export function hasHooks(model: EntityModel, kind: KindModel | null, event: WriteEvent): boolean {
  return hooksFor(model, kind)[event].length > 0;
}

/**
 * Calls the methods that wait for a write, one after the other, on a copy of what was given: the caller's own object changes
 * only after success.
 *
 * @returns the values as the methods left them, by column position
 */
export async function runHooks(
  model: EntityModel, kind: KindModel | null, event: WriteEvent, { entity }: Payload<object>, given: readonly unknown[],
): Promise<readonly unknown[]> {
  const copy = Object.assign(new (kind?.target ?? model.target)(), entity) as Record<string, unknown>;
  const columns = kind?.properties ?? model.columns;
  for (const property of columns) copy[property.name] = copyOf(property, given[property.position]);
  for (const method of hooksFor(model, kind)[event]) await (copy[method] as () => unknown)();
  return model.columns.map((property) => columns.includes(property) ? copy[property.name] : given[property.position]);
}

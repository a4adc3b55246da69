import { staleRow } from "../errors/query-errors";
import { invalidData } from "../errors/value-errors";
import type { EntityModel } from "../model/entity-model";
import type { TableSource } from "../sql/table-source";
import type { KeyCondition } from "./keys";
import { planRead } from "./read-plan";
import { readKey } from "./read-key";
import type { EntityUnit } from "./unit";
import { checkValue } from "./validation";

/** The key of an entity in hand together with the version that it was read with; without one, the key alone. */
export function versionKey(model: EntityModel, key: KeyCondition, given: readonly unknown[]): KeyCondition {
  const { version } = model.kept;
  const value = version === null ? undefined : given[version.position];
  if (version === null || value === undefined) return key;
  const outcome = checkValue(version, value);
  if ("fault" in outcome) throw invalidData(model.name, [outcome.fault]);
  return { properties: [...key.properties, version], values: [...key.values, outcome.value] };
}

/** A write by key that found no row. */
export interface MissedWrite {
  readonly operation: string;
  readonly rowKey: KeyCondition;
  /** The same, with a version where one was looked for. */
  readonly key: KeyCondition;
  readonly signal: AbortSignal | undefined;
}

/**
 * Tells a row that has another version now from one that is not there.
 *
 * @throws StaleEntityError where the scope sees the row, and of an entity that nobody owns also where it is gone
 */
export async function refuseStale<E extends object>(
  unit: EntityUnit<E>, source: TableSource, { operation, rowKey, key, signal }: MissedWrite,
): Promise<void> {
  if (!key.properties.some((property) => property === unit.model.kept.version)) return;
  const { engine, model } = unit;
  const found = model.ownership === null
    || await readKey(engine, { operation, scope: source.scope, key: rowKey, plan: planRead<E>(engine, source, {}), signal }) !== null;
  if (found) throw staleRow(model.name, operation);
}

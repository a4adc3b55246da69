import type { Scope } from "../scope/access";
import { progressOf, readList } from "./bulk";
import { openFor } from "./engine";
import { insertLevel } from "./graph-insert";
import { hasRelations, planGraph } from "./graph-plan";
import { prepareGraph } from "./graph-prepare";
import { insert, insertMany } from "./inserts";
import { BULK_OPTIONS, CALL_OPTIONS, checkOptions, type BulkOptions, type CallOptions } from "./options";
import type { EntityUnit } from "./unit";

/** Inserts one row with the rows that its data holds for relations. */
export async function insertGraph<E extends object>(
  unit: EntityUnit<E>, scope: Scope, data: unknown, options: CallOptions | undefined,
): Promise<E> {
  const source = openFor(unit.engine, unit.model, scope);
  if (!hasRelations(source, data)) return await insert(unit, scope, data, options);
  const { signal } = checkOptions(unit.model, options, CALL_OPTIONS);
  const [entity] = await write(unit, scope, [data], "insert", signal, () => undefined);
  return entity as E;
}

/** Inserts a list of rows with theirs: all or nothing. */
export async function insertGraphs<E extends object>(
  unit: EntityUnit<E>, scope: Scope, list: readonly unknown[], options: BulkOptions | undefined,
): Promise<E[]> {
  const { engine, model } = unit;
  const source = openFor(engine, model, scope);
  if (!Array.isArray(list) || !list.some((data) => hasRelations(source, data))) return insertMany(unit, scope, list, options);
  const { signal, onProgress } = checkOptions(model, options, BULK_OPTIONS);
  return write(unit, scope, readList(model, "insertMany", list), "insertMany", signal, progressOf(model, onProgress));
}

async function write<E extends object>(
  unit: EntityUnit<E>, scope: Scope, list: readonly unknown[], operation: string, signal: AbortSignal | undefined, progress: (rows: number) => void,
): Promise<E[]> {
  const { engine, model } = unit;
  const source = openFor(engine, model, scope);
  const planning = { engine, seen: new Set<object>() };
  const nodes = list.map((data) => planGraph(planning, source, data));
  const rows = await prepareGraph(engine, model.name, nodes, signal);
  const written = await engine.transaction(
    () => insertLevel({ engine, rows, operation, signal, progress }, source, nodes.map((node) => ({ node, links: new Map() }))), signal);
  // Entities change only now that everything is stored.
  return written.map(({ settle }) => settle() as E);
}

import { rowNotAccessible } from "../errors/context-errors";
import { rowNotFound } from "../errors/query-errors";
import type { ColumnPair, PropertyModel } from "../model/entity-model";
import { logic, type PredicateNode } from "../sql/predicate";
import { statement, type UpdateStatement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import { execute, type Engine } from "./engine";
import { keptOnChange } from "./kept";
import type { KeyCondition } from "./keys";
import { keyText, memberOf } from "./lists";
import { positions } from "./shapes";

interface ConnectCall {
  readonly engine: Engine;
  readonly operation: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Lets rows that are there already refer to a new one. Their owner stays: it is a condition, under a SystemContext too.
 *
 * @throws AccessViolationError, or of an entity that nobody owns NotFoundError, unless every row is there
 */
export async function connectRows(
  call: ConnectCall, source: TableSource, target: TableSource, keys: readonly KeyCondition[], pairs: readonly ColumnPair[],
  valueOf: (property: PropertyModel) => unknown,
): Promise<void> {
  const { engine, operation, signal } = call;
  const { model } = target;
  const owner = source.model.ownership?.property;
  const companions = pairs.filter((pair) => pair.outer === owner && pair.inner === model.ownership?.property);
  const assigned = pairs.filter((pair) => !companions.includes(pair));
  // In a user's name the source's guard says it.
  const guarded = target.access.kind === "user" ? [] : companions;
  for (const alike of byParts(keys)) {
    const { properties, tuples } = alike;
    const values: unknown[] = [...assigned, ...guarded].map((pair) => valueOf(pair.outer));
    const among = memberOf(model.name, properties, tuples, values);
    const conditions = guarded.map((pair, index): PredicateNode =>
      ({ kind: "comparison", property: pair.inner, operator: "=", slot: assigned.length + index }));
    const assignments = assigned.map((pair) => pair.inner);
    const keeps = keptOnChange(engine, model, values);
    const result = await execute(engine, {
      operation, scope: target.scope, source: target, signal, values,
      shape: `connect${positions(assignments)}&${positions(guarded.map((pair) => pair.inner))}?${positions(properties)}:${among.shape}`,
      build: (opened) => statement<UpdateStatement>({
        kind: "update", mode: "set", source: opened, assignments, keeps, returning: [], where: logic("and", [...conditions, among.predicate]),
      }),
    });
    if (result.changes !== tuples.length) throw model.ownership === null ? rowNotFound(model.name) : rowNotAccessible(model.name, "");
  }
}

/** Keys that name the same properties, each once. */
function byParts(keys: readonly KeyCondition[]): readonly { readonly properties: readonly PropertyModel[]; readonly tuples: readonly (readonly unknown[])[] }[] {
  const groups = new Map<string, { readonly properties: readonly PropertyModel[]; readonly tuples: Map<string, readonly unknown[]> }>();
  for (const { properties, values } of keys) {
    const parts = positions(properties);
    const group = groups.get(parts) ?? { properties, tuples: new Map<string, readonly unknown[]>() };
    groups.set(parts, group);
    group.tuples.set(keyText(values), values);
  }
  return [...groups.values()].map(({ properties, tuples }) => ({ properties, tuples: [...tuples.values()] }));
}

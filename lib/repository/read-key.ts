import type { Scope } from "../scope/access";
import { statement, type SelectStatement } from "../sql/statement";
import { execute, type Engine } from "./engine";
import { keyPredicate, type KeyCondition } from "./keys";
import type { ReadPlan } from "./read-plan";
import { hydrateRows } from "./relation-loader";
import { positions } from "./shapes";

/** What {@link readKey} needs. */
export interface KeyRead<E extends object> {
  readonly operation: string;
  readonly scope: Scope;
  readonly key: KeyCondition;
  readonly plan: ReadPlan<E>;
  readonly signal: AbortSignal | undefined;
}

/** The row of a key that has been checked, or null when the scope has none. */
export async function readKey<E extends object>(engine: Engine, read: KeyRead<E>): Promise<E | null> {
  const { operation, scope, key: { properties, values }, plan, signal } = read;
  const answer = execute(engine, {
    operation, scope, source: plan.source, values, signal,
    shape: `${positions(properties)}>${positions(plan.columns)}${plan.lock ?? ""}`,
    build: (opened) => statement<SelectStatement>({
      kind: "select", source: opened, columns: plan.columns, where: keyPredicate(properties, 0),
      order: [], limitSlot: null, offsetSlot: null, ...(plan.lock === undefined ? {} : { lock: plan.lock }),
    }),
  });
  const { rows } = answer instanceof Promise ? await answer : answer;
  const [row] = rows;
  if (row === undefined) return null;
  if (plan.relations.length === 0) return plan.hydrator.hydrate(row);
  const [entity] = await hydrateRows(engine, plan, [row], signal);
  return entity ?? null;
}

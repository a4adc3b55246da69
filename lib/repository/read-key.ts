import type { StatementResult } from "../driver/driver";
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

/** The row of a key that has been checked, or null when the scope has none; no promise where the driver had it at once. */
export function readKey<E extends object>(engine: Engine, read: KeyRead<E>): E | null | Promise<E | null> {
  const { operation, scope, key: { properties, values }, plan, signal } = read;
  const answer = execute(engine, {
    operation, scope, source: plan.source, values, signal,
    shape: `${positions(properties)}>${positions(plan.columns)}${plan.lock ?? ""}`,
    build: (opened) => statement<SelectStatement>({
      kind: "select", source: opened, columns: plan.columns, where: keyPredicate(properties, 0),
      order: [], limitSlot: null, offsetSlot: null, ...(plan.lock === undefined ? {} : { lock: plan.lock }),
    }),
  });
  return answer instanceof Promise ? later(engine, read, answer) : entityOf(engine, read, answer);
}

async function later<E extends object>(engine: Engine, read: KeyRead<E>, answer: Promise<StatementResult>): Promise<E | null> {
  return entityOf(engine, read, await answer);
}

function entityOf<E extends object>(engine: Engine, { plan, signal }: KeyRead<E>, { rows }: StatementResult): E | null | Promise<E | null> {
  const [row] = rows;
  if (row === undefined) return null;
  return plan.relations.length === 0 ? plan.hydrator.hydrate(row) : withRelations(engine, plan, row, signal);
}

async function withRelations<E extends object>(engine: Engine, plan: ReadPlan<E>, row: readonly unknown[], signal: AbortSignal | undefined): Promise<E | null> {
  const [entity] = await hydrateRows(engine, plan, [row], signal);
  return entity ?? null;
}

import type { Scope } from "../scope/access";
import type { SqlValue } from "../sql/sql-value";
import { perform, prepare } from "./engine";
import { openRead } from "./open-read";
import { FIND_OPTIONS, type FindOptions, type Unchecked } from "./options";
import { planFind } from "./reads";
import { callOf } from "./select-rows";
import type { EntityUnit } from "./unit";

/** How the engine would answer a `find`. */
export interface Explanation {
  readonly sql: string;
  /** What kind of value each parameter is; never the values. */
  readonly parameters: readonly string[];
  /** The engine's plan, one step a line. */
  readonly plan: string;
}

/** Says how a `find` would run, without running it. */
export async function explain<E extends object>(
  unit: EntityUnit<E>, scope: Scope, where: unknown, options: Unchecked<FindOptions<E>> | undefined,
): Promise<Explanation> {
  const { engine, model } = unit;
  const { asked: { signal } } = openRead(unit, scope, options, FIND_OPTIONS);
  const { statement, parameters } = prepare(engine, callOf(planFind(unit, scope, where, options, "explain")));
  const { plans } = engine.dialect;
  const { sql, readOnly, returnsRows, binders } = statement;
  // Its other form, where it has one, stands for its rows and not for its plan.
  const plan = { sql: plans.explain(sql), readOnly, returnsRows, binders, unfilled: !plans.takesParameters };
  const { rows } = await perform(engine, { statement: plan, parameters: plans.takesParameters ? parameters : [], scope, operation: "explain", model, table: model.table, options: { signal } });
  return Object.freeze({ sql, parameters: Object.freeze(parameters.map(kindOf)), plan: plans.text(rows) });
}

function kindOf(value: SqlValue): string {
  if (value === null) return "null";
  if (typeof value === "string") return "text";
  return typeof value === "number" ? Number.isInteger(value) ? "integer" : "real" : "blob";
}

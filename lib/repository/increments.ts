import { CheckViolationError } from "../errors/classes";
import { incrementBeyond } from "../errors/constraint-errors";
import { notAddable, nothingToChange } from "../errors/query-errors";
import { invalidData } from "../errors/value-errors";
import type { PropertyModel } from "../model/entity-model";
import type { Scope } from "../scope/access";
import { statement, type UpdateStatement } from "../sql/statement";
import { execute, openFor } from "./engine";
import { inKeyOrder } from "./key-order";
import { keptOnChange } from "./kept";
import { namingKey } from "./keys";
import { checkOptions, WRITE_OPTIONS, type WriteOptions } from "./options";
import { readPayload, refuseForeignOwner } from "./payload";
import { requireSystem } from "./references";
import { positions } from "./shapes";
import type { EntityUnit } from "./unit";
import { refuseFixed, requireCondition } from "./updates";
import { checkValue } from "./validation";
import { parseWhere } from "./where-parser";

/** Adds to what is there, in the database itself, so that no other change is lost. */
export async function increment<E extends object>(
  unit: EntityUnit<E>, scope: Scope, where: unknown, amounts: unknown, options: WriteOptions | undefined,
): Promise<number | E[]> {
  const { engine, model } = unit;
  const source = openFor(engine, model, scope);
  const { returning, signal } = checkOptions(model, options, WRITE_OPTIONS);
  const given = refuseForeignOwner(model, source.access, readPayload<E>(model, amounts, engine.model).given);
  refuseFixed(unit, source, given);
  const assignments = model.columns.filter((property) => given[property.position] !== undefined);
  if (assignments.length === 0) throw nothingToChange(model.name, "increment");
  const values: unknown[] = assignments.map((property) => amountOf(unit, property, given[property.position]));
  const keeps = keptOnChange(engine, model, values);
  requireSystem(unit, scope, "increment", assignments);
  const parsed = parseWhere(source, where, engine, values);
  requireCondition(model.name, "increment", where, parsed.predicate);
  const columns = returning === true ? unit.whole.columns : [];
  try {
    const result = await execute(engine, {
      operation: "increment", scope, source, values, signal,
      shape: `${positions(assignments)}?${parsed.shape}>${positions(columns)}`,
      build: (opened) => statement<UpdateStatement>({
        kind: "update", mode: "add", source: opened, assignments, keeps, where: parsed.predicate, returning: columns,
      }),
    });
    if (returning !== true) return result.changes;
    return inKeyOrder(result.rows.map((row) => unit.whole.hydrate(row)), namingKey(source));
  } catch (error) {
    throw error instanceof CheckViolationError ? incrementBeyond(model.name, error.property, error.cause) : error;
  }
}

function amountOf<E extends object>({ engine, model }: EntityUnit<E>, property: PropertyModel, given: unknown): unknown {
  // A reference names a row: added to, it would name another.
  const reference = property.key || model.foreignKeys.some((key) => key.reference === property);
  if (reference || !engine.dialect.summable(property)) throw notAddable(model.name, property.name, reference ? "a key" : property.type);
  const outcome = checkValue({ ...property, nullable: false }, given);
  if ("fault" in outcome) throw invalidData(model.name, [outcome.fault]);
  return outcome.value;
}

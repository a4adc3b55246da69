import type { ValidationFault } from "../errors/classes";
import { ownerRequired } from "../errors/context-errors";
import { emptyWhere, nothingToChange } from "../errors/query-errors";
import { invalidData, valueFaults } from "../errors/value-errors";
import type { PropertyModel } from "../model/entity-model";
import { isKept } from "../model/kept";
import type { Scope } from "../scope/access";
import { always, type PredicateNode } from "../sql/predicate";
import { statement, type UpdateStatement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import { thawed } from "../util/thawed";
import { execute, openFor } from "./engine";
import { inKeyOrder } from "./key-order";
import { keptOnChange } from "./kept";
import { namingKey } from "./keys";
import { checkOptions, WRITE_OPTIONS, type WriteOptions } from "./options";
import { readPayload, refuseForeignOwner } from "./payload";
import { requireSystem } from "./references";
import { places, positions } from "./shapes";
import type { EntityUnit } from "./unit";
import { checkRow } from "./validation";
import { all } from "./where";
import { parseWhere } from "./where-parser";

/** Refuses a condition that is none: whoever means every row says `all`. */
export function requireCondition(entity: string, operation: string, where: unknown, predicate: PredicateNode): void {
  if (predicate === always && where !== all) throw emptyWhere(entity, operation);
}

export async function update<E extends object>(
  unit: EntityUnit<E>, scope: Scope, where: unknown, changes: unknown, options: WriteOptions | undefined,
): Promise<number | E[]> {
  const { engine, model } = unit;
  const source = openFor(engine, model, scope);
  const { returning, signal } = checkOptions(model, options, WRITE_OPTIONS);
  const payload = readPayload<E>(model, changes, engine.model);
  const given = refuseForeignOwner(model, source.access, payload.given);
  refuseFixed(unit, source, given);
  const check = checkRow(model, { values: given, entity: null, partial: true, optional: () => true }, engine.constraints, signal);
  const checked = check instanceof Promise ? await check : check;
  const assignments: PropertyModel[] = [];
  const values: unknown[] = [];
  for (const property of thawed(model.columns)) {
    const value = checked[property.position];
    if (value === undefined) continue;
    assignments.push(property);
    values.push(value);
  }
  if (assignments.length === 0) throw nothingToChange(model.name, "update");
  requireSystem(unit, scope, "update", assignments);
  const keeps = keptOnChange(engine, model, values);
  const parsed = parseWhere(source, where, engine, values);
  requireCondition(model.name, "update", where, parsed.predicate);
  const columns = returning === true ? unit.whole.columns : [];
  const answer = execute(engine, {
    operation: "update", scope, source, values, signal,
    shape: `${places(assignments)}?${parsed.shape}>${positions(columns)}`,
    build: (opened) => statement<UpdateStatement>({ kind: "update", mode: "set", source: opened, assignments, keeps, where: parsed.predicate, returning: columns }),
  });
  const result = answer instanceof Promise ? await answer : answer;
  if (returning !== true) return result.changes;
  return inKeyOrder(result.rows.map((row) => unit.whole.hydrate(row)), namingKey(source));
}

/** What a bulk update cannot change: generated keys, and moments that the framework keeps. */
export function refuseFixed<E extends object>(unit: EntityUnit<E>, source: TableSource, given: readonly unknown[]): void {
  const { model } = unit;
  const faults: ValidationFault[] = [];
  for (const property of thawed(model.columns)) {
    if (given[property.position] === undefined) continue;
    if (property === model.family?.discriminator) faults.push(valueFaults.kindFixed(property.name));
    else if (isKept(property)) faults.push(valueFaults.keptByFramework(property.name));
    else if (property.key && property.generated !== null) faults.push(valueFaults.keyFixed(property.name));
  }
  if (faults.length > 0) throw invalidData(model.name, faults);
  if (source.access.kind === "system" && given[source.access.owner.position] === null) {
    throw ownerRequired(model.name, source.access.owner.name);
  }
}

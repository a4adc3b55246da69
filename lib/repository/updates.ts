import { ownerRequired, rowNotAccessible } from "../errors/context-errors";
import { emptyWhere, nothingToChange } from "../errors/query-errors";
import { invalidData, valueFaults } from "../errors/value-errors";
import type { PropertyModel } from "../model/entity-model";
import type { Scope } from "../scope/access";
import { always, type PredicateNode } from "../sql/predicate";
import { statement, type UpdateStatement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import { progressOf, readList } from "./bulk";
import { execute, openFor } from "./engine";
import { insertRow } from "./inserts";
import { inKeyOrder } from "./key-order";
import { keyOfRow, keyPredicate, namingKey, positions, type KeyCondition } from "./keys";
import { BULK_OPTIONS, CALL_OPTIONS, checkOptions, WRITE_OPTIONS, type BulkOptions, type CallOptions, type WriteOptions } from "./options";
import { assign, readPayload, refuseForeignOwner } from "./payload";
import { planRead } from "./read-plan";
import { readByKey } from "./reads";
import { requireSystem } from "./references";
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
  const checked = await checkRow(model, { values: given, entity: null, partial: true, optional: () => true }, engine.constraints, signal);
  const assignments = model.columns.filter((property) => checked[property.position] !== undefined);
  if (assignments.length === 0) throw nothingToChange(model.name);
  requireSystem(unit, scope, "update", assignments);
  const values = assignments.map((property) => checked[property.position]);
  const parsed = parseWhere(source, where, engine, values);
  requireCondition(model.name, "update", where, parsed.predicate);
  const columns = returning === true ? unit.whole.columns : [];
  const result = await execute(engine, {
    operation: "update", scope, source, values, signal,
    shape: `${positions(assignments)}?${parsed.shape}>${positions(columns)}`,
    build: (opened) => statement<UpdateStatement>({ kind: "update", mode: "set", source: opened, assignments, where: parsed.predicate, returning: columns }),
  });
  if (returning !== true) return result.changes;
  return inKeyOrder(result.rows.map((row) => unit.whole.hydrate(row)), namingKey(source));
}

/** What a bulk update cannot change: generated keys, and moments that the framework keeps. */
export function refuseFixed<E extends object>(unit: EntityUnit<E>, source: TableSource, given: readonly unknown[]): void {
  const { model } = unit;
  const faults = model.columns.filter((property) => given[property.position] !== undefined).flatMap((property) => {
    if (property.generated === "createdAt") return [valueFaults.keptByFramework(property.name)];
    return property.key && property.generated !== null ? [valueFaults.keyFixed(property.name)] : [];
  });
  if (faults.length > 0) throw invalidData(model.name, faults);
  if (source.access.kind === "system" && given[source.access.owner.position] === null) {
    throw ownerRequired(model.name, source.access.owner.name);
  }
}

/** Inserts what has no key yet; else updates by key, in the scope's rows alone. */
export async function save<E extends object>(
  unit: EntityUnit<E>, scope: Scope, data: unknown, options: CallOptions | undefined,
): Promise<E> {
  const source = openFor(unit.engine, unit.model, scope);
  const { signal } = checkOptions(unit.model, options, CALL_OPTIONS);
  const settle = await store(unit, scope, source, data, signal);
  return settle();
}

export async function saveMany<E extends object>(
  unit: EntityUnit<E>, scope: Scope, list: readonly unknown[], options: BulkOptions | undefined,
): Promise<E[]> {
  const source = openFor(unit.engine, unit.model, scope);
  const { signal, onProgress } = checkOptions(unit.model, options, BULK_OPTIONS);
  const progress = progressOf(unit.model, onProgress);
  const items = readList(unit.model, "saveMany", list);
  if (items.length === 0) return [];
  const stored = await unit.engine.transaction(async () => {
    const settled: (() => E)[] = [];
    for (const [index, item] of items.entries()) {
      // An instance that comes twice has no key before the end: stored twice, it would become two rows.
      const first = item instanceof unit.model.target ? items.indexOf(item) : index;
      settled.push(first < index ? settled[first] as () => E : await store(unit, scope, source, item, signal));
      progress(1);
    }
    return settled;
  }, signal);
  return stored.map((settle) => settle());
}

/** Writes one row; the returned function then changes the entity, once the caller's whole work is done. */
async function store<E extends object>(
  unit: EntityUnit<E>, scope: Scope, source: TableSource, data: unknown, signal: AbortSignal | undefined,
): Promise<() => E> {
  const { engine, model } = unit;
  const { entity, given: all } = readPayload<E>(model, data, engine.model);
  const given = refuseForeignOwner(model, source.access, all);
  const key = keyOfRow(source, given);
  if (key === null) return insertRow(unit, source, data, signal);
  const checked = await checkRow(model, { values: given, entity, partial: true, optional: () => true }, engine.constraints, signal);
  const stored = await updateByKey(unit, scope, source, key, checked, signal);
  if (stored !== null) return () => entity === null ? stored : assign(entity, model.columns, checked);
  if (source.access.kind === "public") return insertRow(unit, source, data, signal);
  const hint = model.primaryKey.generate === "none" ? " (to store a new one whose key you chose, use insert or upsert)" : "";
  throw rowNotAccessible(model.name, hint);
}

/** The row as it is after the update, or null when the scope has no such row. */
async function updateByKey<E extends object>(
  unit: EntityUnit<E>, scope: Scope, source: TableSource, key: KeyCondition, checked: readonly unknown[], signal: AbortSignal | undefined,
): Promise<E | null> {
  const { engine, model, whole } = unit;
  const assignments = model.columns.filter((property) => checked[property.position] !== undefined && !isFixed(source, key, property));
  if (assignments.length === 0) return readByKey(unit, { operation: "save", scope, key, plan: planRead<E>(engine, source, {}), signal });
  requireSystem(unit, scope, "save", assignments);
  const result = await execute(engine, {
    operation: "save", scope, source, signal,
    values: [...assignments.map((property) => checked[property.position]), ...key.values],
    shape: `${positions(assignments)}?${positions(key.properties)}`,
    build: (opened) => statement<UpdateStatement>({
      kind: "update", mode: "set", source: opened, assignments, where: keyPredicate(key.properties, assignments.length), returning: whole.columns,
    }),
  });
  const [row] = result.rows;
  return row === undefined ? null : whole.hydrate(row);
}

function isFixed(source: TableSource, key: KeyCondition, property: PropertyModel): boolean {
  return key.properties.includes(property) || property.key || property.generated === "createdAt"
    || (source.access.kind === "user" && property === source.access.owner);
}

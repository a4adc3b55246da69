import { uniqueViolation } from "../errors/constraint-errors";
import { badOption, notAUniqueKey } from "../errors/query-errors";
import { sameKeyTwice } from "../errors/value-errors";
import type { EntityModel, PropertyModel } from "../model/entity-model";
import type { Scope } from "../scope/access";
import { statement, type InsertStatement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import { inTurns, progressOf, readList } from "./bulk";
import { execute, openFor } from "./engine";
import { prepareInsert, rowsPerStatement, writtenColumns, type PreparedRow } from "./inserts";
import { positions } from "./keys";
import { checkOptions, UPSERT_MANY_OPTIONS, UPSERT_OPTIONS, type UpsertManyOptions, type UpsertOptions } from "./options";
import { requireSystem } from "./references";
import { propertyOf } from "./selection";
import type { EntityUnit } from "./unit";

/** Inserts, or updates the row of the same owner that agrees in a unique key; what was not given stays as it is. */
export async function upsert<E extends object>(
  unit: EntityUnit<E>, scope: Scope, data: unknown, options: UpsertOptions<E> | undefined,
): Promise<E> {
  const source = openFor(unit.engine, unit.model, scope);
  const { on, signal } = checkOptions(unit.model, options, UPSERT_OPTIONS);
  const call: UpsertCall<E> = { unit, scope, source, target: conflictTarget(unit.model, source, on), operation: "upsert", signal };
  const row = prepare(call, await prepareInsert(unit, source, data, signal));
  const [found] = await write(call, row, [row]);
  return settle(call, row, found);
}

/** Upserts a list: all or nothing, in one transaction, with one statement for many rows that name the same properties. */
export async function upsertMany<E extends object>(
  unit: EntityUnit<E>, scope: Scope, list: readonly unknown[], options: UpsertManyOptions<E> | undefined,
): Promise<E[]> {
  const { engine, model } = unit;
  const source = openFor(engine, model, scope);
  const { on, signal, onProgress } = checkOptions(model, options, UPSERT_MANY_OPTIONS);
  const progress = progressOf(model, onProgress);
  const call: UpsertCall<E> = { unit, scope, source, target: conflictTarget(model, source, on), operation: "upsertMany", signal };
  const rows = (await inTurns(readList(model, "upsertMany", list), (data) => prepareInsert(unit, source, data, signal)))
    .map((row) => prepare(call, row));
  refuseTwice(call, rows);
  if (rows.length === 0) return [];
  const stored = await engine.transaction(async () => {
    const found = new Map<UpsertRow<E>, readonly unknown[]>();
    for (const batch of batchesOf(call, rows)) {
      const [first] = batch;
      if (first === undefined) continue;
      const returned = await write(call, first, batch);
      const byKey = new Map(returned.map((row) => [keyOfReturned(call, row), row]));
      for (const row of batch) {
        const match = row.key === null ? returned[0] : byKey.get(row.key);
        if (match === undefined) throw meetsAnother(call);
        found.set(row, match);
      }
      progress(batch.length);
    }
    return found;
  }, signal);
  // Entities change only now that everything is stored.
  return rows.map((row) => settle(call, row, stored.get(row)));
}

interface UpsertCall<E extends object> {
  readonly unit: EntityUnit<E>;
  readonly scope: Scope;
  readonly source: TableSource;
  readonly target: readonly PropertyModel[];
  readonly operation: string;
  readonly signal: AbortSignal | undefined;
}

interface UpsertRow<E extends object> extends PreparedRow<E> {
  readonly columns: readonly PropertyModel[];
  readonly changed: readonly PropertyModel[];
  /** Equal for rows that meet in the unique key; null where a part of it is null, which meets nothing. */
  readonly key: string | null;
}

function prepare<E extends object>(call: UpsertCall<E>, row: PreparedRow<E>): UpsertRow<E> {
  const { source, target, unit, scope } = call;
  const columns = writtenColumns(source, row.values);
  const owner = unit.model.ownership?.property;
  const changed = columns.filter((property) => row.payload.given[property.position] !== undefined
    && !target.includes(property) && !property.key && property !== owner && property.generated === null);
  requireSystem(unit, scope, "upsert", changed);
  return { ...row, columns, changed, key: keyText(target.map((property) => row.values[property.position])) };
}

/** Rows that agree in the properties they name, by as many as one statement takes. */
function batchesOf<E extends object>(call: UpsertCall<E>, rows: readonly UpsertRow<E>[]): readonly (readonly UpsertRow<E>[])[] {
  const most = rowsPerStatement(call.unit);
  const open = new Map<string, UpsertRow<E>[]>();
  const batches: UpsertRow<E>[][] = [];
  for (const row of rows) {
    const shape = `${positions(row.columns)}=${positions(row.changed)}`;
    const current = open.get(shape);
    // Rows are told apart by their key: one without stands alone.
    if (row.key !== null && current !== undefined && current.length < most) {
      current.push(row);
      continue;
    }
    const batch = [row];
    batches.push(batch);
    if (row.key !== null) open.set(shape, batch);
  }
  return batches;
}

async function write<E extends object>(
  { unit, scope, source, target, operation, signal }: UpsertCall<E>, like: UpsertRow<E>, rows: readonly UpsertRow<E>[],
): Promise<readonly (readonly unknown[])[]> {
  const { columns, changed } = like;
  const returning = returned(unit, target);
  const result = await execute(unit.engine, {
    operation, scope, source, signal,
    values: rows.flatMap((row) => columns.map((property) => row.values[property.position])),
    shape: `${positions(columns)}*${rows.length}!${positions(target)}=${positions(changed)}`,
    build: (opened) => statement<InsertStatement>({
      kind: "insert", source: opened, columns, rows: rows.length, conflict: { target, update: changed }, returning,
    }),
  });
  return result.rows;
}

/** What a row is read back with: all that a read gives, and the key by which it is known. */
function returned<E extends object>(unit: EntityUnit<E>, target: readonly PropertyModel[]): readonly PropertyModel[] {
  return [...unit.whole.columns, ...target.filter((property) => !unit.whole.columns.includes(property))];
}

function keyOfReturned<E extends object>({ unit, target }: UpsertCall<E>, row: readonly unknown[]): string | null {
  const columns = returned(unit, target);
  return keyText(target.map((property) => unit.engine.dialect.decoder(property)(row[columns.indexOf(property)])));
}

function settle<E extends object>(call: UpsertCall<E>, { payload }: UpsertRow<E>, row: readonly unknown[] | undefined): E {
  if (row === undefined) throw meetsAnother(call);
  const { whole } = call.unit;
  return payload.entity === null ? whole.hydrate(row) : whole.fill(payload.entity, row);
}

/** Only a key over all owners can meet somebody else's row; it answers as an insert would. */
function meetsAnother<E extends object>({ unit: { model }, target }: UpsertCall<E>): Error {
  const names = target.filter((property) => property !== model.ownership?.property).map((property) => property.name);
  return uniqueViolation(model.name, names, false, undefined);
}

function refuseTwice<E extends object>({ unit: { model }, target }: UpsertCall<E>, rows: readonly UpsertRow<E>[]): void {
  const seen = new Map<string, number>();
  for (const [index, { key }] of rows.entries()) {
    if (key === null) continue;
    const first = seen.get(key);
    if (first !== undefined) throw sameKeyTwice(model.name, target.filter((part) => part !== model.ownership?.property).map((part) => part.name), first, index);
    seen.set(key, index);
  }
}

/** The owner of a user's rows is written by the source: all have the same, or none is known here. */
function keyText(values: readonly unknown[]): string | null {
  if (values.some((value) => (value ?? null) === null)) return null;
  return JSON.stringify(values.map((value) => typeof value === "bigint" ? `${value}` : value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value));
}

/** The columns of the key that `on` names, in the key's own order. */
function conflictTarget(model: EntityModel, source: TableSource, on: unknown): readonly PropertyModel[] {
  if (!Array.isArray(on)) throw badOption(model.name, "on", "a list of the properties of a unique key", on);
  const names = new Set(on.map((name) => propertyOf(model, name)));
  // A user cannot give a key that the framework makes, so nothing could ever meet in it.
  const generated = source.access.kind === "user" && model.primaryKey.generate !== "none";
  const keys = [model.primaryKey.columns, ...model.uniques.map((unique) => unique.properties)]
    .filter((key) => !(generated && key.some((property) => property.key)));
  const owner = model.ownership?.property;
  const found = keys.find((key) => {
    const rest = key.filter((property) => property !== owner);
    const wanted = [...names].filter((property) => property !== owner);
    return rest.length === wanted.length && rest.every((property) => names.has(property)) && (rest.length > 0 || names.size > 0);
  });
  if (found === undefined) {
    throw notAUniqueKey(model.name, on.map(String), keys.map((key) => `(${key.filter((part) => part !== owner).map((part) => part.name).join(", ")})`));
  }
  return found;
}

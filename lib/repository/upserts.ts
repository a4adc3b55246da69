import { uniqueViolation } from "../errors/constraint-errors";
import { badOption, notAUniqueKey } from "../errors/query-errors";
import { sameKeyTwice } from "../errors/value-errors";
import type { EntityModel, KeyModel, PropertyModel } from "../model/entity-model";
import type { Scope } from "../scope/access";
import { statement, type InsertStatement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import { inTurns, progressOf, readPayloads, Turns } from "./bulk";
import { execute, openFor } from "./engine";
import { prepareInsert, rowsPerStatement, type PreparedRow } from "./inserts";
import { followed } from "./identities";
import { countsPerOwner, numbered } from "./numbering";
import { checkOptions, UPSERT_MANY_OPTIONS, UPSERT_OPTIONS, type UpsertManyOptions, type UpsertOptions } from "./options";
import { readPayload } from "./payload";
import { requireSystem } from "./references";
import { propertyOf } from "./selection";
import { positions } from "./shapes";
import type { EntityUnit } from "./unit";

/** Inserts, or updates the row of the same owner that agrees in a unique key; what was not given stays as it is. */
export async function upsert<E extends object>(
  unit: EntityUnit<E>, scope: Scope, data: unknown, options: UpsertOptions<E> | undefined,
): Promise<E> {
  const source = openFor(unit.engine, unit.model, scope);
  const { on, signal } = checkOptions(unit.model, options, UPSERT_OPTIONS);
  const call = upsertCall(unit, source, on, "upsert", signal);
  const payload = readPayload<E>(unit.model, data, unit.engine.model);
  const row = prepare(call, await prepareInsert(unit, source, payload, signal));
  requireSystem(unit, scope, call.operation, row.changed);
  const following = followed(unit.engine, source, [row], call);
  const work = async (): Promise<() => E> => {
    const [ready = row] = await numbered(unit.engine, source, [row], call);
    await following?.before();
    const [found] = await write(call, ready, [ready]);
    await following?.after([ready]);
    return taken(call, ready, found);
  };
  const settle = await (following !== null || countsPerOwner(unit.model) ? unit.engine.transaction(work, signal) : work());
  return settle();
}

/** Upserts a list: all or nothing, in one transaction, with one statement for many rows that name the same properties. */
export async function upsertMany<E extends object>(
  unit: EntityUnit<E>, scope: Scope, list: readonly unknown[], options: UpsertManyOptions<E> | undefined,
): Promise<E[]> {
  const { engine, model } = unit;
  const source = openFor(engine, model, scope);
  const { on, signal, onProgress } = checkOptions(model, options, UPSERT_MANY_OPTIONS);
  const progress = progressOf(model, onProgress);
  const call = upsertCall(unit, source, on, "upsertMany", signal);
  const payloads = readPayloads<E>(model, "upsertMany", list, engine.model);
  const rows = await inTurns(payloads, signal, async (payload) => prepare(call, await prepareInsert(unit, source, payload, signal)));
  refuseTwice(call, rows);
  const batches = batchesOf(call, rows);
  for (const [like] of batches) requireSystem(unit, scope, call.operation, like.changed);
  if (rows.length === 0) return [];
  const following = followed(engine, source, rows, call);
  const stored = await engine.transaction(async () => {
    const turns = new Turns(signal);
    await following?.before();
    const settles = new Map<UpsertRow<E>, () => E>();
    const ready = await numbered(engine, source, rows, call);
    for (const batch of ready === rows ? batches : batchesOf(call, ready)) {
      const found = await write(call, batch[0], batch);
      const byKey = new Map(found.map((row) => [call.keyOf(row), row]));
      for (const row of batch) settles.set(row, taken(call, row, row.key === null ? found[0] : byKey.get(row.key)));
      await following?.after(batch);
      progress(batch.length);
      await turns.between();
    }
    return ready.map((row) => settles.get(row) as () => E);
  }, signal);
  // Entities change only now that everything is stored.
  return stored.map((settle) => settle());
}

interface UpsertCall<E extends object> {
  readonly unit: EntityUnit<E>;
  readonly source: TableSource;
  /** The columns of the key in which rows meet. */
  readonly target: readonly PropertyModel[];
  /** Whether the key ignores deleted rows. */
  readonly live: boolean;
  /** What a row is read back with: all that a read gives, and the key by which it is known. */
  readonly returning: readonly PropertyModel[];
  /** The key of a row that was read back, as {@link UpsertRow.key} has it. */
  readonly keyOf: (row: readonly unknown[]) => string | null;
  readonly operation: string;
  readonly signal: AbortSignal | undefined;
}

function upsertCall<E extends object>(
  unit: EntityUnit<E>, source: TableSource, on: unknown, operation: string, signal: AbortSignal | undefined,
): UpsertCall<E> {
  const { properties: target, live } = conflictTarget(unit.model, source, on);
  const returning = [...unit.whole.columns, ...target.filter((property) => !unit.whole.columns.includes(property))];
  const parts = target.map((property) => ({ property, decode: unit.engine.dialect.decoder(property), position: returning.indexOf(property) }));
  const keyOf = (row: readonly unknown[]): string | null =>
    keyText(parts.map(({ property, decode, position }) => comparable({ unit }, property, decode(row[position]))));
  return { unit, source, target, live, returning, keyOf, operation, signal };
}

/** Rows that one statement writes: there is always one. */
type Batch<E extends object> = [UpsertRow<E>, ...UpsertRow<E>[]];

interface UpsertRow<E extends object> extends PreparedRow<E> {
  readonly columns: readonly PropertyModel[];
  readonly changed: readonly PropertyModel[];
  /** Equal for rows that meet in the unique key; null where a part of it is null, which meets nothing. */
  readonly key: string | null;
}

function prepare<E extends object>(call: UpsertCall<E>, row: PreparedRow<E>): UpsertRow<E> {
  const { source, target, unit } = call;
  const { columns } = unit.inserts.of(source, row.values);
  const owner = unit.model.ownership?.property;
  const asked = columns.filter((property) => row.given[property.position] !== undefined
    && !target.includes(property) && !property.key && property !== owner && property.generated === null && property !== unit.model.family?.discriminator);
  const { updatedAt } = unit.model.kept;
  const changed = asked.length === 0 || updatedAt === null ? asked : [...asked, updatedAt];
  return { ...row, columns, changed, key: keyText(target.map((property) => comparable(call, property, row.values[property.position]))) };
}

/** Rows that agree in the properties they name, by as many as one statement takes. */
function batchesOf<E extends object>(call: UpsertCall<E>, rows: readonly UpsertRow<E>[]): readonly Batch<E>[] {
  const most = rowsPerStatement(call.unit);
  const open = new Map<string, Batch<E>>();
  const batches: Batch<E>[] = [];
  const alone: Batch<E>[] = [];
  for (const row of rows) {
    // Rows are told apart by their key: one without stands alone. It comes last, or the database might give it an id that
    // another entry names.
    if (row.key === null) {
      alone.push([row]);
      continue;
    }
    const shape = `${positions(row.columns)}=${positions(row.changed)}`;
    const current = open.get(shape);
    if (current !== undefined && current.length < most) {
      current.push(row);
      continue;
    }
    const batch: Batch<E> = [row];
    batches.push(batch);
    open.set(shape, batch);
  }
  return [...batches, ...alone];
}

async function write<E extends object>(
  { unit, source, target, live, returning, operation, signal }: UpsertCall<E>, like: UpsertRow<E>, rows: readonly UpsertRow<E>[],
): Promise<readonly (readonly unknown[])[]> {
  const { columns, changed } = like;
  const result = await execute(unit.engine, {
    operation, scope: source.scope, source, signal,
    values: rows.flatMap((row) => columns.map((property) => row.values[property.position])),
    shape: `${positions(columns)}*${rows.length}!${positions(target)}=${positions(changed)}`,
    build: (opened) => statement<InsertStatement>({
      kind: "insert", source: opened, columns, rows: rows.length, conflict: { target, update: changed, mode: "set", live, version: unit.model.kept.version }, returning,
    }),
  });
  return result.rows;
}

/** Gives the entity of a row that was read back; the caller's own instance changes only when that is called. */
function taken<E extends object>(call: UpsertCall<E>, { payload: { entity } }: UpsertRow<E>, row: readonly unknown[] | undefined): () => E {
  if (row === undefined) throw meetsAnother(call);
  const { whole } = call.unit;
  if (entity !== null) return () => whole.fill(entity, row);
  const made = whole.hydrate(row);
  return () => made;
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

/** A decimal that the engine compares as a number is the same with and without zeros at its end. */
function comparable(call: Pick<UpsertCall<object>, "unit">, property: PropertyModel, value: unknown): unknown {
  if (property.type !== "decimal" || typeof value !== "string" || !call.unit.engine.dialect.ordered(property)) return value;
  return value.includes(".") ? value.replace(/\.?0+$/, "") : value;
}

/** The owner of a user's rows is written by the source: all have the same, or none is known here. */
function keyText(values: readonly unknown[]): string | null {
  if (values.some((value) => (value ?? null) === null)) return null;
  return JSON.stringify(values.map((value) => typeof value === "bigint" ? `${value}` : value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value));
}

/** The columns of the key that `on` names, in the key's own order. */
function conflictTarget(model: EntityModel, source: TableSource, on: unknown): Pick<KeyModel, "properties" | "live"> {
  if (!Array.isArray(on)) throw badOption(model.name, "on", "a list of the properties of a unique key", on);
  const names = new Set(on.map((name) => propertyOf(model, name)));
  // A user cannot give a key that the framework makes, so nothing could ever meet in it.
  const generated = source.access.kind === "user" && model.primaryKey.generate !== "none";
  const keys = [{ properties: model.primaryKey.columns, live: false }, ...model.uniques]
    .filter(({ properties }) => !(generated && properties.some((property) => property.key)));
  const owner = model.ownership?.property;
  const found = keys.find(({ properties }) => {
    const rest = properties.filter((property) => property !== owner);
    const wanted = [...names].filter((property) => property !== owner);
    return rest.length === wanted.length && rest.every((property) => names.has(property)) && (rest.length > 0 || names.size > 0);
  });
  if (found === undefined) {
    throw notAUniqueKey(model.name, on.map(String), keys.map(({ properties }) => `(${properties.filter((part) => part !== owner).map((part) => part.name).join(", ")})`));
  }
  return found;
}

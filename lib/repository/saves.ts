import { rowNotAccessible } from "../errors/context-errors";
import type { PropertyModel } from "../model/entity-model";
import type { Scope } from "../scope/access";
import { statement, type UpdateStatement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import { inTurns, progressOf, readPayloads, Turns } from "./bulk";
import { execute, openFor } from "./engine";
import { insertRow, prepareInsert, settleRow, storeRows, type PreparedRow } from "./inserts";
import { keyOfRow, keyPredicate, positions, type KeyCondition } from "./keys";
import { BULK_OPTIONS, CALL_OPTIONS, checkOptions, type BulkOptions, type CallOptions } from "./options";
import { assign, readPayload, refuseForeignOwner, type Payload } from "./payload";
import { planRead } from "./read-plan";
import { readByKey } from "./reads";
import { requireSystem } from "./references";
import type { EntityUnit } from "./unit";
import { checkRow } from "./validation";

/** A checked row and how it is to be stored: by an insert where it has no key yet, else by an update of that key. */
type Planned<E extends object> = NewRow<E> | KnownRow<E>;

interface NewRow<E extends object> {
  readonly kind: "new";
  readonly row: PreparedRow<E>;
}

interface KnownRow<E extends object> {
  readonly kind: "known";
  readonly payload: Payload<E>;
  readonly key: KeyCondition;
  readonly checked: readonly unknown[];
}

/** Gives a stored row's entity, once the caller's whole work is done. */
type Settle<E extends object> = () => E;

/** Inserts what has no key yet; else updates by key, in the scope's rows alone. */
export async function save<E extends object>(
  unit: EntityUnit<E>, scope: Scope, data: unknown, options: CallOptions | undefined,
): Promise<E> {
  const { engine, model } = unit;
  const source = openFor(engine, model, scope);
  const { signal } = checkOptions(model, options, CALL_OPTIONS);
  const planned = await plan(unit, source, readPayload<E>(model, data, engine.model), signal);
  const settle = planned.kind === "known"
    ? await storeKnown(unit, source, planned, signal)
    : (await storeNew(unit, source, [planned.row], signal, () => undefined))[0] as Settle<E>;
  return settle();
}

/** All or nothing: checked as a whole, then written in one transaction, by one statement for new rows that follow each other. */
export async function saveMany<E extends object>(
  unit: EntityUnit<E>, scope: Scope, list: readonly unknown[], options: BulkOptions | undefined,
): Promise<E[]> {
  const { engine, model } = unit;
  const source = openFor(engine, model, scope);
  const { signal, onProgress } = checkOptions(model, options, BULK_OPTIONS);
  const progress = progressOf(model, onProgress);
  const { once, places } = onceEach(readPayloads<E>(model, "saveMany", list, engine.model));
  if (once.length === 0) return [];
  const planned = await inTurns(once, signal, (payload) => plan(unit, source, payload, signal));
  const settled = await engine.transaction(() => storeAll(unit, source, planned, signal, progress), signal);
  const entities = settled.map((settle) => settle());
  return places.map((place) => entities[place] as E);
}

/** An instance that comes twice has no key before the end: stored twice, it would become two rows. */
function onceEach<E extends object>(
  payloads: readonly Payload<E>[],
): { readonly once: readonly Payload<E>[]; readonly places: readonly number[] } {
  const once: Payload<E>[] = [];
  const seen = new Map<E, number>();
  const places = payloads.map((payload) => {
    const known = payload.entity === null ? undefined : seen.get(payload.entity);
    if (known !== undefined) return known;
    if (payload.entity !== null) seen.set(payload.entity, once.length);
    return once.push(payload) - 1;
  });
  return { once, places };
}

async function plan<E extends object>(
  unit: EntityUnit<E>, source: TableSource, payload: Payload<E>, signal: AbortSignal | undefined,
): Promise<Planned<E>> {
  const { engine, model } = unit;
  const given = refuseForeignOwner(model, source.access, payload.given);
  const key = keyOfRow(source, given);
  if (key === null) return { kind: "new", row: await prepareInsert(unit, source, payload, signal) };
  const { entity } = payload;
  const checked = await checkRow(model, { values: given, entity, partial: true, optional: () => true }, engine.constraints, signal);
  return { kind: "known", payload, key, checked };
}

async function storeAll<E extends object>(
  unit: EntityUnit<E>, source: TableSource, planned: readonly Planned<E>[], signal: AbortSignal | undefined, progress: (rows: number) => void,
): Promise<readonly Settle<E>[]> {
  const turns = new Turns(signal);
  const settled: Settle<E>[] = [];
  let fresh: PreparedRow<E>[] = [];
  const flush = async (): Promise<void> => {
    if (fresh.length === 0) return;
    for (const settle of await storeNew(unit, source, fresh, signal, progress)) settled.push(settle);
    fresh = [];
  };
  for (const item of planned) {
    if (item.kind === "new") {
      fresh.push(item.row);
      continue;
    }
    await flush();
    settled.push(await storeKnown(unit, source, item, signal));
    progress(1);
    await turns.between();
  }
  await flush();
  return settled;
}

async function storeNew<E extends object>(
  unit: EntityUnit<E>, source: TableSource, rows: readonly PreparedRow<E>[], signal: AbortSignal | undefined, progress: (rows: number) => void,
): Promise<readonly Settle<E>[]> {
  const stored = await storeRows(unit, source, rows, { operation: "insert", signal, progress });
  return stored.map((row) => () => settleRow(unit.model, row));
}

async function storeKnown<E extends object>(
  unit: EntityUnit<E>, source: TableSource, { payload, key, checked }: KnownRow<E>, signal: AbortSignal | undefined,
): Promise<Settle<E>> {
  const { model } = unit;
  const { entity } = payload;
  const stored = await updateByKey(unit, source, key, checked, signal);
  if (stored !== null) return () => entity === null ? stored : assign(entity, model.columns, checked);
  if (source.access.kind === "public") return insertRow(unit, source, payload, signal);
  const hint = model.primaryKey.generate === "none" ? " (to store a new one whose key you chose, use insert or upsert)" : "";
  throw rowNotAccessible(model.name, hint);
}

/** The row as it is after the update, or null when the scope has no such row. */
async function updateByKey<E extends object>(
  unit: EntityUnit<E>, source: TableSource, key: KeyCondition, checked: readonly unknown[], signal: AbortSignal | undefined,
): Promise<E | null> {
  const { engine, model, whole } = unit;
  const { scope } = source;
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

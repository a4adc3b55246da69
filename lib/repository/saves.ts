import { rowNotAccessible } from "../errors/context-errors";
import { rowDeleted } from "../errors/query-errors";
import { invalidData, valueFaults } from "../errors/value-errors";
import { copyOf } from "../model/columns";
import type { EntityModel, KindModel, PropertyModel } from "../model/entity-model";
import { isKept } from "../model/kept";
import { kindOf } from "../model/kinds";
import type { Scope } from "../scope/access";
import { statement, type UpdateStatement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import { keyText } from "./lists";
import { inTurns, progressOf, readPayloads, Turns } from "./bulk";
import { execute, openFor } from "./engine";
import { insertRow, prepareInsert, settleRow, storeRows, type PreparedRow } from "./inserts";
import { hasHooks, runHooks } from "./hooks";
import { keptOnChange } from "./kept";
import { keyOfRow, keyPredicate, type KeyCondition } from "./keys";
import { BULK_OPTIONS, CALL_OPTIONS, checkOptions, type BulkOptions, type CallOptions } from "./options";
import { assign, readPayload, refuseForeignOwner, type Payload } from "./payload";
import { planRead } from "./read-plan";
import { readKey } from "./read-key";
import { requireSystem } from "./references";
import { places, positions } from "./shapes";
import type { EntityUnit } from "./unit";
import { checkRow } from "./validation";
import { refuseStale, versionKey } from "./versions";

/** A checked row and how it is to be stored: by an insert where it has no key yet, else by an update of that key. */
type Planned<E extends object> = NewRow<E> | KnownRow<E>;

interface NewRow<E extends object> {
  readonly kind: "new";
  readonly row: PreparedRow<E>;
}

interface KnownRow<E extends object> {
  readonly kind: "known";
  readonly payload: Payload<E>;
  readonly rowKey: KeyCondition;
  /** The same, with the version that the entity was read with. */
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
  const asked = refuseForeignOwner(model, source.access, payload.given);
  const kind = kindOf(model, payload.entity, asked);
  const hooks = hasHooks(model, kind, "beforeUpdate");
  const partial = engine.constraints.needed(model) && isPartial(model, asked);
  // Where something is waited for before the check, values are copied now: they are those of the call.
  const given = hooks || partial ? model.columns.map((property) => copyOf(property, asked[property.position])) : asked;
  const rowKey = keyOfRow(source, given);
  if (rowKey === null) return { kind: "new", row: await prepareInsert(unit, source, payload, signal) };
  const key = kindKey(model, kind, versionKey(model, rowKey, given));
  const hooked = hooks ? await runHooks(model, kind, "beforeUpdate", payload, given) : given;
  // A hook may have named another owner or row.
  const changes = hooked === given ? given : refuseForeignOwner(model, source.access, hooked);
  if (hooked !== given) refuseOtherKey(source, rowKey, changes);
  const stored = partial ? await storedBefore(unit, source, rowKey, signal) : null;
  const checked = await checkRow(model, {
    values: changes, entity: payload.entity, kind, stored, partial: true, optional: () => true,
  }, engine.constraints, signal);
  return { kind: "known", payload, rowKey, key, checked };
}

/** A row of another kind is another row. */
function kindKey({ family }: EntityModel, kind: KindModel | null, key: KeyCondition): KeyCondition {
  if (family === null || kind === null) return key;
  return { properties: [...key.properties, family.discriminator], values: [...key.values, kind.value] };
}

/** @throws ValidationError where a hook changed the key: the row is found by it */
function refuseOtherKey(source: TableSource, key: KeyCondition, changes: readonly unknown[]): void {
  const now = keyOfRow(source, changes);
  if (now === null || keyText(now.values) !== keyText(key.values)) {
    throw invalidData(source.model.name, key.properties.map((property) => valueFaults.keyFixed(property.name)));
  }
}

/** Whether properties that constraints may look at were left out. */
function isPartial(model: EntityModel, given: readonly unknown[]): boolean {
  return model.columns.some((property) => given[property.position] === undefined && !isKept(property) && property !== model.ownership?.property);
}

/** The row as it is: constraints judge the whole entity as it will be. */
async function storedBefore<E extends object>(
  unit: EntityUnit<E>, source: TableSource, key: KeyCondition, signal: AbortSignal | undefined,
): Promise<object | null> {
  const { engine, model } = unit;
  const hydrator = engine.hydrators.of<E>(model, model.columns);
  return readKey(engine, { operation: "save", scope: source.scope, key, plan: { source, hydrator, columns: hydrator.columns, relations: [] }, signal });
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
  unit: EntityUnit<E>, source: TableSource, { payload, rowKey, key, checked }: KnownRow<E>, signal: AbortSignal | undefined,
): Promise<Settle<E>> {
  const { model } = unit;
  const { entity } = payload;
  const stored = await updateByKey(unit, source, rowKey, key, checked, signal);
  if (stored !== null) return () => entity === null ? stored : assign(entity, model.columns, withKept(model, checked, stored));
  await refuseStale(unit, source, { operation: "save", rowKey, key, signal });
  if (source.access.kind === "public" && model.kept.deletedAt !== null) {
    const deleted = openFor(unit.engine, model, source.scope, "deleted");
    if (await readKey(unit.engine, { operation: "save", scope: source.scope, key: rowKey, plan: planRead<E>(unit.engine, deleted, {}), signal }) !== null) {
      throw rowDeleted(model.name);
    }
  }
  if (source.access.kind === "public") return insertRow(unit, source, payload, signal);
  const hint = model.primaryKey.generate === "none" ? " (to store a new one whose key you chose, use insert or upsert)" : "";
  throw rowNotAccessible(model.name, hint);
}

/** What the caller's instance takes over: the values that were written, and what the framework kept. */
function withKept(model: EntityModel, checked: readonly unknown[], stored: object): readonly unknown[] {
  return model.columns.map((property) => isKept(property) ? (stored as Record<string, unknown>)[property.name] : checked[property.position]);
}

/** The row as it is after the update, or null when the scope has no such row (of the version that is wanted). */
async function updateByKey<E extends object>(
  unit: EntityUnit<E>, source: TableSource, rowKey: KeyCondition, key: KeyCondition, checked: readonly unknown[], signal: AbortSignal | undefined,
): Promise<E | null> {
  const { engine, model, whole } = unit;
  const { scope } = source;
  const assignments = model.columns.filter((property) => checked[property.position] !== undefined && !isFixed(source, rowKey, property));
  if (assignments.length === 0) return readKey(engine, { operation: "save", scope, key, plan: planRead<E>(engine, source, {}), signal });
  requireSystem(unit, scope, "save", assignments);
  const values = assignments.map((property) => checked[property.position]);
  const keeps = keptOnChange(engine, model, values);
  const first = values.length;
  const result = await execute(engine, {
    operation: "save", scope, source, signal,
    values: [...values, ...key.values],
    shape: `${places(assignments)}?${positions(key.properties)}`,
    build: (opened) => statement<UpdateStatement>({
      kind: "update", mode: "set", source: opened, assignments, keeps, where: keyPredicate(key.properties, first), returning: whole.columns,
    }),
  });
  const [row] = result.rows;
  return row === undefined ? null : whole.hydrate(row);
}

function isFixed(source: TableSource, key: KeyCondition, property: PropertyModel): boolean {
  return key.properties.includes(property) || property.key || isKept(property) || property === source.model.family?.discriminator
    || (source.access.kind === "user" && property === source.access.owner);
}

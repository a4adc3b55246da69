import { generatedKeyGiven, ownerRequired } from "../errors/context-errors";
import { invalidData, valueFaults } from "../errors/value-errors";
import { makeDefault } from "../model/columns";
import type { EntityModel, KindModel, PropertyModel } from "../model/entity-model";
import { kindOf } from "../model/kinds";
import type { Access, Scope } from "../scope/access";
import { statement, type InsertStatement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import { withAt } from "../util/list";
import { thawed } from "../util/thawed";
import { inTurns, progressOf, readPayloads, Turns } from "./bulk";
import { execute, openFor } from "./engine";
import { hasHooks, runHooks } from "./hooks";
import { followed, type Following } from "./identities";
import { isLeftToDatabase, type InsertPlan } from "./insert-plan";
import { countsPerOwner, numbered } from "./numbering";
import { BULK_OPTIONS, CALL_OPTIONS, checkOptions, type BulkOptions, type CallOptions } from "./options";
import { assign, kindUnknown, newEntity, readPayload, refuseForeignOwner, type Payload } from "./payload";
import type { EntityUnit } from "./unit";
import { checkRow } from "./validation";

/** A row ready to be written: checked values by column position, `undefined` where the database makes one. */
export interface PreparedRow<E extends object> {
  readonly payload: Payload<E>;
  /** What was given or set by a hook, by column position. */
  readonly given: readonly unknown[];
  readonly values: readonly unknown[];
}

const MOST_ROWS = 500;

export async function insert<E extends object>(
  unit: EntityUnit<E>, scope: Scope, data: unknown, options: CallOptions | undefined,
): Promise<E> {
  const source = openFor(unit.engine, unit.model, scope);
  const { signal } = checkOptions(unit.model, options, CALL_OPTIONS);
  const settle = await insertRow(unit, source, readPayload<E>(unit.model, data, unit.engine.model), signal);
  return settle();
}

/** Writes one row; the returned function then changes the entity, once the caller's whole work is done. */
export async function insertRow<E extends object>(
  unit: EntityUnit<E>, source: TableSource, payload: Payload<E>, signal: AbortSignal | undefined,
): Promise<() => E> {
  const row = await prepareInsert(unit, source, payload, signal);
  const [stored] = await storeRows(unit, source, [row], { operation: "insert", signal });
  return () => settleRow(unit.model, stored as StoredRow<E>);
}

/** All or nothing, in one transaction and few statements. */
export async function insertMany<E extends object>(
  unit: EntityUnit<E>, scope: Scope, list: readonly unknown[], options: BulkOptions | undefined,
): Promise<E[]> {
  const source = openFor(unit.engine, unit.model, scope);
  const { signal, onProgress } = checkOptions(unit.model, options, BULK_OPTIONS);
  const progress = progressOf(unit.model, onProgress);
  const payloads = readPayloads<E>(unit.model, "insertMany", list, unit.engine.model);
  const rows = await inTurns(payloads, signal, (payload) => prepareInsert(unit, source, payload, signal));
  const stored = await storeRows(unit, source, rows, { operation: "insertMany", signal, progress });
  // Entities change only now that everything is stored.
  return stored.map((row) => settleRow(unit.model, row));
}

/** What a row takes from the rows that it comes with; its own data has no say in it. */
export interface Taken {
  readonly known: ReadonlyMap<PropertyModel, unknown>;
  /** To be set once the other row has been written. */
  readonly awaited: ReadonlySet<PropertyModel>;
}

export const nothingTaken: Taken = Object.freeze({ known: new Map(), awaited: new Set<PropertyModel>() });

/** Refuses a foreign owner, calls hooks, stamps, fills in and checks: everything that happens before SQL. No promise where nothing waits. */
export function prepareInsert<E extends object>(
  unit: EntityUnit<E>, source: TableSource, payload: Payload<E>, signal: AbortSignal | undefined, taken: Taken = nothingTaken,
): PreparedRow<E> | Promise<PreparedRow<E>> {
  const { model } = unit;
  const kind = kindOf(model, payload.entity, payload.given);
  const fresh: FreshRow<E> = { unit, source, payload, kind, taken, signal };
  const asked = allowed(fresh, payload.given);
  // Without a hook nothing waits here: values are copied at the call.
  return hasHooks(model, kind, "beforeInsert") ? prepareHooked(fresh, asked) : prepareChecked(fresh, asked);
}

/** A row on its way to being written. */
interface FreshRow<E extends object> {
  readonly unit: EntityUnit<E>;
  readonly source: TableSource;
  readonly payload: Payload<E>;
  readonly kind: KindModel | null;
  readonly taken: Taken;
  readonly signal: AbortSignal | undefined;
}

async function prepareHooked<E extends object>(fresh: FreshRow<E>, asked: readonly unknown[]): Promise<PreparedRow<E>> {
  const hooked = await runHooks(fresh.unit.model, fresh.kind, "beforeInsert", fresh.payload, asked);
  // A hook may have named an owner or a key too.
  return prepareChecked(fresh, allowed(fresh, hooked));
}

/** @throws AccessViolationError and ValidationError for what the context, or the rows that it comes with, do not allow it to say */
function allowed<E extends object>({ unit: { model }, source: { access }, kind, taken }: FreshRow<E>, given: readonly unknown[]): readonly unknown[] {
  const values = refuseForeignOwner(model, access, withTaken(model, given, taken));
  refuseChosenKeys(model, access, values, taken);
  return stampKind(model, kind, values);
}

function prepareChecked<E extends object>(
  { unit, source: { access }, payload, kind, taken, signal }: FreshRow<E>, given: readonly unknown[],
): PreparedRow<E> | Promise<PreparedRow<E>> {
  const { engine, model } = unit;
  const now = engine.now();
  const stamped: unknown[] = [];
  for (const property of thawed(model.columns)) {
    const value = given[property.position];
    stamped.push(taken.awaited.has(property) ? undefined : value ?? madeValue(unit, property, kind, access, value, now));
  }
  const values = checkRow(model, {
    values: stamped, entity: payload.entity, kind, partial: false, awaited: taken.awaited, optional: isMadeLater,
  }, engine.constraints, signal);
  return values instanceof Promise ? values.then((checked) => ({ payload, given, values: checked })) : { payload, given, values };
}

/** Whether a value comes only with the row, or by counting its owner's rows. */
function isMadeLater(property: PropertyModel): boolean {
  return property.generated === "perOwner" || isLeftToDatabase(property);
}

/** Says of which kind the row is. @throws ValidationError where nothing does, or the data says otherwise */
function stampKind({ name, family }: EntityModel, kind: KindModel | null, given: readonly unknown[]): readonly unknown[] {
  if (family === null) return given;
  const { discriminator } = family;
  const said = given[discriminator.position];
  if (kind === null) {
    throw invalidData(name, [said === undefined ? kindUnknown(family) : valueFaults.kindWrong(discriminator.name, family.kinds.map(({ value }) => value))]);
  }
  if (said !== undefined && said !== kind.value) throw invalidData(name, [valueFaults.kindOther(discriminator.name, kind.name)]);
  return withAt(given, discriminator.position, kind.value);
}

/** @throws ValidationError where the data says otherwise */
function withTaken(model: EntityModel, given: readonly unknown[], { known, awaited }: Taken): readonly unknown[] {
  if (known.size + awaited.size === 0) return given;
  const faults = model.columns.filter((property) => (given[property.position] ?? null) !== null
    && (awaited.has(property) || (known.has(property) && known.get(property) !== given[property.position])));
  if (faults.length > 0) throw invalidData(model.name, faults.map((property) => valueFaults.linked(property.name)));
  return model.columns.map((property) => known.has(property) ? known.get(property) : given[property.position]);
}

/** A key that the framework makes says where a row stands among others: a user may not choose it. */
function refuseChosenKeys(model: EntityModel, access: Access, given: readonly unknown[], { awaited }: Taken): void {
  if (access.kind === "system" && !awaited.has(access.owner) && (given[access.owner.position] ?? null) === null) throw ownerRequired(model.name, access.owner.name);
  if (access.kind !== "user" || model.primaryKey.generate === "none") return;
  for (const property of model.primaryKey.properties) {
    if ((given[property.position] ?? null) !== null) throw generatedKeyGiven(model.name, property.name);
  }
}

/** The owner from the context, what is generated here, the default, or null; `undefined` is left to the database. */
function madeValue<E extends object>(unit: EntityUnit<E>, property: PropertyModel, kind: KindModel | null, access: Access, given: unknown, now: Date): unknown {
  if (access.kind === "user" && property === access.owner) return access.key;
  switch (property.generated) {
    case "identity":
    case "perOwner": return undefined;
    case "uuid": return unit.engine.uuid();
    case "createdAt":
    case "updatedAt": return now;
    case "version": return 1;
    case "deletedAt": return null;
    case null:
  }
  if (given === null || (property.partial && kind?.properties.includes(property) !== true)) return null;
  if (property.default !== null) return makeDefault(property, property.default);
  return property.nullable ? null : undefined;
}

/** A row as it has been written; its entity is still what it was. */
export interface StoredRow<E extends object> {
  readonly payload: Payload<E>;
  /** By column position, with what the database made. */
  readonly values: readonly unknown[];
}

interface StoreCall {
  readonly operation: string;
  readonly signal: AbortSignal | undefined;
  readonly progress?: (rows: number) => void;
}

/** Writes rows by as many as one statement takes; several statements are one transaction. */
export async function storeRows<E extends object>(
  unit: EntityUnit<E>, source: TableSource, rows: readonly PreparedRow<E>[], call: StoreCall,
): Promise<readonly StoredRow<E>[]> {
  if (rows.length > 0 && countsPerOwner(source.model)) {
    return unit.engine.transaction(async () => storeBatches(unit, source, batchesOf(unit, source, await numbered(unit.engine, source, rows, call)), call, null), call.signal);
  }
  const batches = batchesOf(unit, source, rows);
  const following = followed(unit.engine, source, rows, call);
  const write = (): Promise<readonly StoredRow<E>[]> => storeBatches(unit, source, batches, call, following);
  return batches.length <= 1 && following === null ? write() : unit.engine.transaction(write, call.signal);
}

async function storeBatches<E extends object>(
  unit: EntityUnit<E>, source: TableSource, batches: readonly (readonly PreparedRow<E>[])[], call: StoreCall, following: Following | null,
): Promise<readonly StoredRow<E>[]> {
  const turns = new Turns(call.signal);
  if (following !== null) await following.before();
  const stored: StoredRow<E>[] = [];
  for (const batch of batches) {
    stored.push(...await writeRows(unit, source, batch, call));
    if (following !== null) await following.after(batch);
    call.progress?.(batch.length);
    if (turns.due) await turns.between();
  }
  return stored;
}

/** Writes rows that fit into one statement, and completes them by what the database made. */
async function writeRows<E extends object>(
  unit: EntityUnit<E>, source: TableSource, rows: readonly PreparedRow<E>[], { operation, signal }: StoreCall,
): Promise<readonly StoredRow<E>[]> {
  const plan = unit.inserts.of(source, rows[0]?.values ?? []);
  const { columns, returning } = plan;
  const values: unknown[] = [];
  for (const row of rows) for (const { position } of columns) values.push(row.values[position]);
  const answer = execute(unit.engine, {
    operation, scope: source.scope, source, signal, values,
    shape: `${plan.written}*${rows.length}>${plan.returned}`,
    build: (opened) => statement<InsertStatement>({ kind: "insert", source: opened, columns, rows: rows.length, conflict: null, returning }),
  });
  return complete(plan, rows, (answer instanceof Promise ? await answer : answer).rows);
}

/**
 * Completes what was written by what the database made. Ids that it counted grow in the order of the rows, while RETURNING
 * promises no order: sorted by them, what came back belongs to the rows one by one. Without such an id there is one row.
 */
function complete<E extends object>({ returning, readers, counted }: InsertPlan, rows: readonly PreparedRow<E>[], returned: readonly (readonly unknown[])[]): readonly StoredRow<E>[] {
  if (returning.length === 0) return rows;
  const found = returned.map((raw) => readers.map((read, at) => read(raw[at])));
  if (counted && found.length > 1) found.sort(([a], [b]) => Number(a) - Number(b));
  return rows.map(({ payload, values }, index) => {
    const completed = values.slice();
    for (const [at, { position }] of returning.entries()) completed[position] = found[index]?.[at];
    return { payload, values: completed };
  });
}

/** Takes over what was stored, into the caller's instance or a new one. */
export function settleRow<E extends object>(model: EntityModel, { payload, values }: StoredRow<E>): E {
  return payload.entity === null ? newEntity<E>(model, values) : assign(payload.entity, thawed(model.columns), values);
}

/** Runs of rows that one statement can hold and that agree on what the database makes. */
function batchesOf<E extends object>(
  unit: EntityUnit<E>, source: TableSource, rows: readonly PreparedRow<E>[],
): readonly (readonly PreparedRow<E>[])[] {
  if (rows.length <= 1) return rows.length === 0 ? [] : [rows];
  const most = rowsPerStatement(unit);
  const batches: PreparedRow<E>[][] = [];
  let before: InsertPlan | null = null;
  for (const row of rows) {
    const plan = unit.inserts.of(source, row.values);
    const current = batches.at(-1);
    if (current === undefined || current.length >= most || plan !== before || isAlone(plan)) batches.push([row]);
    else current.push(row);
    before = plan;
  }
  return batches;
}

/** Where nothing is counted, several rows that came back could not be told apart. */
function isAlone({ returning, counted }: InsertPlan): boolean {
  return returning.length > 0 && !counted;
}

/** How many rows one statement takes at most: the engine limits its parameters. */
export function rowsPerStatement<E extends object>({ engine, model }: EntityUnit<E>): number {
  return Math.max(1, Math.min(MOST_ROWS, Math.floor(engine.dialect.maxParameters / Math.max(1, model.columns.length))));
}

import { badOption, rowNotFound } from "../errors/query-errors";
import { lockOutsideTransaction } from "../errors/transaction-errors";
import type { EntityModel } from "../model/entity-model";
import type { Scope } from "../scope/access";
import { statement } from "../sql/statement";
import { rejected } from "../util/deferred";
import { execute, openFor } from "./engine";
import { parseId } from "./keys";
import { canShare, Lookups } from "./lookups";
import {
  checkOptions, COUNT_OPTIONS, FIND_ONE_OPTIONS, FIND_OPTIONS, parseCount, READ_OPTIONS,
  type CountOptions, type FindOptions, type ReadOptions, type Unchecked,
} from "./options";
import { openRead } from "./open-read";
import { parseOrder } from "./ordering";
import { readKey } from "./read-key";
import { planRead, type ReadPlan } from "./read-plan";
import { hydrateRows } from "./relation-loader";
import { selectRows, type RowRead } from "./select-rows";
import type { EntityUnit } from "./unit";
import { parseWhere } from "./where-parser";

/** No async function: each would make a promise of its own about that of the look-up. */
export function findById<E extends object>(
  unit: EntityUnit<E>, scope: Scope, id: unknown, options: Unchecked<ReadOptions<E>> | undefined,
): Promise<E | null> {
  try {
    return Promise.resolve(lookUp(unit, scope, id, options));
  } catch (error) {
    return rejected(error);
  }
}

function lookUp<E extends object>(
  unit: EntityUnit<E>, scope: Scope, id: unknown, options: Unchecked<ReadOptions<E>> | undefined,
): E | null | Promise<E | null> {
  const { engine } = unit;
  const { source, asked } = openRead(unit, scope, options, READ_OPTIONS);
  checkLock(unit, asked.lock);
  const key = parseId(source, id);
  const plan = planRead<E>(engine, source, asked);
  const property = key.properties[0];
  if (property !== undefined && key.properties.length === 1 && asked.signal === undefined && canShare(plan, property)) {
    return lookupsOf(unit).find(engine, plan, property, key.values[0]) as Promise<E | null>;
  }
  return readKey(engine, { operation: "findById", scope, key, plan, signal: asked.signal });
}

/** Look-ups by key that wait for company. */
const gathered = new WeakMap<object, Lookups>();

function lookupsOf<E extends object>(unit: EntityUnit<E>): Lookups {
  let lookups = gathered.get(unit);
  if (lookups === undefined) {
    gathered.set(unit, lookups = new Lookups((engine, plan, property, key) => readKey(engine, {
      operation: "findById", scope: plan.source.scope, key: { properties: [property], values: [key] }, plan, signal: undefined,
    })));
  }
  return lookups;
}

export async function find<E extends object>(
  unit: EntityUnit<E>, scope: Scope, where: unknown, options: Unchecked<FindOptions<E>> | undefined, operation = "find",
): Promise<E[]> {
  const read = planFind(unit, scope, where, options, operation);
  return hydrateRows<E>(unit.engine, read.plan, await selectRows(unit.engine, read), read.signal);
}

/** Checks everything of a `find`; no SQL runs. */
export function planFind<E extends object>(
  unit: EntityUnit<E>, scope: Scope, where: unknown, options: Unchecked<FindOptions<E>> | undefined, operation: string,
): RowRead & { readonly plan: ReadPlan<E> } {
  const { engine, model } = unit;
  const { source, asked } = openRead(unit, scope, options, FIND_OPTIONS);
  checkLock(unit, asked.lock);
  const values: unknown[] = [];
  const parsed = parseWhere(source, where, engine, values);
  return {
    operation, values, where: parsed, signal: asked.signal,
    plan: planRead<E>(engine, source, asked),
    order: parseOrder(source, asked.orderBy, engine),
    limit: parseCount(model, "limit", asked.limit), offset: parseCount(model, "offset", asked.offset),
  };
}

export async function findOne<E extends object>(
  unit: EntityUnit<E>, scope: Scope, where: unknown, options: Unchecked<FindOptions<E>> | undefined,
): Promise<E | null> {
  const { engine, model } = unit;
  openFor(engine, model, scope);
  checkOptions(model, options, FIND_ONE_OPTIONS);
  const [first] = await find(unit, scope, where, { ...options, limit: 1 }, "findOne");
  return first ?? null;
}

/** A page of rows and the number of all that meet the condition, both of one moment. */
export async function findAndCount<E extends object>(
  unit: EntityUnit<E>, scope: Scope, where: unknown, options: Unchecked<FindOptions<E>> | undefined,
): Promise<[E[], number]> {
  const { engine, model } = unit;
  openFor(engine, model, scope);
  const { signal, withDeleted } = checkOptions(model, options, FIND_OPTIONS) as CountOptions;
  return engine.snapshot(async () => [
    await find(unit, scope, where, options), await count(unit, scope, where, {
      ...(signal === undefined ? {} : { signal }), ...(withDeleted === undefined ? {} : { withDeleted }),
    }),
  ], signal);
}

export async function count<E extends object>(
  unit: EntityUnit<E>, scope: Scope, where: unknown, options: CountOptions | undefined,
): Promise<number> {
  const number = await scalar(unit, scope, "count", where, options);
  return Number(number);
}

export async function exists<E extends object>(
  unit: EntityUnit<E>, scope: Scope, where: unknown, options: CountOptions | undefined,
): Promise<boolean> {
  const found = await scalar(unit, scope, "exists", where, options);
  return found === true || Number(found) === 1;
}

async function scalar<E extends object>(
  unit: EntityUnit<E>, scope: Scope, kind: "count" | "exists", where: unknown, options: CountOptions | undefined,
): Promise<unknown> {
  const { engine } = unit;
  const { source, asked: { signal } } = openRead(unit, scope, options, COUNT_OPTIONS);
  const values: unknown[] = [];
  const parsed = parseWhere(source, where, engine, values);
  const answer = execute(engine, {
    operation: kind, scope, source, values, signal, shape: parsed.shape,
    build: (opened) => statement({ kind, source: opened, where: parsed.predicate }),
  });
  const { rows } = answer instanceof Promise ? await answer : answer;
  return rows[0]?.[0];
}

export function checkLock<E extends object>(unit: EntityUnit<E>, lock: unknown): void {
  if (lock === undefined) return;
  if (lock !== "update" && lock !== "skipLocked") throw badOption(unit.model.name, "lock", '"update" or "skipLocked"', lock);
  if (!unit.engine.session().transaction) throw lockOutsideTransaction();
}

/** @throws NotFoundError where nothing was found */
export function orFail<T>(model: EntityModel, found: T | null): T {
  if (found === null) throw rowNotFound(model.name);
  return found;
}

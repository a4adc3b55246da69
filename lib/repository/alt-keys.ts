import { rowNotAccessible } from "../errors/context-errors";
import { altKeyBroken, altKeyGiven, altKeyPart, badArgument, noAltKey, rowNotFound } from "../errors/query-errors";
import { keyMissing } from "../errors/value-errors";
import type { Unbranded } from "../metadata/owner-id";
import type { AltKeyPart, EntityModel, PropertyModel } from "../model/entity-model";
import type { Scope } from "../scope/access";
import { logic, type PredicateNode } from "../sql/predicate";
import { statement, type Hop, type SelectStatement } from "../sql/statement";
import { shownBeside, type TableSource } from "../sql/table-source";
import { isPlainObject } from "../util/plain-object";
import type { Id } from "./data";
import { execute, openFor, type Engine } from "./engine";
import { keyOfRow, namingKey } from "./keys";
import { keyText, memberOf } from "./lists";
import { openRead } from "./open-read";
import { CALL_OPTIONS, checkOptions, COUNT_OPTIONS, READ_OPTIONS, type CallOptions, type CountOptions, type ReadOptions, type Unchecked } from "./options";
import { Operator } from "./operators";
import { orderShape, parseOrder } from "./ordering";
import { readPayload, refuseForeignOwner } from "./payload";
import { planRead, type ReadPlan } from "./read-plan";
import { checkLock } from "./reads";
import { entityNamed } from "./related";
import { hydrateRows } from "./relation-loader";
import { selectRows } from "./select-rows";
import { positions } from "./shapes";
import type { EntityUnit } from "./unit";
import type { PropertyKeys } from "./where";
import { parseCondition, type ParsedWhere } from "./where-parser";

/**
 * An alternative key: a value for each of its properties. A foreign key takes its own value, or the alternative key of the row that it
 * refers to.
 */
export type AltKeyValues<E> = { readonly [K in PropertyKeys<E>]?: Unbranded<E[K]> | Readonly<Record<string, unknown>> };

/** The row with an alternative key, or null. */
export async function findByAltKey<E extends object>(
  unit: EntityUnit<E>, scope: Scope, values: unknown, options: Unchecked<ReadOptions<E>> | undefined,
): Promise<E | null> {
  const { source, asked } = openRead(unit, scope, options, READ_OPTIONS);
  checkLock(unit, asked.lock);
  return readOne(unit, source, "findByAltKey", planRead<E>(unit.engine, source, asked), values, asked.signal);
}

/** The primary key of the row with an alternative key, or null. */
export async function resolveAltKey<E extends object>(
  unit: EntityUnit<E>, scope: Scope, values: unknown, options: CountOptions | undefined,
): Promise<Id<E> | null> {
  const { engine, model } = unit;
  const { source, asked } = openRead(unit, scope, options, COUNT_OPTIONS);
  const key = namingKey(source);
  const columns = model.columns.filter((property) => key.includes(property));
  const place = new Map(columns.map((property, index) => [property, index]));
  const rows = await selectRows(engine, {
    operation: "resolveAltKey", limit: 1, offset: null, signal: asked.signal, order: [],
    plan: { source, columns, relations: [], hydrator: unit.whole }, ...condition(engine, source, values),
  });
  const [row] = rows;
  if (row === undefined) return null;
  const parts = key.map((property) => [property.name, engine.dialect.decoder(property)(row[place.get(property) ?? 0])] as const);
  return (parts.length === 1 ? parts[0]?.[1] : Object.fromEntries(parts)) as Id<E>;
}

async function readOne<E extends object>(
  unit: EntityUnit<E>, source: TableSource, operation: string, plan: ReadPlan<E>, given: unknown, signal: AbortSignal | undefined,
): Promise<E | null> {
  const { engine } = unit;
  const rows = await selectRows(engine, {
    operation, plan, limit: 1, offset: null, signal, order: parseOrder(source, undefined, engine), ...condition(engine, source, given),
  });
  const [entity] = await hydrateRows(engine, plan, rows, signal);
  return entity ?? null;
}

function condition(engine: Engine, source: TableSource, given: unknown): { readonly where: ParsedWhere; readonly values: readonly unknown[] } {
  const values: unknown[] = [];
  const { access } = source;
  // The system names the owner too: the key is one for each.
  return { where: parseKey(engine, source, given, access.kind === "system" ? [access.owner] : [], values), values };
}

/** An alternative key as a condition; tables on its way are opened in the name of the source. */
function parseKey(
  engine: Engine, source: TableSource, given: unknown, besides: readonly PropertyModel[], values: unknown[],
): ParsedWhere {
  const { model } = source;
  const parts = [...besides.map((property): AltKeyPart => ({ property, target: null })), ...partsOf(model)];
  const names = parts.map(({ property }) => property.name);
  if (!isPlainObject(given)) throw altKeyGiven(model.name, names, given);
  for (const name of Object.keys(given)) if (!names.includes(name)) throw altKeyPart(model.name, name, names, "is no part of it");
  const parsed = parts.map(({ property, target }): ParsedWhere => {
    const value = given[property.name];
    if (value === undefined || value === null) throw altKeyPart(model.name, property.name, names, `is ${value === null ? "null" : "missing"}`);
    if (target === null || !isPlainObject(value)) {
      if (Operator.specOf(value) !== undefined) throw altKeyPart(model.name, property.name, names, "is an operator, where a value is wanted");
      return parseCondition(source, property, value, engine, values);
    }
    const other = openFor(engine, entityNamed(engine, target.entity), source.scope, shownBeside(source));
    const { predicate, shape } = parseKey(engine, other, value, [], values);
    return { shape: `@${property.position}(${shape})`, predicate: { kind: "related", source: other, pairs: target.pairs, where: predicate } };
  });
  return {
    predicate: logic("and", parsed.map(({ predicate }): PredicateNode => predicate)),
    shape: parsed.map(({ shape }) => shape).join(""),
  };
}

function partsOf(model: EntityModel): readonly AltKeyPart[] {
  if (model.altKey === null) throw noAltKey(model.name);
  return model.altKey.parts;
}

/** A value of an alternative key: the names that lead to it, and the steps to the row that has it. */
interface Leaf {
  readonly path: readonly string[];
  readonly via: readonly Hop[];
  readonly property: PropertyModel;
}

function leavesOf(engine: Engine, source: TableSource, path: readonly string[], via: readonly Hop[]): readonly Leaf[] {
  return partsOf(source.model).flatMap(({ property, target }): readonly Leaf[] => {
    if (target === null) return [{ path: [...path, property.name], via, property }];
    const other = openFor(engine, entityNamed(engine, target.entity), source.scope, shownBeside(source));
    return leavesOf(engine, other, [...path, property.name], [...via, { source: other, pairs: target.pairs }]);
  });
}

/**
 * The alternative keys of entities in hand, as their rows have them, in the order of the list: one statement for all.
 *
 * @throws AccessViolationError, or of an entity that nobody owns NotFoundError, unless the scope sees every row
 */
export async function altKeysOf<E extends object>(
  unit: EntityUnit<E>, scope: Scope, entities: unknown, options: CallOptions | undefined,
): Promise<AltKeyValues<E>[]> {
  const { engine, model } = unit;
  const source = openFor(engine, model, scope);
  const { signal } = checkOptions(model, options, CALL_OPTIONS);
  if (!Array.isArray(entities)) throw badArgument(model.name, "altKeysOf", "a list of entities", entities);
  const leaves = leavesOf(engine, source, [], []);
  const keys = entities.map((entity: unknown) => {
    const key = keyOfRow(source, refuseForeignOwner(model, source.access, readPayload<E>(model, entity, engine.model).given));
    if (key === null) throw keyMissing(model.name, "altKeysOf", namingKey(source)[0]?.name ?? "");
    return key.values;
  });
  if (keys.length === 0) return [];
  const found = await readKeys({ engine, source, leaves, signal }, keys);
  return keys.map((key) => {
    const values = found.get(keyText(key));
    if (values === undefined) throw model.ownership === null ? rowNotFound(model.name) : rowNotAccessible(model.name, "");
    return values;
  });
}

interface KeysRead {
  readonly engine: Engine;
  readonly source: TableSource;
  readonly leaves: readonly Leaf[];
  readonly signal: AbortSignal | undefined;
}

async function readKeys({ engine, source, leaves, signal }: KeysRead, keys: readonly (readonly unknown[])[]): Promise<Map<string, object>> {
  const { model, access } = source;
  const key = namingKey(source);
  const values: unknown[] = [];
  const wanted = new Map(keys.map((one) => [keyText(one), one]));
  const among = memberOf(model.name, key, [...wanted.values()], values);
  // The system tells one owner's key from another's.
  const owners = access.kind === "system" ? [access.owner] : [];
  const columns = [...key, ...owners];
  const result = await execute(engine, {
    operation: "altKeysOf", scope: source.scope, source, values, signal,
    shape: `${positions(columns)}?${among.shape}>${orderShape(leaves.map(({ via, property }) => ({ via, property, direction: "asc", nulls: "last" })))}`,
    build: (opened) => statement<SelectStatement>({
      kind: "select", source: opened, columns, where: among.predicate, order: [], limitSlot: null, offsetSlot: null, reached: leaves,
    }),
  });
  const decoders = [...columns, ...leaves.map(({ property }) => ({ ...property, nullable: true }))].map((property) => engine.dialect.decoder(property));
  return new Map(result.rows.map((row) => {
    const decoded = decoders.map((decode, index) => decode(row[index]));
    const [known, reached] = [decoded.slice(0, columns.length), decoded.slice(columns.length)];
    const values = nested(model, leaves, reached);
    for (const owner of owners) values[owner.name] = known[columns.lastIndexOf(owner)];
    return [keyText(known.slice(0, key.length)), values] as const;
  }));
}

/** @throws NotFoundError where a row on the way was deleted */
function nested(model: EntityModel, leaves: readonly Leaf[], values: readonly unknown[]): Record<string, unknown> {
  const whole: Record<string, unknown> = {};
  leaves.forEach(({ path }, index) => {
    const value = values[index];
    if (value === null) throw altKeyBroken(model.name, path[0] ?? "");
    let inner = whole;
    for (const name of path.slice(0, -1)) inner = (inner[name] ??= {}) as Record<string, unknown>;
    inner[path.at(-1) ?? ""] = value;
  });
  return whole;
}

import type { Dialect } from "../dialect/dialect";
import { badOption, operatorNotForType, unknownOption, unknownProperty } from "../errors/query-errors";
import type { EntityModel, PropertyModel } from "../model/entity-model";
import type { OrderTerm } from "../sql/statement";
import { isPlainObject } from "../util/plain-object";
import type { PropertyKeys } from "./where";

/** What every method takes last. */
export interface CallOptions {
  /** Stops waiting, and reading where the engine can be interrupted; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Nulls come last both ways unless `nulls` says otherwise. */
export type Direction = "asc" | "desc" | { readonly dir?: "asc" | "desc"; readonly nulls?: "first" | "last" };
export type Order<E> = { readonly [K in PropertyKeys<E>]?: Direction };
export type Selection<E> = readonly PropertyKeys<E>[] | { readonly [K in PropertyKeys<E>]?: boolean };

export interface ReadOptions<E> extends CallOptions {
  /** Only these properties (and the key) are read; the others stay unset. */
  readonly select?: Selection<E>;
  /** Locks the rows until the transaction ends; outside of one it is a TransactionError. */
  readonly lock?: "update" | "skipLocked";
}

export interface FindOptions<E> extends ReadOptions<E> {
  /** Ties, and everything without `orderBy`, follow the primary key. */
  readonly orderBy?: Order<E> | readonly Order<E>[];
  /** The greatest number of rows; 0 gives none. */
  readonly limit?: number;
  /** How many rows to pass over. */
  readonly offset?: number;
}

export interface WriteOptions extends CallOptions {
  /** true: the rows as written (or as deleted) instead of their number. */
  readonly returning?: boolean;
}

export interface UpsertOptions<E> extends CallOptions {
  /** The properties of a unique key, without the owner. */
  readonly on: readonly PropertyKeys<E>[];
}

const CALL = ["signal"] as const;
export const CALL_OPTIONS: readonly string[] = CALL;
export const READ_OPTIONS: readonly string[] = [...CALL, "select", "lock"];
export const FIND_OPTIONS: readonly string[] = [...READ_OPTIONS, "orderBy", "limit", "offset"];
export const FIND_ONE_OPTIONS: readonly string[] = FIND_OPTIONS.filter((name) => name !== "limit");
export const WRITE_OPTIONS: readonly string[] = [...CALL, "returning"];
export const UPSERT_OPTIONS: readonly string[] = [...CALL, "on"];

/** Refuses options that are none, so that a misspelt one is not a silent nothing. */
export function checkOptions<O extends object>(model: EntityModel, options: O | undefined, known: readonly string[]): Partial<O> {
  if (options === undefined) return {};
  if (typeof options !== "object" || (options as unknown) === null) throw badOption(model.name, "opts", "an object", options);
  for (const name of Object.keys(options)) if (!known.includes(name)) throw unknownOption(model.name, name, known);
  const { signal } = options as { readonly signal?: unknown };
  if (signal !== undefined && !(typeof signal === "object" && signal !== null && "aborted" in signal)) {
    throw badOption(model.name, "signal", "an AbortSignal", signal);
  }
  const { returning } = options as { readonly returning?: unknown };
  if (returning !== undefined && typeof returning !== "boolean") throw badOption(model.name, "returning", "true or false", returning);
  return options;
}

export function propertyOf(model: EntityModel, name: unknown): PropertyModel {
  const property = typeof name === "string" ? model.properties[name] : undefined;
  if (property === undefined) throw unknownProperty(model.name, String(name), model.columns.map((column) => column.name));
  return property;
}

/** The columns to read: all that load by themselves, or the key and those named. */
export function parseSelection(model: EntityModel, select: unknown): readonly PropertyModel[] {
  if (select === undefined) return model.columns.filter((property) => property.select);
  const names: readonly unknown[] | null = Array.isArray(select) ? select
    : isPlainObject(select) ? Object.keys(select).filter((name) => isChosen(model, name, select[name]))
    : null;
  if (names === null) throw badOption(model.name, "select", 'a list such as ["title"] or an object such as { title: true }', select);
  const chosen = new Set(names.map((name) => propertyOf(model, name)));
  return model.columns.filter((property) => property.key || chosen.has(property));
}

function isChosen(model: EntityModel, name: string, chosen: unknown): boolean {
  const property = propertyOf(model, name);
  if (typeof chosen === "boolean" || chosen === undefined) return chosen === true;
  throw badOption(model.name, `select.${property.name}`, "true or false", chosen);
}

/** The order asked for, then the primary key: without it, ties would follow what others do to the table. */
export function parseOrder(model: EntityModel, orderBy: unknown, key: readonly PropertyModel[], dialect: Dialect): readonly OrderTerm[] {
  const terms = new Map<PropertyModel, OrderTerm>();
  for (const part of orderBy === undefined ? [] : Array.isArray(orderBy) ? orderBy as unknown[] : [orderBy]) {
    if (!isPlainObject(part)) throw badOption(model.name, "orderBy", 'an object such as { title: "asc" } or a list of them', part);
    for (const [name, direction] of Object.entries(part)) {
      const property = propertyOf(model, name);
      if (!dialect.ordered(property)) throw operatorNotForType(model.name, name, "orderBy", property.type);
      if (!terms.has(property)) terms.set(property, parseDirection(model, property, direction));
    }
  }
  for (const property of key) {
    if (!terms.has(property)) terms.set(property, { property, direction: "asc", nulls: "last" });
  }
  return [...terms.values()];
}

function parseDirection(model: EntityModel, property: PropertyModel, given: unknown): OrderTerm {
  const { dir = "asc", nulls = "last", ...others } = isPlainObject(given) ? given : { dir: given ?? "" };
  if ((dir !== "asc" && dir !== "desc") || (nulls !== "first" && nulls !== "last") || Object.keys(others).length > 0) {
    throw badOption(model.name, `orderBy.${property.name}`, '"asc", "desc" or { dir, nulls: "first" | "last" }', given);
  }
  return { property, direction: dir, nulls };
}

/** A non-negative whole number, or null when the option was not given. */
export function parseCount(model: EntityModel, option: "limit" | "offset", value: unknown): number | null {
  if (value === undefined) return null;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw badOption(model.name, option, "a whole number from 0", value);
  }
  return value;
}

import { badOption, unknownOption } from "../errors/query-errors";
import type { Reach } from "../metadata/relation";
import type { EntityModel } from "../model/entity-model";
import type { With } from "./loaded";
import type { Order } from "./ordering";
import type { Selection } from "./selection";
import type { PropertyKeys } from "./where";

/** What every method takes last. */
export interface CallOptions {
  /** Stops waiting, and reading where the engine can be interrupted; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What counts take last, and with more beside it every read. */
export interface CountOptions extends CallOptions {
  /** true: rows that were deleted softly are there too, in the relations and conditions of the call as well. */
  readonly withDeleted?: boolean;
}

export interface ReadOptions<E, R extends Reach = "bound", W = With<E, R>, S = Selection<E> | undefined> extends CountOptions {
  /** Only these properties (and the key) are read; the others stay unset. */
  readonly select?: S;
  /** The relations to load: `{ project: true, tasks: { where, orderBy, limit, select, with } }`. */
  readonly with?: W;
  /** Locks the rows until the transaction ends; outside of one it is a TransactionError. */
  readonly lock?: "update" | "skipLocked";
}

export interface FindOptions<E, R extends Reach = "bound", W = With<E, R>, S = Selection<E> | undefined> extends ReadOptions<E, R, W, S> {
  /** Ties, and everything without `orderBy`, follow the primary key. */
  readonly orderBy?: Order<E, R> | readonly Order<E, R>[];
  /** The greatest number of rows; 0 gives none. */
  readonly limit?: number;
  /** How many rows to pass over. */
  readonly offset?: number;
}

/**
 * What `paginate` takes last.
 *
 * @example
 * await notes.paginate(ctx, {}, { orderBy: { createdAt: "desc" }, first: 20, after: cursor });
 */
export interface PageOptions<E, R extends Reach = "bound", W = With<E, R>, S = Selection<E> | undefined>
  extends Omit<FindOptions<E, R, W, S>, "limit" | "offset" | "lock"> {
  /** How many rows, from the beginning or behind `after`; default 20. */
  readonly first?: number;
  /** The `nextCursor` of a page; null begins anew. */
  readonly after?: string | null;
  /** How many rows, from the end or in front of `before`; default 20. */
  readonly last?: number;
  /** The `previousCursor` of a page; null begins at the end. */
  readonly before?: string | null;
}

/**
 * What `stream` takes last.
 *
 * @example
 * for await (const note of notes.stream(ctx, {}, { chunkSize: 100 })) console.log(note.title);
 */
export interface StreamOptions<E, R extends Reach = "bound", W = With<E, R>, S = Selection<E> | undefined>
  extends Omit<FindOptions<E, R, W, S>, "offset" | "lock"> {
  /** How many rows are read at a time, 1 to 10,000; default 500. */
  readonly chunkSize?: number;
  /** Called after each chunk with the number of rows so far. */
  readonly onProgress?: (rows: number) => void;
}

/** The options of a read as they come in: types hold for TypeScript's callers alone, so each is looked at. */
export type Unchecked<O extends CallOptions> = { readonly [K in Exclude<keyof O, "signal">]?: unknown } & CallOptions;

export interface WriteOptions extends CallOptions {
  /** true: the rows as written (or as deleted) instead of their number. */
  readonly returning?: boolean;
}

/** What `remove` takes last. */
export interface RemoveOptions extends CallOptions {
  /** true: the row goes for good, even where the entity has `@DeletedAt()` and the row was deleted before. */
  readonly hard?: boolean;
}

export interface DeleteOptions extends WriteOptions, RemoveOptions {}

export interface BulkOptions extends CallOptions {
  /** Called after each statement with the number of rows so far; they are stored once the call has resolved. */
  readonly onProgress?: (rows: number) => void;
}

export interface UpsertManyOptions<E> extends UpsertOptions<E>, BulkOptions {}

export interface UpsertOptions<E> extends CallOptions {
  /** The properties of a unique key, without the owner. */
  readonly on: readonly PropertyKeys<E>[];
}

const CALL = ["signal"] as const;
export const CALL_OPTIONS: readonly string[] = CALL;
export const COUNT_OPTIONS: readonly string[] = [...CALL, "withDeleted"];
export const READ_OPTIONS: readonly string[] = [...COUNT_OPTIONS, "select", "with", "lock"];
export const FIND_OPTIONS: readonly string[] = [...READ_OPTIONS, "orderBy", "limit", "offset"];
export const FIND_ONE_OPTIONS: readonly string[] = FIND_OPTIONS.filter((name) => name !== "limit");
export const PAGE_OPTIONS: readonly string[] = [...COUNT_OPTIONS, "select", "with", "orderBy", "first", "after", "last", "before"];
export const STREAM_OPTIONS: readonly string[] = [...COUNT_OPTIONS, "select", "with", "orderBy", "limit", "chunkSize", "onProgress"];
export const WRITE_OPTIONS: readonly string[] = [...CALL, "returning"];
export const REMOVE_OPTIONS: readonly string[] = [...CALL, "hard"];
export const DELETE_OPTIONS: readonly string[] = [...WRITE_OPTIONS, "hard"];
export const BULK_OPTIONS: readonly string[] = [...CALL, "onProgress"];
export const UPSERT_MANY_OPTIONS: readonly string[] = [...BULK_OPTIONS, "on"];
export const UPSERT_OPTIONS: readonly string[] = [...CALL, "on"];

const SWITCHES = ["returning", "withDeleted", "hard"];

/** Refuses options that are none, so that a misspelt one is not a silent nothing. */
export function checkOptions<O extends object>(model: EntityModel, options: O | undefined, known: readonly string[]): Partial<O> {
  if (options === undefined) return {};
  if (typeof options !== "object" || (options as unknown) === null) throw badOption(model.name, "opts", "an object", options);
  for (const name of Object.keys(options)) if (!known.includes(name)) throw unknownOption(model.name, name, known);
  const { signal } = options as { readonly signal?: unknown };
  if (signal !== undefined && !(typeof signal === "object" && signal !== null && "aborted" in signal)) {
    throw badOption(model.name, "signal", "an AbortSignal", signal);
  }
  for (const name of SWITCHES) {
    const value = (options as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined && typeof value !== "boolean") throw badOption(model.name, name, "true or false", value);
  }
  return options;
}

/** A non-negative whole number, or null when the option was not given. */
export function parseCount(model: EntityModel, option: "limit" | "offset", value: unknown): number | null {
  if (value === undefined) return null;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw badOption(model.name, option, "a whole number from 0", value);
  }
  return value;
}

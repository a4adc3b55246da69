import { badArgument, badOption } from "../errors/query-errors";
import type { DatabaseModel, EntityModel } from "../model/entity-model";
import { readPayload, type Payload } from "./payload";

/** How long a call may keep the event loop to itself. */
const TURN_MS = 10;
/** Rows whose checks begin together. */
const TURN = 500;

/**
 * Lets others have a turn in long work: some drivers answer without ever giving the event loop back, and then neither a timer
 * nor an abort would come through.
 */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #began = performance.now();

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** Whether the turn has lasted long enough: to wait for what is not due would cost a promise for each step. */
  get due(): boolean {
    return performance.now() - this.#began >= TURN_MS;
  }

  /** Called between two steps, where it is due. @throws the signal's reason, once it is aborted */
  async between(): Promise<void> {
    if (!this.due) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#signal?.throwIfAborted();
    this.#began = performance.now();
  }
}

/** Works through a list without keeping the event loop from others for long. */
export async function inTurns<T, R>(
  list: readonly T[], signal: AbortSignal | undefined, work: (item: T) => R | Promise<R>,
): Promise<R[]> {
  const turns = new Turns(signal);
  const results: R[] = [];
  for (const item of list) {
    const result = work(item);
    results.push(result instanceof Promise ? await result : result);
    if (turns.due) await turns.between();
  }
  return results;
}

/** The same for work whose failures are gathered: as many as make a turn begin at once, and so see what the caller gave at the call. */
export async function settleInTurns<T, R>(
  list: readonly T[], signal: AbortSignal | undefined, work: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const turns = new Turns(signal);
  const results: PromiseSettledResult<R>[] = [];
  for (let start = 0; start < list.length; start += TURN) {
    results.push(...await Promise.allSettled(list.slice(start, start + TURN).map(work)));
    await turns.between();
  }
  return results;
}

/** A copy of the list that a caller gave. */
export function readList(model: EntityModel, method: string, list: unknown): readonly unknown[] {
  if (!Array.isArray(list)) throw badArgument(model.name, method, "a list", list);
  return [...list as readonly unknown[]];
}

/** A copy of the list and of what its entries hold, all of the moment of the call: checking them takes turns. */
export function readPayloads<E extends object>(
  model: EntityModel, method: string, list: unknown, database: DatabaseModel,
): readonly Payload<E>[] {
  return readList(model, method, list).map((data) => readPayload<E>(model, data, database));
}

/** Counts rows for `onProgress`. */
export function progressOf(model: EntityModel, onProgress: unknown): (rows: number) => void {
  if (onProgress === undefined) return () => undefined;
  if (typeof onProgress !== "function") throw badOption(model.name, "onProgress", "a function", onProgress);
  let count = 0;
  return (rows) => {
    count += rows;
    (onProgress as (rows: number) => void)(count);
  };
}

import { badArgument, badOption } from "../errors/query-errors";
import type { EntityModel } from "../model/entity-model";

/** Rows that are checked, or written, before others get a turn. */
const TURN = 500;

/** Works through a list without keeping the event loop from others for long. */
export async function inTurns<T, R>(list: readonly T[], work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const [index, item] of list.entries()) {
    if (index > 0 && index % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    results.push(await work(item, index));
  }
  return results;
}

/** The same for work whose failures are gathered: as many as make a turn begin at once, and so see what the caller gave at the call. */
export async function settleInTurns<T, R>(list: readonly T[], work: (item: T) => Promise<R>): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  for (let start = 0; start < list.length; start += TURN) {
    if (start > 0) await new Promise((resolve) => setImmediate(resolve));
    results.push(...await Promise.allSettled(list.slice(start, start + TURN).map(work)));
  }
  return results;
}

/** A copy of the list that a caller gave. */
export function readList(model: EntityModel, method: string, list: unknown): readonly unknown[] {
  if (!Array.isArray(list)) throw badArgument(model.name, method, "a list", list);
  return [...list as readonly unknown[]];
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

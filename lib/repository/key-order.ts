import type { PropertyModel } from "../model/entity-model";

/** Puts rows that a write returned into the order of their keys: RETURNING promises none. */
export function inKeyOrder<E extends object>(rows: readonly E[], key: readonly PropertyModel[]): E[] {
  return [...rows].sort((a, b) => {
    for (const { name } of key) {
      const order = compareValues((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** As the engines order them: text by code points, all else by value. */
function compareValues(a: unknown, b: unknown): number {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  const [left, right] = [a, b] as [number, number];
  return left < right ? -1 : left > right ? 1 : 0;
}

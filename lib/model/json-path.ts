import { textFault } from "../util/text";

/** Keys and positions in arrays, from the outside in. */
export type JsonPath = readonly (string | number)[];

const MOST_SEGMENTS = 32;
const MOST_POSITION = 2 ** 31 - 1;

/**
 * Reads a path: a text whose points part keys, or a list of keys and positions. Engines write keys between quotes, so that a
 * key cannot hold any.
 *
 * @returns its segments, or what is wrong with it
 */
export function parseJsonPath(path: unknown): JsonPath | { readonly fault: string } {
  // One copy: what is checked is what is used, whatever becomes of the caller's list, or whatever it says when it is asked again.
  const segments = typeof path === "string" ? path.split(".") : Array.isArray(path) ? Array.from(path as readonly unknown[]) : [];
  if (segments.length === 0) return { fault: 'is no path such as "address.city" or ["tags", 0]' };
  if (segments.length > MOST_SEGMENTS) return { fault: `has more than ${MOST_SEGMENTS} steps` };
  for (const segment of segments) {
    const fault = segmentFault(segment);
    if (fault !== null) return { fault };
  }
  return Object.freeze(segments as (string | number)[]);
}

function segmentFault(segment: unknown): string | null {
  if (typeof segment === "number") {
    return Number.isSafeInteger(segment) && segment >= 0 && segment <= MOST_POSITION ? null : "has a position that is no whole number from 0";
  }
  if (typeof segment !== "string") return "has a step that is neither a key nor a position";
  if (segment === "") return "has an empty step";
  const fault = textFault(segment);
  if (fault !== null) return `has a step that ${fault}`;
  return /["\\]/.test(segment) ? "has a step with a quote or a backslash" : null;
}

/** Whether two paths lead to the same place. */
export function samePath(a: JsonPath | null, b: JsonPath | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((segment, index) => segment === b[index]);
}

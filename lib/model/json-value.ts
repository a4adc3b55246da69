import { types } from "node:util";
import { describeValue } from "../util/describe";
import { textFault } from "../util/text";

/** JSON documents nest at most this deep. */
export const MAX_JSON_DEPTH = 200;

/**
 * Copies a value into plain JSON, exactly or not at all: `undefined` properties are left out, dates become
 * ISO text (as `JSON.stringify` does), and whatever JSON would lose or change is a fault.
 *
 * @returns the copy, or the fault's text with the path at which it lies
 */
export function toJsonValue(value: unknown): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: copy(value, "", 0) };
  } catch (error) {
    if (error instanceof JsonFault) return { fault: error.message };
    throw error;
  }
}

class JsonFault extends Error {}

function fail(path: string, what: string): never {
  throw new JsonFault(path === "" ? what : `${what} at ${path}`);
}

function copy(value: unknown, path: string, depth: number): unknown {
  if (depth > MAX_JSON_DEPTH) fail("", `nests deeper than ${MAX_JSON_DEPTH} levels (or holds itself)`);
  switch (typeof value) {
    case "boolean": return value;
    case "number": return Number.isFinite(value) ? value : fail(path, `holds ${describeValue(value)}, which JSON cannot hold`);
    case "string": return text(value, path);
    case "object": return value === null ? null : copyObject(value, path, depth);
    default: return fail(path, `holds ${describeValue(value)}, which JSON cannot hold`);
  }
}

function copyObject(value: object, path: string, depth: number): unknown {
  if (Array.isArray(value)) return Array.from(value, (item, index) => copy(item, `${path}[${index}]`, depth + 1));
  if (types.isDate(value)) {
    return Number.isNaN(value.getTime()) ? fail(path, "holds an invalid Date") : value.toISOString();
  }
  if (types.isUint8Array(value) || types.isMap(value) || types.isSet(value)) {
    fail(path, `holds ${describeValue(value)}, which JSON cannot hold`);
  }
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    text(key, path === "" ? "a key" : `a key of ${path}`);
    // defineProperty, because assigning to `__proto__` would set the prototype instead.
    Object.defineProperty(result, key, {
      value: copy(item, path === "" ? key : `${path}.${key}`, depth + 1),
      enumerable: true, writable: true, configurable: true,
    });
  }
  return result;
}

function text(value: string, path: string): string {
  const fault = textFault(value);
  return fault === null ? value : fail(path, fault);
}

/** Whether parsed JSON nests deeper than {@link MAX_JSON_DEPTH}; iterative, so that no document overflows the stack. */
export function nestsTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_JSON_DEPTH + 1) return true;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item === "object" && item !== null) {
        for (const child of Object.values(item)) if (typeof child === "object" && child !== null) next.push(child);
      }
    }
    level = next;
  }
  return false;
}

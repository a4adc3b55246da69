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

/** Keys that would reach for the prototype or constructor of what they are set on. */
export const FORBIDDEN_KEYS: readonly string[] = ["__proto__", "constructor", "prototype"];

class JsonFault extends Error {}

function fail(path: string, what: string): never {
  throw new JsonFault(path === "" ? what : `${what} at ${path}`);
}

function copy(value: unknown, path: string, depth: number): unknown {
  if (depth > MAX_JSON_DEPTH) fail("", `nests deeper than ${MAX_JSON_DEPTH} levels (or holds itself)`);
  switch (typeof value) {
    case "boolean": return value;
    // JSON has no -0: the copy says what will be read again.
    case "number": return Number.isFinite(value) ? value + 0 : fail(path, `holds ${describeValue(value)}, which JSON cannot hold`);
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
  if (isExotic(value)) {
    fail(path, `holds ${describeValue(value)}, which JSON cannot hold`);
  }
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const item = (value as Readonly<Record<string, unknown>>)[key];
    if (item === undefined) continue;
    text(key, path === "" ? "a key" : `a key of ${path}`);
    const copied = copy(item, path === "" ? key : `${path}.${key}`, depth + 1);
    // To assign to `__proto__` would set the prototype instead; to define every property takes several times as long.
    if (key === "__proto__") Object.defineProperty(result, key, { value: copied, enumerable: true, writable: true, configurable: true });
    else result[key] = copied;
  }
  return result;
}

/** Objects whose content is not in their properties: JSON would make an empty object of them. */
export function isExotic(value: object): boolean {
  return ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value) || types.isMap(value) || types.isSet(value) || types.isRegExp(value)
    || types.isPromise(value) || types.isBoxedPrimitive(value) || types.isNativeError(value) || types.isWeakMap(value) || types.isWeakSet(value);
}

function text(value: string, path: string): string {
  const fault = textFault(value);
  return fault === null ? value : fail(path, fault);
}

/**
 * What keeps a document, or the object that one is to be made of, from travelling through a class exactly: it nests
 * deeper than {@link MAX_JSON_DEPTH}, or holds a key that would reach an instance's prototype or constructor
 * (class-transformer leaves those out without a word). Iterative, so that no document overflows the stack.
 */
export function documentFault(document: unknown): string | null {
  const seen = new Set<unknown>();
  let level: unknown[] = [document];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_JSON_DEPTH) return `nests deeper than ${MAX_JSON_DEPTH} levels`;
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item !== "object" || item === null || ArrayBuffer.isView(item) || seen.has(item)) continue;
      seen.add(item);
      const key = FORBIDDEN_KEYS.find((name) => Object.hasOwn(item, name));
      if (key !== undefined) return `holds a key ${key}, which a class cannot take`;
      for (const child of Object.values(item)) if (typeof child === "object" && child !== null) next.push(child);
    }
    level = next;
  }
  return null;
}

/** Whether parsed JSON holds a number beyond every double, which `JSON.parse` makes infinite; the text tells where to look. */
export function holdsInfinity(text: string, parsed: unknown): boolean {
  if (!/\d[eE]\+?\d\d|\d{300}/.test(text)) return false;
  const rest: unknown[] = [parsed];
  while (rest.length > 0) {
    const item = rest.pop();
    if (item === Infinity || item === -Infinity) return true;
    if (typeof item === "object" && item !== null) for (const child of Object.values(item)) rest.push(child);
  }
  return false;
}

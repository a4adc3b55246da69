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
    return { value: copy(value, 0) };
  } catch (error) {
    if (error instanceof JsonFault) return { fault: error.text };
    throw error;
  }
}

/** Keys that would reach for the prototype or constructor of what they are set on. */
export const FORBIDDEN_KEYS: readonly string[] = ["__proto__", "constructor", "prototype"];

/** What JSON cannot hold. Where it lies is put together on the way out, so that documents without a fault pay nothing for it. */
class JsonFault extends Error {
  readonly #at: "value" | "key" | "document";
  #path = "";

  constructor(what: string, at: "value" | "key" | "document") {
    super(what);
    this.#at = at;
  }

  /** Says that it lies within an item of a list, or within a property. */
  within(step: number | string): this {
    const rest = this.#path === "" || this.#path.startsWith("[") ? this.#path : `.${this.#path}`;
    this.#path = typeof step === "number" ? `[${step}]${rest}` : `${step}${rest}`;
    return this;
  }

  get text(): string {
    if (this.#at === "key") return `${this.message} at a key${this.#path === "" ? "" : ` of ${this.#path}`}`;
    return this.#at === "document" || this.#path === "" ? this.message : `${this.message} at ${this.#path}`;
  }
}

function cannotHold(value: unknown): JsonFault {
  return new JsonFault(`holds ${describeValue(value)}, which JSON cannot hold`, "value");
}

function copy(value: unknown, depth: number): unknown {
  if (depth > MAX_JSON_DEPTH) throw new JsonFault(`nests deeper than ${MAX_JSON_DEPTH} levels (or holds itself)`, "document");
  switch (typeof value) {
    case "boolean": return value;
    case "number":
      if (!Number.isFinite(value)) throw cannotHold(value);
      // JSON has no -0: the copy says what will be read again.
      return value + 0;
    case "string":
      checkText(value, "value");
      return value;
    case "object": return value === null ? null : Array.isArray(value) ? copyList(value, depth) : copyObject(value, depth);
    default: throw cannotHold(value);
  }
}

function copyList(list: readonly unknown[], depth: number): readonly unknown[] {
  const result: unknown[] = [];
  for (let index = 0; index < list.length; index += 1) result.push(copyWithin(list[index], index, depth));
  return result;
}

function copyWithin(item: unknown, step: number | string, depth: number): unknown {
  try {
    return copy(item, depth + 1);
  } catch (error) {
    throw error instanceof JsonFault ? error.within(step) : error;
  }
}

function copyObject(value: object, depth: number): unknown {
  if (types.isDate(value)) {
    if (Number.isNaN(value.getTime())) throw new JsonFault("holds an invalid Date", "value");
    return value.toISOString();
  }
  if (isExotic(value)) throw cannotHold(value);
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const item = (value as Readonly<Record<string, unknown>>)[key];
    if (item === undefined) continue;
    checkText(key, "key");
    const copied = copyWithin(item, key, depth);
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

function checkText(text: string, at: "value" | "key"): void {
  const fault = textFault(text);
  if (fault !== null) throw new JsonFault(fault, at);
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

import { types } from "node:util";
import { isPlainObject } from "./plain-object";

/**
 * Says what a value is, for error messages: its kind, and its content only where that is short and
 * harmless (numbers, booleans, dates). Strings are described by their length, never repeated.
 */
export function describeValue(value: unknown): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "undefined": return "undefined";
    case "number": return Object.is(value, -0) ? "the number -0" : `the number ${value}`;
    case "bigint": return "a bigint";
    case "boolean": return `the boolean ${value}`;
    case "string": return value.length === 0 ? "an empty string" : `a string of ${value.length} characters`;
    case "symbol": return "a symbol";
    case "function": return `the function ${value.name || "(anonymous)"}`;
    default: return describeObject(value);
  }
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? "an invalid Date" : "a Date";
  if (types.isUint8Array(value)) return `a buffer of ${value.length} bytes`;
  if (isPlainObject(value)) return "a plain object";
  const name = (value.constructor as { readonly name?: unknown } | undefined)?.name;
  return typeof name === "string" && name !== "" ? `an instance of ${name}` : "an object";
}

/** `a, b and c`: a list as a sentence holds it. */
export function listNames(names: readonly string[]): string {
  if (names.length <= 1) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

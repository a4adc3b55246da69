import { types } from "node:util";
import { transformedProperty } from "../metadata/transform-metadata";
import type { AnyClass } from "../metadata/records";
import { describeValue } from "../util/describe";
import { isPlainObject } from "../util/plain-object";
import { FORBIDDEN_KEYS, isExotic, toJsonValue } from "./json-value";

/** A value, or what is wrong with it and where. */
export type Outcome = { readonly value: unknown } | { readonly fault: string };

const SCALARS: readonly (readonly [type: unknown, wanted: string, kind: string])[] = [
  [String, "a string", "string"], [Number, "a number", "number"], [Boolean, "true or false", "boolean"],
];

/** What stands for a value in the document where its property is of no class of the application's. */
export function plainDocument(type: AnyClass | null, value: unknown): Outcome {
  if (type === Date) return types.isDate(value) ? toJsonValue(value) : { fault: `must be a Date, not ${describeValue(value)}` };
  const fault = scalarFault(type, value) ?? impureFault(value);
  return fault === null ? toJsonValue(value) : { fault };
}

/** The value that {@link plainDocument} made the document of. */
export function plainValue(type: AnyClass | null, document: unknown): Outcome {
  if (type === Date) return momentOf(document);
  const fault = scalarFault(type, document);
  return fault === null ? { value: document } : { fault };
}

/** Whether arrays of such values are taken value by value. */
export function isByItem(type: AnyClass | null): boolean {
  return type === Date || SCALARS.some(([known]) => known === type);
}

/** One value, or each of an array; null stays null. */
export function each(value: unknown, one: (value: unknown) => Outcome): Outcome {
  if (!Array.isArray(value)) return value === null ? { value } : one(value);
  const results: unknown[] = [];
  for (const [index, item] of value.entries()) {
    const outcome = each(item, one);
    if ("fault" in outcome) return { fault: within(`[${index}]`, outcome.fault) };
    results.push(outcome.value);
  }
  return { value: results };
}

/** A Map as an object, a Set as a list: what class-transformer makes of them, but never of anything else. */
export function collectionDocument(kind: "map" | "set", value: unknown, one: (value: unknown) => Outcome): Outcome {
  if (value === null) return { value };
  if (kind === "set") return types.isSet(value) ? each([...value], one) : { fault: `must be a Set, not ${describeValue(value)}` };
  if (!types.isMap(value)) return { fault: `must be a Map, not ${describeValue(value)}` };
  const entries: (readonly [string, unknown])[] = [];
  for (const [key, item] of value) {
    if (typeof key !== "string") return { fault: `holds ${describeValue(key)} as a key: in a document keys are strings` };
    if (FORBIDDEN_KEYS.includes(key)) return { fault: `holds a key ${key}, which a class cannot take` };
    const outcome = each(item, one);
    if ("fault" in outcome) return { fault: within(key, outcome.fault) };
    entries.push([key, outcome.value]);
  }
  return toJsonValue(Object.fromEntries(entries));
}

/** The Map or Set that {@link collectionDocument} made the document of. */
export function collectionValue(kind: "map" | "set", document: unknown, one: (value: unknown) => Outcome): Outcome {
  if (document === null) return { value: document };
  if (kind === "set") {
    if (!Array.isArray(document)) return { fault: `holds ${describeValue(document)} where a list is wanted` };
    const items = each(document, one);
    return "fault" in items ? items : { value: new Set(items.value as readonly unknown[]) };
  }
  if (!isPlainObject(document)) return { fault: `holds ${describeValue(document)} where a JSON object is wanted` };
  const map = new Map<string, unknown>();
  for (const [key, item] of Object.entries(document)) {
    const outcome = each(item, one);
    if ("fault" in outcome) return { fault: within(key, outcome.fault) };
    map.set(key, outcome.value);
  }
  return { value: map };
}

/**
 * What a key of a document meets in its class: nothing but `data`; what a getter or method with `@Expose()` gave (`computed`); or
 * something that no document may take the place of, a setter that nobody exposed among them.
 */
export function placeOf(type: AnyClass, key: string): { readonly kind: "data" | "computed" } | { readonly fault: string } {
  for (let prototype = type.prototype as object | null; prototype !== null; prototype = Object.getPrototypeOf(prototype) as object | null) {
    const found = Object.getOwnPropertyDescriptor(prototype, key);
    if (found === undefined) continue;
    if ("value" in found && typeof found.value !== "function") return { kind: "data" };
    if (prototype !== Object.prototype && transformedProperty(type, key).exposed) return { kind: found.set === undefined ? "computed" : "data" };
    return {
      fault: `holds a key ${key}, which is a ${"value" in found ? "method" : found.set === undefined ? "getter" : "setter"} of ${type.name}`
        + ` (where documents are to hold it: @Expose() of class-transformer)`,
    };
  }
  return { kind: "data" };
}

export function within(place: string, fault: string): string {
  const [, inner, rest = fault] = /^([\p{ID_Start}$_[][^\s:]*): (.*)$/su.exec(fault) ?? [];
  if (inner === undefined) return `${place}: ${fault}`;
  return `${place}${inner.startsWith("[") ? "" : "."}${inner}: ${rest}`;
}

/** Asks the prototype: an own property `constructor` is data. */
export function classOf(value: object): AnyClass {
  return (Object.getPrototypeOf(value) as { readonly constructor: AnyClass }).constructor;
}

/** class-transformer would make one of whatever stands there, and another value would come back. */
function scalarFault(type: AnyClass | null, value: unknown): string | null {
  const rule = SCALARS.find(([known]) => known === type);
  return rule === undefined || typeof value === rule[2] ? null : `must be ${rule[1]}, not ${describeValue(value)}`;
}

/** class-transformer would make an invalid Date of what is none. */
function momentOf(document: unknown): Outcome {
  const date = typeof document === "string" || typeof document === "number" ? new Date(document) : null;
  return date === null || Number.isNaN(date.getTime()) ? { fault: `holds ${describeValue(document)} where a moment is wanted` } : { value: date };
}

/** What nothing is said of comes back as plain JSON: it must be that. */
function impureFault(value: unknown, path = ""): string | null {
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const fault = impureFault(item, `${path}[${index}]`);
      if (fault !== null) return fault;
    }
    return null;
  }
  if (!isPlainObject(value)) return `${path === "" ? "" : `${path.replace(/^\./, "")}: `}holds ${describeValue(value)}, ${remedy(value)}`;
  for (const [key, item] of Object.entries(value)) {
    const fault = impureFault(item, `${path}.${key}`);
    if (fault !== null) return fault;
  }
  return null;
}

function remedy(value: object): string {
  const lost = "which would come back as something else: ";
  if (types.isDate(value)) return `${lost}put @Type(() => Date) of class-transformer on the property`;
  if (types.isMap(value) || types.isSet(value)) return `${lost}put @Type() of class-transformer, with the class of what it holds, on the property`;
  if (isExotic(value)) return "which JSON cannot hold";
  const type: unknown = classOf(value);
  return typeof type === "function" && type !== Object ? `${lost}put @Type(() => ${type.name}) of class-transformer on the property` : `${lost}make it a plain object`;
}

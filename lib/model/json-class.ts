import { instanceToPlain, plainToInstance } from "class-transformer";
import { types } from "node:util";
import { ownRecords } from "../metadata/record-store";
import type { AnyClass } from "../metadata/records";
import { exposes, nameInDocument, propertyNamed, transformedProperty, type TransformedProperty } from "../metadata/transform-metadata";
import { describeValue, listNames } from "../util/describe";
import { isPlainObject } from "../util/plain-object";
import { toJsonValue } from "./json-value";

export const TYPE_KEY = "$type";

/** A value, or what is wrong with it and where. */
export type Outcome = { readonly value: unknown } | { readonly fault: string };

const BUILT_IN = new Set<unknown>([Object, Array, String, Number, Boolean, BigInt, Symbol, Date, Buffer, Map, Set, RegExp, Promise]);

/**
 * How instances of a JSON class, and of its listed subclasses, travel to documents and back. class-transformer does what its decorators
 * ask; properties that hold further classes are taken apart here, so that each comes back as the class that it was.
 */
export class JsonClass {
  readonly #type: AnyClass;
  readonly #family: JsonFamily;
  readonly #subtypes: ReadonlyMap<string, AnyClass>;
  readonly #names: ReadonlyMap<AnyClass, string>;

  /** Internal: {@link JsonFamily} makes one for each class. */
  constructor(type: AnyClass, family: JsonFamily) {
    this.#type = type;
    this.#family = family;
    const below = family.listed.filter((candidate) => candidate !== type && candidate.prototype instanceof type);
    this.#subtypes = new Map(below.map((subtype) => [jsonTypeName(subtype), subtype]));
    this.#names = new Map([...this.#subtypes].map(([name, subtype]) => [subtype, name]));
  }

  /** Whether a document may name a subclass. */
  get polymorphic(): boolean {
    return this.#subtypes.size > 0;
  }

  /** The classes that it takes, for messages. */
  get wanted(): string {
    return listNames([this.#type.name, ...[...this.#subtypes.values()].map((subtype) => subtype.name)]);
  }

  /** What keeps a value from being one of these instances; null: nothing. */
  instanceFault(value: unknown): string | null {
    if (typeof value !== "object" || value === null || !(value instanceof this.#type)) return `must be an instance of ${this.wanted}, not ${describeValue(value)}`;
    const actual = classOf(value);
    return actual === this.#type || this.#names.has(actual) ? null : `is ${describeValue(value)}, which is not listed: add it to Database.open({ jsonTypes })`;
  }

  /** The document of an instance. */
  toDocument(value: unknown): Outcome {
    const fault = isPlainObject(value) ? null : this.instanceFault(value);
    if (fault !== null) return { fault };
    const actual = isPlainObject(value) ? this.#type : classOf(value as object);
    const rest = Object.create(actual.prototype as object) as Record<string, unknown>;
    const own = new Map<string, unknown>();
    for (const [key, item] of Object.entries(value as object)) {
      if (item === undefined) continue;
      const fault = methodFault(actual, key);
      if (fault !== null) return { fault };
      const outcome = this.#documentOf(transformedProperty(actual, key), item);
      if (outcome !== null && "fault" in outcome) return { fault: within(key, outcome.fault) };
      if (outcome === null) rest[key] = item;
      else own.set(nameInDocument(actual, key), outcome.value);
    }
    const document = Object.keys(rest).length === 0 && !exposes(actual) ? { value: {} } : toJsonValue(instanceToPlain(rest));
    if ("fault" in document) return document;
    const left = new Map(Object.entries(document.value as object));
    const fields: Record<string, unknown> = {};
    for (const key of Object.keys(value as object)) {
      const name = nameInDocument(actual, key);
      if (own.has(name) || left.has(name)) fields[name] = own.has(name) ? own.get(name) : left.get(name);
    }
    for (const [name, item] of left) if (!Object.hasOwn(fields, name)) fields[name] = item;
    if (Object.hasOwn(fields, TYPE_KEY)) return { fault: `holds a property ${TYPE_KEY}, which is reserved for the class's name` };
    const name = this.#names.get(actual);
    return { value: name === undefined ? fields : { [TYPE_KEY]: name, ...fields } };
  }

  /** What stands for a property in the document; null: class-transformer says. */
  #documentOf(property: TransformedProperty, item: unknown): Outcome | null {
    if (!property.plain) return null;
    const held = this.#family.held(property);
    if (held !== null) return each(item, (one) => held.toDocument(one));
    if (property.type === null) {
      const outcome = plainOnly(item);
      // class-transformer would leave out keys such as `valueOf`: it is told of no plain JSON.
      return "fault" in outcome ? outcome : toJsonValue(item);
    }
    const outcome = each(item, (one) => builtInOnly(property.type, one));
    return "fault" in outcome ? outcome : property.type === Date ? toJsonValue(item) : null;
  }

  /** The instance of a document. */
  fromDocument(document: unknown): Outcome {
    if (typeof document !== "object" || document === null || Array.isArray(document)) {
      return { fault: `holds ${describeValue(document)} where a JSON object is wanted` };
    }
    if (!Object.hasOwn(document, TYPE_KEY)) return this.#build(this.#type, document);
    const { [TYPE_KEY]: name, ...fields } = document as Record<string, unknown>;
    const subtype = typeof name === "string" ? this.#subtypes.get(name) : undefined;
    return subtype === undefined
      ? { fault: `names a ${TYPE_KEY} that is not among the listed classes (${[...this.#subtypes.keys()].join(", ") || "none"})` }
      : this.#build(subtype, fields);
  }

  #build(type: AnyClass, fields: object): Outcome {
    const rest: Record<string, unknown> = {};
    const own: (readonly [string, unknown])[] = [];
    for (const [name, item] of Object.entries(fields)) {
      const key = propertyNamed(type, name);
      const fault = methodFault(type, key);
      if (fault !== null) return { fault };
      const property = transformedProperty(type, key);
      const held = this.#family.held(property);
      if (held === null && !(property.plain && property.type === Date)) {
        if (property.plain && property.type === null) own.push([key, item]);
        else rest[name] = item;
        continue;
      }
      const outcome = each(item, (one) => held === null ? momentOf(one) : held.fromDocument(one));
      if ("fault" in outcome) return { fault: within(key, outcome.fault) };
      own.push([key, outcome.value]);
    }
    const concrete = type as new () => Record<string, unknown>;
    const instance = Object.keys(rest).length === 0 && !exposes(type) ? new concrete() : plainToInstance(concrete, rest);
    for (const [key, value] of own) instance[key] = value;
    return { value: instance };
  }
}

/** class-transformer would make an invalid Date of what is none. */
function momentOf(value: unknown): Outcome {
  const date = typeof value === "string" || typeof value === "number" ? new Date(value) : null;
  return date === null || Number.isNaN(date.getTime()) ? { fault: `holds ${describeValue(value)} where a moment is wanted` } : { value: date };
}

/** A document's key cannot take the place of what the class does. */
function methodFault(type: AnyClass, key: string): string | null {
  for (let prototype = type.prototype as object | null; prototype !== null; prototype = Object.getPrototypeOf(prototype) as object | null) {
    const found = Object.getOwnPropertyDescriptor(prototype, key);
    if (found === undefined) continue;
    const data = found.set !== undefined || ("value" in found && typeof found.value !== "function");
    return data ? null : `holds a key ${key}, which is a method of ${type.name}`;
  }
  return null;
}

/** The JSON classes of one database. */
export class JsonFamily {
  /** Those that documents may name. */
  readonly listed: readonly AnyClass[];
  readonly #known = new Map<AnyClass, JsonClass>();

  constructor(listed: readonly AnyClass[]) {
    this.listed = listed;
  }

  of(type: AnyClass): JsonClass {
    let known = this.#known.get(type);
    if (known === undefined) this.#known.set(type, known = new JsonClass(type, this));
    return known;
  }

  /** The class that a property holds, where `@Type()` names one of the application's; null: class-transformer's own matter. */
  held({ type, plain }: TransformedProperty): JsonClass | null {
    return type === null || !plain || BUILT_IN.has(type) ? null : this.of(type);
  }
}

/** The name under which a JSON class is stored: what `@JsonType` says, else the class's own name. */
export function jsonTypeName(type: AnyClass): string {
  for (const record of ownRecords(type).classes) if (record.kind === "jsonType") return record.name;
  return type.name;
}

/** Asks the prototype: an own property `constructor` is data. */
function classOf(value: object): AnyClass {
  return (Object.getPrototypeOf(value) as { readonly constructor: AnyClass }).constructor;
}

/** One value, or each of an array; null stays null. */
function each(value: unknown, one: (value: unknown) => Outcome): Outcome {
  if (!Array.isArray(value)) return value === null ? { value } : one(value);
  const results: unknown[] = [];
  for (const [index, item] of value.entries()) {
    const outcome = each(item, one);
    if ("fault" in outcome) return { fault: within(`[${index}]`, outcome.fault) };
    results.push(outcome.value);
  }
  return { value: results };
}

function within(place: string, fault: string): string {
  const [, inner, rest = fault] = /^([\p{ID_Start}$_[][^\s:]*): (.*)$/su.exec(fault) ?? [];
  if (inner === undefined) return `${place}: ${fault}`;
  return `${place}${inner.startsWith("[") ? "" : "."}${inner}: ${rest}`;
}

/** class-transformer would make one of whatever stands there, and another value would come back. */
function builtInOnly(type: AnyClass | null, value: unknown): Outcome {
  const wanted: readonly (readonly [unknown, string, boolean])[] = [
    [Date, "a Date", types.isDate(value)], [String, "a string", typeof value === "string"], [Number, "a number", typeof value === "number"],
    [Boolean, "true or false", typeof value === "boolean"],
  ];
  const rule = wanted.find(([known]) => known === type);
  return rule === undefined || rule[2] ? { value } : { fault: `must be ${rule[1]}, not ${describeValue(value)}` };
}

/** What class-transformer is told nothing of comes back as plain JSON: it must be that. */
function plainOnly(value: unknown, path = ""): Outcome {
  if (typeof value !== "object" || value === null) return { value };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const outcome = plainOnly(item, `${path}[${index}]`);
      if ("fault" in outcome) return outcome;
    }
    return { value };
  }
  if (!isPlainObject(value)) {
    const type = types.isDate(value) ? "Date" : classOf(value).name;
    return { fault: `${path === "" ? "" : `${path.replace(/^\./, "")}: `}holds ${describeValue(value)}, which would come back as something else: `
      + `put @Type(() => ${type}) of class-transformer on the property` };
  }
  for (const [key, item] of Object.entries(value)) {
    const outcome = plainOnly(item, `${path}.${key}`);
    if ("fault" in outcome) return outcome;
  }
  return { value };
}

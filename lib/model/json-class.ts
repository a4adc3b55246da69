import { instanceToPlain, plainToInstance } from "class-transformer";
import { ownRecords } from "../metadata/record-store";
import type { AnyClass } from "../metadata/records";
import { exposedProperties, nameInDocument, propertyNamed, transformedProperty, type TransformedProperty } from "../metadata/transform-metadata";
import { describeValue, listNames } from "../util/describe";
import { isPlainObject } from "../util/plain-object";
import {
  classOf, collectionDocument, collectionValue, each, isByItem, placeOf, plainDocument, plainValue, within, type Outcome,
} from "./json-class-values";
import { isExotic, toJsonValue } from "./json-value";

export const TYPE_KEY = "$type";

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
    if (isExotic(value as object)) return { fault: `is ${describeValue(value)}, whose content JSON cannot hold` };
    const actual = isPlainObject(value) ? this.#type : classOf(value as object);
    const taken = this.#takeApart(actual, value as Readonly<Record<string, unknown>>);
    if ("fault" in taken) return taken;
    const { own, rest, names } = taken;
    const document = rest === null ? { value: {} } : toJsonValue(instanceToPlain(rest));
    if ("fault" in document) return document;
    const left = new Map(Object.entries(document.value as object));
    const fields: Record<string, unknown> = {};
    for (const name of [...names, ...left.keys()]) if (own.has(name) || left.has(name)) fields[name] = own.has(name) ? own.get(name) : left.get(name);
    if (Object.hasOwn(fields, TYPE_KEY)) return { fault: `holds a property ${TYPE_KEY}, which is reserved for the class's name` };
    const name = this.#names.get(actual);
    return { value: name === undefined ? fields : { [TYPE_KEY]: name, ...fields } };
  }

  /**
   * What is taken care of here (`own`, by name in the document), and an instance for class-transformer with the rest; null where there is
   * none. It holds all properties, hidden from it, because a `@Transform` may look at them.
   */
  #takeApart(actual: AnyClass, value: Readonly<Record<string, unknown>>): Taken | { readonly fault: string } {
    const own = new Map<string, unknown>();
    const names = new Set<string>();
    const rest = Object.create(actual.prototype as object) as object;
    let needed = false;
    const computed = exposedProperties(actual).filter((key) => !Object.hasOwn(value, key));
    for (const key of [...Object.keys(value), ...computed]) {
      const place = placeOf(actual, key);
      if ("fault" in place) return place;
      const found = value[key];
      const item = typeof found === "function" && place.kind === "computed" && !Object.hasOwn(value, key) ? (found as () => unknown).call(value) : found;
      if (item === undefined) continue;
      const property = transformedProperty(actual, key);
      const outcome = property.plain ? this.#documentOf(property, item) : null;
      if (outcome !== null && "fault" in outcome) return { fault: within(key, outcome.fault) };
      needed ||= outcome === null;
      if (Object.hasOwn(value, key)) Object.defineProperty(rest, key, { value: item, enumerable: outcome === null, writable: true, configurable: true });
      const name = nameInDocument(actual, key);
      if (names.has(name)) return { fault: `stores two of its properties as ${name}` };
      names.add(name);
      if (outcome !== null) own.set(name, outcome.value);
    }
    return { own, names, rest: needed ? rest : null };
  }

  #documentOf(property: TransformedProperty, item: unknown): Outcome {
    const held = this.#family.held(property);
    const one = (value: unknown): Outcome => held === null ? plainDocument(property.type, value) : held.toDocument(value);
    if (property.collection !== null) return collectionDocument(property.collection, item, one);
    return held !== null || isByItem(property.type) ? each(item, one) : one(item);
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
    const own = new Map<string, unknown>();
    for (const [name, item] of Object.entries(fields)) {
      const key = propertyNamed(type, name);
      const place = placeOf(type, key);
      if ("fault" in place) return place;
      if (place.kind === "computed") continue;
      const property = transformedProperty(type, key);
      const outcome = property.plain ? this.#valueOf(property, item) : null;
      if (outcome !== null && "fault" in outcome) return { fault: within(key, outcome.fault) };
      if (outcome === null) {
        rest[name] = item;
        continue;
      }
      if (own.has(key)) return { fault: `holds the property ${key} twice` };
      own.set(key, outcome.value);
      // Hidden, for a `@Transform` that looks at it; what is exposed class-transformer would find all the same.
      if (!property.exposed) Object.defineProperty(rest, name, { value: item, enumerable: false, writable: true, configurable: true });
    }
    const concrete = type as new () => Record<string, unknown>;
    const instance = Object.keys(rest).length === 0 && exposedProperties(type).every((key) => transformedProperty(type, key).plain)
      ? new concrete() : plainToInstance(concrete, rest, { exposeUnsetFields: false });
    for (const [key, value] of own) instance[key] = value;
    return { value: instance };
  }

  #valueOf(property: TransformedProperty, item: unknown): Outcome {
    const held = this.#family.held(property);
    const one = (value: unknown): Outcome => held === null ? plainValue(property.type, value) : held.fromDocument(value);
    if (property.collection !== null) return collectionValue(property.collection, item, one);
    return held !== null || isByItem(property.type) ? each(item, one) : one(item);
  }
}

interface Taken {
  readonly own: ReadonlyMap<string, unknown>;
  /** The names of all properties in the document, in order. */
  readonly names: ReadonlySet<string>;
  readonly rest: object | null;
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

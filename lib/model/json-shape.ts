import { instanceToPlain, plainToInstance } from "class-transformer";
import { ownRecords } from "../metadata/record-store";
import type { AnyClass } from "../metadata/records";
import { describeValue, listNames } from "../util/describe";
import { isPlainObject } from "../util/plain-object";
import { documentFault, toJsonValue } from "./json-value";

const TYPE_KEY = "$type";

type Outcome = { readonly value: unknown } | { readonly fault: string };

/** How the values of one JSON property travel between JavaScript and plain JSON. */
export interface JsonShape {
  /** The declared class, or null for plain JSON. */
  readonly type: AnyClass | null;
  /** The value as the entity is to hold it (instances built from plain objects), or what is wrong with it. */
  accept(value: unknown): Outcome;
  /** Plain JSON of an accepted value. */
  toPlain(value: unknown): Outcome;
  /** The entity's value from parsed JSON, or what is wrong with the document. */
  fromPlain(plain: unknown): Outcome;
}

/** Plain JSON: whatever `JSON.parse` can give. */
export const plainJson: JsonShape = Object.freeze({
  type: null,
  accept: (value: unknown) => {
    const outcome = toJsonValue(value);
    return "fault" in outcome ? outcome : { value };
  },
  toPlain: toJsonValue,
  fromPlain: (plain: unknown) => ({ value: plain }),
});

/**
 * JSON typed by a class. A document's `$type` is resolved here, in a map of the listed classes, and the shape is
 * checked first: class-transformer's own discriminator would build the base class for any odd document.
 *
 * @param many true: an array of instances; false: one instance; null: reflection did not tell, either will do
 */
export function classJson(type: AnyClass, jsonTypes: readonly AnyClass[], many: boolean | null): JsonShape {
  const subtypes = new Map<string, AnyClass>();
  for (const candidate of jsonTypes) {
    if (candidate !== type && candidate.prototype instanceof type) subtypes.set(jsonTypeName(candidate), candidate);
  }
  const nameOf = new Map([...subtypes].map(([name, subtype]) => [subtype, name]));
  const wanted = listNames([type.name, ...[...subtypes.values()].map((subtype) => subtype.name)]);

  function acceptOne(value: unknown): Outcome {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return { fault: `must be an instance of ${wanted}, not ${describeValue(value)}` };
    }
    if (value instanceof type) {
      const actual = classOf(value);
      if (actual === type || nameOf.has(actual)) return { value };
      return { fault: `is ${describeValue(value)}, which is not listed: add it to Database.open({ jsonTypes })` };
    }
    if (!isPlainObject(value)) {
      return { fault: `must be an instance of ${wanted}, not ${describeValue(value)}` };
    }
    if (subtypes.size > 0) return { fault: `is a plain object: pass an instance of ${wanted}, so that its class is known` };
    const plain = toJsonValue(value);
    return "fault" in plain ? plain : build(type, plain.value as object);
  }

  function plainOne(value: unknown): Outcome {
    const plain = toPlainJson(value);
    if ("fault" in plain) return plain;
    const fields = plain.value as Record<string, unknown>;
    if (Object.hasOwn(fields, TYPE_KEY)) return { fault: `holds a property ${TYPE_KEY}, which is reserved for the class's name` };
    const name = nameOf.get(classOf(value as object));
    return { value: name === undefined ? fields : { [TYPE_KEY]: name, ...fields } };
  }

  function readOne(plain: unknown): Outcome {
    if (typeof plain !== "object" || plain === null || Array.isArray(plain)) {
      return { fault: `holds ${describeValue(plain)} where a JSON object is wanted` };
    }
    if (!Object.hasOwn(plain, TYPE_KEY)) return build(type, plain);
    const { [TYPE_KEY]: name, ...fields } = plain as Record<string, unknown>;
    const subtype = typeof name === "string" ? subtypes.get(name) : undefined;
    return subtype === undefined
      ? { fault: `names a ${TYPE_KEY} that is not among the listed classes (${[...subtypes.keys()].join(", ") || "none"})` }
      : build(subtype, fields);
  }

  function each(one: (value: unknown) => Outcome): (value: unknown) => Outcome {
    return (value) => {
      if (many === false || (many === null && !Array.isArray(value))) return one(value);
      if (!Array.isArray(value)) return { fault: `must be an array of ${wanted}, not ${describeValue(value)}` };
      const results: unknown[] = [];
      for (const [index, item] of value.entries()) {
        const outcome = one(item);
        if ("fault" in outcome) return { fault: `[${index}] ${outcome.fault}` };
        results.push(outcome.value);
      }
      return { value: results };
    };
  }

  return Object.freeze({ type, accept: each(acceptOne), toPlain: each(plainOne), fromPlain: each(readOne) });
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

function toPlainJson(instance: unknown): Outcome {
  const fault = documentFault(instance);
  if (fault !== null) return { fault };
  try {
    return toJsonValue(instanceToPlain(instance));
  } catch (error) {
    if (error instanceof RangeError) return { fault: "nests too deep (or holds itself)" };
    throw error;
  }
}

function build(type: AnyClass, plain: object): Outcome {
  const fault = documentFault(plain);
  if (fault !== null) return { fault };
  return { value: plainToInstance(type as new () => object, plain) };
}

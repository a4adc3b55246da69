import type { AnyClass } from "../metadata/records";
import { describeValue } from "../util/describe";
import { isPlainObject } from "../util/plain-object";
import { JsonFamily, TYPE_KEY } from "./json-class";
import type { Outcome } from "./json-class-values";
import { documentFault, toJsonValue } from "./json-value";

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
  accept: guarded((value) => {
    const outcome = toJsonValue(value);
    return "fault" in outcome ? outcome : { value };
  }),
  toPlain: guarded(toJsonValue),
  fromPlain: (plain: unknown) => ({ value: plain }),
});

/**
 * JSON typed by a class. A document's `$type` is resolved in a map of the listed classes, and the shape is
 * checked first: class-transformer's own discriminator would build the base class for any odd document.
 *
 * @param many true: an array of instances; false: one instance; null: reflection did not tell, either will do
 */
export function classJson(type: AnyClass, jsonTypes: readonly AnyClass[], many: boolean | null): JsonShape {
  const mapping = new JsonFamily(jsonTypes).of(type);
  const { wanted } = mapping;

  function acceptOne(value: unknown): Outcome {
    if (!isPlainObject(value)) {
      const fault = mapping.instanceFault(value);
      return fault === null ? { value } : { fault };
    }
    if (mapping.polymorphic) return { fault: `is a plain object: pass an instance of ${wanted}, so that its class is known` };
    if (Object.hasOwn(value, TYPE_KEY)) return { fault: `holds a property ${TYPE_KEY}, which is reserved for the class's name` };
    const plain = toJsonValue(value);
    return "fault" in plain ? plain : readOne(plain.value);
  }

  function plainOne(value: unknown): Outcome {
    const fault = documentFault(value);
    if (fault !== null) return { fault };
    const outcome = mapping.toDocument(value);
    if ("fault" in outcome) return outcome;
    // Maps and @Transform may have made the document deeper than the instance.
    const deep = documentFault(outcome.value);
    return deep === null ? outcome : { fault: deep };
  }

  function readOne(plain: unknown): Outcome {
    const fault = typeof plain === "object" && plain !== null && !Array.isArray(plain) ? documentFault(plain) : null;
    return fault === null ? mapping.fromDocument(plain) : { fault };
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

  return Object.freeze({ type, accept: guarded(each(acceptOne)), toPlain: guarded(each(plainOne)), fromPlain: guarded(each(readOne)) });
}

/** Getters, proxies, constructors, setters and `@Transform` are code of the application's, which may throw anything. */
function guarded(work: (value: unknown) => Outcome): (value: unknown) => Outcome {
  return (value) => {
    try {
      return work(value);
    } catch (error) {
      if (error instanceof RangeError && error.message.includes("call stack")) return { fault: "nests too deep (or holds itself)" };
      return { fault: `cannot be read: code of its own (a getter, setter, constructor or @Transform) threw ${describeValue(error)}` };
    }
  };
}

import { types } from "node:util";
import { describeValue } from "../util/describe";
import { textFault } from "../util/text";
import { canonicalUuid } from "../util/uuid";
import type { PropertyModel } from "./entity-model";
import type { Outcome } from "./json-class-values";

/** A value as the entity is to hold it, or what is wrong with it. */
export type Accepted =
  | { readonly value: unknown }
  | { readonly constraint: string; readonly fault: string };

type Rule = (value: unknown, property: PropertyModel) => Accepted;

const FIRST_DAY = new Date("0001-01-01T00:00:00.000Z").getTime();
const LAST_MOMENT = new Date("9999-12-31T23:59:59.999Z").getTime();
const INT64_LOW = -(2n ** 63n);
const INT64_HIGH = 2n ** 63n - 1n;

const wrong = (wanted: string, value: unknown): Accepted =>
  ({ constraint: "type", fault: `must be ${wanted}, not ${describeValue(value)}` });

const text: Rule = (value, property) => {
  if (typeof value !== "string") return wrong("a string", value);
  const fault = textFault(value);
  if (fault !== null) return { constraint: "text", fault };
  // No text has more characters than code units, which need no counting.
  if (property.length !== null && value.length > property.length && [...value].length > property.length) {
    return { constraint: "length", fault: `must have at most ${property.length} characters, not ${[...value].length}` };
  }
  return { value };
};

const rules: Readonly<Record<PropertyModel["type"], Rule>> = {
  integer: (value) => typeof value === "number" && Number.isSafeInteger(value)
    ? { value: value + 0 }
    : wrong("a whole number within ±(2^53 − 1)", value),
  bigint: (value) => typeof value === "bigint" && value >= INT64_LOW && value <= INT64_HIGH
    ? { value }
    : wrong("a bigint of at most 64 bits", value),
  real: (value) => typeof value === "number" && Number.isFinite(value) ? { value: value + 0 } : wrong("a finite number", value),
  decimal: (value, property) => decimal(value, property),
  boolean: (value) => typeof value === "boolean" ? { value } : wrong("true or false", value),
  text,
  uuid: (value) => {
    const canonical = typeof value === "string" ? canonicalUuid(value) : null;
    return canonical === null ? wrong("a uuid such as 018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f", value) : { value: canonical };
  },
  blob: (value) => types.isUint8Array(value)
    ? { value: Buffer.from(value) }
    : wrong("a Buffer", value),
  datetime: (value) => types.isDate(value) && value.getTime() >= FIRST_DAY && value.getTime() <= LAST_MOMENT
    ? { value: new Date(value.getTime()) }
    : wrong("a valid Date from year 1 to 9999", value),
  date: (value) => typeof value === "string" && isDay(value) ? { value } : wrong('a day written "YYYY-MM-DD"', value),
  json: (value, { json }) => {
    if (json === null) return { constraint: "json", fault: "has no shape" };
    // Plain JSON is held as it will be read again; instances of a class stay the caller's own.
    if (json.type === null) return document(json.toPlain(value));
    const outcome = json.accept(value);
    const plain = "fault" in outcome ? outcome : json.toPlain(outcome.value);
    return document("fault" in plain ? plain : outcome);
  },
  enum: (value, property) => property.values?.includes(value as string | number) === true
    ? { value }
    : { constraint: "enum", fault: `must be one of ${(property.values ?? []).map((member) => JSON.stringify(member)).join(", ")}` },
};

/**
 * Checks a value that is neither `null` nor `undefined` against its column; nothing is coerced. Dates, buffers and plain
 * JSON are copied: what the caller does to them later changes neither the check nor the row.
 */
export function acceptValue(property: PropertyModel, value: unknown): Accepted {
  return rules[property.type](value, property);
}

function document(outcome: Outcome): Accepted {
  return "fault" in outcome ? { constraint: "json", fault: outcome.fault } : outcome;
}

function isDay(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value) || value.startsWith("0000")) return false;
  const time = Date.parse(`${value}T00:00:00.000Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

function decimal(value: unknown, property: PropertyModel): Accepted {
  const parts = typeof value === "string" ? /^(-?)(\d+)(?:\.(\d+))?$/.exec(value) : null;
  if (parts === null) return wrong('a decimal written as a string, such as "12.50"', value);
  const [, sign = "", whole = "", fraction = ""] = parts;
  const digits = whole.replace(/^0+(?=\d)/, "");
  const scale = property.scale;
  if (scale !== null && fraction.length > scale) {
    return { constraint: "scale", fault: `must have at most ${scale} digits after the point, not ${fraction.length}` };
  }
  const places = scale === null ? fraction : fraction.padEnd(scale, "0");
  const significant = (digits === "0" ? "" : digits).length + places.length;
  if (property.precision !== null && significant > property.precision) {
    return { constraint: "precision", fault: `must have at most ${property.precision} digits, not ${significant}` };
  }
  const canonical = places === "" ? digits : `${digits}.${places}`;
  return { value: sign === "-" && /[1-9]/.test(canonical) ? `-${canonical}` : canonical };
}

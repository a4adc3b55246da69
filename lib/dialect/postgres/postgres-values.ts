import { types } from "node:util";
import type { PropertyModel } from "../../model/entity-model";
import type { SqlValue } from "../../sql/sql-value";
import { describeValue } from "../../util/describe";
import { writeMoment } from "../../util/moment";
import { canonicalUuid } from "../../util/uuid";
import { Undecodable, type Decoder } from "../dialect";
import { decodeJson, encodeJson } from "../json-codec";

/** How one column type travels: everything but a blob on its way in is text, so that neither side rounds or guesses. */
interface PostgresType {
  readonly encode: (value: never, property: PropertyModel) => SqlValue;
  readonly decode: (raw: string, property: PropertyModel) => unknown;
}

function bad(raw: string, wanted: string): never {
  throw new Undecodable(`holds ${describeValue(raw)} where ${wanted} is wanted`);
}

const asIs = (value: string): string => value;
const asText = (value: number | bigint): string => String(value);

function whole(raw: string): number {
  const number = Number(raw);
  return /^-?\d+$/.test(raw) && Number.isSafeInteger(number) ? number : bad(raw, "a whole number within ±(2^53 − 1)");
}

function finite(raw: string): number {
  const number = raw === "" ? NaN : Number(raw);
  return Number.isFinite(number) ? number : bad(raw, "a finite number");
}

const codecs: Readonly<Record<PropertyModel["type"], PostgresType>> = {
  integer: { encode: asText, decode: whole },
  bigint: { encode: asText, decode: (raw) => /^-?\d+$/.test(raw) ? BigInt(raw) : bad(raw, "a 64-bit integer") },
  real: { encode: asText, decode: finite },
  decimal: { encode: asIs, decode: (raw) => /^-?\d+(\.\d+)?$/.test(raw) ? raw : bad(raw, "a decimal") },
  boolean: {
    encode: (value: boolean) => value ? "t" : "f",
    decode: (raw) => raw === "t" ? true : raw === "f" ? false : bad(raw, "true or false"),
  },
  text: { encode: asIs, decode: asIs },
  uuid: { encode: asIs, decode: (raw) => canonicalUuid(raw) ?? bad(raw, "a uuid") },
  blob: {
    encode: (value: Uint8Array) => value,
    // Entities' columns are read as hexadecimal digits, which no setting of the server changes; hand-written SQL gives the server's own form.
    decode: (raw) => {
      const digits = raw.startsWith("\\x") ? raw.slice(2) : raw;
      return digits.length % 2 === 0 && !/[^0-9a-f]/.test(digits) ? Buffer.from(digits, "hex") : bad(raw, "a blob as hexadecimal digits");
    },
  },
  datetime: { encode: (value: Date) => writeMoment(value), decode: moment },
  date: { encode: asIs, decode: (raw) => /^\d{4}-\d{2}-\d{2}$/.test(raw) ? raw : bad(raw, "a day of the years 1 to 9999") },
  json: { encode: encodeJson, decode: decodeJson },
  enum: {
    encode: (value: string | number) => String(value),
    decode: (raw, property) => {
      const member = typeof property.values?.[0] === "number" ? whole(raw) : raw;
      return property.values?.includes(member) === true ? member : bad(raw, "a member of the enum");
    },
  },
};

const MOMENT = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(?:([+-]\d{2})(?::(\d{2}))?(?::(\d{2}))?)?$/;

/** `2026-01-31 12:00:00.123+00`: the offset is that of the session, whatever it is; one of a column without a time zone has none, and is in UTC. */
function moment(raw: string): Date {
  const found = MOMENT.exec(raw);
  if (found === null) return bad(raw, "a moment of the years 1 to 9999");
  const [, year, month, day, hour, minute, second, fraction = "", offset = "+00", minutes = "0", seconds = "0"] = found;
  const date = new Date(0);
  // Not Date.UTC, which takes the first hundred years for those of the twentieth century.
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.slice(0, 3).padEnd(3, "0")));
  const away = Math.abs(Number(offset)) * 3600 + Number(minutes) * 60 + Number(seconds);
  return new Date(date.getTime() - (offset.startsWith("-") ? -away : away) * 1000);
}

export function encodeValue(property: PropertyModel, value: unknown): SqlValue {
  return value === null || value === undefined ? null : codecs[property.type].encode(value as never, property);
}

/** The value as text, for lists that travel as JSON; `textAs` reads it back. */
export function encodeText(property: PropertyModel, value: unknown): string | null {
  const encoded = encodeValue(property, value);
  if (encoded === null) return null;
  return types.isUint8Array(encoded) ? Buffer.from(encoded).toString("hex") : String(encoded);
}

export function decoderOf(property: PropertyModel): Decoder {
  const { decode } = codecs[property.type];
  return (raw) => {
    if (raw === null) {
      if (property.nullable) return null;
      throw new Undecodable("holds NULL although the property is not nullable");
    }
    if (typeof raw !== "string") throw new Undecodable(`came as ${describeValue(raw)}, not as text`);
    return decode(raw, property);
  };
}

/** Types of results as their numbers in `pg_type`, which are the same on every server. */
const OIDS = { boolean: 16, int8: 20, int2: 21, int4: 23, oid: 26, float4: 700, float8: 701, timestamptz: 1184 } as const;
const NUMBERS = new Set<number>([OIDS.int2, OIDS.int4, OIDS.int8, OIDS.oid, OIDS.float4, OIDS.float8]);

/**
 * A column of hand-written SQL whose meaning nobody named: numbers, 0 or 1 for booleans and moments in UTC, as SQLite gives them;
 * whatever a JavaScript number would not hold exactly, and all else, is the text that PostgreSQL writes.
 */
export function plainValue(raw: unknown, type: number | undefined): unknown {
  if (typeof raw !== "string" || type === undefined) return raw;
  if (type === OIDS.boolean) return raw === "t" ? 1 : 0;
  if (type === OIDS.timestamptz) return MOMENT.test(raw) ? moment(raw).toISOString() : raw;
  if (!NUMBERS.has(type)) return raw;
  const number = Number(raw);
  if (type === OIDS.int8) return Number.isSafeInteger(number) ? number : raw;
  return Number.isFinite(number) ? number : raw;
}

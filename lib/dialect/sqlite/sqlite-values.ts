import { types } from "node:util";
import { acceptValue } from "../../model/accept";
import type { PropertyModel } from "../../model/entity-model";
import { describeValue } from "../../util/describe";
import { parseMoment, writeMoment } from "../../util/moment";
import { canonicalUuid } from "../../util/uuid";
import type { SqlValue } from "../../sql/sql-value";
import { Undecodable, type Decoder } from "../dialect";
import { decodeJson, encodeJson } from "../json-codec";

/** How one column type lives in SQLite. */
export interface SqliteType {
  /** The declared type; tables are STRICT, so it holds. */
  readonly declared: "INTEGER" | "REAL" | "TEXT" | "BLOB";
  readonly encode: (value: never, property: PropertyModel) => SqlValue;
  readonly decode: (raw: unknown, property: PropertyModel) => unknown;
}

function bad(raw: unknown, wanted: string): never {
  throw new Undecodable(`holds ${describeValue(raw)} where ${wanted} is wanted`);
}

const textOf = (raw: unknown, wanted = "text"): string => typeof raw === "string" ? raw : bad(raw, wanted);

/** Reads what could also be written: the same rule judges both ways. */
function accepted(wanted: string): SqliteType["decode"] {
  return (raw, property) => {
    const outcome = acceptValue(property, textOf(raw, wanted));
    return "fault" in outcome ? bad(raw, wanted) : outcome.value;
  };
}

export const sqliteTypes: Readonly<Record<PropertyModel["type"], SqliteType>> = {
  integer: {
    declared: "INTEGER",
    encode: (value: number) => value,
    decode: (raw) => Number.isSafeInteger(raw) ? raw : bad(raw, "a whole number within ±(2^53 − 1)"),
  },
  // Both drivers lose 64-bit integers on the way (sqlite3 even binds a bigint as NULL): they travel as text.
  bigint: {
    declared: "INTEGER",
    encode: (value: bigint) => value.toString(),
    decode: (raw) => {
      const text = textOf(raw, "a 64-bit integer");
      return /^-?\d+$/.test(text) ? BigInt(text) : bad(raw, "a 64-bit integer");
    },
  },
  real: { declared: "REAL", encode: (value: number) => value, decode: (raw) => Number.isFinite(raw) ? raw : bad(raw, "a finite number") },
  decimal: { declared: "TEXT", encode: (value: string) => value, decode: accepted("a decimal as text") },
  boolean: {
    declared: "INTEGER",
    encode: (value: boolean) => value ? 1 : 0,
    decode: (raw) => raw === 1 ? true : raw === 0 ? false : bad(raw, "0 or 1"),
  },
  text: { declared: "TEXT", encode: (value: string) => value, decode: (raw) => textOf(raw) },
  uuid: {
    declared: "TEXT",
    encode: (value: string) => value,
    decode: (raw) => canonicalUuid(textOf(raw, "a uuid")) ?? bad(raw, "a uuid"),
  },
  blob: {
    declared: "BLOB",
    encode: (value: Uint8Array) => value,
    decode: (raw) => types.isUint8Array(raw) ? Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength) : bad(raw, "a blob"),
  },
  datetime: {
    declared: "TEXT",
    encode: (value: Date) => writeMoment(value),
    decode: (raw) => {
      const wanted = "a moment such as 2026-01-31T12:00:00.000Z";
      return parseMoment(textOf(raw, wanted)) ?? bad(raw, wanted);
    },
  },
  date: {
    declared: "TEXT",
    encode: (value: string) => value,
    decode: accepted("a day written YYYY-MM-DD"),
  },
  json: { declared: "TEXT", encode: encodeJson, decode: (raw, property) => decodeJson(textOf(raw, "JSON text"), property) },
  enum: {
    declared: "TEXT",
    encode: (value: string | number) => value,
    decode: (raw, property) => property.values?.includes(raw as string) === true ? raw : bad(raw, "a member of the enum"),
  },
};

/** The declared type of a property's column; an enum of numbers is an INTEGER. */
export function declaredType(property: PropertyModel): string {
  return property.columnType ?? ownType(property);
}

/**
 * Whether the column turns texts that look like numbers into numbers: by SQLite's rules the words of its type decide, and those that are none of
 * the known ones, such as DATETIME, do.
 */
export function takesNumbers({ columnType }: PropertyModel): boolean {
  return columnType !== null && columnType !== "" && !/char|clob|text|blob|any/i.test(columnType);
}

/** The type that Freehold itself gives a column. */
export function ownType(property: Pick<PropertyModel, "type" | "values">): SqliteType["declared"] {
  return typeof property.values?.[0] === "number" ? "INTEGER" : sqliteTypes[property.type].declared;
}

export function encodeValue(property: PropertyModel, value: unknown): SqlValue {
  return value === null || value === undefined ? null : sqliteTypes[property.type].encode(value as never, property);
}

export function decoderOf(property: PropertyModel): Decoder {
  const { decode } = sqliteTypes[property.type];
  return (raw) => {
    if (raw !== null) return decode(raw, property);
    if (property.nullable) return null;
    throw new Undecodable("holds NULL although the property is not nullable");
  };
}

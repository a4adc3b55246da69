import type { ColumnType } from "../../metadata/records";
import type { SurveyedColumn } from "../survey";

/** A column's type as the catalogue tells of it. */
export interface CataloguedType {
  /** As `format_type` writes it. */
  readonly type: string;
  /** The same with its collation, and with what counts. */
  readonly fullType: string;
  /** The name of the type under all domains. */
  readonly base: string;
  /** Of an enum. */
  readonly labels: readonly string[] | null;
  /** The default's expression. */
  readonly value: string | null;
}

const TYPES: Readonly<Record<string, ColumnType>> = {
  int2: "integer", int4: "integer", int8: "integer", oid: "integer", float4: "real", float8: "real", numeric: "decimal", bool: "boolean",
  text: "text", varchar: "text", bpchar: "text", name: "text", citext: "text", uuid: "uuid", bytea: "blob",
  timestamptz: "datetime", timestamp: "datetime", date: "date", json: "json", jsonb: "json",
};

/** What Freehold takes for its own types, as the catalogue writes it. */
const OWN: readonly string[] = ["bigint", "double precision", "boolean", 'text collate "C"', "uuid", "bytea", "timestamp(3) with time zone", "date", "jsonb"];

const KEYS: readonly ColumnType[] = ["integer", "text", "uuid", "date", "enum"];

type Typed = Pick<SurveyedColumn, "columnType" | "fullType" | "type" | "keyType" | "length" | "precision" | "scale" | "values" | "constant" | "note">;

/**
 * How a column's values are read. What has no codec of its own travels as the text that the server writes, which it also reads: nothing is lost,
 * but JavaScript sees no more than a text. As part of a key, so do types whose values JavaScript cannot compare exactly.
 */
export function surveyedType({ type, fullType, base, labels, value }: CataloguedType): Typed {
  const known = labels !== null && labels.length > 0 ? "enum" : TYPES[base] ?? "text";
  const [, precision, scale] = /^numeric\((\d+),(\d+)\)$/.exec(type) ?? [];
  const sized = precision !== undefined && scale !== undefined && Number(scale) <= Number(precision);
  const own = OWN.includes(fullType) || type === "numeric" || (known === "decimal" && sized && type === fullType);
  const length = /^character(?: varying)?\((\d+)\)$/.exec(type)?.[1];
  return {
    columnType: own && known !== "enum" ? null : fullType, fullType, type: known, keyType: KEYS.includes(known) ? known : "text",
    length: length === undefined ? null : Number(length),
    precision: sized ? Number(precision) : null, scale: sized ? Number(scale) : null,
    values: known === "enum" ? labels : null,
    constant: value === null ? null : constant(known, value),
    note: noteOf(known, base, type),
  };
}

function noteOf(known: ColumnType, base: string, type: string): string | null {
  if (known === "datetime" && !/\([0-3]\)/.test(type)) return `${type} keeps microseconds: a Date holds milliseconds, so finer parts are cut off when it is read and cannot be met by a condition`;
  if (base === "timestamp") return `${type} knows no time zone: its values are taken for UTC`;
  if (base === "float4") return "real keeps about 7 digits: what is written is rounded to them";
  if (known === "text" && TYPES[base] === undefined) return "a type without a counterpart in JavaScript is read and written as the text that PostgreSQL writes";
  return null;
}

/** A constant that can stand in the entity; null: the expression itself has to. */
function constant(type: ColumnType, value: string): string | number | boolean | null {
  if (type === "boolean") return value === "true" ? true : value === "false" ? false : null;
  if (type === "integer") return /^-?\d{1,15}$/.test(value) ? Number(value) : null;
  if (type !== "text" && type !== "enum") return null;
  const found = /^'((?:[^'\\]|'')*)'::[\w ".()]+$/.exec(value);
  return found === null ? null : (found[1] ?? "").replaceAll("''", "'");
}

import type { PropertyModel } from "../../model/entity-model";

/** What a value of each column type is called, as `format_type` writes it; precision and scale apart. */
const TYPES: Readonly<Record<PropertyModel["type"], string>> = {
  integer: "bigint",
  bigint: "bigint",
  real: "double precision",
  decimal: "numeric",
  boolean: "boolean",
  text: "text",
  uuid: "uuid",
  blob: "bytea",
  datetime: "timestamp(3) with time zone",
  date: "date",
  json: "jsonb",
  enum: "text",
};

/** The type to which a parameter for the property is cast: nothing is left for the server to guess. */
export function parameterType(property: PropertyModel): string {
  return property.columnType === null ? property.type === "datetime" ? "timestamptz" : storedType(property) : ownParameterType(property, property.columnType);
}

/**
 * Whole numbers are compared as `bigint` with columns of any size, by their indexes too, so that a number that such a column cannot hold finds
 * nothing instead of failing. Texts and all that travels as one take the column's type, without a size: an explicit cast would cut them.
 */
function ownParameterType(property: PropertyModel, columnType: string): string {
  const column = sizeless(canonicalType(columnType));
  switch (property.type) {
    case "datetime": return column === "timestamp without time zone" ? "timestamp" : "timestamptz";
    case "real": return column === "real" ? "real" : "double precision";
    case "json": return column === "json" ? "json" : "jsonb";
    case "enum": return typeof property.values?.[0] === "number" ? "bigint" : column;
    case "text": return column;
    default: return storedType(property);
  }
}

/** A type without sizes and collation; those whose bare name means the size 1 by their unlimited kin. */
function sizeless(type: string): string {
  const bare = type.replace(/\s+collate\s.*$/i, "").replace(/\s*\([^)]*\)/, "");
  return bare.replace(/^character(?! varying)/, "bpchar").replace(/^bit(?! varying)(?=\[|$)/, "bit varying");
}

/** The declared type of the property's column. */
export function declaredType(property: PropertyModel): string {
  const { type, precision, scale, columnType } = property;
  if (columnType !== null) return columnType;
  return type === "decimal" && precision !== null ? `numeric(${precision},${scale ?? 0})` : storedType(property);
}

/** Moments are read with milliseconds, of which a column of another type than ours may hold parts. */
export function isExact({ type, columnType }: PropertyModel): boolean {
  return type !== "datetime" || columnType === null || /\(\s*[0-3]\s*\)/.test(columnType);
}

const ALIASES: Readonly<Record<string, string>> = {
  int: "integer", int4: "integer", int8: "bigint", int2: "smallint", float4: "real", float8: "double precision", float: "double precision", bool: "boolean",
  varchar: "character varying", char: "character", decimal: "numeric", dec: "numeric", varbit: "bit varying",
  serial4: "serial", serial8: "bigserial", serial2: "smallserial",
};

/** A type as `format_type` writes it, where it has several names. */
export function canonicalType(type: string): string {
  const [, body = "", collation = ""] = /^([^]*?)(\s+collate\s[^]*)?$/i.exec(type.trim()) ?? [];
  const [, words = "", size = "", rest = "", array = ""] = /^([^"([]+)(\([^)]*\))?([^"([]*)((?:\[\d*\])*)$/.exec(body) ?? [];
  // A name in quotes is one of somebody's own.
  if (words === "") return type.trim();
  const name = words.trim().toLowerCase().replace(/\s+/g, " ");
  const kept = size.replaceAll(/\s/g, "");
  const tail = rest.trim().toLowerCase().replace(/\s+/g, " ");
  return `${sizedType(name, kept, tail)}${array.replaceAll(/\d/g, "")}${collation.trim() === "" ? "" : ` collate${collation.trim().slice("collate".length)}`}`;
}

function sizedType(name: string, size: string, tail: string): string {
  const [, moment, short, zone = tail] = /^(timestamp|time)(tz)?(?: (with(?:out)? time zone))?$/.exec(name) ?? [];
  if (moment !== undefined) return `${moment}${size} ${zone === "" ? short === undefined ? "without time zone" : "with time zone" : zone}`;
  const known = ALIASES[name] ?? name;
  const sized = size === "" && known === "character" ? "(1)" : known === "numeric" ? size.replace(/^\((\d+)\)$/, "($1,0)") : size;
  return `${known}${sized}${tail === "" ? "" : ` ${tail}`}`;
}

function storedType(property: PropertyModel): string {
  return typeof property.values?.[0] === "number" ? "bigint" : TYPES[property.type];
}

/** Texts are compared and put in order byte by byte, as on SQLite, whatever the database's own collation is. */
export function isText(property: PropertyModel): boolean {
  return parameterType(property) === "text";
}

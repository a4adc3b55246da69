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
  return property.type === "datetime" ? "timestamptz" : storedType(property);
}

/** The declared type of the property's column. */
export function declaredType(property: PropertyModel): string {
  const { type, precision, scale } = property;
  return type === "decimal" && precision !== null ? `numeric(${precision},${scale ?? 0})` : storedType(property);
}

function storedType(property: PropertyModel): string {
  return typeof property.values?.[0] === "number" ? "bigint" : TYPES[property.type];
}

/** Texts are compared and put in order byte by byte, as on SQLite, whatever the database's own collation is. */
export function isText(property: PropertyModel): boolean {
  return parameterType(property) === "text";
}

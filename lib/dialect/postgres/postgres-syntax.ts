import type { PropertyModel } from "../../model/entity-model";
import type { MeasureKind } from "../../sql/aggregate";
import type { Syntax } from "../syntax";
import { postgresJson } from "./postgres-json";
import { encodePattern, matchText } from "./postgres-match";
import { quoteIdentifier } from "./postgres-names";
import { isText, parameterType } from "./postgres-types";
import { encodeText, encodeValue } from "./postgres-values";

/** How PostgreSQL writes what the compiler asks for. */
export const postgresSyntax: Syntax = Object.freeze<Syntax>({
  identifier: quoteIdentifier,
  strictName: quoteIdentifier,
  placeholder: (position) => `$${position}`,
  operand: typed,
  selected: (property, column, position) => `${readable(property, column)} as c${position}`,
  readable,
  content,
  typed,
  whole: (placeholder) => `${placeholder}::bigint`,
  clock: () => "true",
  encode: encodeValue,
  // Numbers travel as text in JSON too: nothing on the way may round them.
  jsonList: (property, placeholder) => `(select ${fromText(property, "member")} from json_array_elements_text(${placeholder}::json) as members (member))`,
  encodeJsonList: (property, values) => JSON.stringify(values.map((value) => encodeText(property, value))),
  emptyList: (negated) => negated ? "<> all ('{}')" : "= any ('{}')",
  jsonTuples: (properties, placeholder) => {
    const parts = properties.map((property, index) => fromText(property, `(value ->> ${index})`));
    return `(select ${parts.join(", ")} from json_array_elements(${placeholder}::json) as tuples (value))`;
  },
  encodeJsonTuples: (properties, tuples) =>
    JSON.stringify(tuples.map((tuple) => properties.map((property, index) => encodeText(property, tuple[index])))),
  datePart: (part, column, property) => {
    const format = { day: "YYYY-MM-DD", month: "YYYY-MM", year: "YYYY" }[part];
    const moment = property.type === "datetime" ? `${column} at time zone 'UTC'` : column;
    return `to_char(${moment}, '${format}') collate "C"`;
  },
  measure,
  added: (property, column, operand) => {
    const sum = `${column} + ${operand()}`;
    // The column's type takes more than a JavaScript number does; past the bound the statement must fail.
    return property.type === "integer"
      ? `case when abs(${sum}) <= ${Number.MAX_SAFE_INTEGER} then ${sum} when ${column} is not null then (9223372036854775807 + abs(${sum})) end` : sum;
  },
  greater: (left, right) => `greatest(${left}, ${right})`,
  lock: (lock) => lock === "update" ? " for update" : " for update skip locked",
  noLimit: "all",
  exists: (select) => `exists (${select})`,
  ...postgresJson,
  match: matchText,
  encodePattern,
  packed: () => null,
  emptyRows: (key, rows) => `(${quoteIdentifier(key.column)}) values ${Array.from({ length: rows }, () => "(default)").join(", ")}`,
});

function typed(property: PropertyModel, placeholder: string): string {
  return `${placeholder}::${parameterType(property)}`;
}

function readable(property: PropertyModel, column: string): string {
  return property.type === "blob" ? `encode(${column}, 'hex')` : column;
}

const TEXTS = ["text", "character varying", "bpchar", "citext"];

/** Other types that travel as text have no patterns, and `json` has no paths. */
function content(property: PropertyModel, column: string): string {
  const type = parameterType(property);
  if (property.type === "text" && !TEXTS.includes(type)) return `${column}::text`;
  return type === "json" ? `${column}::jsonb` : column;
}

/** A value that {@link encodeText} wrote, as its column's type. */
function fromText(property: PropertyModel, text: string): string {
  if (property.type === "blob") return `decode(${text}, 'hex')`;
  return isText(property) ? text : `${text}::${parameterType(property)}`;
}

/** PostgreSQL has no least and greatest of some types: their order is that of another one. */
function measure(kind: MeasureKind, { type }: PropertyModel, column: string): string {
  switch (kind) {
    case "countDistinct": return `count(distinct ${column})`;
    // A double, whatever the mean is of: PostgreSQL's own mean of whole numbers and decimals is cut off at 16 digits.
    case "avg": return type === "real" ? `avg(${column})` : `sum(${column})::double precision / nullif(count(${column}), 0)`;
    case "min":
    case "max":
      if (type === "boolean") return kind === "min" ? `bool_and(${column})` : `bool_or(${column})`;
      if (type === "uuid") return `${kind}(${column}::text collate "C")::uuid`;
      return type === "blob" ? `decode(${kind}(encode(${column}, 'hex') collate "C"), 'hex')` : `${kind}(${column})`;
    default: return `${kind}(${column})`;
  }
}

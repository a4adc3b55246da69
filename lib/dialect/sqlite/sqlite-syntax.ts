import type { PropertyModel } from "../../model/entity-model";
import type { Syntax } from "../syntax";
import { CLOCK_FUNCTION } from "./sqlite-clock";
import { sqliteJson } from "./sqlite-json";
import { encodePattern, matchText } from "./sqlite-match";
import { packRows } from "./sqlite-packed";
import { encodeValue, takesNumbers } from "./sqlite-values";

const WHOLE: readonly PropertyModel["type"][] = ["integer", "bigint", "boolean"];

/** Double quotes, doubled inside. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** How SQLite writes what the compiler asks for. */
export const sqliteSyntax: Syntax = Object.freeze<Syntax>({
  identifier: quoteIdentifier,
  strictName: (name) => `\`${name.replaceAll("`", "``")}\``,
  placeholder: () => "?",
  operand: (property, placeholder) => property.type === "bigint" ? `cast(${placeholder} as integer)` : placeholder,
  selected: (property, column, position) => `${readable(property, column)} as c${position}`,
  readable,
  content: readable,
  // Drivers bind numbers as reals, which a division or a result would show.
  typed: (property, placeholder) =>
    WHOLE.includes(property.type) ? `cast(${placeholder} as integer)` : placeholder,
  whole: (placeholder) => placeholder,
  clock: (argument) => `${CLOCK_FUNCTION}(${argument})`,
  encode: encodeValue,
  jsonList: (property, placeholder) => property.type === "bigint"
    ? `(select cast(value as integer) from json_each(${placeholder}))`
    : `(select value from json_each(${placeholder}))`,
  encodeJsonList: (property, values) => JSON.stringify(values.map((value) => encodeValue(property, value))),
  emptyList: (negated) => `${negated ? "not " : ""}in (select 1 where 1 = 0)`,
  jsonTuples: (properties, placeholder) => {
    const parts = properties.map((property, index) => {
      const part = `json_extract(value, '$[${index}]')`;
      return property.type === "bigint" ? `cast(${part} as integer)` : part;
    });
    return `(select ${parts.join(", ")} from json_each(${placeholder}))`;
  },
  encodeJsonTuples: (properties, tuples) =>
    JSON.stringify(tuples.map((tuple) => properties.map((property, index) => encodeValue(property, tuple[index])))),
  // Moments and days are texts of fixed width, in UTC.
  datePart: (part, column) => `substr(${column}, 1, ${{ day: 10, month: 7, year: 4 }[part]})`,
  measure: (kind, _, column) => kind === "countDistinct" ? `count(distinct ${column})` : `${kind}(${column})`,
  // A sum beyond the type becomes a text, which the STRICT table refuses; beyond 64 bits it becomes a float, which it refuses too.
  added: (property, column, operand) => {
    if (property.loose) return looseSum(property, column, operand);
    if (property.type === "bigint") return `${column} + ${operand()}`;
    const most = property.type === "integer" ? `${Number.MAX_SAFE_INTEGER}` : "1.7976931348623157e308";
    return `case when ${column} is null then null when abs(${column} + ${operand()}) <= ${most} then ${column} + ${operand()} else 'beyond' end`;
  },
  greater: (left, right) => `max(${left}, ${right})`,
  // A transaction that writes holds the only writer already.
  lock: () => "",
  noLimit: "9223372036854775807",
  // The sign keeps SQLite from making a join of it: in 3.52.0 (which sqlite3 6.0.1 brings) such a join under an OFFSET gives
  // a row once for each match instead of once.
  exists: (select) => `+exists (${select})`,
  ...sqliteJson,
  match: matchText,
  encodePattern,
  packed: packRows,
  emptyRows: (key, rows) => `(${quoteIdentifier(key.column)}) values ${Array.from({ length: rows }, () => "(null)").join(", ")}`,
});

/** Other tables take what no column of the type should hold: there the sum itself fails, by an overflow that depends on the row. */
function looseSum(property: PropertyModel, column: string, operand: () => string): string {
  const fails = `abs(-9223372036854775808 + cast(0 * ${column} as integer))`;
  if (property.type === "bigint") return `case when typeof(${column} + ${operand()}) in ('integer', 'null') then ${column} + ${operand()} else ${fails} end`;
  const most = property.type === "integer" ? `${Number.MAX_SAFE_INTEGER}` : "1.7976931348623157e308";
  return `case when ${column} is null then null when abs(${column} + ${operand()}) <= ${most} then ${column} + ${operand()} else ${fails} end`;
}

function readable(property: PropertyModel, column: string): string {
  return property.type === "bigint" || (property.type === "text" && takesNumbers(property)) ? `cast(${column} as text)` : column;
}

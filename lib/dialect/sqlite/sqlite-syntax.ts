import type { PropertyModel } from "../../model/entity-model";
import type { Syntax } from "../syntax";
import { CLOCK_FUNCTION } from "./sqlite-clock";
import { encodeValue } from "./sqlite-values";

const WHOLE: readonly PropertyModel["type"][] = ["integer", "bigint", "boolean"];

/** Double quotes, doubled inside. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * SQLite's LIKE folds ASCII case and cannot be told otherwise for one statement: the case-sensitive operators are
 * written with GLOB and instr instead, and patterns translated.
 */
export const sqliteSyntax: Syntax = Object.freeze<Syntax>({
  identifier: quoteIdentifier,
  strictName: (name) => `\`${name.replaceAll("`", "``")}\``,
  placeholder: () => "?",
  operand: (property, placeholder) => property.type === "bigint" ? `cast(${placeholder} as integer)` : placeholder,
  selected: (property, column, position) => `${readable(property, column)} as c${position}`,
  readable,
  // Drivers bind numbers as reals, which a division or a result would show.
  typed: (property, placeholder) =>
    WHOLE.includes(property.type) ? `cast(${placeholder} as integer)` : placeholder,
  clock: (argument) => `${CLOCK_FUNCTION}(${argument})`,
  encode: encodeValue,
  jsonList: (property, placeholder) => property.type === "bigint"
    ? `(select cast(value as integer) from json_each(${placeholder}))`
    : `(select value from json_each(${placeholder}))`,
  encodeJsonList: (property, values) => JSON.stringify(values.map((value) => encodeValue(property, value))),
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
    if (property.type === "bigint") return `${column} + ${operand()}`;
    const most = property.type === "integer" ? `${Number.MAX_SAFE_INTEGER}` : "1.7976931348623157e308";
    return `case when ${column} is null then null when abs(${column} + ${operand()}) <= ${most} then ${column} + ${operand()} else 'beyond' end`;
  },
  greater: (left, right) => `max(${left}, ${right})`,
  noLimit: "9223372036854775807",
  // The sign keeps SQLite from making a join of it: in 3.52.0 (which sqlite3 6.0.1 brings) such a join under an OFFSET gives
  // a row once for each match instead of once.
  exists: (select) => `+exists (${select})`,
  match: (mode, column, placeholder) => {
    switch (mode) {
      case "like": return `${column} glob ${placeholder}`;
      case "startsWith": return `${column} glob ${placeholder}`;
      case "ilike": return `${column} like ${placeholder} escape '\\'`;
      case "contains": return `instr(${column}, ${placeholder}) > 0`;
    }
  },
  encodePattern: (mode, pattern) => {
    switch (mode) {
      case "like": return likeToGlob(pattern);
      case "startsWith": return `${pattern.replace(/[*?[]/g, "[$&]")}*`;
      case "ilike": return closeEscape(pattern);
      case "contains": return pattern;
    }
  },
  emptyRows: (key, rows) => `(${quoteIdentifier(key.column)}) values ${Array.from({ length: rows }, () => "(null)").join(", ")}`,
});

function readable(property: PropertyModel, column: string): string {
  return property.type === "bigint" ? `cast(${column} as text)` : column;
}

/** `%` → `*`, `_` → `?`; a backslash makes the next character literal; GLOB's own signs go into brackets. */
function likeToGlob(pattern: string): string {
  // A lone backslash at the end is left as it is: GLOB has no escape sign.
  return pattern.replace(/\\(.)|[%_*?[]/gsu, (sign, escaped: string | undefined) => {
    if (escaped !== undefined) return "*?[".includes(escaped) ? `[${escaped}]` : escaped;
    return sign === "%" ? "*" : sign === "_" ? "?" : `[${sign}]`;
  });
}

/** A lone backslash at the end stands for itself. */
function closeEscape(pattern: string): string {
  const trailing = /\\*$/.exec(pattern)?.[0].length ?? 0;
  return trailing % 2 === 1 ? `${pattern}\\` : pattern;
}

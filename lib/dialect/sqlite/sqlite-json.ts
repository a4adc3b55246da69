import type { JsonPath } from "../../model/json-path";
import type { JsonScalar, JsonTest } from "../../sql/predicate";
import type { SqlValue } from "../../sql/sql-value";
import type { Syntax } from "../syntax";
import { encodePattern, matchText } from "./sqlite-match";
import { quoteText } from "./sqlite-text";

/** What `json_type` calls them; `null` beside them, so that JSON's null stays neither equal nor unequal. */
const TYPES: Readonly<Record<JsonScalar, string>> = { string: "'text', 'null'", number: "'integer', 'real', 'null'", boolean: "'true', 'false', 'null'" };

/** `$."address"."city"[0]`: no key holds a quote. */
export function sqlitePath(path: JsonPath): string {
  return `$${path.map((segment) => typeof segment === "number" ? `[${segment}]` : `."${segment}"`).join("")}`;
}

export function sqlitePathLiteral(path: JsonPath): string {
  return quoteText(sqlitePath(path));
}

/** How SQLite looks into JSON. */
export const sqliteJson: Pick<Syntax, "jsonPathLiteral" | "encodeJsonPath" | "jsonTest" | "encodeJsonOperand"> = {
  jsonPathLiteral: sqlitePathLiteral,
  encodeJsonPath: sqlitePath,
  jsonTest,
  encodeJsonOperand: (test, value) => {
    switch (test.kind) {
      case "null": return null;
      case "match": return encodePattern(test.mode, value as string);
      case "list": return test.size === 0 ? JSON.stringify(value) : encodeScalar(test.type, value);
      case "comparison": return encodeScalar(test.type, value);
    }
  },
};

/** SQLite reads some doubles of JSON text a little differently than they are: both sides are read by it. True and false it reads as 1 and 0. */
function encodeScalar(type: JsonScalar, value: unknown): SqlValue {
  return type === "string" ? value as string : type === "number" ? JSON.stringify(value) : value === true ? 1 : 0;
}

function jsonTest(test: JsonTest, column: string, path: () => string, operand: (place?: number) => string): string {
  const extracted = (): string => `json_extract(${column}, ${path()})`;
  const typed = (): string => `json_type(${column}, ${path()})`;
  switch (test.kind) {
    case "null": return `${extracted()} is null`;
    case "match": return `${matchText(test.mode, extracted(), operand())} and ${typed()} in (${TYPES.string})`;
    case "list": {
      const { type, size } = test;
      const found = extracted();
      const members = size === 0 ? `select value from json_each(${operand()})`
        : Array.from({ length: size }, (_, place) => scalar(type, operand(place))).join(", ");
      return `${found} in (${members}) and ${typed()} in (${TYPES[type]})`;
    }
    case "comparison": {
      const { type, operator } = test;
      const compared = `${extracted()} ${operator} ${scalar(type, operand())}`;
      return operator === "<>" ? `${compared} or ${typed()} not in (${TYPES[type]})` : `${compared} and ${typed()} in (${TYPES[type]})`;
    }
  }
}

function scalar(type: JsonScalar, placeholder: string): string {
  return type === "number" ? `json_extract(${placeholder}, '$')` : placeholder;
}

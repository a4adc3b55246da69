import type { JsonPath } from "../../model/json-path";
import type { JsonScalar, JsonTest } from "../../sql/predicate";
import type { Syntax } from "../syntax";
import { encodePattern, matchText } from "./sqlite-match";

/** What `json_type` calls them; `null` beside them, so that JSON's null stays neither equal nor unequal. */
const TYPES: Readonly<Record<Exclude<JsonScalar, "boolean">, string>> = { string: "'text', 'null'", number: "'integer', 'real', 'null'" };

/** `$."address"."city"[0]`: no key holds a quote. */
export function sqlitePath(path: JsonPath): string {
  return `$${path.map((segment) => typeof segment === "number" ? `[${segment}]` : `."${segment}"`).join("")}`;
}

export function sqlitePathLiteral(path: JsonPath): string {
  return `'${sqlitePath(path).replaceAll("'", "''")}'`;
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
      // SQLite reads some doubles of JSON text a little differently than they are: both sides are read by it.
      case "comparison": return test.type === "string" ? value as string : JSON.stringify(value);
    }
  },
};

function jsonTest(test: JsonTest, column: string, path: () => string, operand: () => string): string {
  const extracted = (): string => `json_extract(${column}, ${path()})`;
  const typed = (): string => `json_type(${column}, ${path()})`;
  switch (test.kind) {
    case "null": return `${extracted()} is null`;
    case "match": return `${matchText(test.mode, extracted(), operand())} and ${typed()} in (${TYPES.string})`;
    case "comparison": {
      const { type, operator } = test;
      if (type === "boolean") return `nullif(${typed()}, 'null') ${operator} ${operand()}`;
      const value = (): string => type === "number" ? `json_extract(${operand()}, '$')` : operand();
      return operator === "<>"
        ? `${extracted()} <> ${value()} or ${typed()} not in (${TYPES[type]})`
        : `${extracted()} ${operator} ${value()} and ${typed()} in (${TYPES[type]})`;
    }
  }
}

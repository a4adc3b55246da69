import type { JsonPath } from "../../model/json-path";
import type { JsonScalar, JsonTest } from "../../sql/predicate";
import type { SqlValue } from "../../sql/sql-value";
import type { Syntax } from "../syntax";
import { encodePattern, matchText } from "./postgres-match";
import { quoteLiteral } from "./postgres-names";

/** Strict: a key is never taken for a position, nor a position for a key, as with the lax form and with `#>`. */
function jsonPathText(path: JsonPath): string {
  return `strict $${path.map((segment) => typeof segment === "number" ? `[${segment}]` : `.${JSON.stringify(segment)}`).join("")}`;
}

function valueAt(column: string, path: string): string {
  // The last argument keeps places that are not there from being errors.
  return `jsonb_path_query_first(${column}, ${path}::jsonpath, '{}'::jsonb, true)`;
}

/** The value at a place that the model indexes; an index serves a condition only where both are written alike. */
export function jsonPathExpression(column: string, path: JsonPath): string {
  return valueAt(column, quoteLiteral(jsonPathText(path)));
}

/** How PostgreSQL looks into JSON. */
export const postgresJson: Pick<Syntax, "jsonPathLiteral" | "encodeJsonPath" | "jsonTest" | "encodeJsonOperand"> = {
  jsonPathLiteral: (path) => quoteLiteral(jsonPathText(path)),
  encodeJsonPath: jsonPathText,
  jsonTest,
  encodeJsonOperand: (test, value): SqlValue => {
    switch (test.kind) {
      case "null": return null;
      case "match": return encodePattern(test.mode, value as string);
      case "list": return JSON.stringify(value);
      case "comparison": return test.type === "string" && isRange(test.operator) ? value as string : JSON.stringify(value);
    }
  },
};

const isRange = (operator: string): boolean => operator !== "=" && operator !== "<>";

/** JSON's own comparison is by type and value; only texts are put in order otherwise, byte by byte. */
function jsonTest(test: JsonTest, column: string, path: () => string, operand: (place?: number) => string): string {
  const found = valueAt(column, path());
  const typed = (type: JsonScalar): string => `jsonb_typeof(${found}) = '${type}'`;
  const text = `(${found} #>> '{}') collate "C"`;
  // As a comparison with SQL's null, one with JSON's is unknown. Where a condition stands alone the server drops this part, so
  // that an index still serves the rest.
  const unlessNull = (condition: string): string => `(${condition}) or (${found} = 'null'::jsonb and null)`;
  switch (test.kind) {
    case "null": return `coalesce(jsonb_typeof(${found}), 'null') = 'null'`;
    case "match": return unlessNull(`${typed("string")} and ${matchText(test.mode, text, operand())}`);
    case "list": {
      const members = test.size === 0 ? `array(select jsonb_array_elements(${operand()}::jsonb))`
        : `array[${Array.from({ length: test.size }, (_, at) => `${operand(at)}::jsonb`).join(", ")}]`;
      return unlessNull(`${found} = any (${members})`);
    }
    case "comparison": {
      const { type, operator } = test;
      if (operator === "<>") return `${found} <> ${operand()}::jsonb and (${found} <> 'null'::jsonb or null)`;
      if (operator === "=") return unlessNull(`${found} = ${operand()}::jsonb`);
      if (type === "string") return unlessNull(`${typed(type)} and ${text} ${operator} ${operand()}::text`);
      return unlessNull(`${found} ${operator} ${operand()}::jsonb and ${typed(type)}`);
    }
  }
}

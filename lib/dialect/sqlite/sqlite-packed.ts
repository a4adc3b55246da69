import type { PropertyModel } from "../../model/entity-model";
import type { PackedRows } from "../dialect";
import { ownType } from "./sqlite-values";

/** As much of a property as says how its column is stored. */
type StoredAs = Pick<PropertyModel, "type" | "values">;

/** A greater text is not asked for: V8's strings end at half a gigabyte, and parsing keeps the process from everything else. */
const MOST_BYTES = 32 * 1_024 * 1_024;

/**
 * Writes a statement around another one that gives all values of each of its columns as one JSON text, or no row where that would be too
 * long. What JSON cannot hold exactly makes it fail, as blobs do, or shows as something else than what {@link PackedRows} says of a column.
 *
 * The order is that of the statement inside. Its LIMIT, which it must have, gives its ORDER BY a meaning that SQLite may not drop and keeps
 * it from being merged with the aggregates, which have no order, condition or group of their own and take the rows as they come.
 */
export function packRows(sql: string, columns: readonly StoredAs[]): PackedRows | null {
  // Twice as long as text, and still to be decoded, they would gain nothing.
  if (columns.length === 0 || columns.some((property) => property.type === "blob")) return null;
  const kinds = columns.map(kindOf);
  const lists = kinds.map((kind, position) => `json_group_array(${kind === "double" ? double(`c${position}`) : `c${position}`})`);
  return Object.freeze({
    // In a database of UTF-16 a letter has two bytes. There text would be encoded anew at every step, and broken text become another.
    sql: `select ${lists.map((list, position) => `${list} as c${position}`).join(", ")} from (${sql}) `
      + `having octet_length('a') = 1 and ${lists.map((list) => `octet_length(${list})`).join(" + ")} <= ${MOST_BYTES}`,
    columns: Object.freeze(kinds),
  });
}

function kindOf(property: StoredAs): PackedRows["columns"][number] {
  const declared = ownType(property);
  // A bigint is read as text too.
  if (property.type === "bigint" || declared === "TEXT") return "text";
  return declared === "REAL" ? "double" : "integer";
}

/** Many doubles are others with the 15 digits that SQLite gives JSON; with 20 they are themselves, infinite ones too. */
function double(column: string): string {
  return `case when typeof(${column}) = 'real' then json(printf('%!.20g', ${column})) else ${column} end`;
}

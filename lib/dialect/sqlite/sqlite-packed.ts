import type { PropertyModel } from "../../model/entity-model";
import type { PackedRows } from "../dialect";
import { ownType } from "./sqlite-values";

/** As much of a property as says how its column is stored. */
type StoredAs = Pick<PropertyModel, "type" | "values">;

/** A greater text is not asked for: V8's strings end at half a gigabyte, and parsing keeps the process from everything else. */
const MOST_BYTES = 32 * 1_024 * 1_024;

/**
 * Writes a statement around another one that gives all its rows as one JSON text, or NULL where that would be too long. What JSON cannot
 * hold exactly makes it fail, as blobs do, or shows as something that is no text among `texts`.
 *
 * The order is that of the statement inside. Its LIMIT, which it must have, gives its ORDER BY a meaning that SQLite may not drop and keeps
 * it from being merged with the aggregate, which has no order, condition or group of its own and takes the rows as they come.
 */
export function packRows(sql: string, columns: readonly StoredAs[]): PackedRows | null {
  // Twice as long as text, and still to be decoded, they would gain nothing.
  if (columns.length === 0 || columns.some((property) => property.type === "blob")) return null;
  const values = columns.map((property, position) => isText(property) ? `c${position}` : number(`c${position}`));
  return Object.freeze({
    // In a database of UTF-16 a letter has two bytes. There text would be encoded anew at every step, and broken text become another.
    sql: `select case when octet_length('a') = 1 and octet_length(t) <= ${MOST_BYTES} then t end as c0 from (select json_group_array(json_array(${values.join(", ")})) as t from (${sql}))`,
    texts: Object.freeze(columns.flatMap((property, position) => isText(property) ? [position] : [])),
  });
}

/** A bigint is read as text too. */
function isText(property: StoredAs): boolean {
  return property.type === "bigint" || ownType(property) === "TEXT";
}

/** Many doubles are others with the 15 digits that SQLite gives JSON; with 20 they are themselves, infinite ones too. Columns of whole numbers may hold them too. */
function number(column: string): string {
  return `case when typeof(${column}) = 'real' then json(printf('%!.20g', ${column})) else ${column} end`;
}

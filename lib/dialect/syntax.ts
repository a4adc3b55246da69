import type { PropertyModel } from "../model/entity-model";
import type { JsonPath } from "../model/json-path";
import type { DatePart, MeasureKind } from "../sql/aggregate";
import type { JsonTest, MatchMode } from "../sql/predicate";
import type { RowLock } from "../sql/statement";
import type { SqlValue } from "../sql/sql-value";
import type { PackedRows } from "./dialect";

/** What the compiler asks of a dialect while it writes a statement. */
export interface Syntax {
  /** A table, column or constraint name, quoted so that it can be nothing else. */
  identifier(name: string): string;
  /** A name of hand-written text, quoted so that the database takes it for a name or fails, never for a string. */
  strictName(name: string): string;
  /** The n-th parameter (from 1) of a statement. */
  placeholder(position: number): string;
  /** A placeholder as an operand of the column's type. */
  operand(property: PropertyModel, placeholder: string): string;
  /** A column as it is read, under an alias by position. */
  selected(property: PropertyModel, column: string, position: number): string;
  /** A column as its decoder wants it. */
  readable(property: PropertyModel, column: string): string;
  /** A text column as a pattern is compared with it, or a JSON column as a path leads into it. */
  content(property: PropertyModel, column: string): string;
  /** A placeholder as an expression of the column's type, where no column beside it tells the type. */
  typed(property: PropertyModel, placeholder: string): string;
  /** A placeholder for a number of rows. */
  whole(placeholder: string): string;
  /** A condition that holds until the statement's time is over; the argument makes it one of a row. */
  clock(argument: string): string;
  /** Encodes an accepted value. */
  encode(property: PropertyModel, value: unknown): SqlValue;
  /** A membership test against one JSON parameter. */
  jsonList(property: PropertyModel, placeholder: string): string;
  /** The list as that parameter. */
  encodeJsonList(property: PropertyModel, values: readonly unknown[]): SqlValue;
  /** What stands behind an operand to say that it is (or is not) among no values at all: false, or true. */
  emptyList(negated: boolean): string;
  /** A membership test of several columns against one JSON parameter. */
  jsonTuples(properties: readonly PropertyModel[], placeholder: string): string;
  encodeJsonTuples(properties: readonly PropertyModel[], tuples: readonly (readonly unknown[])[]): SqlValue;
  /** A column of a date or moment, cut to its day, month or year as `2026-01-31`, `2026-01` or `2026`. */
  datePart(part: DatePart, column: string, property: PropertyModel): string;
  /** What is computed of a column over the rows of a group. */
  measure(kind: MeasureKind, property: PropertyModel, column: string): string;
  /**
   * What is there and an operand added up, null staying null. A sum that the property could not be read with again must fail.
   *
   * @param operand writes the operand; each call takes a parameter of its own
   */
  added(property: PropertyModel, column: string, operand: () => string): string;
  /** The greater of two numbers that are not null. */
  greater(left: string, right: string): string;
  /** What follows a SELECT that locks its rows. */
  lock(lock: RowLock): string;
  /** What LIMIT says when only an offset is wanted. */
  readonly noLimit: string;
  /** Whether a sub-select gives any row, as a condition. */
  exists(select: string): string;
  /** A path into JSON as text of a statement; only the model's own come this way. */
  jsonPathLiteral(path: JsonPath): string;
  /** The path as a parameter. */
  encodeJsonPath(path: JsonPath): SqlValue;
  /**
   * A test of a place in a JSON column that is unknown, as a comparison with null is, where nothing is there.
   *
   * @param path writes the path, @param operand the value, or the one at a place in the list; each call takes a parameter of its own
   */
  jsonTest(test: JsonTest, column: string, path: () => string, operand: (place?: number) => string): string;
  /** The value of a comparison or match in a JSON column, or one of a list, or a whole list of size 0. */
  encodeJsonOperand(test: JsonTest, value: unknown): SqlValue;
  /** A pattern match; `encodePattern` makes the parameter. */
  match(mode: MatchMode, column: string, placeholder: string): string;
  encodePattern(mode: MatchMode, pattern: string): string;
  /** The rows of a statement that ends with LIMIT as a JSON text for each column; null where the columns cannot travel so, or the engine has no need of it. */
  packed(sql: string, columns: readonly PropertyModel[]): PackedRows | null;
  /** The columns and rows of an INSERT that names no column at all. */
  emptyRows(key: PropertyModel, rows: number): string;
}

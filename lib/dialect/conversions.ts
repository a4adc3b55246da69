import type { ColumnShape } from "./schema-shape";

/** What the values of a column may become without any of them being lost; what a rule does not allow is refused by the database. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  integer: ["bigint", "real", "decimal", "text"],
  bigint: ["decimal", "text"],
  decimal: ["text"],
  boolean: ["integer", "bigint"],
  uuid: ["text"],
  date: ["text", "datetime"],
  datetime: ["text"],
  json: ["text"],
};

/** An enum is what its members are; its CHECK looks at each value. */
export function storedKind({ kind, type }: ColumnShape): string {
  return kind !== "enum" ? kind : /int/i.test(type) ? "integer" : "text";
}

/** Whether every value of the one kind is also one of the other, written differently at most. */
export function keepsAll(from: ColumnShape, to: ColumnShape): boolean {
  return KEPT[storedKind(from)]?.includes(storedKind(to)) === true;
}

/** Whether the values stay as they are. */
export function isSameType(from: ColumnShape, to: ColumnShape): boolean {
  return storedKind(from) === storedKind(to) && from.type === to.type;
}

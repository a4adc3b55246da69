import { recordProperty } from "../metadata/record-store";
import type { ColumnOptions, EnumSource } from "../metadata/records";

/**
 * Marks a column that holds one of a few values: those of a TypeScript enum or of a list of literals (strings
 * or whole numbers, not both). Checked before the statement and by a CHECK constraint.
 *
 * @example
 * class Task { @Enum(["open", "done"]) state!: "open" | "done"; }
 */
export function Enum(
  values: EnumSource,
  options: Omit<ColumnOptions, "type"> = {},
): (prototype: object, property: string) => void {
  return (prototype, property) => recordProperty(prototype, Object.freeze({
    kind: "enum", property, values, options: Object.freeze({ ...options }),
  }));
}

import { recordProperty } from "../metadata/record-store";
import type { AnyClass, ColumnOptions } from "../metadata/records";

/**
 * Marks a JSON column. With a class, class-transformer rebuilds instances when rows are read and
 * class-validator checks them before they are written.
 *
 * @example
 * class Account { @Json(() => Address) address!: Address; @Json() labels!: string[]; }
 */
export function Json(
  shape?: () => AnyClass,
  options: ColumnOptions = {},
): (prototype: object, property: string) => void {
  return (prototype, property) => recordProperty(prototype, Object.freeze({
    kind: "json", property, shape: shape ?? null, options: Object.freeze({ ...options }),
  }));
}

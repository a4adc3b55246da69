import { recordProperty } from "../metadata/record-store";
import type { ColumnOptions } from "../metadata/records";

/**
 * Marks the moment (UTC, milliseconds) at which a row was inserted; the framework fills it in and never changes it.
 *
 * @example
 * class Document { @CreatedAt() created_at!: Date; }
 */
export function CreatedAt(
  options: Pick<ColumnOptions, "name" | "index" | "select"> = {},
): (prototype: object, property: string) => void {
  return (prototype, property) => recordProperty(prototype, Object.freeze({
    kind: "createdAt", property, options: Object.freeze({ ...options }),
  }));
}

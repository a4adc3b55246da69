import { recordProperty } from "../metadata/record-store";
import type { ColumnOptions } from "../metadata/records";

/**
 * Marks a stored property. The column's type follows the TypeScript type where reflection shows it
 * (`string` → text, `number` → integer, `boolean`, `Date` → datetime, `bigint`, `Buffer` → blob); say `type` for the others.
 *
 * @example
 * class Document { @Column({ length: 200 }) title!: string; @Column({ type: "text", nullable: true }) note!: string | null; }
 */
export function Column(options: ColumnOptions = {}): (prototype: object, property: string) => void {
  return (prototype, property) => recordProperty(prototype, Object.freeze({
    kind: "column", property, options: Object.freeze({ ...options }),
  }));
}

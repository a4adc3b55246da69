import { recordProperty } from "../metadata/record-store";
import type { ColumnOptions } from "../metadata/records";

/**
 * Marks a stored property. The column's type follows the TypeScript type where reflection shows it
 * (`string` → text, `number` → integer, `boolean`, `Date` → datetime, `bigint`, `Buffer` → blob); say `type` for the others.
 *
 * @example
 * class Document { @Column({ length: 200 }) title!: string; @Column({ type: "text", nullable: true }) note!: string | null; }
 * @example
 * class Order { @Column({ columnType: "varchar(20)", length: 20 }) state!: string; @Column({ defaultRaw: "gen_random_uuid()", type: "uuid" }) token!: string; }
 */
export function Column(options: ColumnOptions = {}): (prototype: object, property: string) => void {
  return (prototype, property) => recordProperty(prototype, Object.freeze({
    kind: "column", property, options: Object.freeze({ ...options }),
  }));
}

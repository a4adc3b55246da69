import { recordProperty } from "../metadata/record-store";
import type { PrimaryKeyOptions } from "../metadata/records";

/**
 * Marks the primary key. Numbers are counted by the database (`identity`), strings get a UUIDv7 (`uuid`),
 * unless `generate: "none"` leaves the value to the caller. On several properties: a composite key, all `none`.
 *
 * @example
 * class Document { @PrimaryKey() doc_id!: number; }
 */
export function PrimaryKey(options: PrimaryKeyOptions = {}): (prototype: object, property: string) => void {
  return (prototype, property) => recordProperty(prototype, Object.freeze({
    kind: "primaryKey", property, options: Object.freeze({ ...options }),
  }));
}

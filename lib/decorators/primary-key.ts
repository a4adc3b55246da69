import { recordProperty } from "../metadata/record-store";
import type { PrimaryKeyOptions } from "../metadata/records";

/**
 * Marks the primary key. Numbers are counted by the database (`identity`), strings get a UUIDv7 (`uuid`),
 * unless `generate: "none"` leaves the value to the caller. On several properties: a composite key, all `none`.
 * `generate: "perOwner"` counts 1, 2, 3 … for each owner of an owned entity, so that ids tell nothing of other owners; gaps
 * are possible, an id is never given twice, and rows of one owner lie together on disk.
 *
 * @example
 * class Document { @PrimaryKey() doc_id!: number; }
 * @example
 * class Invoice { @PrimaryKey({ generate: "perOwner" }) number!: number; @ForeignKey("User.user_id") user_id!: OwnerId; }
 */
export function PrimaryKey(options: PrimaryKeyOptions = {}): (prototype: object, property: string) => void {
  return (prototype, property) => recordProperty(prototype, Object.freeze({
    kind: "primaryKey", property, options: Object.freeze({ ...options }),
  }));
}

import { recordClass } from "../metadata/record-store";
import type { AnyClass } from "../metadata/records";

export interface EntityOptions {
  /** What foreign keys refer to, as in `"User.user_id"`; default: the class's name. */
  readonly name?: string;
  /** The table; default: the naming strategy's (snake_case). */
  readonly table?: string;
}

/**
 * Marks a class as an entity: a table whose rows are its instances.
 *
 * @example
 * @Entity({ table: "documents" })
 * class Document { @PrimaryKey() doc_id!: number; }
 */
export function Entity(options: EntityOptions = {}): (target: AnyClass) => void {
  return (target) => recordClass(target, Object.freeze({
    kind: "entity", name: options.name ?? null, table: options.table ?? null,
  }));
}

import { recordClass } from "../metadata/record-store";
import type { AnyClass } from "../metadata/records";

/**
 * What `@Entity` can be told.
 *
 * @example
 * @Entity({ table: "documents", name: "Doc" })
 * class Document {}
 */
export interface EntityOptions {
  /** What foreign keys refer to, as in `"User.user_id"`; default: the class's name. */
  readonly name?: string;
  /** The table; default: the naming strategy's (snake_case). */
  readonly table?: string;
  /**
   * The property that says which class a row is of: the entity's subclasses under `@SubEntity()` share its table. It may be declared, as
   * an enum or a text; else there is one of that name all the same.
   */
  readonly discriminator?: string;
  /** SQLite: whether the table is STRICT, so that its columns hold their types; default true. False for a table that others made otherwise. */
  readonly strict?: boolean;
  /**
   * What the table has in the database beside the model, as `schema.check()` names it: `"check"`, `"index"`, `"trigger"` and so on, then the
   * name. The check takes it for granted and reports it when it is gone; `ensure` leaves it alone. `freehold introspect` writes the list.
   */
  readonly unmanaged?: readonly string[];
}

/**
 * Marks a class as an entity: a table whose rows are its instances.
 *
 * @example
 * @Entity({ table: "documents" })
 * class Document { @PrimaryKey() doc_id!: number; }
 * @example
 * @Entity({ discriminator: "kind" })
 * abstract class Payment { @PrimaryKey() id!: number; @Column() cents!: number; }
 * @SubEntity("card")
 * class CardPayment extends Payment { @Column() digits!: string; }
 */
export function Entity(options: EntityOptions = {}): (target: AnyClass) => void {
  return (target) => recordClass(target, Object.freeze({
    kind: "entity", name: options.name ?? null, table: options.table ?? null, discriminator: options.discriminator ?? null,
    strict: options.strict ?? true, unmanaged: Object.freeze([...options.unmanaged ?? []]),
  }));
}

/**
 * Marks a subclass of an entity with a `discriminator`: its rows are in the same table, told apart by this value. Reads of the base give
 * instances of the subclasses; a repository of the subclass sees its own rows alone.
 *
 * @example
 * @SubEntity("card")
 * class CardPayment extends Payment { @Column() digits!: string; }
 */
export function SubEntity(value: string | number): (target: AnyClass) => void {
  return (target) => recordClass(target, Object.freeze({ kind: "subEntity", value }));
}

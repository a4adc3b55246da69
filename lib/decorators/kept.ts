import { recordProperty } from "../metadata/record-store";
import type { ColumnOptions, KeptKind } from "../metadata/records";

type PropertyDecorator = (prototype: object, property: string) => void;
type KeptOptions = Pick<ColumnOptions, "name" | "index">;

function kept(kind: KeptKind, options: ColumnOptions): PropertyDecorator {
  return (prototype, property) => recordProperty(prototype, Object.freeze({ kind, property, options: Object.freeze({ ...options }) }));
}

/**
 * Marks the moment (UTC, milliseconds) at which a row was inserted; the framework fills it in and never changes it.
 *
 * @example
 * class Document { @CreatedAt() created_at!: Date; }
 */
export function CreatedAt(options: Pick<ColumnOptions, "name" | "index" | "select"> = {}): PropertyDecorator { return kept("createdAt", options); }

/**
 * Marks the moment of the last change, whichever call made it: an insert, an update, a soft delete or a restore.
 *
 * @example
 * class Document { @UpdatedAt() updatedAt!: Date; }
 */
export function UpdatedAt(options: KeptOptions = {}): PropertyDecorator { return kept("updatedAt", options); }

/**
 * Marks a number that begins at 1 and goes up with every change. `save` and `remove` of an entity that somebody changed since it was
 * read are a `StaleEntityError`, and nothing is lost (optimistic locking).
 *
 * @example
 * class Document { @Version() version!: number; }
 */
export function Version(options: KeptOptions = {}): PropertyDecorator { return kept("version", options); }

/**
 * Marks the moment of a soft delete, null while there was none: `delete` and `remove` set it, and the row is gone from every read,
 * relation and count unless `withDeleted: true`. Unique keys ignore such rows; `restore` brings them back.
 *
 * @example
 * class Document { @DeletedAt() deletedAt!: Date | null; }
 */
export function DeletedAt(options: KeptOptions = {}): PropertyDecorator { return kept("deletedAt", options); }

import { recordProperty } from "../metadata/record-store";
import type { ForeignKeyOptions, ForeignKeyTarget } from "../metadata/records";

/**
 * Marks a stored reference to another entity's key. The column takes its type from the target and is
 * indexed unless `index: false`. Between two owned entities the database key holds the owner too, so that
 * a row can never point at another owner's.
 *
 * @example
 * class Task { @ForeignKey(() => [Project, "projectId"], { onDelete: "CASCADE" }) projectId!: number; }
 */
export function ForeignKey(
  target: ForeignKeyTarget,
  options: ForeignKeyOptions = {},
): (prototype: object, property: string) => void {
  return (prototype, property) => recordProperty(prototype, Object.freeze({
    kind: "foreignKey", property, target, options: Object.freeze({ ...options }),
  }));
}

import type { ColumnType } from "../metadata/records";
import type { PropertyModel } from "./entity-model";

/** A nullable property of no entity, for values and columns of hand-written SQL: they follow the rules of a column of the type. */
export function plainProperty(name: string, type: Exclude<ColumnType, "enum">): PropertyModel {
  return Object.freeze({
    name, column: name, position: 0, type, nullable: true, generated: null, default: null, values: null, json: null, columnType: null, loose: false,
    length: null, precision: null, scale: null, select: true, key: false, partial: false,
  });
}

import { types } from "node:util";
import { badSqlValue, undefinedValue } from "../../errors/sql-errors";
import type { ColumnType } from "../../metadata/records";
import { acceptValue } from "../../model/accept";
import { plainProperty } from "../../model/plain-property";
import type { ValuePart } from "../../sql/hand-written";

/** Checks the values of one statement and gives each its slot. */
export class Values {
  readonly #accepted: unknown[] = [];

  /** What the binders take. */
  get all(): readonly unknown[] { return this.#accepted; }

  /**
   * Takes a value as a column of its type would.
   *
   * @throws InvalidQueryError for undefined, ValidationError for what is no value or one that cannot be stored
   */
  take(value: unknown): ValuePart {
    const position = this.#accepted.length + 1;
    if (value === undefined) throw undefinedValue(position);
    const property = plainProperty("value", typeOf(value) ?? refuse(position, value, null));
    if (value === null) return { kind: "value", property: null, slot: this.#push(null) };
    const accepted = acceptValue(property, value);
    if ("fault" in accepted) return refuse(position, value, accepted.fault);
    return { kind: "value", property, slot: this.#push(accepted.value) };
  }

  /** A number of the framework's own. */
  add(value: number): number {
    return this.#push(value);
  }

  #push(value: unknown): number {
    return this.#accepted.push(value) - 1;
  }
}

function refuse(position: number, value: unknown, fault: string | null): never {
  throw badSqlValue(position, value, fault);
}

function typeOf(value: unknown): Exclude<ColumnType, "enum"> | null {
  switch (typeof value) {
    case "string": return "text";
    case "bigint": return "bigint";
    case "boolean": return "boolean";
    case "number": return Number.isSafeInteger(value) ? "integer" : "real";
    default:
      if (value === null) return "text";
      return types.isDate(value) ? "datetime" : types.isUint8Array(value) ? "blob" : null;
  }
}

import type { EntityModel } from "../model/entity-model";

/** An engine's means to set up and look at a database that is there for tests alone. */
export interface Rehearsal {
  /** Takes every row of the tables, whatever they refer to, and lets counted keys begin anew. */
  empty(tables: readonly EntityModel[]): string;
  /** Lets the database give this number next to a row of the table; null: nobody can tell it. */
  countFrom(table: EntityModel, next: number): string | null;
  /** Reads all rows as they are stored: each column as a text that is the same for the same value alone. */
  stored(table: EntityModel): string;
}

/** Whether the database itself counts the table's keys. */
export function isCountedByDatabase({ primaryKey }: EntityModel): boolean {
  return primaryKey.generate === "identity" && primaryKey.properties.length === 1 && !/small/i.test(primaryKey.properties[0]?.columnType ?? "");
}

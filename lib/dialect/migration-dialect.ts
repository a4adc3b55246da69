import type { DatabaseModel } from "../model/entity-model";
import type { Ask } from "./ask";
import type { ColumnShape, SchemaShape, TableShape } from "./schema-shape";

/** Two schemas, with what became of each table and column. */
export interface SchemaChange {
  readonly from: SchemaShape;
  readonly to: SchemaShape;
  readonly tables: readonly TableChange[];
  readonly added: readonly TableShape[];
  readonly removed: readonly TableShape[];
}

/** A table that both have, perhaps under two names. */
export interface TableChange {
  readonly from: TableShape;
  readonly to: TableShape;
  readonly columns: readonly ColumnChange[];
}

/** `from` null: a new column; `to` null: one that goes. */
export interface ColumnChange {
  readonly from: ColumnShape | null;
  readonly to: ColumnShape | null;
  /** An expression over the old columns: a new column's values, or those in place of NULL, or those of another type. */
  readonly fill: string | null;
  /** Such an expression for the values of all rows, whatever there is. */
  readonly convert: string | null;
}

/** One thing that a migration does. */
export interface SqlStep {
  readonly sql: string;
  /** What is gone afterwards, such as `the values of note.title`. */
  readonly losesData?: string | undefined;
  /** What whoever reads it should know. */
  readonly comment?: string | undefined;
}

/** How an engine's schema changes, and how it keeps account of that. */
export interface MigrationDialect {
  shape(model: DatabaseModel): SchemaShape;
  /** The same tables as the database has them, whoever made them; those that it does not have are left out. */
  found(wanted: SchemaShape, ask: Ask): Promise<SchemaShape>;
  /** @throws MigrationError for what the engine cannot change in place */
  steps(change: SchemaChange): readonly SqlStep[];
  /** How values of one column become another's, as an expression over its name: those that cannot are refused. Null: in no way. */
  conversion(from: ColumnShape, to: ColumnShape): string | null;
  /** Makes the connection fit for changes of the schema, outside of any transaction, and undoes it; null: nothing to do. */
  readonly setting: { readonly before: string; readonly after: string } | null;
  /** Keeps other migrations out until the end of the transaction, and makes it fit for one; null: the transaction itself does. */
  readonly lock: string | null;
  /** References that point nowhere, each in words without values; for engines that do not look by themselves. */
  dangling(ask: Ask): Promise<readonly string[]>;
  /** What there is, where a step may take it away without a word, such as another tool's trigger. */
  besides(ask: Ask): Promise<readonly Besides[]>;
  /** Statements that do nothing, and fail where something speaks of what is not there; for engines that let it stay. */
  probes(ask: Ask): Promise<readonly Probe[]>;
  readonly journal: JournalSql;
}

/** `table`: the table that it hangs on, or itself. */
export interface Besides {
  readonly kind: string;
  readonly name: string;
  readonly table: string;
  readonly sql: string;
  /** How much of an index is no column: some builds take a quoted name of none for a text. */
  readonly expressions: number;
}

export interface Probe {
  /** Whose fault it is if it fails. */
  readonly what: string;
  readonly sql: string;
}

export interface JournalSql {
  /** What the table is called. */
  readonly table: string;
  readonly create: string;
  /** Whether there is a journal: one row with 1 or 0. */
  readonly exists: string;
  /** Name, checksum and moment of each applied migration, in the order in which they were applied. */
  readonly list: string;
  /** Takes name, checksum and moment. */
  readonly insert: string;
  /** Takes the name. */
  readonly remove: string;
}

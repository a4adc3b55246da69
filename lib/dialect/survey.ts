import type { ColumnType, Deferrable } from "../metadata/records";

/** What a database holds, as far as entities can say it: read from its catalogue for `introspect`. */
export interface Survey {
  readonly tables: readonly SurveyedTable[];
  /** What is there besides, such as views; no entities are made of it. */
  readonly others: readonly { readonly name: string; readonly what: string }[];
}

export interface SurveyedTable {
  readonly name: string;
  readonly comment: string | null;
  /** Whether SQLite holds its columns to their types. */
  readonly strict: boolean;
  readonly columns: readonly SurveyedColumn[];
  /** Column names in order; empty: it has no primary key. */
  readonly primaryKey: readonly string[];
  /** Whether the database counts the key, and whether it may give the id of a deleted row again. */
  readonly counted: { readonly autoIncrement: boolean } | null;
  /** Unique constraints and indexes over columns alone, without conditions and in the usual order. */
  readonly uniques: readonly SurveyedKey[];
  readonly indexes: readonly SurveyedKey[];
  /** Those of one column. */
  readonly references: readonly SurveyedReference[];
  readonly triggers: readonly string[];
}

export interface SurveyedColumn {
  readonly name: string;
  readonly comment: string | null;
  /** The database's own type; null: the one that Freehold takes for `type`. */
  readonly columnType: string | null;
  /** The same, said in any case: a reference takes its target's otherwise. */
  readonly fullType: string;
  readonly type: ColumnType;
  /** What it is as part of a primary key; null: it cannot be one. */
  readonly keyType: ColumnType | null;
  readonly nullable: boolean;
  readonly length: number | null;
  readonly precision: number | null;
  readonly scale: number | null;
  readonly values: readonly string[] | null;
  /** The default as the catalogue writes it. */
  readonly default: string | null;
  /** The default where it is a constant of the column's type. */
  readonly constant: string | number | boolean | null;
  /** Whether the database computes it, so that nothing can be written to it. */
  readonly computed: boolean;
  /** What whoever reads it should know. */
  readonly note: string | null;
}

export interface SurveyedKey {
  /** Null: it has none that could be said. */
  readonly name: string | null;
  readonly columns: readonly string[];
}

export interface SurveyedReference {
  readonly name: string | null;
  readonly column: string;
  readonly targetTable: string;
  readonly targetColumn: string;
  readonly onDelete: string;
  readonly onUpdate: string;
  readonly deferrable: Deferrable | null;
}

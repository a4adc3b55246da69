import type { FreeholdError } from "../errors/freehold-error";
import type { EntityModel, PropertyModel } from "../model/entity-model";
import type { Vocabulary } from "../raw/vocabulary";
import type { HandWritten } from "../sql/hand-written";
import type { SqlValue } from "../sql/sql-value";
import type { Statement } from "../sql/statement";

/** Makes one parameter from the owner's key (of the source's access) and the values of a call. */
export type Binder = (owner: unknown, values: readonly unknown[]) => SqlValue;

/** A statement as text, with what is needed to fill and read it; holds no value of any call. */
export interface CompiledStatement {
  readonly sql: string;
  readonly readOnly: boolean;
  readonly returnsRows: boolean;
  readonly binders: readonly Binder[];
}

/** What an error was about, for its message. */
export interface ErrorSubject {
  readonly model: EntityModel | null;
  readonly operation: string;
  /** Whether the text was hand-written: then the engine's words about it help its author. */
  readonly handWritten?: boolean | undefined;
}

/** Turns a column's raw value into the entity's; throws {@link Undecodable} on what the model cannot read. */
export type Decoder = (raw: unknown) => unknown;

/** Why a raw value could not be decoded; the hydrator adds entity, property and key. */
export class Undecodable extends Error {}

/** What the database holds of one table, as far as the model can say it. */
export interface TableDescription {
  readonly columns: readonly ColumnDescription[];
  /** Column names in order. */
  readonly primaryKey: readonly string[];
  /** Whether the rows are stored in the order of the primary key. */
  readonly clustered: boolean;
  /** Of each unique constraint or unique index, the primary key left out. */
  readonly uniques: readonly UniqueDescription[];
  readonly indexes: readonly (readonly string[])[];
  readonly foreignKeys: readonly ForeignKeyDescription[];
  /** CHECK constraints, each as `name: expression`. */
  readonly checks: readonly string[];
  readonly triggers: readonly string[];
}

export interface ColumnDescription {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly default: string | null;
}

/** `where`: the condition that rows must meet to count; null: all do. */
export interface UniqueDescription {
  readonly columns: readonly string[];
  readonly where: string | null;
}

export interface ForeignKeyDescription {
  readonly columns: readonly string[];
  readonly targetTable: string;
  readonly targetColumns: readonly string[];
  readonly onDelete: string;
  readonly onUpdate: string;
}

/** Answers a question that reads the engine's catalogue. */
export type Ask = (sql: string, parameters: readonly SqlValue[]) => Promise<readonly (readonly unknown[])[]>;

/** A schema object and the statements that make it. */
export interface SchemaObject {
  readonly kind: "table" | "index" | "trigger";
  readonly name: string;
  readonly sql: string;
}

/** An engine's schema: what the model wants of a table, and what the database holds. */
export interface Ddl {
  /** The table, then its indexes and triggers. */
  objects(model: EntityModel): readonly SchemaObject[];
  /** What `describe` must find when the database agrees with the model. */
  expected(model: EntityModel): TableDescription;
  /** What the database holds, or null when there is no such table. */
  describe(table: string, ask: Ask): Promise<TableDescription | null>;
  /** Names of existing tables, indexes and triggers. */
  existing(ask: Ask): Promise<ReadonlySet<string>>;
  drop(models: readonly EntityModel[]): string;
}

/** An engine's plans of statements. */
export interface Plans {
  /** The statement that asks for another one's plan. */
  explain(sql: string): string;
  /** The plan as text: no costs, which would tell of all rows. */
  text(rows: readonly (readonly unknown[])[]): string;
  /** The names, or aliases, of tables that it reads from end to end. */
  scans(rows: readonly (readonly unknown[])[]): readonly string[];
  /** Counts a table's rows, up to so many. */
  atLeast(table: string, rows: number): string;
}

/** Everything in which one engine differs from another. */
export interface Dialect {
  readonly name: "sqlite" | "postgres";
  /** The greatest number of parameters in one statement. */
  readonly maxParameters: number;
  compile(statement: Statement): CompiledStatement;
  /** `clocked`: the statement looks at the time itself. */
  compileHandWritten(statement: HandWritten, clocked: boolean): CompiledStatement;
  /** What hand-written SQL may name. */
  readonly vocabulary: Vocabulary;
  decoder(property: PropertyModel): Decoder;
  /** Whether the engine orders the column's values as numbers, moments or text should be. */
  ordered(property: PropertyModel): boolean;
  /** Whether the engine adds the column's values up exactly as what they are. */
  summable(property: PropertyModel): boolean;
  /** Makes the schema's statements. */
  readonly ddl: Ddl;
  readonly plans: Plans;
  /** The neutral error for a native one. */
  toError(native: unknown, subject: ErrorSubject): FreeholdError;
}

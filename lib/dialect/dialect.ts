import type { FreeholdError } from "../errors/freehold-error";
import type { DatabaseModel, EntityModel, PropertyModel } from "../model/entity-model";
import type { Vocabulary } from "../raw/vocabulary";
import type { HandWritten } from "../sql/hand-written";
import type { SqlValue } from "../sql/sql-value";
import type { Statement } from "../sql/statement";
import type { Ask } from "./ask";
import type { Examination } from "./examination";
import type { MigrationDialect } from "./migration-dialect";
import type { Rehearsal } from "./rehearsal";
import type { Survey } from "./survey";

export type { Ask } from "./ask";

/** Makes one parameter from the owner's key (of the source's access) and the values of a call. */
export type Binder = (owner: unknown, values: readonly unknown[]) => SqlValue;

/** A statement as text, with what is needed to fill and read it; holds no value of any call. */
export interface CompiledStatement {
  readonly sql: string;
  readonly readOnly: boolean;
  readonly returnsRows: boolean;
  readonly binders: readonly Binder[];
  /** The same rows in another shape, where the engine has one; it takes the same parameters. */
  readonly packed?: PackedRows;
}

/** A statement whose answer is one row with all values of a column as one JSON text in each place, for drivers to which each row is dear. */
export interface PackedRows {
  readonly sql: string;
  /**
   * What the values of each column are: text or null, doubles as exact as JSON has them, or integers, with neither a dot nor an exponent in
   * the column's text. Whoever finds anything else there has to read the rows one by one.
   */
  readonly columns: readonly ("text" | "double" | "integer")[];
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
  /** Names of triggers on the table that are none of Freehold's. */
  readonly otherTriggers: readonly string[];
  /** Names of columns that SQLite computes, which it does not count among a table's columns. */
  readonly generatedColumns: readonly string[];
  /** How the rows are spread over partitions, each of them as `name: values`; empty: they are not. */
  readonly partitions: readonly string[];
  /** `enabled` and `forced`, as row-level security is of the table; of a partition with its name in front. */
  readonly rowSecurity: readonly string[];
  /** Each as `name: what it says`. */
  readonly policies: readonly string[];
  /** What the roles that matter may do, such as `select to application`. */
  readonly grants: readonly string[];
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

/** A schema object and the statements that make it. */
export interface SchemaObject {
  readonly kind: "role" | "table" | "partition" | "distribution" | "index" | "foreignKey" | "trigger" | "rowSecurity" | "policy" | "grant" | "owner";
  /** What people call it. */
  readonly name: string;
  /** What `existing` calls it. */
  readonly id: string;
  readonly sql: string;
  /** What has to be put aside while it is made, where it exists already. */
  readonly aside?: readonly PutAside[];
}

export interface PutAside {
  /** What `existing` calls it. */
  readonly id: string;
  readonly before: string;
  readonly after: string;
}

/** The rows of owned entities, spread by their owner over tables of one server. */
export interface HashPartitions {
  readonly owned: "hash-partitions";
  readonly partitions: number;
}

/** How the rows are laid out: over the partitions of each table, or over the servers of a Citus cluster. */
export type SchemaLayout = "citus" | HashPartitions;

/** What the model needs beside its tables: the roles, and what they may do. */
export interface Surroundings {
  readonly wanted: readonly string[];
  readonly found: readonly string[];
}

/** One thing of a table that is not as the model wants it, as {@link TableDescription} names it. */
export interface SchemaFault {
  readonly kind: "index" | "unique" | "trigger" | "partition" | "rowSecurity" | "policy" | "grant";
  readonly state: "missing" | "unexpected";
  readonly name: string;
}

/** An engine's schema: what the model wants of a table, and what the database holds. Models name their tables in the order in which they are made. */
export interface Ddl {
  /** Keeps others out until the end of the transaction who also make a schema; null: the engine does so by itself. */
  readonly lock: string | null;
  /**
   * Everything that the tables of a model consist of, in the order in which it is made; without a layout, in the driver's.
   *
   * @throws ModelError when the entities do not fit the layout
   */
  objects(model: DatabaseModel, layout?: SchemaLayout): readonly SchemaObject[];
  /** What `describe` must find when the database agrees with the model. */
  expected(table: EntityModel, model: DatabaseModel): TableDescription;
  /** What the database holds, or null when there is no such table. */
  describe(table: string, ask: Ask): Promise<TableDescription | null>;
  /** All that is there, for entities to be made of it. */
  survey(ask: Ask): Promise<Survey>;
  /** What exists, as `SchemaObject.id` names it. */
  existing(ask: Ask): Promise<ReadonlySet<string>>;
  surroundings(ask: Ask): Promise<Surroundings>;
  drop(model: DatabaseModel): string;
  /** How an administrator makes such roles for the current one. */
  byHand(roles: readonly SchemaObject[], ask: Ask): Promise<readonly string[]>;
  /** Statements that mend a fault, once each or twice, and touch no row; null: it takes more than that. */
  mend(fault: SchemaFault, table: EntityModel, model: DatabaseModel): readonly string[] | null;
  /** Whether a native error says that the current role may not do such a thing. */
  forbids(native: unknown): boolean;
}

/** An engine's plans of statements. */
export interface Plans {
  /** The statement that asks for another one's plan. */
  explain(sql: string): string;
  /** Whether that one takes the other one's parameters. */
  readonly takesParameters: boolean;
  /** The plan as text: no costs, which would tell of all rows. */
  text(rows: readonly (readonly unknown[])[]): string;
  /** The names, or aliases, of tables that it reads from end to end. */
  scans(rows: readonly (readonly unknown[])[]): readonly string[];
  /** Counts a table's rows, up to so many. */
  atLeast(table: string, rows: number): string;
}

/**
 * Statements around an insert that brings ids of an `identity` key along, in one transaction: the database must not give them again.
 * `before` goes first; `after` takes the greatest of the ids.
 */
export type IdentityFollower = (model: EntityModel, key: PropertyModel) => { readonly before: string; readonly after: string };

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
  /** A value of hand-written SQL whose meaning nobody named; `type`: what the driver says of its column. */
  plain(raw: unknown, type: number | undefined): unknown;
  /** Whether the engine orders the column's values as numbers, moments or text should be. */
  ordered(property: PropertyModel): boolean;
  /** Whether what is read of the column is all that it holds. */
  exact(property: PropertyModel): boolean;
  /** Whether the engine adds the column's values up exactly as what they are. */
  summable(property: PropertyModel): boolean;
  /** Whether the database itself looks in whose name a statement runs. */
  readonly identifies: boolean;
  /** Looks at the database before it is used; null: there is nothing to look at. @throws ConnectionError when it cannot be used as it is */
  readonly admit: ((model: DatabaseModel, ask: Ask) => Promise<void>) | null;
  /** Null: counted keys follow by themselves. */
  readonly followIdentity: IdentityFollower | null;
  /** Makes the schema's statements. */
  readonly ddl: Ddl;
  /** Makes those that change it. */
  readonly migrations: MigrationDialect;
  readonly plans: Plans;
  /** Looks for what breaks the model's promises. */
  readonly examination: Examination;
  /** Whether a driver's code is the engine's own word on a statement, and none of the network or of the program. */
  isStatus(code: string): boolean;
  /** Sets up databases that are there for tests. */
  readonly rehearsal: Rehearsal;
  /** The neutral error for a native one. */
  toError(native: unknown, subject: ErrorSubject): FreeholdError;
}

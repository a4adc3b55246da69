import type { SqlValue } from "../sql/sql-value";

/**
 * One change of the schema, as the default export of a file in the migrations' folder.
 *
 * @example
 * const migration: Migration = {
 *   dialect: "sqlite",
 *   up: [`alter table "note" add column "pinned" integer not null default 0`],
 *   down: [{ losesData: "the values of note.pinned", sql: `alter table "note" drop column "pinned"` }],
 * };
 * export default migration;
 */
export interface Migration {
  /** The database whose SQL it is. */
  readonly dialect: "sqlite" | "postgres";
  /** What brings the change about, in one transaction. */
  readonly up: readonly MigrationStep[];
  /** What undoes it, in one transaction; null: nothing can. */
  readonly down: readonly MigrationStep[] | null;
}

/** SQL (one statement or several, with `;` between them), or code. */
export type MigrationStep = string | SqlMigrationStep | CodeMigrationStep;

/**
 * A step of SQL that says what it loses.
 *
 * @example
 * const step: SqlMigrationStep = { losesData: "the values of note.stars", sql: 'alter table "note" drop column "stars"' };
 */
export interface SqlMigrationStep {
  readonly sql: string;
  /** What is gone afterwards, in words: such a step runs only where that is allowed (`--allow-data-loss`). */
  readonly losesData?: string | undefined;
}

/** For what SQL alone cannot do, such as values that only the application can work out. */
export interface CodeMigrationStep {
  /** What it does, in a line: a dry run prints it. */
  readonly describe: string;
  /** Does it, on the connection of the migration's transaction. */
  readonly run: (connection: MigrationConnection) => Promise<void>;
  readonly losesData?: string | undefined;
}

/**
 * The connection of the migration's transaction. Nothing is scoped here: a migration works on everybody's rows. Where PostgreSQL's row-level security
 * would hide some, a statement fails instead, until `alter table … no force row level security` lets it see them.
 */
export interface MigrationConnection {
  /**
   * Runs one statement that yields rows; parameters stand where `?` (SQLite) or `$1::type` (PostgreSQL) is.
   *
   * @returns a plain object for each row, by the names of its columns; the values are as the driver reads them, on PostgreSQL all of them texts
   */
  query(sql: string, parameters?: readonly SqlValue[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /**
   * Runs one statement that yields none.
   *
   * @returns how many rows it wrote
   */
  execute(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
}

import type { Dialect, PackedRows } from "../dialect/dialect";
import type { Identity } from "../scope/identity";
import type { SqlValue } from "../sql/sql-value";
import type { DatabasePlace, PoolState } from "./telemetry";

export type { SqlValue } from "../sql/sql-value";

/** SQL text and what the driver must know to run it well. */
export interface SqlText {
  readonly sql: string;
  /** True when the text reads only, so that a reader connection may run it. */
  readonly readOnly: boolean;
  /** True when the text yields rows (SELECT, or a write with RETURNING). */
  readonly returnsRows: boolean;
  /** True for a text whose placeholders stay unfilled, as in a plan for any values. */
  readonly unfilled?: boolean | undefined;
  /** True when the result is to tell its columns' names. */
  readonly named?: boolean | undefined;
  /** The same rows as a text for each column, which a driver may ask for instead; see {@link PackedRows}. */
  readonly packed?: PackedRows | undefined;
}

/** What one statement answered: rows by position, and how many rows a write touched. */
export interface StatementResult {
  readonly rows: readonly (readonly unknown[])[];
  /** Rows written by an INSERT, UPDATE or DELETE; for one that returns rows, the number returned. */
  readonly changes: number;
  /** The columns' names, where the text asked for them. */
  readonly columns?: readonly string[] | undefined;
  /** Their types as the engine numbers them, where it does and the text asked for names. */
  readonly types?: readonly number[] | undefined;
}

/** How long and under which signal a call may wait. */
export interface CallOptions {
  /** Aborts waiting, and reading where the engine can be interrupted; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** For text that somebody wrote: it runs where nothing can be written, and is stopped after so many milliseconds. */
  readonly sealedMs?: number | undefined;
  /** In whose name the statement runs, for databases that look at it themselves. */
  readonly identity?: Identity | undefined;
  /** For text that nobody understands: it may leave the connection in another state than before. */
  readonly unchecked?: boolean | undefined;
}

/** One open connection. It runs one statement at a time; callers hold it through a {@link Lease}. */
export interface Connection {
  execute(text: SqlText, parameters: readonly SqlValue[], options?: CallOptions): Promise<StatementResult>;
  /** Runs several statements without parameters (DDL, PRAGMA, BEGIN). */
  script(sql: string): Promise<void>;
  close(): Promise<void>;
}

/** The right to use one connection alone until `release` is called (once). */
export interface Lease {
  readonly connection: Connection;
  /** `broken`: the connection's state is unknown; the pool closes it and opens another when one is needed. */
  release(broken?: boolean): void;
}

/** Hands out connections; the only owner of their number and life. */
export interface Pool {
  readonly place: DatabasePlace;
  /** How its connections are used at this moment, those of each kind. */
  states(): readonly PoolState[];
  acquire(mode: "read" | "write", options?: CallOptions): Promise<Lease>;
  /**
   * Runs a statement by itself where a connection is free at this moment, and answers without a promise where the engine works on the
   * calling thread; null: it has to wait its turn. A promise for each layer between would cost more than a short statement does.
   */
  immediate?(text: SqlText, parameters: readonly SqlValue[], options: CallOptions): StatementResult | Promise<StatementResult> | null;
  /** Refuses new work with DatabaseClosedError, waits for leases that are out, then closes every connection. */
  close(): Promise<void>;
}

/** What `sqlite3(…)`, `betterSqlite3(…)` and `postgres(…)` return: everything `Database.open` needs of an engine. */
export interface Driver {
  /** The driver's name as users call it: `"sqlite3"`, `"betterSqlite3"`, `"postgres"`. */
  readonly name: string;
  readonly dialect: Dialect;
  /** Whether a running read can be stopped from outside; if not, hand-written statements look at the time themselves. */
  readonly interrupts: boolean;
  /** The absolute path of the file that holds the database, where one does; `open` creates it when it is missing. */
  readonly file?: string | undefined;
  /** Loads the npm package and opens the first connection. */
  open(): Promise<Pool>;
  /** The same on a schema of its own, which is made when it is opened and dropped when it is closed; absent where an engine has no schemas. */
  readonly apart?: (schema: string) => Driver;
}

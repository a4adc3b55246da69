import type { LogScope } from "../scope/log-scope";

/** Where a database is, as far as its driver knows; never a password or a login. */
export interface DatabasePlace {
  /** The database's name; of a file without its folder. */
  readonly name: string | undefined;
  readonly address: string | undefined;
  readonly port: number | undefined;
}

/** The connections of one kind at this moment. */
export interface PoolState {
  /** What they are lent for; `any`: for everything. */
  readonly mode: "read" | "write" | "any";
  /** How many there may be. */
  readonly limit: number;
  readonly idle: number;
  /** Lent, or about to be. */
  readonly used: number;
  /** Calls that wait for one. */
  readonly pending: number;
}

/** The database that is watched. */
export interface TelemetryTarget {
  readonly dialect: "sqlite" | "postgres";
  readonly place: DatabasePlace;
  /** Its connections at this moment. */
  readonly pools: () => readonly PoolState[];
}

/** A statement that is about to run. It holds no value of any parameter. */
export interface StatementFacts {
  readonly sql: string;
  /** Whether the text is the application's own. */
  readonly handWritten: boolean;
  /** The tables that it is about; of hand-written SQL, those of its `table()` holes. */
  readonly tables: readonly string[];
  readonly entity: string | undefined;
  /** The repository's method, `find`, `insert`, …, `sql` or `schema`. */
  readonly operation: string;
  readonly scope: LogScope;
}

/** Why something failed, in words that hold no row's values. */
export interface TelemetryFailure {
  /** The code of a `FreeholdError`, `ABORTED`, or the name of another error's class. */
  readonly type: string;
  /** The database's own code: an SQLSTATE, or such as `SQLITE_CONSTRAINT_UNIQUE`. */
  readonly status: string | undefined;
  /** The name of the error's class. */
  readonly name: string;
  /** Absent where it could repeat a value: hand-written SQL, and errors that are not Freehold's. */
  readonly message: string | undefined;
  /** Places in the code alone. */
  readonly stack: string;
}

/** What came of a statement. */
export interface StatementOutcome {
  /** Rows that came back, where the statement gives rows. */
  readonly returned?: number | undefined;
  /** Rows that a write touched. */
  readonly changed?: number | undefined;
  readonly failure?: TelemetryFailure | undefined;
}

/** Work of several statements. */
export type WorkFacts =
  | { readonly kind: "transaction"; readonly nested: boolean; readonly readOnly: boolean }
  | { readonly kind: "stream"; readonly table: string; readonly entity: string; readonly scope: LogScope };

/** What came of a transaction or a stream. */
export interface WorkOutcome {
  /** `commit` or `rollback` of a transaction; a stream was read to its `end`, or was `left` before. */
  readonly outcome: "commit" | "rollback" | "end" | "left";
  /** How often a transaction's callback was called. */
  readonly attempts?: number | undefined;
  /** How many rows a stream gave. */
  readonly rows?: number | undefined;
  readonly failure?: TelemetryFailure | undefined;
}

/** Something that takes time: it has begun, and is ended once. */
export interface Stretch<Outcome> {
  /** Runs a part of it, so that what begins in there is known to belong to it. */
  within<T>(work: () => T): T;
  /** It is over. */
  end(outcome: Outcome): void;
}

/** What watches one open database. */
export interface TelemetryWatch {
  /** A statement is about to run. */
  statement(facts: StatementFacts): Stretch<StatementOutcome>;
  /** A transaction or a stream begins. */
  work(facts: WorkFacts): Stretch<WorkOutcome>;
  /** A call got a connection after so many seconds, in the stretch that it was made in. */
  waited(mode: "read" | "write", seconds: number): void;
  /** Where the calling code is; only {@link onBehalf} knows what to do with it. */
  here(): unknown;
  /** Runs work as if it were called from the first of the places, for the sake of all of them. */
  onBehalf<T>(places: readonly unknown[], work: () => T): T;
  /** The database has been closed. */
  close(): void;
}

/** What `Database.open({ telemetry })` takes, such as what `openTelemetry()` of `freehold/opentelemetry` returns. */
export interface Telemetry {
  /** A database has been opened; what it returns hears of everything that happens there. */
  watch(target: TelemetryTarget): TelemetryWatch;
}

import { CLOCK_FUNCTION } from "../../dialect/sqlite/sqlite-clock";
import { sqliteDialect } from "../../dialect/sqlite/sqlite-dialect";
import { packageUnusable } from "../../errors/connection-errors";
import { statementTimedOut } from "../../errors/sql-errors";
import type { Driver, SqlText, SqlValue, StatementResult } from "../driver";
import { isUnbuilt, loadPackage } from "../load-package";
import { LruCache } from "../lru-cache";
import { listsProgram, STATEMENT_LIMIT, toNative, type NativeConnection } from "./native-connection";
import { readOptions, type SqliteOptions } from "./sqlite-options";
import { SqlitePool } from "./sqlite-pool";

/** The options of {@link betterSqlite3}. */
export type BetterSqlite3Options = SqliteOptions;

interface BetterStatement {
  readonly reader: boolean;
  raw(): this;
  all(parameters: readonly unknown[]): unknown[][];
  columns(): readonly { readonly name: string }[];
  run(parameters: readonly unknown[]): { readonly changes: number };
}

interface BetterDatabase {
  readonly inTransaction: boolean;
  prepare(sql: string): BetterStatement;
  exec(sql: string): unknown;
  function(name: string, options: { readonly varargs: true; readonly deterministic: false; readonly directOnly: true }, body: () => number): unknown;
  close(): unknown;
}

type BetterConstructor = new (file: string, options: { readonly readonly: boolean; readonly timeout: number }) => BetterDatabase;

const PACKAGE = { driver: "betterSqlite3", name: "better-sqlite3", version: "12" } as const;

/**
 * SQLite by the npm package better-sqlite3, whose statements run on the calling thread: the fastest choice for short queries.
 * @throws ConnectionError (CONNECTION_ERROR, not retryable) for options that it cannot use.
 */
export function betterSqlite3(options: BetterSqlite3Options): Driver {
  const settings = readOptions(PACKAGE.driver, options, 1);
  return {
    name: PACKAGE.driver,
    dialect: sqliteDialect,
    interrupts: false,
    file: settings.memory ? undefined : settings.file,
    open: async () => {
      const Database = loadPackage(PACKAGE) as BetterConstructor;
      return await SqlitePool.open({
        driver: PACKAGE.driver, synchronous: true,
        open: async (file, readOnly) => new BetterConnection(construct(Database, file, readOnly)),
      }, settings);
    },
  };
}

function construct(Database: BetterConstructor, file: string, readOnly: boolean): BetterDatabase {
  try {
    return new Database(file, { readonly: readOnly, timeout: 0 });
  } catch (error) {
    // The native part is loaded with the first database, not with the package.
    throw isUnbuilt(error) ? packageUnusable(PACKAGE.driver, PACKAGE.name, error) : error;
  }
}

class BetterConnection implements NativeConnection {
  readonly #database: BetterDatabase;
  // Dropped statements are finalized when they are collected; the package offers no other way.
  readonly #statements = new LruCache<BetterStatement>(STATEMENT_LIMIT, () => undefined);

  #deadline = Infinity;
  #timeoutMs = 0;

  constructor(database: BetterDatabase) {
    this.#database = database;
    // Nothing else stops a statement that runs on this very thread.
    database.function(CLOCK_FUNCTION, { varargs: true, deterministic: false, directOnly: true }, () => {
      if (performance.now() > this.#deadline) throw statementTimedOut(this.#timeoutMs);
      return 1;
    });
  }

  async execute(
    text: SqlText, parameters: readonly SqlValue[], signal: AbortSignal | undefined, timeoutMs?: number,
  ): Promise<StatementResult> {
    signal?.throwIfAborted();
    return this.executeNow(text, parameters, timeoutMs);
  }

  executeNow(text: SqlText, parameters: readonly SqlValue[], timeoutMs?: number): StatementResult {
    const statement = this.#statements.get(text.sql) ?? this.#prepare(text.sql);
    const values = toNative(parameters);
    if (!statement.reader) return { rows: [], changes: statement.run(values).changes };
    const rows = timeoutMs === undefined ? statement.all(values) : this.#timed(timeoutMs, statement, values);
    const columns = text.named === true ? statement.columns().map((column) => column.name) : undefined;
    return text.returnsRows ? { rows, changes: rows.length, columns } : { rows: [], changes: 0 };
  }

  async script(sql: string): Promise<void> {
    this.#database.exec(sql);
  }

  async inTransaction(): Promise<boolean> {
    return this.#database.inTransaction;
  }

  async close(): Promise<void> {
    this.#statements.drain();
    this.#database.close();
  }

  #timed(timeoutMs: number, statement: BetterStatement, values: readonly unknown[]): unknown[][] {
    this.#timeoutMs = timeoutMs;
    this.#deadline = performance.now() + timeoutMs;
    try {
      return statement.all(values);
    } finally {
      this.#deadline = Infinity;
    }
  }

  #prepare(sql: string): BetterStatement {
    const statement = this.#database.prepare(sql);
    if (statement.reader) statement.raw();
    if (!listsProgram(sql)) this.#statements.set(sql, statement);
    return statement;
  }
}

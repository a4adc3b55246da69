import { isNestedBegin, isRefusal } from "../../dialect/sqlite/sqlite-codes";
import { statementTimedOut } from "../../errors/sql-errors";
import type { PackedRows } from "../../dialect/dialect";
import { deferred, type Deferred } from "../../util/deferred";
import type { SqlText, SqlValue, StatementResult } from "../driver";
import { LruCache } from "../lru-cache";
import { listsProgram, STATEMENT_LIMIT, toNative, type NativeConnection } from "./native-connection";
import { unpack } from "./packed-rows";

type Callback = (error: Error | null) => void;

interface Sqlite3Statement {
  all(parameters: readonly unknown[], callback: (error: Error | null, rows?: readonly Record<string, unknown>[]) => void): void;
  run(parameters: readonly unknown[], callback: (this: { readonly changes: number }, error: Error | null) => void): void;
  reset(callback: Callback): void;
  finalize(callback: Callback): void;
}

interface Sqlite3Database {
  exec(sql: string, callback: Callback): void;
  configure(option: "busyTimeout", milliseconds: number): void;
  interrupt(): void;
  close(callback: Callback): void;
}

/** The part of the npm package sqlite3 that the driver uses. */
export interface Sqlite3Module {
  readonly Database: new (file: string, mode: number, callback: Callback) => Sqlite3Database;
  readonly Statement: new (database: Sqlite3Database, sql: string, callback: Callback) => Sqlite3Statement;
  readonly OPEN_READONLY: number;
  readonly OPEN_READWRITE: number;
  readonly OPEN_CREATE: number;
  readonly OPEN_FULLMUTEX: number;
}

interface Prepared {
  readonly statement: Sqlite3Statement;
  /** Whether SQLite counts the rows that the statement changes; for others it repeats the last count. */
  readonly counts: boolean;
  /** Whether the statement has to be reset by hand after its last row. */
  readonly lingers: boolean;
  /** Whether it is finalized after its use. */
  readonly once: boolean;
}

const INTERRUPT_EVERY_MS = 5;

/** Opens one connection; its own busy timeout of a second is switched off, because it would hold a thread of the process. */
export async function openSqlite3(module: Sqlite3Module, file: string, readOnly: boolean): Promise<NativeConnection> {
  const mode = (readOnly ? module.OPEN_READONLY : module.OPEN_READWRITE | module.OPEN_CREATE) | module.OPEN_FULLMUTEX;
  const database = await new Promise<Sqlite3Database>((resolve, reject) => {
    const opening = new module.Database(file, mode, (error) => {
      if (error === null) resolve(opening);
      else reject(error);
    });
  });
  database.configure("busyTimeout", 0);
  return new Sqlite3Connection(module, database);
}

// Each callback settles a promise and nothing else: `await` brings the caller's AsyncLocalStorage context back, which the package loses.
class Sqlite3Connection implements NativeConnection {
  readonly #module: Sqlite3Module;
  readonly #database: Sqlite3Database;
  readonly #statements = new LruCache<Prepared>(STATEMENT_LIMIT, ({ statement }) => statement.finalize(() => undefined));

  /** Statements whose columns did not travel as one text each, so that the next try would most likely be in vain as well. */
  readonly #unpacked = new LruCache<true>(STATEMENT_LIMIT, () => undefined);

  constructor(module: Sqlite3Module, database: Sqlite3Database) {
    this.#module = module;
    this.#database = database;
  }

  async execute(
    text: SqlText, parameters: readonly SqlValue[], signal: AbortSignal | undefined, timeoutMs?: number,
  ): Promise<StatementResult> {
    signal?.throwIfAborted();
    const packed = text.packed === undefined || this.#unpacked.get(text.sql) === true ? null : await this.#readPacked(text, text.packed, parameters, signal);
    if (packed !== null) return { rows: packed, changes: packed.length };
    const prepared = this.#statements.get(text.sql) ?? await this.#prepare(text.sql);
    const values = toNative(parameters);
    try {
      // A text that may yield rows is read to its end, or the half-read statement would keep its lock.
      if (!text.returnsRows && prepared.counts) return { rows: [], changes: await run(prepared.statement, values) };
      const found = await (timeoutMs === undefined && signal === undefined ? all(prepared.statement, values)
        : this.#watched(prepared.statement, values, timeoutMs, text.readOnly ? signal : undefined));
      if (prepared.lingers) await reset(prepared.statement);
      const rows = found.map(Object.values<unknown>);
      // The package gives no names without a row, and of two columns of one name the last alone.
      const columns = text.named === true ? Object.keys(found[0] ?? {}) : undefined;
      return text.returnsRows ? { rows, changes: rows.length, columns } : { rows: [], changes: 0 };
    } catch (error) {
      // The package leaves a failed statement as it is until its next use.
      await reset(prepared.statement);
      throw error;
    } finally {
      if (prepared.once) await finalize(prepared.statement);
    }
  }

  async script(sql: string): Promise<void> {
    await completion((callback) => this.#database.exec(sql, callback));
  }

  async inTransaction(): Promise<boolean> {
    try {
      // The package does not tell; SQLite refuses a BEGIN inside a transaction and takes no lock for one outside.
      await this.script("BEGIN");
    } catch (error) {
      if (isNestedBegin(error)) return true;
      throw error;
    }
    await this.script("ROLLBACK");
    return false;
  }

  async close(): Promise<void> {
    await Promise.all(this.#statements.drain().map(({ statement }) => finalize(statement)));
    await completion((callback) => this.#database.close(callback));
  }

  /** Reads columns as one text each: the package makes an object of each row, which takes longer than to parse them. Null: they have to be read one by one. */
  async #readPacked(
    text: SqlText, packed: PackedRows, parameters: readonly SqlValue[], signal: AbortSignal | undefined,
  ): Promise<readonly (readonly unknown[])[] | null> {
    let rows: readonly (readonly unknown[])[] | null = null;
    try {
      const answer = await this.execute({ sql: packed.sql, readOnly: true, returnsRows: true }, parameters, signal);
      rows = unpack(answer.rows[0], packed);
    } catch (error) {
      // What is wrong with the statement itself, its plain text will tell.
      if (!isRefusal(error)) throw error;
    }
    if (rows === null) this.#unpacked.set(text.sql, true);
    return rows;
  }

  async #prepare(sql: string): Promise<Prepared> {
    const statement = await new Promise<Sqlite3Statement>((resolve, reject) => {
      const preparing = new this.#module.Statement(this.#database, sql, (error) => {
        if (error === null) resolve(preparing);
        else reject(error);
      });
    });
    const prepared = {
      statement,
      counts: /^\s*(insert|update|delete|replace|with)\b/i.test(sql),
      // SQLite does not end an EXPLAIN with its last row: it would keep what the connection reads next at the state of now.
      lingers: /^\s*explain\b/i.test(sql),
      once: listsProgram(sql),
    };
    if (!prepared.once) this.#statements.set(sql, prepared);
    return prepared;
  }

  /** Where the caller's variables are out of reach: closures that see them would cost each call their making. */
  #watched(statement: Sqlite3Statement, values: readonly unknown[], timeoutMs: number | undefined, signal: AbortSignal | undefined): Promise<Rows> {
    return this.#timed(timeoutMs, signal, (stop) => this.#interruptible(stop, () => all(statement, values)));
  }

  async #timed<T>(timeoutMs: number | undefined, signal: AbortSignal | undefined, work: (signal: AbortSignal | undefined) => Promise<T>): Promise<T> {
    if (timeoutMs === undefined) return await work(signal);
    const clock = new AbortController();
    const timer = setTimeout(() => clock.abort(statementTimedOut(timeoutMs)), timeoutMs);
    try {
      return await work(signal === undefined ? clock.signal : AbortSignal.any([clock.signal, signal]));
    } finally {
      clearTimeout(timer);
    }
  }

  async #interruptible<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (signal === undefined) return await work();
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      this.#database.interrupt();
      // An interrupt that comes before the other thread has taken its first step is lost, so it is repeated.
      timer = setInterval(() => this.#database.interrupt(), INTERRUPT_EVERY_MS);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      // The signal may have fired while the statement was prepared; then no event comes any more.
      signal.throwIfAborted();
      const result = await work();
      signal.throwIfAborted();
      return result;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      clearInterval(timer);
      signal.removeEventListener("abort", onAbort);
    }
  }
}

function finalize(statement: Sqlite3Statement): Promise<void> {
  return completion((callback) => statement.finalize(callback));
}

function reset(statement: Sqlite3Statement): Promise<void> {
  return new Promise((resolve) => { statement.reset(() => resolve()); });
}

type Rows = readonly Record<string, unknown>[];

function all(statement: Sqlite3Statement, values: readonly unknown[]): Promise<Rows> {
  const answer = deferred<Rows>();
  statement.all(values, settleRows.bind(answer));
  return answer.promise;
}

function run(statement: Sqlite3Statement, values: readonly unknown[]): Promise<number> {
  const { promise, resolve, reject } = deferred<number>();
  statement.run(values, function (error) {
    if (error === null) resolve(this.changes);
    else reject(error);
  });
  return promise;
}

function settleRows(this: Deferred<Rows>, error: Error | null, rows: Rows = []): void {
  if (error === null) this.resolve(rows);
  else this.reject(error);
}

function completion(start: (callback: Callback) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      // Some of the package's callbacks get no argument at all.
      if (error) reject(error);
      else resolve();
    });
  });
}

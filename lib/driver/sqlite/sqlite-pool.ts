import { basename } from "node:path";
import { isCannotOpen } from "../../dialect/sqlite/sqlite-codes";
import { acquireTimedOut, cannotOpen, cannotSetUp, databaseClosed } from "../../errors/connection-errors";
import { FreeholdError } from "../../errors/freehold-error";
import type { CallOptions, Lease, Pool, SqlText, SqlValue, StatementResult } from "../driver";
import type { DatabasePlace, PoolState } from "../telemetry";
import { Lane } from "./lane";
import type { NativeConnection, NativeConnector } from "./native-connection";
import { PatientConnection } from "./patient-connection";
import { readerPragmas, writerPragmas } from "./pragmas";
import type { PoolSettings } from "./sqlite-options";

/**
 * The pool of both SQLite drivers: one connection that writes and, for a file in WAL mode, up to `readers` that only read.
 * A database in memory, and a file that refuses WAL, has one connection for everything.
 */
export class SqlitePool implements Pool {
  readonly place: DatabasePlace;
  readonly #connector: NativeConnector;
  readonly #settings: PoolSettings;
  readonly #writer: Lane<PatientConnection>;
  readonly #readers: Lane<PatientConnection>;
  #closing: Promise<void> | undefined;

  private constructor(connector: NativeConnector, settings: PoolSettings, first: PatientConnection, wal: boolean) {
    this.#connector = connector;
    this.#settings = settings;
    this.place = Object.freeze({ name: settings.memory ? ":memory:" : basename(settings.file), address: undefined, port: undefined });
    this.#writer = this.#lane("write", 1, first);
    // Without WAL a reader in this process would keep the writer from committing.
    this.#readers = wal ? this.#lane("read", settings.readers) : this.#writer;
  }

  /**
   * Opens the writing connection and sets the file up.
   * @throws ConnectionError (CONNECTION_ERROR) when the file cannot be opened, is no database, or stays locked.
   */
  static async open(connector: NativeConnector, settings: PoolSettings): Promise<SqlitePool> {
    const { connection, wal } = await openWriter(connector, settings);
    return new SqlitePool(connector, settings, connection, wal);
  }

  /**
   * Lends a connection; waits in order of arrival for at most `acquireTimeoutMs`.
   * @throws DatabaseClosedError (DATABASE_CLOSED) after `close`, ConnectionError (CONNECTION_ERROR, retryable) after the wait,
   * the signal's reason when it aborts while waiting.
   */
  async acquire(mode: "read" | "write", options?: CallOptions): Promise<Lease> {
    if (this.#closing !== undefined) throw databaseClosed(this.#settings.file);
    const { file, acquireTimeoutMs } = this.#settings;
    const lane = mode === "read" ? this.#readers : this.#writer;
    return await lane.acquire(options, () => acquireTimedOut(file, mode, acquireTimeoutMs));
  }

  /** @throws DatabaseClosedError (DATABASE_CLOSED) after `close`, and what the statement itself fails with */
  immediate(text: SqlText, parameters: readonly SqlValue[], options: CallOptions): StatementResult | Promise<StatementResult> | null {
    if (this.#closing !== undefined) throw databaseClosed(this.#settings.file);
    const lane = text.readOnly ? this.#readers : this.#writer;
    if (this.#connector.synchronous) return lane.borrow()?.immediate(text, parameters, options) ?? null;
    // What can be aborted, or has to be kept from writing, takes the longer way.
    const connection = options.signal === undefined && options.sealedMs === undefined ? lane.take() : null;
    return connection === null ? null : runAlone(lane, connection, text, parameters);
  }

  states(): readonly PoolState[] {
    if (this.#readers === this.#writer) return [{ mode: "any", ...this.#writer.state() }];
    return [{ mode: "write", ...this.#writer.state() }, { mode: "read", ...this.#readers.state() }];
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Readers first: the last connection to go moves the WAL into the file, and only the writer may.
    try {
      if (this.#readers !== this.#writer) await this.#readers.close();
    } finally {
      await this.#writer.close();
    }
  }

  #lane(mode: "read" | "write", size: number, first?: PatientConnection): Lane<PatientConnection> {
    return new Lane({
      open: async () => mode === "read"
        ? await openReader(this.#connector, this.#settings)
        : (await openWriter(this.#connector, this.#settings)).connection,
      isClean: (connection) => !connection.inTransaction,
      mend: (connection) => this.#mend(connection),
    }, size, this.#settings.acquireTimeoutMs, first);
  }

  async #mend(connection: PatientConnection): Promise<boolean> {
    if (this.#settings.memory) {
      // Closing it would lose the data, so it goes back to its first state instead.
      await connection.script("ROLLBACK").catch(ignore);
      await setUpWriter(connection, this.#settings).catch(ignore);
      return true;
    }
    await connection.close().catch(ignore);
    return false;
  }
}

async function runAlone(
  lane: Lane<PatientConnection>, connection: PatientConnection, text: SqlText, parameters: readonly SqlValue[],
): Promise<StatementResult> {
  try {
    return await connection.alone(text, parameters);
  } finally {
    lane.giveBack(connection);
  }
}

async function openWriter(connector: NativeConnector, settings: PoolSettings): Promise<{ connection: PatientConnection; wal: boolean }> {
  return await openConnection(connector, settings, false, async (connection) => ({ connection, wal: await setUpWriter(connection, settings) }));
}

async function openReader(connector: NativeConnector, settings: PoolSettings): Promise<PatientConnection> {
  return await openConnection(connector, settings, true, async (connection) => {
    for (const pragma of readerPragmas(settings.pragmas)) await connection.script(pragma);
    return connection;
  });
}

/** Makes the settings and tells whether the file is in WAL mode. */
async function setUpWriter(connection: PatientConnection, settings: PoolSettings): Promise<boolean> {
  const { before, journalMode, after } = writerPragmas(settings.pragmas);
  for (const pragma of before) await connection.script(pragma);
  const answer = await connection.execute({ sql: journalMode, readOnly: false, returnsRows: true }, []);
  for (const pragma of after) await connection.script(pragma);
  return answer.rows[0]?.[0] === "wal";
}

async function openConnection<T>(
  connector: NativeConnector,
  settings: PoolSettings,
  readOnly: boolean,
  setUp: (connection: PatientConnection) => Promise<T>,
): Promise<T> {
  const native = await openNative(connector, settings.file, readOnly);
  const connection = new PatientConnection(native, settings.file, settings.busyTimeoutMs, readOnly);
  try {
    return await setUp(connection);
  } catch (error) {
    await connection.close().catch(ignore);
    if (error instanceof FreeholdError) throw error;
    throw (isCannotOpen(error) ? cannotOpen : cannotSetUp)(connector.driver, settings.file, error);
  }
}

async function openNative(connector: NativeConnector, file: string, readOnly: boolean): Promise<NativeConnection> {
  try {
    return await connector.open(file, readOnly);
  } catch (error) {
    throw error instanceof FreeholdError ? error : cannotOpen(connector.driver, file, error);
  }
}

function ignore(): void {
  // The connection is given up or back to its first state; what went wrong before has been reported already.
}

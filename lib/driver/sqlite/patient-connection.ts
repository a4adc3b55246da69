import { isBusy } from "../../dialect/sqlite/sqlite-codes";
import { scriptBusy, stayedBusy } from "../../errors/connection-errors";
import { transactionLost } from "../../errors/transaction-errors";
import type { CallOptions, Connection, SqlText, SqlValue, StatementResult } from "../driver";
import { pause } from "../pause";
import { SerialQueue } from "../serial-queue";
import type { NativeConnection } from "./native-connection";

const DELAYS_MS = [1, 2, 5, 10, 15, 20, 25, 30, 40, 50];
const NOTHING: StatementResult = Object.freeze({ rows: Object.freeze([]), changes: 0 });

type Control = "begin" | "commit" | "rollback" | undefined;

/** What one call is and how it runs. */
interface Call<T> {
  readonly control: Control;
  /** Whether a second attempt after SQLITE_BUSY cannot do anything twice. */
  readonly repeatable: boolean;
  readonly script: boolean;
  readonly run: () => Promise<T>;
  /** The answer of a ROLLBACK for which nothing is left to do. */
  readonly none: T;
  readonly signal: AbortSignal | undefined;
}

/**
 * A connection that runs one statement at a time, waits for other processes' locks without blocking the event loop, and notices
 * when SQLite has rolled a transaction back by itself (later statements would otherwise run outside of it).
 */
export class PatientConnection implements Connection {
  readonly #native: NativeConnection;
  readonly #file: string;
  readonly #busyTimeoutMs: number;
  readonly #readOnly: boolean;
  readonly #queue = new SerialQueue();
  #inTransaction = false;
  #lost: { readonly cause: unknown } | undefined;

  /** `readOnly`: the connection was opened for reading, and can write nothing in any case. */
  constructor(native: NativeConnection, file: string, busyTimeoutMs: number, readOnly = false) {
    this.#native = native;
    this.#file = file;
    this.#busyTimeoutMs = busyTimeoutMs;
    this.#readOnly = readOnly;
  }

  /** Whether a transaction was begun and neither committed nor rolled back. */
  get inTransaction(): boolean {
    return this.#inTransaction || this.#lost !== undefined;
  }

  execute(text: SqlText, parameters: readonly SqlValue[], options?: CallOptions): Promise<StatementResult> {
    const signal = options?.signal;
    return this.#queue.run(() => this.#call({
      control: controlOf(text.sql),
      repeatable: !this.#inTransaction || text.readOnly,
      script: false,
      run: () => options?.sealedMs === undefined
        ? this.#native.execute(text, parameters, signal)
        : this.#sealed(() => this.#native.execute(text, parameters, signal, options.sealedMs)),
      none: NOTHING,
      signal,
    }), signal);
  }

  /**
   * Runs a statement at once, if nothing else runs on the connection; null where it has to wait for that, or for the lock of another
   * process, or may still be aborted in the turn in which it was asked for. The text is one of a repository's: none that begins or ends a
   * transaction.
   */
  immediate(text: SqlText, parameters: readonly SqlValue[], { signal, sealedMs }: CallOptions): StatementResult | null {
    if (this.#native.executeNow === undefined || signal !== undefined || sealedMs !== undefined || this.#queue.busy || this.inTransaction) return null;
    try {
      return this.#native.executeNow(text, parameters);
    } catch (error) {
      if (isBusy(error)) return null;
      throw error;
    }
  }

  /** Runs the only statement that the connection is lent for, one of a repository's: nothing is queued before it. */
  async alone(text: SqlText, parameters: readonly SqlValue[]): Promise<StatementResult> {
    try {
      return await this.#native.execute(text, parameters, undefined);
    } catch (error) {
      if (!isBusy(error)) throw error;
      return await this.execute(text, parameters);
    }
  }

  script(sql: string): Promise<void> {
    return this.#queue.run(() => this.#call({
      control: controlOf(sql),
      repeatable: !this.#inTransaction && isSingle(sql),
      script: !isSingle(sql),
      run: () => this.#native.script(sql),
      none: undefined,
      signal: undefined,
    }));
  }

  close(): Promise<void> {
    return this.#queue.run(() => this.#native.close());
  }

  /** Takes the right to write away while the work runs; the queue keeps every other statement out meanwhile. */
  async #sealed<T>(work: () => Promise<T>): Promise<T> {
    if (this.#readOnly) return await work();
    await this.#native.script("PRAGMA query_only = ON");
    try {
      return await work();
    } finally {
      await this.#native.script("PRAGMA query_only = OFF");
    }
  }

  async #call<T>(call: Call<T>): Promise<T> {
    if (this.#lost !== undefined) {
      if (call.control !== "rollback") throw transactionLost(this.#lost.cause);
      this.#lost = undefined;
      return call.none;
    }
    try {
      const result = await this.#patiently(call);
      if (call.control !== undefined) this.#inTransaction = call.control === "begin";
      return result;
    } catch (error) {
      if (this.#inTransaction && !(await this.#native.inTransaction())) {
        this.#inTransaction = false;
        // A failed ROLLBACK has nothing more to tell: its caller hears of the failure and gives the connection up.
        if (call.control !== "rollback") this.#lost = { cause: error };
      }
      throw error;
    }
  }

  async #patiently<T>(call: Call<T>): Promise<T> {
    const repeatable = call.repeatable || call.control === "commit";
    const began = performance.now();
    for (let attempt = 0; ; attempt++) {
      try {
        return await call.run();
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (!repeatable && call.script && !this.#inTransaction) throw scriptBusy(this.#file, error);
        const waited = performance.now() - began;
        const left = this.#busyTimeoutMs - waited;
        if (!repeatable || left <= 0) throw stayedBusy(this.#file, waited, error);
        await pause(Math.min(delay(attempt), left), call.signal);
      }
    }
  }
}

/** Jitter keeps several processes that wait for one lock from asking for it in step. */
function delay(attempt: number): number {
  const base = DELAYS_MS[Math.min(attempt, DELAYS_MS.length - 1)] ?? 50;
  return base * (0.5 + Math.random() / 2);
}

function controlOf(sql: string): Control {
  const word = /^\s*(begin|commit|end|rollback)\b(?!\s+(?:transaction\s+)?to\b)/i.exec(sql)?.[1]?.toLowerCase();
  switch (word) {
    case undefined: return undefined;
    case "begin": return "begin";
    case "rollback": return "rollback";
    default: return "commit";
  }
}

function isSingle(sql: string): boolean {
  return !sql.replace(/;\s*$/, "").includes(";");
}

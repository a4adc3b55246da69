import { AsyncLocalStorage } from "node:async_hooks";
import type { Dialect } from "../dialect/dialect";
import { ConnectionError, TransactionError } from "../errors/classes";
import { FreeholdError } from "../errors/freehold-error";
import { exclusiveInsideTransaction, savepointLost, transactionTimedOut, writableInReadOnly } from "../errors/transaction-errors";
import type { Connection, Pool, SqlText } from "./driver";
import { pause } from "./pause";
import { PooledSession } from "./pooled-session";
import type { Session, TransactionSession } from "./session";
import { checkTransactionOptions, type TransactionOptions } from "./transaction-options";
import { TransactionScope } from "./transaction-scope";
import { savepointBoundary, transactionBoundary, type Boundary } from "./transaction-sql";

type Work<T> = (tx: TransactionSession) => Promise<T>;

const LONGEST_RETRY_PAUSE_MS = 50;

/** Runs transactions over a pool and knows which one the calling code is in. */
export class Transactions {
  /** The session outside of every transaction: each statement by itself. */
  readonly pooled: Session;
  readonly #pool: Pool;
  readonly #engine: Pick<Dialect, "name" | "toError">;
  readonly #context = new AsyncLocalStorage<TransactionScope>();
  #lastId = 0;

  /** @param engine what the transactions' own statements are in, and what their failures mean */
  constructor(pool: Pool, engine: Pick<Dialect, "name" | "toError">) {
    this.#pool = pool;
    this.#engine = engine;
    this.pooled = new PooledSession(pool);
  }

  /**
   * The session for a statement of the calling code: that of the innermost transaction it was called in, else {@link pooled}.
   * Code that a transaction has left behind gets the ended transaction, which refuses it, and never runs outside unnoticed.
   */
  current(): Session {
    return this.#context.getStore() ?? this.pooled;
  }

  /** Whether the calling code is inside a callback of `run` or `exclusive` that has not ended. */
  isInside(): boolean {
    for (let scope = this.#context.getStore(); scope !== undefined; scope = scope.parent) if (scope.open) return true;
    return false;
  }

  /**
   * Closes the pool, which waits for the work that is under way, and gives up following asynchronous contexts: until then
   * Node.js carries one more value through every promise of the process. Inside a callback of `run` it would wait for itself.
   */
  async close(): Promise<void> {
    await this.#pool.close();
    this.#context.disable();
  }

  /**
   * Runs the callback in a transaction, or in a savepoint when the caller is in a transaction already; commits when the callback
   * resolves, rolls back when it rejects and rethrows its error unchanged.
   * @throws TransactionError (TRANSACTION_ERROR) for bad options, after `timeoutMs`, or inside a transaction that has ended.
   */
  async run<T>(work: Work<T>, options: TransactionOptions = {}): Promise<T> {
    checkTransactionOptions(options);
    const { retries = 0, signal } = options;
    for (let attempt = 0; ; attempt++) {
      signal?.throwIfAborted();
      try {
        return await this.#attempt(work, options);
      } catch (error) {
        if (attempt >= retries || !isRetryable(error)) throw error;
        await pause(Math.min(2 ** attempt, LONGEST_RETRY_PAUSE_MS) * (0.5 + Math.random() / 2), signal);
      }
    }
  }

  /**
   * Lends the writing connection without a transaction, for settings that only work outside of one. A `run` inside the callback
   * opens its transaction on that connection; after an error the connection is not used again as it is.
   * @throws TransactionError (TRANSACTION_ERROR) inside a transaction.
   */
  async exclusive<T>(work: (session: Session) => Promise<T>): Promise<T> {
    if (this.#context.getStore() !== undefined) throw exclusiveInsideTransaction();
    const lease = await this.#pool.acquire("write");
    let broken = true;
    const scope = this.#scope(lease.connection, undefined, false, {}, false);
    try {
      const result = await this.#context.run(scope, async () => await work(scope));
      await scope.seal();
      broken = false;
      return result;
    } finally {
      // Cutting also ends transactions that the callback opened and did not await.
      scope.cut(undefined, "has ended its callback");
      lease.release(broken);
    }
  }

  async #attempt<T>(work: Work<T>, options: TransactionOptions): Promise<T> {
    const parent = this.#context.getStore();
    if (parent !== undefined) return await this.#nested(parent, work, options);
    const readOnly = options.readOnly ?? false;
    const lease = await this.#pool.acquire(readOnly ? "read" : "write", { signal: options.signal });
    let broken = false;
    try {
      const scope = this.#scope(lease.connection, undefined, readOnly, options, true);
      return await this.#perform(scope, transactionBoundary(this.#engine.name, readOnly, options), work, options, () => {
        broken = true;
      });
    } finally {
      lease.release(broken);
    }
  }

  async #nested<T>(parent: TransactionScope, work: Work<T>, options: TransactionOptions): Promise<T> {
    if (parent.readOnly && options.readOnly === false) throw writableInReadOnly(parent.id);
    const readOnly = parent.readOnly || (options.readOnly ?? false);
    return await parent.enqueue(async () => {
      const scope = this.#scope(parent.connection, parent, readOnly, options, true);
      parent.adopt(scope);
      const boundary = parent.transaction ? savepointBoundary(scope.depth) : transactionBoundary(this.#engine.name, readOnly, options);
      return await this.#perform(scope, boundary, work, options, (failure) => {
        parent.cut(savepointLost(parent.id, failure), "was rolled back");
      });
    }, options.signal);
  }

  /** Begin, callback, commit; or rollback, with `onStuck` when even that fails. */
  async #perform<T>(
    scope: TransactionScope,
    boundary: Boundary,
    work: Work<T>,
    options: TransactionOptions,
    onStuck: (failure: unknown) => void,
  ): Promise<T> {
    await this.#control(scope.connection, boundary.begin, options.signal);
    const stopClock = startClock(scope, options);
    try {
      scope.throwIfCutOff();
      const result = await scope.untilCutOff(this.#context.run(scope, async () => await work(scope)));
      await scope.seal();
      stopClock();
      // No await between the check and the sending, or an outer rollback could slip in between.
      scope.throwIfCutOff();
      await this.#control(scope.connection, boundary.commit);
      scope.end("was committed");
      return result;
    } catch (error) {
      stopClock();
      scope.cut(error, "was rolled back");
      await rollBack(scope, boundary, onStuck);
      throw error;
    }
  }

  /** Begins or commits; a reference that nothing answers, or a conflict with others, may show at the commit alone. */
  async #control(connection: Connection, text: SqlText, signal?: AbortSignal): Promise<void> {
    try {
      await send(connection, text, signal);
    } catch (error) {
      const aborted = signal?.aborted === true && error === signal.reason;
      throw aborted || error instanceof FreeholdError ? error : this.#engine.toError(error, { model: null, operation: "transaction" });
    }
  }

  #scope(
    connection: Connection,
    parent: TransactionScope | undefined,
    readOnly: boolean,
    options: TransactionOptions,
    transaction: boolean,
  ): TransactionScope {
    const limited = options.timeoutMs !== undefined || options.signal !== undefined;
    this.#lastId++;
    return new TransactionScope({
      id: this.#lastId,
      transaction,
      readOnly,
      parent,
      connection,
      context: this.#context,
      interrupts: limited || parent?.interrupts === true,
    });
  }
}

/** Cuts the scope off after its time or on its signal, until the returned function is called. */
function startClock(scope: TransactionScope, options: TransactionOptions): () => void {
  const { timeoutMs, signal } = options;
  const timer = timeoutMs === undefined
    ? undefined
    : setTimeout(() => scope.cut(transactionTimedOut(scope.id, timeoutMs), "timed out and was rolled back"), timeoutMs);
  const onAbort = (): void => scope.cut(signal?.reason, "was aborted and rolled back");
  if (signal?.aborted === true) onAbort();
  else signal?.addEventListener("abort", onAbort, { once: true });
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  };
}

async function rollBack(scope: TransactionScope, boundary: Boundary, onStuck: (failure: unknown) => void): Promise<void> {
  try {
    for (const text of boundary.rollback) {
      if (scope.orphaned) return;
      await send(scope.connection, text);
    }
  } catch (failure) {
    if (!scope.orphaned) onStuck(failure);
  }
}

async function send(connection: Connection, text: SqlText, signal?: AbortSignal): Promise<void> {
  await connection.execute(text, [], { signal });
}

function isRetryable(error: unknown): boolean {
  return (error instanceof ConnectionError || error instanceof TransactionError) && error.retryable;
}

import type { AsyncLocalStorage } from "node:async_hooks";
import { transactionEnded, writeInReadOnly } from "../errors/transaction-errors";
import type { CallOptions, Connection, SqlText, SqlValue, StatementResult } from "./driver";
import { SerialQueue } from "./serial-queue";
import type { TransactionSession } from "./session";

/** What a scope is made of. */
export interface ScopeParts {
  readonly id: number;
  /** False for the exclusive use of a connection without BEGIN. */
  readonly transaction: boolean;
  readonly readOnly: boolean;
  readonly parent: TransactionScope | undefined;
  readonly connection: Connection;
  readonly context: AsyncLocalStorage<TransactionScope>;
  /** Whether reads under way are to be interrupted when the scope is cut off. */
  readonly interrupts: boolean;
}

/**
 * One transaction or savepoint while it lives. Its own statements and the transactions nested in it share one queue, so that
 * siblings never overlap and its own statements wait for a nested transaction that is open.
 */
export class TransactionScope implements TransactionSession {
  readonly id: number;
  readonly transaction: boolean;
  readonly readOnly: boolean;
  readonly parent: TransactionScope | undefined;
  readonly connection: Connection;
  readonly depth: number;
  readonly interrupts: boolean;
  readonly #context: AsyncLocalStorage<TransactionScope>;
  readonly #queue = new SerialQueue();
  readonly #interrupt: AbortController | undefined;
  readonly #cutOff: Promise<never>;
  #rejectCutOff: (reason: unknown) => void = ignore;
  #state: "open" | "closing" | "ended" = "open";
  #outcome = "has ended its callback";
  #cause: unknown;
  #child: TransactionScope | undefined;

  constructor(parts: ScopeParts) {
    this.id = parts.id;
    this.transaction = parts.transaction;
    this.readOnly = parts.readOnly;
    this.parent = parts.parent;
    this.connection = parts.connection;
    this.depth = parts.parent === undefined ? 0 : parts.parent.depth + 1;
    this.#context = parts.context;
    this.interrupts = parts.interrupts;
    this.#interrupt = parts.interrupts ? new AbortController() : undefined;
    this.#cutOff = new Promise<never>((_resolve, reject) => {
      this.#rejectCutOff = reject;
    });
    // Whoever races against it sees the rejection; alone it is nobody's failure.
    this.#cutOff.catch(ignore);
  }

  /** Whether the scope takes new work. */
  get open(): boolean {
    return this.#state === "open";
  }

  /** Whether an outer scope ended first: it undoes this one's work too, and the connection may be somebody else's by now. */
  get orphaned(): boolean {
    return this.parent !== undefined && this.parent.#state === "ended";
  }

  async execute(text: SqlText, parameters: readonly SqlValue[], options?: CallOptions): Promise<StatementResult> {
    return await this.#innermost().#execute(text, parameters, options);
  }

  async script(sql: string): Promise<void> {
    await this.#innermost().#script(sql);
  }

  /** Queues a nested transaction, or whatever else must not overlap the scope's own statements. */
  async enqueue<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#state !== "open") throw this.#ended();
    return await this.#queue.run(() => {
      if (this.#state === "ended") throw this.#ended();
      return job();
    }, signal);
  }

  /** Makes a nested scope share this one's end. */
  adopt(child: TransactionScope): void {
    this.#child = child;
  }

  /**
   * Refuses to go on once the scope has been cut off.
   * @throws the reason for which it was.
   */
  throwIfCutOff(): void {
    if (this.#state === "ended") throw this.#cause as Error;
  }

  /** Answers with the work's result, or rejects as soon as the scope is cut off, whichever comes first. */
  untilCutOff<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#cutOff]);
  }

  /** Takes no new work, and waits for what is queued already. */
  async seal(): Promise<void> {
    this.throwIfCutOff();
    this.#state = "closing";
    await this.untilCutOff(this.#queue.idle());
  }

  enter<T>(work: () => T): T {
    return this.#context.run(this.#innermost(), work);
  }

  /** Ends the scope in good order; `outcome` completes the sentence "Transaction 1 …". */
  end(outcome: string, cause?: unknown): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#outcome = outcome;
    this.#cause = cause;
  }

  /** Ends the scope and everything nested in it at once: whatever waits or runs in them rejects with `reason`. */
  cut(reason: unknown, outcome: string): void {
    if (this.#state === "ended") return;
    this.end(outcome, reason);
    if (this.#child !== undefined) {
      this.#child.cut(transactionEnded(this.#child.id, outcome, reason), outcome);
    }
    this.#interrupt?.abort(reason);
    this.#rejectCutOff(reason);
  }

  /**
   * A nested callback that uses an outer session would wait for itself; its statements run in the innermost transaction that the
   * caller is in and that is still open.
   */
  #innermost(): TransactionScope {
    let found: TransactionScope | undefined;
    for (let scope = this.#context.getStore(); scope !== undefined; scope = scope.parent) {
      if (scope === this) return found ?? this;
      if (scope.#state === "open") found ??= scope;
    }
    return this;
  }

  async #execute(text: SqlText, parameters: readonly SqlValue[], options: CallOptions | undefined): Promise<StatementResult> {
    if (this.readOnly && !text.readOnly) throw this.#state === "open" ? writeInReadOnly(this.id) : this.#ended();
    const signal = options?.signal;
    return await this.enqueue(() => this.connection.execute(text, parameters, { ...options, signal: this.#joined(signal) }), signal);
  }

  async #script(sql: string): Promise<void> {
    if (this.readOnly) throw this.#state === "open" ? writeInReadOnly(this.id) : this.#ended();
    await this.enqueue(() => this.connection.script(sql));
  }

  #joined(signal: AbortSignal | undefined): AbortSignal | undefined {
    const own = this.#interrupt?.signal;
    if (own === undefined || signal === undefined) return own ?? signal;
    return AbortSignal.any([own, signal]);
  }

  #ended(): Error {
    return transactionEnded(this.id, this.#outcome, this.#cause);
  }
}

function ignore(): void {
  // Deliberately empty.
}

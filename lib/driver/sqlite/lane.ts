import type { CallOptions, Connection, Lease } from "../driver";
import type { PoolState } from "../telemetry";

/** How a lane opens, mends and gives up its connections. */
export interface LaneSource<C extends Connection> {
  open(): Promise<C>;
  /** Whether a connection that comes back may be used again as it is. */
  isClean(connection: C): boolean;
  /** Makes a connection in an unknown state usable; false when it was closed instead. Never rejects. */
  mend(connection: C): Promise<boolean>;
}

interface Waiter {
  readonly admit: () => void;
}

/** Up to `size` connections of one kind, opened on need and lent one caller at a time, first come, first served. */
export class Lane<C extends Connection> {
  readonly #source: LaneSource<C>;
  readonly #size: number;
  readonly #timeoutMs: number;
  readonly #idle: C[] = [];
  // A Set keeps the order of arrival and lets a waiter that gives up leave from the middle.
  readonly #waiters = new Set<Waiter>();
  #free: number;
  #onEmpty: (() => void) | undefined;

  constructor(source: LaneSource<C>, size: number, timeoutMs: number, first?: C) {
    this.#source = source;
    this.#size = size;
    this.#timeoutMs = timeoutMs;
    this.#free = size;
    if (first !== undefined) this.#idle.push(first);
  }

  /**
   * Lends a connection as soon as one is there.
   * @throws what `timedOut` makes after the lane's time for waiting, and the signal's reason when it aborts before.
   */
  async acquire(options: CallOptions | undefined, timedOut: () => Error): Promise<Lease> {
    const signal = options?.signal;
    signal?.throwIfAborted();
    await this.#admission(signal, timedOut);
    try {
      const connection = this.#idle.pop() ?? await this.#source.open();
      if (signal?.aborted === true) {
        this.#idle.push(connection);
        signal.throwIfAborted();
      }
      return this.#lease(connection);
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** A connection for the length of a call that waits for nothing, if one is free, which also means that nobody waits for it; null if not. */
  borrow(): C | null {
    return this.#free > 0 ? this.#idle.at(-1) ?? null : null;
  }

  /** Takes a connection at once, if one is open and free, which also means that nobody waits for it; null if not. {@link giveBack} ends it. */
  take(): C | null {
    const connection = this.#free > 0 ? this.#idle.pop() : undefined;
    if (connection === undefined) return null;
    this.#free--;
    return connection;
  }

  /** @param broken whether the connection's state is unknown */
  giveBack(connection: C, broken = false): void {
    if (!broken && this.#source.isClean(connection)) {
      this.#idle.push(connection);
      this.#leave();
    } else {
      // The place stays taken meanwhile: a connection that still holds its lock would make the next one wait for it.
      void this.#source.mend(connection).then((kept) => {
        if (kept) this.#idle.push(connection);
        this.#leave();
      });
    }
  }

  /** How its connections are used at this moment. */
  state(): Omit<PoolState, "mode"> {
    return { limit: this.#size, idle: this.#idle.length, used: this.#size - this.#free, pending: this.#waiters.size };
  }

  /** Waits until nobody uses or waits for a connection, then closes all of them. */
  async close(): Promise<void> {
    if (this.#free < this.#size) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
    await Promise.all(this.#idle.splice(0).map((connection) => connection.close()));
  }

  #admission(signal: AbortSignal | undefined, timedOut: () => Error): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return Promise.resolve();
    }
    return new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      const waiter: Waiter = { admit: () => { settle(); resolve(); } };
      const onAbort = (): void => { settle(); reject(signal?.reason as Error); };
      const timer = setTimeout(() => { settle(); reject(timedOut()); }, this.#timeoutMs);
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiters.add(waiter);
    });
  }

  #lease(connection: C): Lease {
    let released = false;
    return {
      connection,
      release: (broken) => {
        if (released) return;
        released = true;
        this.giveBack(connection, broken);
      },
    };
  }

  /** Hands the place to the one that waits longest. */
  #leave(): void {
    for (const waiter of this.#waiters) {
      waiter.admit();
      return;
    }
    this.#free++;
    if (this.#free === this.#size) this.#onEmpty?.();
  }
}

import type { CallOptions, Lease, Pool, SqlText, SqlValue, StatementResult } from "./driver";
import type { Observer } from "./observer";
import type { DatabasePlace, PoolState } from "./telemetry";

/** A pool that tells how long calls wait for its connections. */
export class WatchedPool implements Pool {
  readonly #pool: Pool;
  readonly #observer: Observer;

  constructor(pool: Pool, observer: Observer) {
    this.#pool = pool;
    this.#observer = observer;
  }

  get place(): DatabasePlace {
    return this.#pool.place;
  }

  states(): readonly PoolState[] {
    return this.#pool.states();
  }

  async acquire(mode: "read" | "write", options?: CallOptions): Promise<Lease> {
    const start = performance.now();
    const lease = await this.#pool.acquire(mode, options);
    this.#observer.waited(mode, (performance.now() - start) / 1000);
    return lease;
  }

  immediate(text: SqlText, parameters: readonly SqlValue[], options: CallOptions): StatementResult | Promise<StatementResult> | null {
    const answer = this.#pool.immediate?.(text, parameters, options) ?? null;
    if (answer !== null) this.#observer.waited(text.readOnly ? "read" : "write", 0);
    return answer;
  }

  async close(): Promise<void> {
    try {
      await this.#pool.close();
    } finally {
      this.#observer.close();
    }
  }
}

import type { CallOptions, Lease, Pool, SqlText, SqlValue, StatementResult } from "./driver";
import type { Session } from "./session";

/** The session outside of transactions: every statement takes a connection, runs by itself and gives the connection back. */
export class PooledSession implements Session {
  readonly transaction = false;
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async execute(text: SqlText, parameters: readonly SqlValue[], options?: CallOptions): Promise<StatementResult> {
    const lease = await this.#pool.acquire(text.readOnly ? "read" : "write", options);
    return await using(lease, () => lease.connection.execute(text, parameters, options));
  }

  immediate(text: SqlText, parameters: readonly SqlValue[], options: CallOptions): StatementResult | Promise<StatementResult> | null {
    return this.#pool.immediate?.(text, parameters, options) ?? null;
  }

  async script(sql: string): Promise<void> {
    const lease = await this.#pool.acquire("write");
    await using(lease, () => lease.connection.script(sql));
  }
}

async function using<T>(lease: Lease, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    lease.release();
  }
}

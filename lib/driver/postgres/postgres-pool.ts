import { serverError } from "../../dialect/postgres/postgres-codes";
import { databaseClosed, connectionRefused, poolExhausted } from "../../errors/connection-errors";
import { FreeholdError } from "../../errors/freehold-error";
import type { CallOptions, Lease, Pool } from "../driver";
import type { DatabasePlace, PoolState } from "../telemetry";
import type { PgModule, PgPool, PgPooledClient } from "./pg-package";
import { PostgresConnection } from "./postgres-connection";
import type { PostgresSettings } from "./postgres-options";

/** Connections of the npm package's own pool; every one that is not as it was lent is closed and replaced. */
export class PostgresPool implements Pool {
  readonly place: DatabasePlace;
  readonly #pg: PgModule;
  readonly #pool: PgPool;
  readonly #settings: PostgresSettings;
  /** What messages call the database. */
  readonly #place: string;
  readonly #connections = new WeakMap<PgPooledClient, PostgresConnection>();
  #out = 0;
  #onIdle: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(pg: PgModule, config: Readonly<Record<string, unknown>>, settings: PostgresSettings, place: DatabasePlace) {
    this.#pg = pg;
    this.#settings = settings;
    this.place = place;
    this.#place = place.address === undefined ? "the connection string's" : `${place.name ?? ""} at ${place.address}:${place.port ?? ""}`;
    this.#pool = new pg.Pool({
      ...config, max: settings.max, idleTimeoutMillis: settings.idleTimeoutMs, connectionTimeoutMillis: settings.acquireTimeoutMs,
    });
    // A connection that breaks while nobody uses it is replaced when one is needed.
    this.#pool.on("error", ignore);
    // From its first moment: an error that nobody listens to would end the process, and the package listens to idle ones alone.
    this.#pool.on("connect", (client: PgPooledClient) => client.on("error", ignore));
  }

  /**
   * Lends a connection; readers and writers share them all.
   * @throws DatabaseClosedError after `close`, ConnectionError when the server cannot be reached, refuses, or no connection comes free in time
   */
  async acquire(_mode: "read" | "write", options?: CallOptions): Promise<Lease> {
    if (this.#closing !== undefined) throw databaseClosed(this.#place);
    options?.signal?.throwIfAborted();
    this.#out++;
    try {
      const client = await this.#client(options?.signal);
      return this.#lease(client, await this.#connection(client, options?.signal));
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  states(): readonly PoolState[] {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return [{ mode: "any", limit: this.#settings.max, idle: idleCount, used: totalCount - idleCount, pending: waitingCount }];
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#out > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    await this.#pool.end();
  }

  async #client(signal: AbortSignal | undefined): Promise<PgPooledClient> {
    const connecting = this.#pool.connect();
    try {
      return await (signal === undefined ? connecting : unlessAborted(connecting, signal));
    } catch (error) {
      if (signal?.aborted === true && error === signal.reason) throw error;
      throw this.#refusal(error);
    }
  }

  #refusal(error: unknown): Error {
    const message = error instanceof Error ? error.message : "";
    if (message.startsWith("timeout exceeded") || message.includes("connection timeout")) {
      return poolExhausted(this.#place, this.#settings.max, this.#settings.acquireTimeoutMs, error);
    }
    return connectionRefused(this.#place, serverError(error)?.code, error);
  }

  /** A server that lets one in and then says nothing must not keep anybody waiting for ever. */
  async #connection(client: PgPooledClient, signal: AbortSignal | undefined): Promise<PostgresConnection> {
    const known = this.#connections.get(client);
    if (known !== undefined) return known;
    const connection = new PostgresConnection(this.#pg, client, this.#settings, this.#place);
    const { acquireTimeoutMs, max } = this.#settings;
    let late = false;
    const giveUp = (): void => connection.destroy();
    const timer = setTimeout(() => {
      late = true;
      giveUp();
    }, acquireTimeoutMs);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      signal?.throwIfAborted();
      await connection.setUp();
    } catch (error) {
      client.release(true);
      signal?.throwIfAborted();
      if (late) throw poolExhausted(this.#place, max, acquireTimeoutMs, error);
      throw error instanceof FreeholdError ? error : this.#refusal(error);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    }
    this.#connections.set(client, connection);
    return connection;
  }

  #lease(client: PgPooledClient, connection: PostgresConnection): Lease {
    let released = false;
    return {
      connection,
      release: (broken = false) => {
        if (released) return;
        released = true;
        client.release(broken || !connection.clean);
        this.#leave();
      },
    };
  }

  #leave(): void {
    this.#out--;
    if (this.#out === 0) this.#onIdle?.();
  }
}

function ignore(): void {
  // Whoever uses the connection hears of it from its own call.
}

/** A client that comes too late goes straight back. */
function unlessAborted(connecting: Promise<PgPooledClient>, signal: AbortSignal): Promise<PgPooledClient> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason as Error);
      connecting.then((client) => client.release(), ignore);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    connecting.then(
      (client) => {
        signal.removeEventListener("abort", onAbort);
        if (!signal.aborted) resolve(client);
      },
      (error: Error) => {
        signal.removeEventListener("abort", onAbort);
        reject(error);
      });
  });
}

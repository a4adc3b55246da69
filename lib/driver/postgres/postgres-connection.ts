import { isCancelled, isStatementGone, serverError } from "../../dialect/postgres/postgres-codes";
import { identityPreface, READ_ONLY, rolePreface, SEALED, SESSION_SET_UP, type Preface } from "../../dialect/postgres/postgres-session";
import { connectionLost, statementStopped } from "../../errors/connection-errors";
import { statementTimedOut } from "../../errors/sql-errors";
import { transactionAborted } from "../../errors/transaction-errors";
import type { CallOptions, Connection, SqlText, SqlValue, StatementResult } from "../driver";
import { LruCache } from "../lru-cache";
import { SerialQueue } from "../serial-queue";
import { cancelRunning } from "./cancel";
import type { PgClient, PgModule } from "./pg-package";
import { Pipeline, Script, type Sent, type Step } from "./pipeline";
import type { PostgresSettings } from "./postgres-options";

const nobody = { system: false, settings: [] };
/** How many prepared statements one connection keeps. */
const STATEMENT_LIMIT = 500;

/** One connection to the server: it runs one pipeline at a time, and knows whether it is in a transaction. */
export class PostgresConnection implements Connection {
  readonly #pg: PgModule;
  readonly #client: PgClient;
  readonly #settings: PostgresSettings;
  readonly #place: string;
  readonly #queue = new SerialQueue();
  readonly #forgotten: string[] = [];
  readonly #names = new LruCache<string>(STATEMENT_LIMIT, (name) => this.#forgotten.push(name));
  #lastName = 0;
  #inside = false;
  /** Whether a statement of the transaction failed: the server would answer a COMMIT with a ROLLBACK, and no error. */
  #failed = false;
  #dead = false;
  /** Whether a request to cancel may still be on its way: it would hit whatever runs next. */
  #haunted = false;
  /** Whether a pooler stands before the server: then a server connection may carry what another client left on it. */
  #pooled = false;
  #unchecked = false;
  #ready: () => void = ignore;
  #ended: (error: unknown) => void = ignore;

  /** @param place what messages call the database */
  constructor(pg: PgModule, client: PgClient, settings: PostgresSettings, place: string) {
    this.#pg = pg;
    this.#client = client;
    this.#settings = settings;
    this.#place = place;
    client.connection.on("readyForQuery", ({ status }: { readonly status: string }) => {
      this.#inside = status !== "I";
      this.#failed = status === "E";
      this.#ready();
    });
    const onEnd = (error?: unknown): void => {
      this.#dead = true;
      this.#ended(error);
    };
    client.on("error", onEnd);
    client.on("end", onEnd);
  }

  /** Whether it can be lent to somebody else as it is: alive, in no transaction, nothing on its way to it, and never used for text that nobody checked. */
  get clean(): boolean {
    return !this.#inside && !this.#dead && !this.#unchecked && !this.#haunted;
  }

  /** Makes the settings that everything rests on, and finds out whether it is the server itself that answers. */
  async setUp(): Promise<void> {
    const script = new Script(SESSION_SET_UP);
    await this.#queue.run(() => this.#send(script, false));
    this.#pooled = script.rows[0]?.[0] !== String(this.#client.processID);
  }

  /** Gives it up at once: whoever waits for an answer hears of it. */
  destroy(): void {
    this.#client.connection.stream.destroy();
  }

  execute(text: SqlText, parameters: readonly SqlValue[], options: CallOptions = {}): Promise<StatementResult> {
    return this.#queue.run(() => this.#watched(text, parameters, options), options.signal);
  }

  script(sql: string): Promise<void> {
    return this.#queue.run(async () => {
      // In a transaction, the statement before may have run in another role.
      const role = this.#inside && this.#settings.rls !== null ? rolePreface(nobody, this.#settings.rls.systemRole) : "";
      await this.#send(new Script(`${role}${sql}`), !this.#inside);
    });
  }

  async close(): Promise<void> {
    this.destroy();
  }

  /** Cancels the statement in the server when its time is over or its signal aborts. */
  async #watched(text: SqlText, parameters: readonly SqlValue[], options: CallOptions): Promise<StatementResult> {
    const { signal, sealedMs } = options;
    signal?.throwIfAborted();
    const timeoutMs = sealedMs ?? this.#settings.statementTimeoutMs;
    if (signal === undefined && timeoutMs === undefined) return await this.#answered(text, parameters, options);
    let stopped: { readonly reason: unknown } | undefined;
    const cancellation = { stop: ignore };
    const stop = (reason: unknown): void => {
      if (stopped !== undefined) return;
      stopped = { reason };
      this.#haunted = true;
      cancellation.stop = cancelRunning(this.#pg, this.#client);
    };
    const onAbort = (): void => stop(signal?.reason);
    const timer = timeoutMs === undefined ? undefined
      : setTimeout(() => stop(sealedMs === undefined ? statementStopped(timeoutMs) : statementTimedOut(timeoutMs)), timeoutMs);
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      // What the server had finished before it was told to stop is done, and is said to be.
      return await this.#answered(text, parameters, options);
    } catch (error) {
      // The request has arrived, and there was but one.
      if (stopped !== undefined && isCancelled(error)) this.#haunted = false;
      // Of a connection that was given up nobody knows what became of the statement: then the error that says so is the better one.
      if (stopped !== undefined && (isCancelled(error) || signal?.aborted === true)) throw stopped.reason;
      throw error;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      cancellation.stop();
    }
  }

  async #answered(text: SqlText, parameters: readonly SqlValue[], options: CallOptions): Promise<StatementResult> {
    const inside = this.#inside;
    if (this.#failed && isCommit(text)) throw transactionAborted(undefined);
    if (options.unchecked === true) this.#unchecked = true;
    try {
      return text.unfilled === true ? await this.#unfilled(text, options) : await this.#pipeline(text, parameters, options);
    } catch (error) {
      if (inside && options.sealedMs !== undefined && !this.#dead) await this.#send(new Script(`${SEALED.undo}; ${SEALED.end}`), false).catch(ignore);
      if (!isStatementGone(error)) throw error;
      for (const name of this.#names.drain()) this.#forgotten.push(name);
      // The server threw the whole pipeline away, so that nothing was done yet.
      if (inside) throw error;
      return await this.#pipeline(text, parameters, options);
    }
  }

  /** A plan for any values: by the extended protocol, its placeholders would have to be filled. */
  async #unfilled(text: SqlText, { identity }: CallOptions): Promise<StatementResult> {
    const role = this.#settings.rls?.systemRole;
    const script = new Script(`${identity === undefined || role === undefined ? "" : rolePreface(identity, role)}${text.sql}`);
    await this.#send(script, false);
    return { rows: script.rows, changes: script.rows.length };
  }

  async #pipeline(text: SqlText, parameters: readonly SqlValue[], { identity, sealedMs }: CallOptions): Promise<StatementResult> {
    const inside = this.#inside;
    const sealed = sealedMs !== undefined;
    const role = this.#settings.rls?.systemRole;
    const steps: Step[] = [];
    const learned: Step[] = [];
    const add = ({ sql, parameters: values }: { readonly sql: string; readonly parameters: readonly SqlValue[] }, wanted = false): void => {
      const step = this.#step(sql, values, wanted, wanted && text.named === true);
      if (!step.parsed && step.name !== "") learned.push(step);
      steps.push(step);
    };
    if (sealed && inside) add(command(SEALED.begin));
    const preface = identity === undefined || role === undefined ? null : identityPreface(identity, role, inside || this.#pooled);
    if (preface !== null) add(preface);
    if (sealed) add(READ_ONLY);
    add({ sql: text.sql, parameters }, true);
    if (sealed && inside) {
      add(command(SEALED.undo));
      add(command(SEALED.end));
    }
    const pipeline = new Pipeline(steps, this.#forgotten.splice(0));
    try {
      await this.#send(pipeline, isCommit(text) || (!inside && !text.readOnly));
    } catch (error) {
      // Whether the server got as far as to know them is uncertain: under their names it must not be asked again.
      for (const { name } of learned) this.#forgotten.push(name);
      throw error;
    }
    for (const { sql, name } of learned) this.#names.set(sql, name);
    return pipeline.result;
  }

  #step(sql: string, parameters: readonly SqlValue[], wanted: boolean, named: boolean): Step {
    const values = parameters.map(toNative);
    if (!this.#settings.prepare) return { sql, values, name: "", parsed: false, wanted, named };
    const known = this.#names.get(sql);
    return { sql, values, name: known ?? `freehold_${++this.#lastName}`, parsed: known !== undefined, wanted, named };
  }

  /**
   * Hands something to the package and waits until the server is ready for more.
   *
   * @param unsure whether nobody knows what became of it if the connection breaks meanwhile
   */
  async #send(sent: Sent, unsure: boolean): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#ready = () => resolve();
        this.#ended = reject;
        sent.failed = (error) => {
          failure ??= { error };
          // Behind an error of its own the server says that it is ready for more, or ends the connection; behind one of the network
          // nobody says anything.
          if (serverError(error) === null) reject(error);
        };
        if (this.#dead) reject(new Error("The connection is closed."));
        else this.#client.query(sent);
      });
    } catch (error) {
      this.#dead = true;
      failure ??= { error };
      if (isBroken(failure.error)) throw connectionLost(this.#place, unsure, failure.error);
    } finally {
      this.#ready = ignore;
      this.#ended = ignore;
    }
    if (failure !== undefined) throw failure.error;
  }
}

function command(sql: string): Preface {
  return { sql, parameters: [] };
}

function isCommit({ sql }: SqlText): boolean {
  return /^commit$/i.test(sql);
}

/** Whether the connection broke without a word of the server's: a pooler in between tells of that with codes of class 08. */
function isBroken(error: unknown): boolean {
  return serverError(error)?.code.startsWith("08") ?? true;
}

/** Text, but for bytes. */
function toNative(value: SqlValue): string | Buffer | null {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  return Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

function ignore(): void {
  // Deliberately empty.
}

import type { Ask } from "../dialect/ask";
import type { Dialect } from "../dialect/dialect";
import type { Besides } from "../dialect/migration-dialect";
import type { Session } from "../driver/session";
import type { Transactions } from "../driver/transactions";
import { ConnectionError, MigrationError, TransactionError } from "../errors/classes";
import { FreeholdError } from "../errors/freehold-error";
import { codeEndsTransaction, danglingReferences, notApplied, stepFailed, vanished } from "../errors/migration-errors";
import type { MigrationConnection, MigrationStep } from "./migration";
import { endingWord, isDropped } from "./sql-text";

/** What is done in one transaction. */
export interface Execution {
  /** Such as `20260131120000_add_notes`. */
  readonly name: string;
  readonly steps: readonly MigrationStep[];
  /** Looks once more, when nobody else can: false when it has been done meanwhile. */
  readonly begin: (session: Session) => Promise<boolean>;
  readonly end: (session: Session) => Promise<void>;
  readonly onStep: (step: number) => void;
}

/**
 * Runs steps in one transaction while no other migration does: all of them, or none.
 *
 * @returns false when there was nothing left to do
 * @throws MigrationError for the step that fails, with the driver's error as its cause
 */
export async function execute(transactions: Transactions, dialect: Dialect, execution: Execution): Promise<boolean> {
  const { setting } = dialect.migrations;
  const work = async (): Promise<boolean> => alone(transactions, dialect, async (session) => {
    if (!await execution.begin(session)) return false;
    const run = new Run(session, dialect, execution);
    await run.all();
    await execution.end(session);
    return true;
  });
  try {
    if (setting === null) return await work();
    return await transactions.exclusive(async (session) => {
      await session.script(setting.before);
      try {
        return await work();
      } finally {
        await session.script(setting.after);
      }
    });
  } catch (error) {
    const said = error instanceof MigrationError || error instanceof ConnectionError || error instanceof TransactionError;
    throw said || !(error instanceof FreeholdError) ? error : notApplied(execution.name, error);
  }
}

/** Runs work in a transaction while no migration does; what the driver says of it comes in the framework's words. */
export async function alone<T>(transactions: Transactions, dialect: Dialect, work: (session: Session) => Promise<T>): Promise<T> {
  const { lock } = dialect.migrations;
  return transactions.run(async (session) => {
    try {
      if (lock !== null) await session.execute({ sql: lock, readOnly: false, returnsRows: true }, []);
      return await work(session);
    } catch (error) {
      throw isNative(error) ? inWords(dialect, error) : error;
    }
  });
}

/** One run of a migration's steps. */
class Run {
  readonly #session: Session;
  readonly #dialect: Dialect;
  readonly #execution: Execution;
  readonly #ask: Ask;
  /** All SQL that was run. */
  readonly #texts: string[] = [];
  /** What there was or is of other tools, as it was last seen. */
  #known: readonly Besides[] = [];

  constructor(session: Session, dialect: Dialect, execution: Execution) {
    this.#session = session;
    this.#dialect = dialect;
    this.#execution = execution;
    this.#ask = async (sql, parameters) => (await session.execute({ sql, readOnly: true, returnsRows: true }, parameters)).rows;
  }

  async all(): Promise<void> {
    const { name, steps, onStep } = this.#execution;
    const { migrations } = this.#dialect;
    this.#known = await migrations.besides(this.#ask);
    const broken = await this.#faults();
    for (const [index, step] of steps.entries()) {
      onStep(index);
      await this.#step(step, index);
      await this.#look();
    }
    await this.#putBack();
    for (const [object, error] of await this.#faults()) if (!broken.has(object)) throw this.#misfit(object, error);
    const dangling = await this.#dangling();
    if (dangling.length > 0) throw danglingReferences(name, dangling);
  }

  /** A foreign key may have no key to refer to, which the engine says in place of an answer. */
  async #dangling(): Promise<readonly string[]> {
    try {
      return await this.#dialect.migrations.dangling(this.#ask);
    } catch (error) {
      throw error instanceof FreeholdError ? error : danglingReferences(this.#execution.name, [inWords(this.#dialect, error).message]);
    }
  }

  async #step(step: MigrationStep, index: number): Promise<void> {
    const code = typeof step !== "string" && "run" in step;
    try {
      if (code) await step.run(this.#connection());
      else await this.#script(typeof step === "string" ? step : step.sql);
    } catch (error) {
      // What an application's own code throws says best what is wrong; what a driver says may hold values of rows.
      const known = error instanceof FreeholdError || (code && !isNative(error)) ? error : inWords(this.#dialect, error);
      throw stepFailed(this.#execution.name, index + 1, typeof step === "string" ? step : "sql" in step ? step.sql : step.describe, known);
    }
  }

  async #script(sql: string): Promise<void> {
    this.#texts.push(sql);
    await this.#session.script(sql);
  }

  #connection(): MigrationConnection {
    const run = async (sql: string, parameters: Parameters<MigrationConnection["query"]>[1] = [], rows: boolean): ReturnType<Session["execute"]> => {
      const word = endingWord(sql);
      if (word !== null) throw codeEndsTransaction(word);
      this.#texts.push(sql);
      return this.#session.execute({ sql, readOnly: false, returnsRows: rows, named: rows }, parameters);
    };
    return Object.freeze<MigrationConnection>({
      query: async (sql, parameters) => {
        const { rows, columns = [] } = await run(sql, parameters, true);
        return rows.map((row) => Object.fromEntries(columns.map((column, place) => [column, row[place]])));
      },
      execute: async (sql, parameters) => (await run(sql, parameters, false)).changes,
    });
  }

  /** What is gone stays known as it last was: a table's new name is in it then. */
  async #look(): Promise<void> {
    if (this.#known.length === 0) return;
    const now = await this.#dialect.migrations.besides(this.#ask);
    this.#known = this.#known.map((object) => now.find(({ kind, name }) => kind === object.kind && name === object.name) ?? object);
  }

  /**
   * A new table in place of another has none of what other tools have put beside the old one: unless the migration itself dropped it,
   * it comes back.
   */
  async #putBack(): Promise<void> {
    if (this.#known.length === 0) return;
    const after = await this.#dialect.migrations.besides(this.#ask);
    const has = (kinds: readonly string[], wanted: string): boolean =>
      after.some(({ kind, name }) => kinds.includes(kind) && name.toLowerCase() === wanted.toLowerCase());
    for (const object of this.#known) {
      const { kind, name, table } = object;
      if (kind === "table" || has([kind], name) || isDropped(this.#texts, kind, name)) continue;
      if (kind !== "view" && !has(["table", "view"], table)) continue;
      try {
        await this.#session.script(object.sql);
      } catch (error) {
        throw this.#misfit(`the ${kind} ${name}`, error);
      }
      const again = (await this.#dialect.migrations.besides(this.#ask)).find((other) => other.kind === kind && other.name === name);
      if (again?.expressions !== object.expressions) throw this.#misfit(`the ${kind} ${name}`, new Error("it speaks of a column that is gone"));
    }
  }

  /** What does not fit the tables that it speaks of. */
  async #faults(): Promise<ReadonlyMap<string, unknown>> {
    const faults = new Map<string, unknown>();
    for (const { what, sql } of await this.#dialect.migrations.probes(this.#ask)) {
      try {
        await this.#ask(sql, []);
      } catch (error) {
        faults.set(what, error);
      }
    }
    return faults;
  }

  #misfit(object: string, error: unknown): MigrationError {
    return vanished(this.#execution.name, object, isNative(error) ? inWords(this.#dialect, error) : error);
  }
}

/** Drivers number or name their errors. */
function isNative(error: unknown): boolean {
  if (error instanceof FreeholdError) return false;
  const { code, errno } = (typeof error === "object" && error !== null ? error : {}) as { readonly code?: unknown; readonly errno?: unknown };
  return typeof code === "string" || typeof errno === "number";
}

function inWords(dialect: Dialect, error: unknown): FreeholdError {
  return error instanceof FreeholdError ? error : dialect.toError(error, { model: null, operation: "migrate", handWritten: true });
}

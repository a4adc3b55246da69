import type { Ask } from "../dialect/ask";
import type { Dialect } from "../dialect/dialect";
import type { Besides } from "../dialect/migration-dialect";
import type { Session } from "../driver/session";
import type { Transactions } from "../driver/transactions";
import { FreeholdError } from "../errors/freehold-error";
import { danglingReferences, stepFailed, vanished } from "../errors/migration-errors";
import type { MigrationConnection, MigrationStep } from "./migration";

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
  const { migrations } = dialect;
  const work = async (): Promise<boolean> => transactions.run(async (session) => {
    if (migrations.lock !== null) await session.execute({ sql: migrations.lock, readOnly: false, returnsRows: true }, []);
    if (!await execution.begin(session)) return false;
    const ask: Ask = async (sql, parameters) => (await session.execute({ sql, readOnly: true, returnsRows: true }, parameters)).rows;
    const before = await migrations.besides(ask);
    for (const [index, step] of execution.steps.entries()) {
      execution.onStep(index);
      await runStep(session, dialect, execution.name, step, index);
    }
    await putBack(session, ask, dialect, before, execution);
    const dangling = await found(dialect, async () => migrations.dangling(ask));
    if (dangling.length > 0) throw danglingReferences(execution.name, dangling);
    await execution.end(session);
    return true;
  });
  const { setting } = migrations;
  if (setting === null) return work();
  return transactions.exclusive(async (session) => {
    await session.script(setting.before);
    try {
      return await work();
    } finally {
      await session.script(setting.after);
    }
  });
}

/** A foreign key may have no key to refer to, which the engine says instead of an answer. */
async function found<T>(dialect: Dialect, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof FreeholdError ? error : dialect.toError(error, { model: null, operation: "schema", handWritten: true });
  }
}

async function runStep(session: Session, dialect: Dialect, name: string, step: MigrationStep, index: number): Promise<void> {
  try {
    if (typeof step === "string") await session.script(step);
    else if ("sql" in step) await session.script(step.sql);
    else await step.run(connectionOn(session));
  } catch (error) {
    const code = typeof step !== "string" && "run" in step;
    // What an application's own code throws says best what is wrong; what a driver says may hold values of rows.
    const known = error instanceof FreeholdError ? error : code && !isNative(error) ? null : dialect.toError(error, { model: null, operation: "schema", handWritten: true });
    throw stepFailed(name, index + 1, typeof step === "string" ? step : "sql" in step ? step.sql : step.describe, known ?? error);
  }
}

/** Drivers number or name their errors. */
function isNative(error: unknown): boolean {
  const { code, errno } = (typeof error === "object" && error !== null ? error : {}) as { readonly code?: unknown; readonly errno?: unknown };
  return typeof code === "string" || typeof errno === "number";
}

function connectionOn(session: Session): MigrationConnection {
  return Object.freeze<MigrationConnection>({
    query: async (sql, parameters = []) => {
      const { rows, columns = [] } = await session.execute({ sql, readOnly: false, returnsRows: true, named: true }, parameters);
      return rows.map((row) => Object.fromEntries(columns.map((column, place) => [column, row[place]])));
    },
    execute: async (sql, parameters = []) => (await session.execute({ sql, readOnly: false, returnsRows: false }, parameters)).changes,
  });
}

/**
 * A new table in place of another has none of what other tools have put beside the old one: unless the migration itself dropped it, it
 * comes back.
 */
async function putBack(session: Session, ask: Ask, dialect: Dialect, before: readonly Besides[], { name, steps }: Execution): Promise<void> {
  if (before.length === 0) return;
  const after = await dialect.migrations.besides(ask);
  const has = (kinds: (kind: string) => boolean, wanted: string): boolean =>
    after.some((object) => kinds(object.kind) && object.name.toLowerCase() === wanted.toLowerCase());
  const texts = steps.flatMap((step) => typeof step === "string" ? [step] : "sql" in step ? [step.sql] : []).join("\n").toLowerCase();
  for (const object of before) {
    const { kind, table } = object;
    if (kind === "table" || has((other) => other === kind, object.name) || isDropped(texts, object)) continue;
    if (kind !== "view" && !has((other) => other === "table" || other === "view", table)) continue;
    try {
      await session.script(object.sql);
    } catch (error) {
      throw vanished(name, kind, object.name, dialect.toError(error, { model: null, operation: "schema", handWritten: true }));
    }
  }
}

function isDropped(texts: string, { kind, name }: Besides): boolean {
  const lower = name.toLowerCase();
  const names = [`"${lower.replaceAll('"', '""')}"`, lower].flatMap((written) => [`drop ${kind} ${written}`, `drop ${kind} if exists ${written}`]);
  return names.some((words) => texts.includes(words));
}

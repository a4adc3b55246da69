import { badTransactionOption, unknownIsolation, unknownTransactionOption } from "../errors/transaction-errors";
import { LONGEST_TIMER } from "../util/timers";

/** How strictly concurrent transactions are kept apart. */
export type IsolationLevel = "read uncommitted" | "read committed" | "repeatable read" | "serializable";

/** What `transaction(…)` accepts beside its callback. */
export interface TransactionOptions {
  /** The least isolation wanted; default the engine's own. SQLite always gives `"serializable"`. */
  readonly isolation?: IsolationLevel | undefined;
  /** Refuses writes; on SQLite such transactions run beside the writing one. Default false, or that of the outer transaction. */
  readonly readOnly?: boolean | undefined;
  /** Rolls the transaction back when it is not done this many milliseconds after it began; default no limit. */
  readonly timeoutMs?: number | undefined;
  /** How often to run the whole callback again after an error whose `retryable` is true; default 0. */
  readonly retries?: number | undefined;
  /** Ends waiting and rolls back; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const OPTIONS = ["isolation", "readOnly", "timeoutMs", "retries", "signal"];
const LEVELS: readonly string[] = ["read uncommitted", "read committed", "repeatable read", "serializable"] satisfies IsolationLevel[];

/**
 * Checks the options of a transaction before anything is sent.
 * @throws TransactionError (TRANSACTION_ERROR) that names the first option that cannot be used.
 */
export function checkTransactionOptions(options: TransactionOptions): void {
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) throw unknownTransactionOption(unknown, OPTIONS);
  const { isolation, readOnly, timeoutMs, retries, signal } = options;
  if (isolation !== undefined && !LEVELS.includes(isolation)) throw unknownIsolation(isolation, LEVELS);
  if (readOnly !== undefined && typeof readOnly !== "boolean") throw badTransactionOption("readOnly", readOnly, "true or false");
  if (timeoutMs !== undefined && !isWhole(timeoutMs, 1)) {
    throw badTransactionOption("timeoutMs", timeoutMs, `a whole number of milliseconds from 1 to ${LONGEST_TIMER}`);
  }
  if (retries !== undefined && !isWhole(retries, 0)) throw badTransactionOption("retries", retries, "a whole number from 0");
  if (signal !== undefined && !isSignal(signal)) throw badTransactionOption("signal", signal, "an AbortSignal");
}

function isWhole(value: unknown, least: number): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= LONGEST_TIMER;
}

function isSignal(value: unknown): boolean {
  return typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value;
}

import { TransactionError } from "./classes";

/** A transaction was used after its callback had ended; `outcome` tells how, such as "was committed". */
export function transactionEnded(id: number, outcome: string, cause?: unknown): TransactionError {
  return new TransactionError(
    `Transaction ${id} ${outcome} and cannot be used any more. Await every call inside the transaction's callback: `
      + "work that goes on after the callback belongs outside of the transaction.",
    { cause },
  );
}

/** A transaction ran longer than its option `timeoutMs`. */
export function transactionTimedOut(id: number, timeoutMs: number): TransactionError {
  return new TransactionError(
    `Transaction ${id} ran longer than its timeoutMs of ${timeoutMs} ms and was rolled back. Do slow work (network calls, large `
      + "computations) before or after the transaction, or raise `timeoutMs`.",
  );
}

/** A write was sent through a transaction opened with `readOnly: true`. */
export function writeInReadOnly(id: number): TransactionError {
  return new TransactionError(
    `Transaction ${id} is read-only, so it refuses writes and scripts: remove \`readOnly: true\` from its options, or write outside of it.`,
  );
}

/** A nested transaction asked for `readOnly: false` inside a read-only one. */
export function writableInReadOnly(parentId: number): TransactionError {
  return new TransactionError(
    `A transaction with \`readOnly: false\` cannot be nested in transaction ${parentId}, which is read-only: `
      + "remove `readOnly: true` from the outer transaction, or `readOnly: false` from the inner one.",
  );
}

/** The option `isolation` is none of the four levels. */
export function unknownIsolation(given: unknown, known: readonly string[]): TransactionError {
  return new TransactionError(
    `transaction({ isolation }) was given ${show(given)}: the levels are ${known.map((level) => JSON.stringify(level)).join(", ")}.`,
  );
}

/** An option of a transaction has a value that it cannot use. */
export function badTransactionOption(option: string, given: unknown, expected: string): TransactionError {
  return new TransactionError(`transaction({ ${option} }) was given ${show(given)}: expected ${expected}.`);
}

/** An option of a transaction has a name that does not exist. */
export function unknownTransactionOption(option: string, known: readonly string[]): TransactionError {
  return new TransactionError(`transaction() was given the unknown option ${JSON.stringify(option)}: its options are ${known.join(", ")}.`);
}

/** The engine rolled the whole transaction back by itself after a statement had failed. */
export function transactionLost(cause: unknown): TransactionError {
  return new TransactionError(
    "The database rolled the whole transaction back after one of its statements had failed, so nothing further can run in it: "
      + "let the error leave the transaction's callback, and run the transaction again once its cause is mended.",
    { cause },
  );
}

/** Concurrent transactions could not both go on; nothing of this one was kept. */
export function serializationFailed(deadlock: boolean, cause: unknown): TransactionError {
  return new TransactionError(
    `${deadlock ? "Two transactions waited for each other (a deadlock)" : "A concurrent transaction changed what this one rests on"}, and the database `
      + "ended this one: run the whole transaction again, as db.transaction(…, { retries: 3 }) does by itself.",
    { cause, retryable: true },
  );
}

/** A statement after one that failed, in the same transaction. */
export function transactionAborted(cause: unknown): TransactionError {
  return new TransactionError(
    "A statement of this transaction failed before, and PostgreSQL runs nothing further in it: let the error leave the transaction's callback, or make "
      + "what may fail inside a db.transaction(…) of its own, which is a savepoint.",
    { cause },
  );
}

/** A write in a transaction that the server holds to be read-only. */
export function writeRefusedByServer(cause: unknown): TransactionError {
  return new TransactionError(
    "The database refuses the write, because the transaction, or the whole server, is read-only.", { cause });
}

/** A nested transaction could not be undone on its own, so the one around it must end as well. */
export function savepointLost(id: number, cause: unknown): TransactionError {
  return new TransactionError(
    `Transaction ${id} was rolled back, because a transaction nested in it failed and could not be undone on its own: run it again.`,
    { cause, retryable: (cause as { readonly retryable?: unknown } | null)?.retryable === true },
  );
}

/** Work that needs the writing connection alone was started inside a transaction. */
export function exclusiveInsideTransaction(): TransactionError {
  return new TransactionError(
    "This work needs the database's writing connection for itself and cannot start inside a transaction: "
      + "run it before the transaction begins or after it has ended.",
  );
}

/** A read asked for a lock on its rows outside of a transaction, where the lock would be gone at once. */
export function lockOutsideTransaction(): TransactionError {
  return new TransactionError(
    "The option `lock` needs a transaction, because a lock lasts only until its transaction ends: make the call inside "
      + "db.transaction(async (tx) => …), or leave `lock` out.",
  );
}

/** `close()` was called inside a transaction's callback. */
export function closeInsideTransaction(): TransactionError {
  return new TransactionError("db.close() waits for running transactions and cannot be called inside one: close the database after its end.");
}

/** `db.transaction` was given something else than a function. */
export function notACallback(given: unknown): TransactionError {
  return new TransactionError(`db.transaction() was given ${show(given)}: expected a function, as in db.transaction(async (tx) => …).`);
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null || value === undefined) return String(value);
  return `a value of type ${typeof value}`;
}

/**
 * Both npm packages put SQLite's symbolic code into `code`: better-sqlite3 the extended one (`SQLITE_BUSY_SNAPSHOT`), sqlite3 the
 * primary one (`SQLITE_BUSY`) beside the number in `errno`.
 */
const BUSY = 5;
const LOCKED = 6;
const ERROR = 1;
const INTERRUPT = 9;
const TOO_BIG = 18;
const CANTOPEN = 14;

/** Whether a code is one of SQLite's own. */
export function isSqliteCode(code: string): boolean {
  return code.startsWith("SQLITE_");
}

/** Whether the error says that another connection holds a lock (SQLITE_BUSY, SQLITE_LOCKED and their extended codes). */
export function isBusy(error: unknown): boolean {
  return has(error, "SQLITE_BUSY", BUSY) || has(error, "SQLITE_LOCKED", LOCKED);
}

/** Whether the error says that a running statement was interrupted (SQLITE_INTERRUPT). */
export function isInterrupt(error: unknown): boolean {
  return has(error, "SQLITE_INTERRUPT", INTERRUPT);
}

/** Whether a statement failed for what it says or holds, or for the size of a value (SQLITE_ERROR, SQLITE_TOOBIG). */
export function isRefusal(error: unknown): boolean {
  return has(error, "SQLITE_ERROR", ERROR) || has(error, "SQLITE_TOOBIG", TOO_BIG);
}

/** Whether the error says that the file cannot be opened (SQLITE_CANTOPEN, or better-sqlite3's check of the directory). */
export function isCannotOpen(error: unknown): boolean {
  // better-sqlite3 looks for the directory before it asks SQLite, and its TypeError then has no code.
  return has(error, "SQLITE_CANTOPEN", CANTOPEN)
    || messageOf(error).startsWith("Cannot open database because the directory does not exist");
}

/** Whether a BEGIN was refused because the connection is in a transaction already; there is no code of its own for that. */
export function isNestedBegin(error: unknown): boolean {
  return messageOf(error).includes("cannot start a transaction within a transaction");
}

// Errors of native code may belong to another realm than this module (a vm context), so `instanceof` would miss them.
function messageOf(error: unknown): string {
  if (typeof error !== "object" || error === null) return "";
  const { message } = error as { readonly message?: unknown };
  return typeof message === "string" ? message : "";
}

function has(error: unknown, name: string, primary: number): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { code, errno } = error as { readonly code?: unknown; readonly errno?: unknown };
  if (typeof code === "string") return code === name || code.startsWith(`${name}_`);
  // Without a symbolic code only the number is left; its low byte is the primary code.
  return typeof errno === "number" && errno > 0 && (errno & 0xff) === primary;
}

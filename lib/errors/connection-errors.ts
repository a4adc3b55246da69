import { ConnectionError, DatabaseClosedError } from "./classes";
import { DriverCause } from "./driver-cause";

/** An option of a driver's factory has a value that it cannot use. */
export function badDriverOption(driver: string, option: string, given: unknown, expected: string): ConnectionError {
  return new ConnectionError(`${driver}({ ${option} }) was given ${describe(given)}: expected ${expected}.`, { retryable: false });
}

/** An option of a driver's factory has a name that the factory does not know. */
export function unknownDriverOption(driver: string, option: string, known: readonly string[]): ConnectionError {
  return new ConnectionError(
    `${driver}() was given the unknown option ${JSON.stringify(option)}: its options are ${known.join(", ")}.`,
    { retryable: false },
  );
}

/** An option of Database.open has a value that it cannot use. */
export function badOpenOption(option: string, expected: string, given: unknown): ConnectionError {
  return new ConnectionError(`Database.open({ ${option} }) was given ${describe(given)}: expected ${expected}.`, { retryable: false });
}

/** An option of Database.open has a name that it does not know. */
export function unknownOpenOption(option: string, known: readonly string[]): ConnectionError {
  return new ConnectionError(
    `Database.open() was given the unknown option ${JSON.stringify(option)}: its options are ${known.join(", ")}.`, { retryable: false });
}

/** A pragma that the pool needs for its promises was to be changed, or its text is not a plain literal. */
export function pragmaRefused(driver: string, pragma: string, why: string): ConnectionError {
  return new ConnectionError(`${driver}({ pragmas }) cannot set ${JSON.stringify(pragma)}: ${why}.`, { retryable: false });
}

/** The npm package behind a driver is not installed. */
export function packageMissing(driver: string, name: string, version: string, cause: unknown): ConnectionError {
  return new ConnectionError(
    `${driver}() needs the npm package "${name}", which is not installed: install it with: npm install ${name}@${version}`,
    { retryable: false, cause },
  );
}

/** The npm package behind a driver is there, but its native part does not load. */
export function packageUnusable(driver: string, name: string, cause: unknown): ConnectionError {
  return new ConnectionError(
    `${driver}() found the npm package "${name}", but it does not load (${messageOf(cause)}). Its native part is missing or was `
      + `built for another version of Node.js: build it again with: npm rebuild ${name}`,
    { retryable: false, cause },
  );
}

/** The database file cannot be opened at all. */
export function cannotOpen(driver: string, file: string, cause: unknown): ConnectionError {
  return new ConnectionError(
    `${driver}() cannot open the database file "${file}" (${messageOf(cause)}). Check that its directory exists, that the process `
      + "may read and write the file and its directory, and that the path is not a directory itself.",
    { retryable: false, cause },
  );
}

/** The file opened, but it is no SQLite database or cannot be set up as one. */
export function cannotSetUp(driver: string, file: string, cause: unknown): ConnectionError {
  return new ConnectionError(
    `${driver}() opened the file "${file}" but cannot use it as a database (${messageOf(cause)}). Check that the file is an SQLite `
      + "database, that it and its directory are writable, and that the option `pragmas` holds only settings that SQLite accepts.",
    { retryable: false, cause },
  );
}

/** Another connection, most likely another process, kept the database locked for too long. */
export function stayedBusy(file: string, waitedMs: number, cause: unknown): ConnectionError {
  return new ConnectionError(
    `The database "${file}" stayed locked by another connection; gave up after ${Math.round(waitedMs)} ms. Another process is `
      + "writing to it or holds a transaction open: try again, shorten that transaction, or raise the driver's option `busyTimeoutMs`.",
    { retryable: true, cause },
  );
}

/** A multi-statement script met a locked database; running it again could run its first statements twice. */
export function scriptBusy(file: string, cause: unknown): ConnectionError {
  return new ConnectionError(
    `The database "${file}" is locked by another connection, and a script of several statements cannot be repeated safely: `
      + "run it inside a transaction, which waits for the lock before its first statement.",
    { retryable: true, cause },
  );
}

/** No connection came free while a call waited in the pool's queue. */
export function acquireTimedOut(file: string, mode: "read" | "write", waitedMs: number): ConnectionError {
  return new ConnectionError(
    `No connection to "${file}" came free for ${mode === "write" ? "writing" : "reading"} within ${waitedMs} ms. The usual cause is a `
      + "call awaited inside a transaction's callback by a path that did not join that transaction: it waits for the transaction, and "
      + "the transaction waits for it. Use the repositories inside the callback itself or those of `tx`; if transactions are just "
      + "long, shorten them or raise the driver's option `acquireTimeoutMs`.",
    { retryable: true },
  );
}

/** No connection to a server came free while a call waited in the pool's queue, or none could be opened in that time. */
export function poolExhausted(place: string, max: number, waitedMs: number, cause: unknown): ConnectionError {
  return new ConnectionError(
    `No connection to "${place}" came free within ${waitedMs} ms, of ${max} at most. Either the server does not answer, or all connections are in use: by long `
      + "transactions, or by calls awaited inside a transaction's callback by a path that did not join it. Shorten transactions, or raise the driver's "
      + "options `pool.max` or `pool.acquireTimeoutMs`.",
    { retryable: true, cause: causeOf(cause) },
  );
}

/** The server, or the network before it, takes no connection. */
export function connectionRefused(place: string, code: string | undefined, cause: unknown): ConnectionError {
  const network = (cause as { readonly code?: unknown } | null)?.code;
  const why = code ?? (typeof network === "string" ? network : messageOf(cause));
  // 08P01: a pooler that does not know a parameter of the connection string, such as `options`.
  const settled = code?.startsWith("28") === true || code === "08P01" || code === "3D000" || code === "42501" || network === "ENOTFOUND"
    // Node's codes for certificates that nobody trusts, such as DEPTH_ZERO_SELF_SIGNED_CERT.
    || (typeof network === "string" && /CERT|TLS|SSL|UNABLE_TO_VERIFY/.test(network));
  return new ConnectionError(
    `The database "${place}" takes no connection (${why}): ${settled ? "check user, password, database, host and parameters of the connection string, and the driver's option `ssl`." : "check that the server runs, or try again."}`,
    { retryable: !settled, cause: causeOf(cause) },
  );
}

/** The connection broke while a statement ran. */
export function connectionLost(place: string, unsure: boolean, cause: unknown): ConnectionError {
  return new ConnectionError(
    `The connection to "${place}" broke while a statement ran. ${unsure
      ? "Whether its changes were kept before that, nobody knows: look before doing it again."
      : "Nothing of it was kept: try again."}`,
    { retryable: !unsure, cause: causeOf(cause) },
  );
}

/** A statement took longer than the driver's option allows. */
export function statementStopped(timeoutMs: number): ConnectionError {
  return new ConnectionError(
    `The statement was cancelled after ${timeoutMs} ms (statementTimeoutMs) and changed nothing: try again when the server is less busy, ask for less, or raise the driver's option.`,
    { retryable: true },
  );
}

/** Something was asked of a database after `close()`. */
export function databaseClosed(file: string): DatabaseClosedError {
  return new DatabaseClosedError(`The database "${file}" is closed: open it again, or call close() only after the last use.`);
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}

/** Messages of the network name hosts and ports alone, but those of the server may repeat values. */
function causeOf(cause: unknown): DriverCause {
  const { name, code } = (typeof cause === "object" && cause !== null ? cause : {}) as { readonly name?: unknown; readonly code?: unknown };
  return new DriverCause({
    name: typeof name === "string" ? name : "Error", code: typeof code === "string" ? code : undefined, errno: undefined, constraint: undefined,
    table: undefined, column: undefined,
  });
}

function messageOf(cause: unknown): string {
  // Errors of native code may belong to another realm, so `instanceof Error` would miss them.
  const message = typeof cause === "object" && cause !== null ? (cause as { readonly message?: unknown }).message : undefined;
  return typeof message === "string" ? message : "unknown reason";
}

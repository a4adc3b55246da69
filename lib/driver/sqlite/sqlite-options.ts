import { resolve } from "node:path";
import { badDriverOption, unknownDriverOption } from "../../errors/connection-errors";
import { LONGEST_TIMER } from "../../util/timers";
import { readPragmas, type Pragma, type PragmaValue } from "./pragmas";

/** What `sqlite3(…)` and `betterSqlite3(…)` accept. */
export interface SqliteOptions {
  /** Path of the database file, created when missing; `":memory:"` for a database that lives as long as it is open. */
  readonly file: string;
  /** Reading connections beside the one that writes, 1 to 64; default 4 for `sqlite3`, 1 for `betterSqlite3`. */
  readonly readers?: number | undefined;
  /** How long a call waits for a lock that another process holds, in milliseconds; default 5000. */
  readonly busyTimeoutMs?: number | undefined;
  /** How long a call waits for a connection of the pool, in milliseconds; default 30000. */
  readonly acquireTimeoutMs?: number | undefined;
  /** Settings made on every connection, such as `{ cache_size: -65536 }`. */
  readonly pragmas?: Readonly<Record<string, PragmaValue>> | undefined;
}

/** The options with every default filled in. */
export interface PoolSettings {
  readonly file: string;
  /** True when the database has no file that a second connection could open. */
  readonly memory: boolean;
  readonly readers: number;
  readonly busyTimeoutMs: number;
  readonly acquireTimeoutMs: number;
  readonly pragmas: readonly Pragma[];
}

const OPTIONS = ["file", "readers", "busyTimeoutMs", "acquireTimeoutMs", "pragmas"];

/**
 * Checks a driver's options and fills in the defaults.
 * @throws ConnectionError (CONNECTION_ERROR, not retryable) that names the first option that cannot be used.
 */
export function readOptions(driver: string, options: SqliteOptions, readers: number): PoolSettings {
  if (!isRecord(options)) throw badDriverOption(driver, "file", options, 'an object of options, such as { file: "app.db" }');
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) throw unknownDriverOption(driver, unknown, OPTIONS);
  const file = readFile(driver, options.file);
  const memory = file === "" || file === ":memory:";
  const pragmas = options.pragmas ?? {};
  if (!isRecord(pragmas)) throw badDriverOption(driver, "pragmas", pragmas, "an object such as { cache_size: -65536 }");
  return Object.freeze({
    // A later process.chdir must not send the reading connections to another file.
    file: memory ? file : resolve(file),
    memory,
    readers: wholeNumber(driver, "readers", options.readers ?? readers, 1, 64),
    busyTimeoutMs: wholeNumber(driver, "busyTimeoutMs", options.busyTimeoutMs ?? 5000, 0, LONGEST_TIMER),
    acquireTimeoutMs: wholeNumber(driver, "acquireTimeoutMs", options.acquireTimeoutMs ?? 30_000, 1, LONGEST_TIMER),
    pragmas: readPragmas(driver, pragmas),
  });
}

function readFile(driver: string, given: unknown): string {
  const expected = 'the path of a file such as "app.db", or ":memory:"';
  if (typeof given !== "string" || given.includes("\u0000")) throw badDriverOption(driver, "file", given, expected);
  // One of the packages trims names and the other does not: both get the same one.
  const file = given.trim();
  if (file.toLowerCase().startsWith("file:")) throw badDriverOption(driver, "file", given, `${expected}; URIs are not supported`);
  return file;
}

function wholeNumber(driver: string, option: string, given: unknown, least: number, most: number): number {
  if (typeof given === "number" && Number.isInteger(given) && given >= least && given <= most) return given;
  throw badDriverOption(driver, option, given, `a whole number from ${least} to ${most}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

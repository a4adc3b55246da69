import { badSqlOption, unknownSqlOption } from "../../errors/sql-errors";
import { LONGEST_TIMER } from "../../util/timers";
import type { CallOptions } from "../options";

/** What `db.sql` takes beside the context. */
export interface SqlOptions extends CallOptions {
  /** The statement is stopped after so many milliseconds; default 10,000. */
  readonly timeoutMs?: number;
  /** More rows than so many are an error; default 100,000. */
  readonly maxRows?: number;
}

/** The same with the defaults filled in. */
export interface SqlLimits {
  readonly timeoutMs: number;
  readonly maxRows: number;
  readonly signal: AbortSignal | undefined;
}

const OPTIONS = ["signal", "timeoutMs", "maxRows"];
const MOST_ROWS = 1_000_000_000;

/** @throws InvalidQueryError that names the first option that cannot be used */
export function sqlLimits(options: unknown = {}): SqlLimits {
  if (typeof options !== "object" || options === null) throw badSqlOption("opts", "an object", options);
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) throw unknownSqlOption(unknown, OPTIONS);
  const { signal, timeoutMs = 10_000, maxRows = 100_000 } = options as { readonly [K in keyof SqlOptions]: unknown };
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw badSqlOption("signal", "an AbortSignal", signal);
  return { signal, timeoutMs: whole("timeoutMs", timeoutMs, LONGEST_TIMER), maxRows: whole("maxRows", maxRows, MOST_ROWS) };
}

function whole(option: string, value: unknown, most: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= most) return value;
  throw badSqlOption(option, `a whole number from 1 to ${most}`, value);
}

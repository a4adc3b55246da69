import { pragmaRefused } from "../../errors/connection-errors";

/** A setting of an SQLite connection as the user wrote it. */
export type PragmaValue = string | number | boolean;

/** A checked setting, ready to become SQL text. */
export interface Pragma {
  readonly name: string;
  readonly value: string;
}

const NAME = /^[a-z_]+$/i;
const WORD = /^[a-z_][a-z0-9_]*$/i;
const NUMBER = /^[+-]?\d+(\.\d+)?$/;
const ON = new Set(["1", "on", "yes", "true"]);
const OFF = new Set(["0", "off", "no", "false"]);

/** Written into the file's header: they work only before the first table, and before WAL. */
const FIRST = new Set(["page_size", "auto_vacuum", "encoding"]);
/** Settings of the file, not of one connection: readers leave them alone. */
const OF_THE_FILE = new Set([...FIRST, "journal_mode", "journal_size_limit", "application_id", "user_version", "wal_autocheckpoint"]);

const REFUSED: ReadonlyMap<string, string> = new Map([
  ["query_only", "the pool itself sets it on every reading connection"],
  ["busy_timeout", "it would block the whole process while it waits; use the driver's option `busyTimeoutMs`"],
  ["locking_mode", "an exclusive lock would shut the pool's own readers out"],
]);
const MUST_BE_ON: ReadonlyMap<string, string> = new Map([
  ["foreign_keys", "references between rows, and with them the separation of owners, rest on foreign keys; it can only be on"],
]);
const MUST_BE_OFF: ReadonlyMap<string, string> = new Map([
  ["ignore_check_constraints", "the database's CHECK constraints guard stored values; it can only be off"],
  ["writable_schema", "a damaged schema table makes the whole file unreadable; it can only be off"],
  ["read_uncommitted", "transactions must not see one another's unfinished work; it can only be off"],
]);

/**
 * Checks the option `pragmas`.
 * @throws ConnectionError (CONNECTION_ERROR) for a name or value that is no plain word or number, and for settings the pool rests on.
 */
export function readPragmas(driver: string, pragmas: Readonly<Record<string, PragmaValue>>): readonly Pragma[] {
  return Object.entries(pragmas).map(([given, raw]) => {
    if (!NAME.test(given)) throw pragmaRefused(driver, given, "a pragma's name consists of letters and underscores");
    const name = given.toLowerCase();
    const value = literal(raw);
    if (value === undefined) {
      throw pragmaRefused(driver, given, "its value must be true, false, a finite number, or a string that is one word or one number");
    }
    refuseHarmful(driver, given, name, value.toLowerCase());
    return { name, value };
  });
}

/** The settings to make before journal_mode, those after it, and the journal mode that the user wants (default WAL). */
export function writerPragmas(pragmas: readonly Pragma[]): {
  readonly before: readonly string[];
  readonly journalMode: string;
  readonly after: readonly string[];
} {
  const journal = pragmas.filter((pragma) => pragma.name === "journal_mode").at(-1)?.value ?? "WAL";
  const others = pragmas.filter((pragma) => pragma.name !== "journal_mode");
  return {
    before: others.filter((pragma) => FIRST.has(pragma.name)).map(text),
    journalMode: text({ name: "journal_mode", value: journal }),
    after: ["PRAGMA synchronous = NORMAL", "PRAGMA foreign_keys = ON", ...others.filter((pragma) => !FIRST.has(pragma.name)).map(text)],
  };
}

/** The settings of a reading connection; `query_only` comes last so that nothing after it is refused. */
export function readerPragmas(pragmas: readonly Pragma[]): readonly string[] {
  return [...pragmas.filter((pragma) => !OF_THE_FILE.has(pragma.name)).map(text), "PRAGMA query_only = ON"];
}

function text(pragma: Pragma): string {
  return `PRAGMA ${pragma.name} = ${pragma.value}`;
}

function literal(raw: unknown): string | undefined {
  if (typeof raw === "boolean") return raw ? "1" : "0";
  if (typeof raw === "number") return NUMBER.test(String(raw)) ? String(raw) : undefined;
  return typeof raw === "string" && (WORD.test(raw) || NUMBER.test(raw)) ? raw : undefined;
}

function refuseHarmful(driver: string, given: string, name: string, value: string): void {
  const why = REFUSED.get(name)
    ?? (ON.has(value) ? undefined : MUST_BE_ON.get(name))
    ?? (OFF.has(value) ? undefined : MUST_BE_OFF.get(name));
  if (why !== undefined) throw pragmaRefused(driver, given, why);
}

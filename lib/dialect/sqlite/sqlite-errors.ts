import type { FreeholdError } from "../../errors/freehold-error";
import {
  checkViolation, databaseUnavailable, foreignKeyViolation, notJson, notNullViolation, schemaDiffers, statementRefused, sumOverflows, tooBig,
  uniqueViolation,
} from "../../errors/constraint-errors";
import { sqlRefused } from "../../errors/sql-errors";
import { DriverCause } from "../../errors/driver-cause";
import type { ErrorSubject } from "../dialect";
import { checkedProperty, holdsOwner, violatedProperties } from "../violated";
import { isBusy } from "./sqlite-codes";

interface NativeError {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly errno?: unknown;
  readonly message?: unknown;
}

/**
 * The neutral error for one of SQLite's. Constraint failures are told apart by the engine's own message, which
 * names tables, columns and constraints but never values.
 */
export function sqliteError(native: unknown, subject: ErrorSubject): FreeholdError {
  const { message, code, errno, name } = native as NativeError;
  const text = typeof message === "string" ? message : "";
  const { model, operation } = subject;
  const entity = model?.name;
  const [, failed = "", detail = ""] = /(UNIQUE|FOREIGN KEY|CHECK|NOT NULL) constraint failed(?:: (.*))?$/s.exec(text) ?? [];
  const columns = detail === "" ? [] : detail.split(", ").map((column) => column.slice(column.lastIndexOf(".") + 1));
  const cause = new DriverCause({
    name: typeof name === "string" ? name : "Error",
    code: typeof code === "string" ? code : undefined,
    errno: typeof errno === "number" ? errno : undefined,
    constraint: failed === "CHECK" ? detail : undefined,
    table: model?.table,
    column: columns.length === 1 ? columns[0] : undefined,
  });
  switch (failed) {
    case "UNIQUE": return uniqueViolation(entity, violatedProperties(model, columns), holdsOwner(model, columns), cause);
    case "FOREIGN KEY": return foreignKeyViolation(entity, operation, cause);
    case "NOT NULL": return notNullViolation(entity, violatedProperties(model, columns, { withOwner: true })[0], cause);
    case "CHECK": return checkViolation(entity, checkedProperty(model, detail), cause);
    default:
  }
  if (subject.handWritten === true && code === "SQLITE_ERROR") return sqlRefused(wordsOnText(text), code, cause, operation);
  const stored = /cannot store \w+ value in \w+ column [^.]*\.(.*)$/s.exec(text);
  if (stored !== null) return checkViolation(entity, violatedProperties(model, [stored[1] ?? ""], { withOwner: true })[0], cause);
  const missing = /no such (table|column): (\S+)|has no column named (\S+)/.exec(text);
  if (missing !== null) return schemaDiffers(entity, `it has no ${missing[1] ?? "column"} ${missing[2] ?? missing[3] ?? ""}`, cause);
  if (/malformed JSON$/.test(text)) return notJson(entity, cause);
  if (/integer overflow$/.test(text)) return sumOverflows(entity, cause);
  return byCode(native, typeof code === "string" ? code : undefined, entity, cause);
}

function byCode(native: unknown, code: string | undefined, entity: string | undefined, cause: DriverCause): FreeholdError {
  if (isBusy(native)) return databaseUnavailable("The database is locked by another connection: try again.", true, cause);
  if (code?.startsWith("SQLITE_TOOBIG") === true) return tooBig(entity, cause);
  const fatal: Readonly<Record<string, string>> = {
    SQLITE_CANTOPEN: "cannot be opened", SQLITE_FULL: "has no room left on its disk", SQLITE_IOERR: "cannot be read or written (I/O error)",
    SQLITE_CORRUPT: "is damaged", SQLITE_NOTADB: "is no SQLite database", SQLITE_READONLY: "is read-only", SQLITE_PERM: "may not be accessed",
  };
  const found = Object.keys(fatal).find((name) => code === name || code?.startsWith(`${name}_`) === true);
  if (found !== undefined) return databaseUnavailable(`The database file ${fatal[found] ?? ""}.`, false, cause);
  return statementRefused(entity, code, cause);
}

/** What SQLite says of a statement's text; its words on values, such as a JSON path, are left out. */
const ON_TEXT: readonly RegExp[] = [
  /^no such (column|table|function): /, /^ambiguous column name: /, /^near ".*": syntax error$/s, /^incomplete input$/,
  /^wrong number of arguments to function /, /^misuse of (aliased )?(aggregate|window function)/, /^circular reference: /,
  /^SELECTs to the left and right of /, /^all VALUES must have the same number of terms$/, /^sub-select returns \d+ columns? - expected \d+$/,
  /^row value misused$/, /^\d+ values for \d+ columns$/, /^table \S+ has \d+ values for \d+ columns$/, /^no such window: /,
  /^\S+ term out of range - should be between /, /^\d+\S* (ORDER|GROUP) BY term /, /^a GROUP BY clause is required before HAVING$/,
  /^malformed JSON$/, /^integer overflow$/, /^LIKE or GLOB pattern too complex$/, /^recursive (reference|aggregate)/, /^multiple recursive references: /,
  /^Expression tree is too large/, /^too many terms in compound SELECT$/, /^at most 64 tables in a join$/, /^too many /, /^parser stack overflow$/,
  /^(table|index|view|trigger) \S+ already exists$/, /^there is already (a|an|another) (table|index|view) /, /^no such (index|view|trigger): /,
  /^duplicate column name: /, /^error in (table|index|view|trigger) /, /^Cannot add a /, /^foreign key mismatch - /,
  /^RIGHT and FULL OUTER JOINs/, /^ON clause references tables to its right$/, /^cannot join using column /, /^IN\(\.\.\.\) element has /,
];

function wordsOnText(message: string): string | null {
  const words = message.replace(/^SQLITE_ERROR: /, "");
  return ON_TEXT.some((pattern) => pattern.test(words)) ? words : null;
}

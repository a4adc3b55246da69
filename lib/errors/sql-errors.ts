import { describeValue, listNames } from "../util/describe";
import { DataError, InvalidQueryError, ValidationError } from "./classes";

/** `offset` is in `text`, the caller's own literal with its holes written `${…}`. */
export function textRefused(found: string, text: string, offset: number, why: string): InvalidQueryError {
  const before = text.slice(0, offset).split("\n");
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  const what = found === "" ? "the end of the text" : JSON.stringify(found);
  return new InvalidQueryError(
    `db.sql does not take ${what} at ${place}: ${why}. Hand-written SQL is one SELECT over table(…) holes, WITH names and derived tables.`);
}

export function notATemplate(given: unknown): InvalidQueryError {
  return new InvalidQueryError(
    `db.sql(ctx) is written in front of a template, as in db.sql(ctx)\`select …\`, and is not called with ${describeValue(given)}: `
    + "no other text becomes SQL.");
}

export function badEscape(): InvalidQueryError {
  return new InvalidQueryError("The template of db.sql holds an escape sequence that JavaScript does not know: double the backslash.");
}

export function undefinedValue(position: number): InvalidQueryError {
  return new InvalidQueryError(`The value ${position} of db.sql is undefined: use null for NULL.`);
}

export function badSqlValue(position: number, given: unknown, fault: string | null): ValidationError {
  const message = fault !== null ? `the value ${position} of db.sql ${fault}`
    : `the value ${position} of db.sql is a string, number, bigint, boolean, Date, Buffer or null (or list([…]) of these), not ${describeValue(given)}`;
  return new ValidationError(`Wrong value: ${message}.`, [{ property: "", constraint: "type", message }], undefined);
}

export function badHelper(helper: string, wanted: string, given: unknown): InvalidQueryError {
  return new InvalidQueryError(`${helper} of db.sql takes ${wanted}, not ${describeValue(given)}.`);
}

export function tooManySqlValues(count: number, most: number): InvalidQueryError {
  return new InvalidQueryError(`The statement of db.sql has ${count} values; at most ${most} fit into one: split it.`);
}

export function badSqlOption(option: string, wanted: string, given: unknown): InvalidQueryError {
  return new InvalidQueryError(`The option ${option} of db.sql must be ${wanted}, not ${describeValue(given)}.`);
}

export function unknownSqlOption(option: string, known: readonly string[]): InvalidQueryError {
  return new InvalidQueryError(`There is no option ${JSON.stringify(option)} for db.sql: there are ${known.join(", ")}.`);
}

export function badSqlLimit(given: unknown): InvalidQueryError {
  return new InvalidQueryError(`The LIMIT of db.sql is a whole number from 0, not ${describeValue(given)}.`);
}

export function duplicateColumns(names: readonly string[]): InvalidQueryError {
  return new InvalidQueryError(
    `The result of db.sql has more than one column ${listNames([...new Set(names)])}, of which a row could hold one alone: name them apart with AS.`);
}

export function tooManyRows(most: number): InvalidQueryError {
  return new InvalidQueryError(
    `The statement of db.sql gives more than ${most} rows: add a LIMIT, or raise the limit with db.sql(ctx, { maxRows }).`);
}

export function statementTimedOut(timeoutMs: number): InvalidQueryError {
  return new InvalidQueryError(
    `The statement of db.sql was stopped after ${timeoutMs} ms: ask for less, or raise the limit with db.sql(ctx, { timeoutMs }).`);
}

/**
 * `detail`: the engine's words where they speak of the statement's own text alone. `operation` is `migrate` for what a migration's step says,
 * else it was `db.sql`.
 */
export function sqlRefused(detail: string | null, code: string | undefined, cause: unknown, operation: string): InvalidQueryError {
  return new InvalidQueryError(
    `The database refused the statement${operation === "migrate" ? "" : " of db.sql"}${detail === null ? (code === undefined ? "" : ` (${code})`) : `: ${detail}`}.`, { cause });
}

export function mappingMissing(names: readonly string[]): InvalidQueryError {
  return new InvalidQueryError(
    `all({ … }) of db.sql says nothing of ${listNames(names)}, which the statement selects: name each column with its type, `
    + "as in { n: \"integer\" }, and each cols(E, \"t\") as { t: E }.");
}

export function mappingUnknown(name: string, entity: string | null, known: readonly string[]): InvalidQueryError {
  const wanted = entity === null ? `a column ${name}` : `cols(${entity}, "${name}")`;
  return new InvalidQueryError(`all({ ${name} }) of db.sql needs ${wanted}, which the statement does not select: it has ${known.join(", ")}.`);
}

export function badMapping(name: string, types: readonly string[], given: unknown): InvalidQueryError {
  return new InvalidQueryError(
    `all({ ${name} }) of db.sql needs an entity class, optional(…) of one, or one of the types ${types.join(", ")}, not ${describeValue(given)}.`);
}

export function entityAbsent(name: string, entity: string): InvalidQueryError {
  return new InvalidQueryError(
    `A row of db.sql has no ${entity} for ${name}, as outer joins give: write all({ ${name}: optional(${entity}) }) to get null there.`);
}

export function columnUnreadable(name: string, reason: string): DataError {
  return new DataError(`The column ${name} of db.sql ${reason}.`);
}

export function writeInUsersName(): InvalidQueryError {
  return new InvalidQueryError("run() of db.sql is for writes, which need a system context: db.sql(db.system(\"reason\")). Use rows() or all() here.");
}

export function transactionControl(word: string): InvalidQueryError {
  return new InvalidQueryError(`db.sql does not run ${word.toUpperCase()}: transactions are made by db.transaction(…).`);
}

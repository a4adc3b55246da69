import { listNames } from "../util/describe";
import {
  AccessViolationError, CheckViolationError, ConnectionError, DataError, ForeignKeyViolationError, InvalidQueryError, UniqueViolationError,
} from "./classes";

export function uniqueViolation(entity: string | undefined, properties: readonly string[], owned: boolean, cause: unknown): UniqueViolationError {
  const what = properties.length === 0 ? "these values" : `this ${listNames(properties)}`;
  return new UniqueViolationError(
    `There is already ${entity === undefined ? "a row" : `a ${entity}`} with ${what}${owned ? " of the same owner" : ""}.`, properties,
    { entity, property: properties.length === 1 ? properties[0] : undefined, cause });
}

export function foreignKeyViolation(entity: string | undefined, operation: string, cause: unknown): ForeignKeyViolationError {
  const message = operation === "delete" || operation === "remove"
    ? `${entity ?? "The row"} is still referenced by other rows: delete those first, or declare an onDelete action.`
    : `A reference of ${entity ?? "the row"} points at no row that it may reference.`;
  return new ForeignKeyViolationError(message, { entity, cause });
}

export function checkViolation(entity: string | undefined, property: string | undefined, cause: unknown): CheckViolationError {
  const place = property === undefined ? entity ?? "the row" : `${entity ?? ""}.${property}`;
  return new CheckViolationError(`The database refuses the value of ${place}: it breaks a CHECK constraint.`, { entity, property, cause });
}

export function notNullViolation(entity: string | undefined, property: string | undefined, cause: unknown): CheckViolationError {
  const place = property === undefined ? entity ?? "the row" : `${entity ?? ""}.${property}`;
  return new CheckViolationError(`The database refuses null for ${place}.`, { entity, property, cause });
}

export function schemaDiffers(entity: string | undefined, what: string, cause: unknown): DataError {
  return new DataError(
    `The database and the model of ${entity ?? "this database"} differ: ${what}. `
    + "Run db.schema.ensure() to create what is missing; db.schema.check() lists all differences.", { entity, cause });
}

export function statementRefused(entity: string | undefined, code: string | undefined, cause: unknown): InvalidQueryError {
  return new InvalidQueryError(`The database refused the statement${code === undefined ? "" : ` (${code})`}.`, { entity, cause });
}

export function tooBig(entity: string | undefined, cause: unknown): InvalidQueryError {
  return new InvalidQueryError("A value or the statement is larger than the database allows.", { entity, cause });
}

export function incrementBeyond(entity: string, property: string | undefined, cause: unknown): CheckViolationError {
  return new CheckViolationError(
    `increment would take ${entity}.${property ?? "a property"} beyond what its type holds; nothing was changed.`, { entity, property, cause });
}

export function sumOverflows(entity: string | undefined, cause: unknown): DataError {
  return new DataError(`A sum over ${entity ?? "these rows"} is beyond 64 bits.`, { entity, cause });
}

export function databaseUnavailable(what: string, retryable: boolean, cause: unknown): ConnectionError {
  return new ConnectionError(what, { retryable, cause });
}

export function undecodable(entity: string, property: string, key: string, reason: string): DataError {
  return new DataError(`${entity}.${property} of the row ${key} ${reason}.`, { entity, property });
}

/** A condition that looks inside JSON met a row that holds none. */
export function notJson(entity: string | undefined, cause: unknown): DataError {
  return new DataError(
    `A JSON column of ${entity ?? "the statement"} holds text that is no JSON in one of the rows that the condition looked into: it was written past the library.`,
    { entity, cause });
}

/** The database's own wall: the row is another owner's, or nobody's. */
export function rowSecurityRefused(entity: string | undefined, cause: unknown): AccessViolationError {
  return new AccessViolationError(`The database's row-level security refuses this row of ${entity ?? "the table"}.`, { entity, cause });
}

/** A value that the column's type does not hold, which no check before the statement knew. */
export function valueRefused(entity: string | undefined, code: string | undefined, cause: unknown): DataError {
  return new DataError(`A value of ${entity ?? "the statement"} is beyond what the database can compute or hold${code === undefined ? "" : ` (${code})`}.`, { entity, cause });
}

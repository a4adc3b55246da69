import {
  ConnectionError, TransactionError, UniqueViolationError, ValidationError, type ValidationFault,
} from "../errors/classes";
import type { ErrorCode } from "../errors/error-codes";
import type { FreeholdError } from "../errors/freehold-error";
import { toldNotData, toldUnknown } from "../errors/nestjs-errors";

/** What a client is told of an error (RFC 9457, `application/problem+json`). */
export interface Problem {
  readonly status: number;
  /** The status in words; the same for all errors of one code. */
  readonly title: string;
  /** What the client can do. */
  readonly detail: string;
  /** The error's code, where it is the client's business. */
  readonly code?: ErrorCode;
  /** For `VALIDATION_ERROR`: each value that was refused. */
  readonly faults?: readonly ValidationFault[];
  /** For `UNIQUE_VIOLATION`: the properties whose values are taken. */
  readonly properties?: readonly string[];
}

const internal: Problem = { status: 500, title: "Internal Server Error", detail: "Something went wrong on our side." };
const unavailable: Problem = { status: 503, title: "Service Unavailable", detail: "Try again in a moment." };
/** Word for word the same for rows that are not there and for rows of others. */
const notFound: Problem = { status: 404, title: "Not Found", detail: "There is nothing here that you may see or change.", code: "NOT_FOUND" };

const problems: Readonly<Record<ErrorCode, Problem>> = Object.freeze({
  VALIDATION_ERROR: { status: 400, title: "Bad Request", detail: "Values were refused.", code: "VALIDATION_ERROR" },
  INVALID_QUERY: { status: 400, title: "Bad Request", detail: "This cannot be asked for in this way.", code: "INVALID_QUERY" },
  NOT_FOUND: notFound,
  ACCESS_VIOLATION: notFound,
  UNIQUE_VIOLATION: { status: 409, title: "Conflict", detail: "The values are taken.", code: "UNIQUE_VIOLATION" },
  FOREIGN_KEY_VIOLATION: {
    status: 409, title: "Conflict", detail: "It refers to something that is not there, or something refers to it.", code: "FOREIGN_KEY_VIOLATION",
  },
  CHECK_VIOLATION: { status: 409, title: "Conflict", detail: "A rule of the database refuses the values.", code: "CHECK_VIOLATION" },
  STALE_ENTITY: { status: 409, title: "Conflict", detail: "Somebody changed it in the meantime: read it again.", code: "STALE_ENTITY" },
  CONNECTION_ERROR: internal,
  TRANSACTION_ERROR: internal,
  DATABASE_CLOSED: unavailable,
  CONTEXT_REQUIRED: internal,
  MODEL_ERROR: internal,
  DATA_ERROR: internal,
  MIGRATION_ERROR: internal,
});

/**
 * What an error of Freehold is to a client: a status and words that tell nothing of other users, of entities or of SQL.
 *
 * @example
 * const { status, detail } = problemOf(error);
 */
export function problemOf(error: FreeholdError): Problem {
  if ((error instanceof ConnectionError || error instanceof TransactionError) && error.retryable) return unavailable;
  const problem = problems[error.code];
  if (error instanceof ValidationError) return { ...problem, faults: error.faults.map(toldFault) };
  if (error instanceof UniqueViolationError) return { ...problem, properties: error.properties };
  return problem;
}

/** A fault's message without what it tells a developer of the entity: its name, and which properties it has besides. */
function toldFault({ property, constraint, message }: ValidationFault): ValidationFault {
  if (constraint === "unknown") return { property, constraint, message: toldUnknown };
  return property === "" && constraint === "type" ? { property, constraint, message: toldNotData } : { property, constraint, message };
}

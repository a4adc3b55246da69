import { STATUS_CODES } from "node:http";
import {
  AccessViolationError, CheckViolationError, ConnectionError, DatabaseClosedError, ForeignKeyViolationError, FreeholdError, InvalidQueryError,
  NotFoundError, StaleEntityError, TransactionError, UniqueViolationError, ValidationError,
} from "freehold";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** One field that is not as it should be. */
export interface Fault {
  /** Where: `title`, `tags[2]`; empty for the whole. */
  readonly field: string;
  /** The rule that was broken, for programs. */
  readonly rule: string;
  /** The same for people. */
  readonly message: string;
}

/** An answer that the service gives on purpose. */
export class Problem extends Error {
  override readonly name = "Problem";
  constructor(readonly status: number, readonly detail: string, readonly faults: readonly Fault[] = []) { super(detail); }
}

const NOT_FOUND = "There is nothing here that you could see.";

/** What all routes say of a row that is not there, or is not the caller's. */
export function notFound(): Problem {
  return new Problem(404, NOT_FOUND);
}

type Answer<E extends FreeholdError> = readonly [type: abstract new (...args: never[]) => E, status: number, detail: (error: E) => string];

function answer<E extends FreeholdError>(type: abstract new (...args: never[]) => E, status: number, detail: string | ((error: E) => string)): Answer<FreeholdError> {
  return [type, status, typeof detail === "string" ? () => detail : detail] as unknown as Answer<FreeholdError>;
}

/**
 * What each of Freehold's errors is to the outside: the only place that decides it. Somebody else's row and no row are one answer, so
 * that ids tell nothing. What is missing here is a fault of the service (500).
 */
const ANSWERS: readonly Answer<FreeholdError>[] = [
  answer(ValidationError, 400, "Some fields are not as they should be."),
  answer(InvalidQueryError, 400, "This cannot be asked for: a cursor of another list, for example."),
  answer(NotFoundError, 404, NOT_FOUND),
  answer(AccessViolationError, 404, NOT_FOUND),
  answer(UniqueViolationError, 409, (error) => `This ${error.properties.join(" and ")} is taken.`),
  answer(StaleEntityError, 409, "It was changed elsewhere since you read it: read it again, then decide."),
  answer(ForeignKeyViolationError, 409, (error) => error.entity === "Notebook"
    ? "The notebook still holds notes, in the trash perhaps: move or delete them first."
    : "What it refers to is not there."),
  answer(CheckViolationError, 400, "The database refuses one of the values."),
  answer(ConnectionError, 503, "The database cannot be reached for the moment."),
  answer(DatabaseClosedError, 503, "The service is being stopped."),
  answer(TransactionError, 503, "The database is too busy for the moment."),
];

/** Every error of the service leaves it here, as `application/problem+json` (RFC 9457). */
export function answerWithProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) request.log.error({ err: error }, problem.detail);
    return send(request, reply, problem);
  });
  app.setNotFoundHandler((request, reply) => send(request, reply, notFound()));
}

function send(request: FastifyRequest, reply: FastifyReply, { status, detail, faults }: Problem): FastifyReply {
  if (status === 503) void reply.header("retry-after", "1");
  return reply.code(status).type("application/problem+json").send(JSON.stringify({
    type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail,
    // The path alone: a search that was typed has no business in logs of errors.
    instance: request.url.split("?", 1)[0],
    ...(faults.length === 0 ? {} : { faults }),
  }));
}

function problemOf(error: FastifyError): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof FreeholdError) return ofFreehold(error);
  // An id that could be none is one that nothing has.
  if (error.validationContext === "params") return notFound();
  if (error.validation !== undefined) return new Problem(400, "Some fields are not as they should be.", error.validation.map(faultOf));
  const { statusCode = 500 } = error;
  return statusCode >= 400 && statusCode < 500 ? new Problem(statusCode, error.message) : new Problem(500, "Something went wrong here; it has been noted.");
}

function ofFreehold(error: FreeholdError): Problem {
  const found = ANSWERS.find(([type]) => error instanceof type);
  if (found === undefined) return new Problem(500, "Something went wrong here; it has been noted.");
  const [, status, detail] = found;
  const faults = error instanceof ValidationError
    ? error.faults.map(({ property, constraint, message }) => ({ field: property, rule: constraint, message })) : [];
  return new Problem(status, detail(error), faults);
}

/** A fault as Ajv reports it, in the words of this API. */
export function faultOf({ instancePath, keyword, params, message }: NonNullable<FastifyError["validation"]>[number]): Fault {
  const parts = instancePath.split("/").slice(1).map((part) => part.replace(/~1/g, "/").replace(/~0/g, "~"));
  const inner = params["missingProperty"] ?? params["additionalProperty"];
  if (typeof inner === "string") parts.push(inner);
  const field = parts.reduce((path, part) => /^\d+$/.test(part) ? `${path}[${part}]` : path === "" ? part : `${path}.${part}`, "");
  const words = keyword === "additionalProperties" ? "is not a field that can be set" : keyword === "required" ? "is missing" : message ?? "is not valid";
  return { field, rule: keyword, message: words };
}

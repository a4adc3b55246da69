import { FreeholdError, type ErrorPlace } from "./freehold-error";

/** One thing that is wrong with the declared entities. */
export interface ModelFault {
  readonly entity: string;
  readonly property: string | undefined;
  /** What is wrong. */
  readonly fault: string;
  /** How to mend it. */
  readonly remedy: string;
}

/** One value that a property does not accept. */
export interface ValidationFault {
  /** The property; a path such as `info.email` inside a JSON value. */
  readonly property: string;
  /** The rule that was broken: `type`, `required`, `enum`, or class-validator's constraint name. */
  readonly constraint: string;
  readonly message: string;
}

/** The entities contradict each other or themselves; `faults` lists everything that was found. */
export class ModelError extends FreeholdError {
  readonly code = "MODEL_ERROR";
  readonly faults: readonly ModelFault[];
  constructor(message: string, faults: readonly ModelFault[]) {
    super(message, faults.length === 1 ? { entity: faults[0]?.entity, property: faults[0]?.property } : {});
    this.faults = faults;
  }
}

/** Data that the entity does not accept; thrown before any SQL runs. `faults` names each property. */
export class ValidationError extends FreeholdError {
  readonly code = "VALIDATION_ERROR";
  readonly faults: readonly ValidationFault[];
  constructor(message: string, faults: readonly ValidationFault[], entity: string | undefined) {
    super(message, { entity, property: faults.length === 1 ? faults[0]?.property : undefined });
    this.faults = faults;
  }
}

/** An owned entity was used without a `UserContext` (or with one of another owner entity). */
export class ContextRequiredError extends FreeholdError {
  readonly code = "CONTEXT_REQUIRED";
  constructor(message: string, place?: ErrorPlace) { super(message, place); }
}

/** The row does not exist or belongs to somebody else (nobody is told which), or data names another owner. */
export class AccessViolationError extends FreeholdError {
  readonly code = "ACCESS_VIOLATION";
  constructor(message: string, place?: ErrorPlace) { super(message, place); }
}

/** An `…OrFail` method found no row, or `remove` had nothing to remove. */
export class NotFoundError extends FreeholdError {
  readonly code = "NOT_FOUND";
  constructor(message: string, place?: ErrorPlace) { super(message, place); }
}

/** A unique constraint of the caller's own rows refuses the values; `properties` names its properties. */
export class UniqueViolationError extends FreeholdError {
  readonly code = "UNIQUE_VIOLATION";
  readonly properties: readonly string[];
  constructor(message: string, properties: readonly string[], place?: ErrorPlace) {
    super(message, place);
    this.properties = properties;
  }
}

/** A reference points at no row that the caller may reference, or a referenced row cannot go. */
export class ForeignKeyViolationError extends FreeholdError {
  readonly code = "FOREIGN_KEY_VIOLATION";
  constructor(message: string, place?: ErrorPlace) { super(message, place); }
}

/** A CHECK or NOT NULL constraint of the database refuses the values. */
export class CheckViolationError extends FreeholdError {
  readonly code = "CHECK_VIOLATION";
  constructor(message: string, place?: ErrorPlace) { super(message, place); }
}

/** Somebody changed the row since it was read (optimistic locking). */
export class StaleEntityError extends FreeholdError {
  readonly code = "STALE_ENTITY";
  constructor(message: string, place?: ErrorPlace) { super(message, place); }
}

/** A query that means nothing: an unknown property, `undefined` as a condition, a bad option. */
export class InvalidQueryError extends FreeholdError {
  readonly code = "INVALID_QUERY";
  constructor(message: string, place?: ErrorPlace) { super(message, place); }
}

/** The database holds a value that the model cannot read. */
export class DataError extends FreeholdError {
  readonly code = "DATA_ERROR";
  constructor(message: string, place?: ErrorPlace) { super(message, place); }
}

/** A transaction was misused, timed out, or could not go on. */
export class TransactionError extends FreeholdError {
  readonly code = "TRANSACTION_ERROR";
  /** Whether running the whole transaction again may succeed. */
  readonly retryable: boolean;
  constructor(message: string, place?: ErrorPlace & { readonly retryable?: boolean }) {
    super(message, place);
    this.retryable = place?.retryable ?? false;
  }
}

/** The database cannot be reached or stayed locked; `retryable` tells whether trying again may help. */
export class ConnectionError extends FreeholdError {
  readonly code = "CONNECTION_ERROR";
  readonly retryable: boolean;
  constructor(message: string, place: ErrorPlace & { readonly retryable: boolean }) {
    super(message, place);
    this.retryable = place.retryable;
  }
}

/** The database was used after `close()`. */
export class DatabaseClosedError extends FreeholdError {
  readonly code = "DATABASE_CLOSED";
  constructor(message: string) { super(message); }
}

/** A migration could not be read, applied or undone. */
export class MigrationError extends FreeholdError {
  readonly code = "MIGRATION_ERROR";
  constructor(message: string, place?: ErrorPlace) { super(message, place); }
}

import type { ErrorCode } from "./error-codes";

/** What an error knows about its place beside the message. */
export interface ErrorPlace {
  readonly entity?: string | undefined;
  readonly property?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The base of every error that Freehold throws on purpose.
 *
 * @example
 * try { await documents.insert(ctx, data); }
 * catch (error) { if (error instanceof FreeholdError) console.log(error.code, error.entity); }
 */
export abstract class FreeholdError extends Error {
  /** Stable, machine-readable: `"UNIQUE_VIOLATION"`, `"NOT_FOUND"`, … */
  abstract readonly code: ErrorCode;
  /** The name of the entity that the failing call was about, where there is one. */
  readonly entity: string | undefined;
  /** The property that the failure is about, where there is exactly one. */
  readonly property: string | undefined;

  protected constructor(message: string, place: ErrorPlace = {}) {
    super(message, place.cause === undefined ? undefined : { cause: place.cause });
    this.name = new.target.name;
    this.entity = place.entity;
    this.property = place.property;
  }
}

import { describeValue } from "../util/describe";
import { ConnectionError } from "./classes";

/** An option of openTelemetry has a value that it cannot use. */
export function badTelemetryOption(option: string, expected: string, given: unknown): ConnectionError {
  return new ConnectionError(`openTelemetry({ ${option} }) was given ${describeValue(given)}: expected ${expected}.`, { retryable: false });
}

/** An option of openTelemetry has a name that it does not know. */
export function unknownTelemetryOption(option: string, known: readonly string[]): ConnectionError {
  return new ConnectionError(`openTelemetry() was given the unknown option ${JSON.stringify(option)}: its options are ${known.join(", ")}.`, { retryable: false });
}

/** What a warning says of telemetry that failed. */
export function telemetryFailed(error: unknown): string {
  const what = error instanceof Error ? error.message : String(error);
  return `The telemetry of a Freehold database threw: ${what}. Statements go on without it; further failures of this database's telemetry are not told.`;
}

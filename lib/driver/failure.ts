import { DriverCause } from "../errors/driver-cause";
import { FreeholdError } from "../errors/freehold-error";
import type { Dialect } from "../dialect/dialect";
import type { TelemetryFailure } from "./telemetry";

/** Why a statement failed. */
export function statementFailure(error: unknown, handWritten: boolean, { isStatus }: Pick<Dialect, "isStatus">): TelemetryFailure {
  if (!(error instanceof FreeholdError)) return { ...workFailure(error), type: "ABORTED" };
  const code = error.cause instanceof DriverCause ? error.cause.code : undefined;
  return {
    ...workFailure(error), status: code !== undefined && isStatus(code) ? code : undefined,
    // Of a text that the application wrote, the database's words may repeat pieces.
    message: handWritten ? undefined : error.message,
  };
}

/** Why work failed in which the application's own code has a part: whatever that says may hold anything. */
export function workFailure(error: unknown): TelemetryFailure {
  const { name, stack } = (typeof error === "object" && error !== null ? error : {}) as { readonly name?: unknown; readonly stack?: unknown };
  const called = typeof name === "string" && name !== "" ? name : typeof error;
  return {
    type: error instanceof FreeholdError ? error.code : called, status: undefined, name: called, message: undefined,
    stack: typeof stack === "string" ? stack.split("\n").filter((line) => /^\s+at /.test(line)).join("\n") : "",
  };
}

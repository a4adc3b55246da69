import { types } from "node:util";
import { DriverCause } from "../errors/driver-cause";
import { FreeholdError } from "../errors/freehold-error";
import type { Dialect } from "../dialect/dialect";
import type { TelemetryFailure } from "./telemetry";

/** Why a statement failed. */
export function statementFailure(error: unknown, handWritten: boolean, { isStatus }: Pick<Dialect, "isStatus">): TelemetryFailure {
  if (!isFreeholdError(error)) return { ...workFailure(error), type: "ABORTED" };
  const code = error.cause instanceof DriverCause ? error.cause.code : undefined;
  return {
    ...workFailure(error), status: code !== undefined && isStatus(code) ? code : undefined,
    // Of a text that the application wrote, the database's words may repeat pieces.
    message: handWritten ? undefined : error.message,
  };
}

/** Why work failed in which the application's own code has a part: whatever that says may hold anything, its `name` too. */
export function workFailure(error: unknown): TelemetryFailure {
  const name = quietly(() => className(error)) ?? typeof error;
  return {
    type: isFreeholdError(error) ? error.code : name, status: undefined, name, message: undefined,
    stack: quietly(() => placesIn(error)) ?? "",
  };
}

/** Even to ask what was thrown may throw: it can be a proxy, or have getters. */
function quietly<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

function isFreeholdError(error: unknown): error is FreeholdError {
  return quietly(() => error instanceof FreeholdError) === true;
}

/** A property `name` is whatever the application sets it to, and so is the one of a `DOMException`. */
function className(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const made: unknown = (Object.getPrototypeOf(error) as { readonly constructor?: { readonly name?: unknown } } | null)?.constructor?.name;
  return typeof made === "string" && made !== "" ? made : undefined;
}

const PLACE = /^\s+at (?:.*:\d+:\d+\)?|.*\((?:native|<anonymous>|index \d+)\))$/;

/** The lines that end a stack. Those before them are the message, which may have lines that look alike. */
function placesIn(error: unknown): string {
  if (!types.isNativeError(error) && !(error instanceof Error)) return "";
  const { stack, message } = error;
  if (typeof stack !== "string") return "";
  const at = message === "" ? -1 : stack.indexOf(message);
  const lines = stack.slice(at < 0 ? 0 : at + message.length).split("\n");
  let first = lines.length;
  while (first > 0 && PLACE.test(lines[first - 1] ?? "")) first -= 1;
  return lines.slice(first).join("\n");
}

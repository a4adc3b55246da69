import { FreeholdError } from "../errors/freehold-error";

/** 0: all is well. 1: something differs or failed. 2: it was called wrongly. */
export type ExitCode = 0 | 1 | 2;

/** The command was called in a way, or in a place, in which it cannot work. */
export class UsageError extends Error {}

/** What the user made does not load or run; the message says where. */
export class UserCodeError extends Error {}

/** An error as machines read it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** What is told of an error, and how the process ends. */
export function failureOf(error: unknown): { readonly failure: Failure; readonly exitCode: ExitCode } {
  if (error instanceof UsageError) return { failure: { code: "USAGE", message: error.message }, exitCode: 2 };
  if (error instanceof FreeholdError) return { failure: { code: error.code, message: error.message }, exitCode: 1 };
  if (error instanceof UserCodeError) return { failure: { code: "CONFIG_ERROR", message: error.message }, exitCode: 1 };
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { failure: { code: "UNEXPECTED", message: `${message}\n(This error was not expected here: run the command again with --stack to see where it comes from.)` }, exitCode: 1 };
}

import { packageMissing, packageUnusable } from "../errors/connection-errors";
import { isNotFound, loadFromHere } from "./load-from-here";

/** An npm package behind a driver, and the version to ask for. */
export interface DriverPackage {
  readonly driver: string;
  readonly name: string;
  readonly version: string;
}

/**
 * Loads a driver's npm package at the moment of its first use.
 * @throws ConnectionError (CONNECTION_ERROR) when it is not installed or does not load.
 */
export function loadPackage(wanted: DriverPackage): unknown {
  try {
    return loadFromHere(wanted.name);
  } catch (error) {
    throw isNotFound(error, wanted.name)
      ? packageMissing(wanted.driver, wanted.name, wanted.version, error)
      : packageUnusable(wanted.driver, wanted.name, error);
  }
}

/** Whether the error says that the package's native part is missing or built for another Node.js. */
export function isUnbuilt(error: unknown): boolean {
  const { message, code } = partsOf(error);
  return message.startsWith("Could not locate the bindings file") || code === "ERR_DLOPEN_FAILED";
}

// Errors of the module loader may belong to another realm than this module, so `instanceof` would miss them.
function partsOf(error: unknown): { readonly message: string; readonly code: unknown } {
  if (typeof error !== "object" || error === null) return { message: "", code: undefined };
  const { message, code } = error as { readonly message?: unknown; readonly code?: unknown };
  return { message: typeof message === "string" ? message : "", code };
}

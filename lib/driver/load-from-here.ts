import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";

/**
 * The places from which Freehold looks for other packages: this file. A bundle of ES modules knows no `__filename`; there it is the program
 * that runs, and the folder in which it runs, since the program may be another one that loads the bundle (a test runner, a process manager).
 */
const places = typeof __filename === "string" ? [__filename] : [
  ...process.argv[1] !== undefined && isAbsolute(process.argv[1]) ? [process.argv[1]] : [], join(process.cwd(), "package.json"),
];
const loaders = places.map((place) => createRequire(place));

/** Loads a package as `require` does. @throws what `require` throws; for one that is nowhere, an error of which {@link isNotFound} is true */
export function loadFromHere(name: string): unknown {
  let missing: unknown;
  for (const load of loaders) {
    try {
      return load(name) as unknown;
    } catch (error) {
      if (!isNotFound(error, name)) throw error;
      missing ??= error;
    }
  }
  throw missing;
}

/** Whether the error says that this package is not there. One that is there but misses a part of its own fails with the same code and another name. */
export function isNotFound(error: unknown, name: string): boolean {
  // Errors of the module loader may belong to another realm than this module, so `instanceof` would miss them.
  if (typeof error !== "object" || error === null) return false;
  const { message, code } = error as { readonly message?: unknown; readonly code?: unknown };
  return code === "MODULE_NOT_FOUND" && typeof message === "string" && message.includes(`Cannot find module '${name}'`);
}

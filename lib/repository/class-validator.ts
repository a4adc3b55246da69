import { loadFromHere } from "../driver/load-from-here";

/**
 * class-validator, where the application uses it: the first of its decorators leaves its records in a global place (0.15.1,
 * `getMetadataStorage`). Without any, no class has constraints, and to load it would take twice as long as all the rest. Null: nobody does.
 */
export function classValidator(): typeof import("class-validator") | null {
  return "classValidatorMetadataStorage" in globalThis ? loadFromHere("class-validator") as typeof import("class-validator") : null;
}

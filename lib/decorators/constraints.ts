import { recordClass } from "../metadata/record-store";
import type { AnyClass, IndexOptions, UniqueOptions } from "../metadata/records";

/** Splits trailing options from property names, as both decorators here take them. */
function split<O extends object>(args: readonly (string | O)[]): { properties: readonly string[]; options: O } {
  const properties = args.filter((arg): arg is string => typeof arg === "string");
  const options = args.find((arg): arg is O => typeof arg === "object") ?? ({} as O);
  return { properties: Object.freeze(properties), options: Object.freeze({ ...options }) };
}

/**
 * Declares that no two rows agree in these properties; in an owned entity, no two rows of one owner.
 * `global: true` makes it one rule over all owners, which lets users find out about each other's values.
 *
 * @example
 * @Unique("name", "year")
 * class Budget {}
 */
export function Unique(...args: readonly (string | UniqueOptions)[]): (target: AnyClass) => void {
  return (target) => recordClass(target, Object.freeze({ kind: "unique", ...split<UniqueOptions>(args) }));
}

/**
 * Declares an index over these properties; in an owned entity the owner comes first. `"profile.address.city"` is a place in the JSON
 * property `profile`, which {@link jsonPath} then finds by the index.
 *
 * @example
 * @Index("createdAt", { name: "by_day" })
 * class Note {}
 */
export function Index(...args: readonly (string | IndexOptions)[]): (target: AnyClass) => void {
  return (target) => recordClass(target, Object.freeze({ kind: "index", ...split<IndexOptions>(args) }));
}

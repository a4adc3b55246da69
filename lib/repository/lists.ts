import { listTooLong } from "../errors/query-errors";
import type { PropertyModel } from "../model/entity-model";
import { always, type PredicateNode } from "../sql/predicate";

/** Lists up to this long get a parameter for each value. */
const INLINE_LIST = 64;
/** Types whose lists cannot travel as JSON exactly: always a parameter for each value. */
const NOT_AS_JSON = new Set<PropertyModel["type"]>(["real", "blob"]);
export const MOST_INLINE = 16_384;

/**
 * How many parameters a list of values takes: a power of two, so that lists of many lengths share few statements; 0 for
 * one JSON parameter; null when there are too many for one statement.
 */
export function listSize(property: Pick<PropertyModel, "type">, length: number): number | null {
  const inline = length <= INLINE_LIST || NOT_AS_JSON.has(property.type);
  if (inline && length > MOST_INLINE) return null;
  return inline ? 2 ** Math.ceil(Math.log2(length)) : 0;
}

/** A condition that was made, and its part of the statement's shape. */
interface Membership {
  readonly predicate: PredicateNode;
  readonly shape: string;
}

/** That the columns hold one of the keys. */
export function memberOf(
  entity: string, properties: readonly PropertyModel[], keys: readonly (readonly unknown[])[], values: unknown[],
): Membership {
  const [only] = properties;
  if (only === undefined) return { predicate: always, shape: "" };
  if (properties.length > 1) return { predicate: { kind: "tuples", properties, slot: values.push(keys) - 1 }, shape: "t" };
  return oneOfKeys(entity, only, keys.map(([value]) => value), values);
}

/** That a column holds one of the keys. */
export function oneOfKeys(entity: string, property: PropertyModel, keys: readonly unknown[], values: unknown[]): Membership {
  const size = listSize(property, keys.length);
  if (size === null) throw listTooLong(entity, property.name, keys.length, MOST_INLINE);
  return { predicate: { kind: "list", property, negated: false, slot: values.push(keys) - 1, size }, shape: `${size}` };
}

/** A text that is equal for equal keys; no key holds U+0000. */
export function keyText(key: readonly unknown[]): string {
  return key.length === 1 ? partText(key[0]) : key.map(partText).join("\u0000");
}

/** The same of a key's only part. */
export function partText(value: unknown): string {
  if (typeof value === "string") return value;
  return value instanceof Date ? value.toISOString() : Buffer.isBuffer(value) ? value.toString("hex") : String(value);
}

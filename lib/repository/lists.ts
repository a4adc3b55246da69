import type { PropertyModel } from "../model/entity-model";

/** Lists up to this long get a parameter for each value. */
const INLINE_LIST = 64;
/** Types whose lists cannot travel as JSON exactly: always a parameter for each value. */
const NOT_AS_JSON = new Set<PropertyModel["type"]>(["real", "blob"]);
export const MOST_INLINE = 16_384;

/**
 * How many parameters a list of values takes: a power of two, so that lists of many lengths share few statements; 0 for
 * one JSON parameter; null when there are too many for one statement.
 */
export function listSize(property: PropertyModel, length: number): number | null {
  const inline = length <= INLINE_LIST || NOT_AS_JSON.has(property.type);
  if (inline && length > MOST_INLINE) return null;
  return inline ? 2 ** Math.ceil(Math.log2(length)) : 0;
}

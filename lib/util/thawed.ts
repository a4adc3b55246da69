const copies = new WeakMap<readonly unknown[], readonly unknown[]>();

/**
 * The items of a frozen list for loops that run for each row or value: of a frozen array V8 calls the iterator for each item, and `every` or
 * `forEach` take many times as long. The copy is made once and stays in the loops of this library; what others get is the frozen list.
 */
export function thawed<T>(list: readonly T[]): readonly T[] {
  let copy = copies.get(list) as readonly T[] | undefined;
  if (copy === undefined) copies.set(list, copy = [...list]);
  return copy;
}

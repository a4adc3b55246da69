/** A copy of the list with another value at one place. */
export function withAt(list: readonly unknown[], position: number, value: unknown): readonly unknown[] {
  return list.map((item, index) => index === position ? value : item);
}

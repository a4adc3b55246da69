/** A value for each row that a factory makes; see {@link sequence}. */
export class Sequence<T> {
  /** Gives the value of the n-th row, from 1. */
  readonly of: (n: number) => T;

  /** Internal: {@link sequence} makes them. */
  constructor(of: (n: number) => T) {
    this.of = of;
  }
}

/**
 * A value made of the number of the row, which each factory counts from 1 for itself, and again after `reset()`.
 *
 * @example
 * const documents = test.factory(Document, { title: sequence((n) => `Document ${n}`) });
 */
export function sequence<T>(of: (n: number) => T): Sequence<T> {
  return new Sequence(of);
}

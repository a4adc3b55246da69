/** A map of bounded size that drops what was not asked for the longest time. */
export class LruCache<V> {
  readonly #entries = new Map<string, V>();
  readonly #limit: number;
  readonly #onEvict: (value: V) => void;
  /** The youngest entry, which is often asked for again. */
  #lastKey: string | undefined;
  #last: V | undefined;

  constructor(limit: number, onEvict: (value: V) => void) {
    this.#limit = limit;
    this.#onEvict = onEvict;
  }

  get(key: string): V | undefined {
    if (key === this.#lastKey) return this.#last;
    const value = this.#entries.get(key);
    if (value !== undefined) this.#keep(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#keep(key, value);
    if (this.#entries.size <= this.#limit) return;
    for (const [oldest, dropped] of this.#entries) {
      this.#entries.delete(oldest);
      this.#onEvict(dropped);
      return;
    }
  }

  /** Empties the cache and hands out what was in it. */
  drain(): V[] {
    const values = [...this.#entries.values()];
    this.#entries.clear();
    this.#lastKey = this.#last = undefined;
    return values;
  }

  /** A Map keeps insertion order: re-inserting makes the entry the youngest. */
  #keep(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    this.#lastKey = key;
    this.#last = value;
  }
}

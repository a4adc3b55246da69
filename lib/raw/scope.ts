import type { Columns } from "./columns";
import type { Reader } from "./reader";

/** A name that WITH gives to a select. The database sees it under a name that no table has. */
export interface Cte {
  readonly fresh: string;
  columns: Columns;
}

/** The WITH names that a place of the text can see, the inner ones first. */
export class Scope {
  readonly #outer: Scope | null;
  readonly #names = new Map<string, Cte>();

  constructor(outer: Scope | null) {
    this.#outer = outer;
  }

  /** Whether the name is new in this very WITH. */
  declare(name: string, cte: Cte): boolean {
    const key = name.toLowerCase();
    if (this.#names.has(key)) return false;
    this.#names.set(key, cte);
    return true;
  }

  find(name: string): Cte | null {
    return this.#names.get(name.toLowerCase()) ?? this.#outer?.find(name) ?? null;
  }
}

/** What the parts of the grammar share. */
export interface Grammar {
  readonly reader: Reader;
  /** Reads a sub-select, up to the bracket that closes it. */
  select(scope: Scope): Columns;
}

import type { CompiledStatement, Dialect } from "../dialect/dialect";
import type { Statement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";

const MOST_STATEMENTS = 500;

/**
 * Compiled statements by structure. In whose name they run is part of every key and is taken from the source itself, so
 * that a statement compiled for a system context can never serve a user, not even where the source is a public table
 * that reaches owned ones; values are in no key and in no statement.
 */
export class StatementCache {
  readonly #dialect: Dialect;
  readonly #compiled = new Map<string, CompiledStatement>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** @param shape everything in which statements of one entity and reach can differ */
  get(source: TableSource, shape: string, build: (source: TableSource) => Statement): CompiledStatement {
    const key = `${source.model.name}\u0000${source.reach.kind}\u0000${source.shown}\u0000${shape}`;
    const found = this.#compiled.get(key);
    if (found !== undefined) {
      // Re-inserting keeps the map in the order of last use, which matters once something has to go.
      if (this.#compiled.size >= MOST_STATEMENTS) {
        this.#compiled.delete(key);
        this.#compiled.set(key, found);
      }
      return found;
    }
    const compiled = this.#dialect.compile(build(source));
    this.#compiled.set(key, compiled);
    if (this.#compiled.size > MOST_STATEMENTS) {
      const [oldest] = this.#compiled.keys();
      if (oldest !== undefined) this.#compiled.delete(oldest);
    }
    return compiled;
  }
}

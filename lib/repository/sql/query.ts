import type { StatementResult } from "../../driver/driver";
import { contextOfOtherDatabase } from "../../errors/context-errors";
import { tooManyRows, writeInUsersName } from "../../errors/sql-errors";
import { requireContext, type Context } from "../../scope/access";
import { SystemContext } from "../../scope/system-context";
import { perform, type Engine } from "../engine";
import { build, type Built } from "./build";
import { templateOf } from "./holes";
import { sqlLimits, type SqlLimits, type SqlOptions } from "./options";
import { mapper, plainRows, readRows, refuseDuplicates, type MappedRow, type ResultMapping } from "./results";

/** Hand-written SQL that has been checked; it runs when one of the methods is called. */
export interface SqlQuery {
  /**
   * The rows as plain objects, values as the driver gives them: booleans 0 or 1, moments and decimals text.
   *
   * @throws InvalidQueryError when there are more than `maxRows`, and when it takes longer than `timeoutMs`
   */
  rows<R extends object = Record<string, unknown>>(): Promise<R[]>;
  /**
   * The rows with an entity for each `cols()` and a decoded value for each other column.
   *
   * @example
   * const rows = await query.all({ t: Task, p: optional(Project), days: "integer" });
   * @throws InvalidQueryError as `rows`, and for a mapping that does not fit the statement
   * @throws DataError for values that the model or the named type cannot read
   */
  all<const M extends ResultMapping>(mapping: M): Promise<MappedRow<M>[]>;
}

/** The same under a system context, which may write. */
export interface SystemSqlQuery extends SqlQuery {
  /** Runs a statement for its effect and tells how many rows it wrote. */
  run(): Promise<{ readonly changes: number }>;
}

/** Stands in front of a template: ``db.sql(ctx)`select …` ``. */
export type SqlTag<Q> = (texts: TemplateStringsArray, ...holes: readonly unknown[]) => Q;

/** `db.sql` and `tx.sql`. */
export interface Sql {
  (context: SystemContext, options?: SqlOptions): SqlTag<SystemSqlQuery>;
  (context: Context, options?: SqlOptions): SqlTag<SqlQuery>;
}

/** `sql` on one engine. */
export function sqlOn(engine: Engine): Sql {
  return (context: unknown, options?: SqlOptions) => {
    const scope = requireContext(context);
    if (SystemContext.is(scope) && !scope.belongsTo(engine.database)) throw contextOfOtherDatabase("db.sql");
    const limits = sqlLimits(options);
    return (texts: unknown, ...holes: readonly unknown[]): SystemSqlQuery => {
      const template = templateOf(texts, holes);
      return new HandWrittenQuery(engine, scope, build(engine, scope, template, limits.maxRows), limits);
    };
  };
}

class HandWrittenQuery implements SystemSqlQuery {
  readonly #engine: Engine;
  readonly #scope: Context;
  readonly #built: Built;
  readonly #limits: SqlLimits;

  constructor(engine: Engine, scope: Context, built: Built, limits: SqlLimits) {
    this.#engine = engine;
    this.#scope = scope;
    this.#built = built;
    this.#limits = limits;
  }

  async rows<R extends object>(): Promise<R[]> {
    const { columns, rows, types } = await this.#read(true);
    const { dialect } = this.#engine;
    return plainRows(columns, types === undefined ? rows : rows.map((row) => row.map((raw, index) => dialect.plain(raw, types[index])))) as R[];
  }

  async all<const M extends ResultMapping>(mapping: M): Promise<MappedRow<M>[]> {
    const { columns: known, entities } = this.#built;
    const readers = known === null ? null : mapper(this.#engine, known, entities, mapping);
    const { columns, rows } = await this.#read(false);
    return readRows(readers ?? mapper(this.#engine, columns, entities, mapping), rows) as MappedRow<M>[];
  }

  async run(): Promise<{ readonly changes: number }> {
    if (!SystemContext.is(this.#scope)) throw writeInUsersName();
    const { changes } = await this.#execute(false, false);
    return { changes };
  }

  /** @param plain whether the rows go out as they are, so that the columns' types matter */
  async #read(plain: boolean): Promise<Pick<StatementResult, "rows" | "types"> & { readonly columns: readonly string[] }> {
    const { rows, columns: told = [], types } = await this.#execute(true, plain);
    const { columns } = this.#built;
    if (columns === null) refuseDuplicates(told);
    else if (rows.length > this.#limits.maxRows) throw tooManyRows(this.#limits.maxRows);
    return { columns: columns ?? told, rows, types };
  }

  async #execute(returnsRows: boolean, plain: boolean): Promise<StatementResult> {
    const { signal, timeoutMs } = this.#limits;
    signal?.throwIfAborted();
    const { compiled, checked, values, owner, model, tables, columns } = this.#built;
    return await perform(this.#engine, {
      statement: { ...compiled, returnsRows, named: plain || columns === null },
      parameters: compiled.binders.map((bind) => bind(owner, values)),
      scope: this.#scope, operation: "sql", model, tables, handWritten: true,
      options: checked ? { signal, sealedMs: timeoutMs } : { signal, unchecked: true },
    });
  }
}

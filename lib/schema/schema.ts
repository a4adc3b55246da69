import type { Ask, SchemaObject } from "../dialect/dialect";
import type { Session } from "../driver/session";
import { FreeholdError } from "../errors/freehold-error";
import { alreadyExists, dropUnconfirmed, indexedColumnMissing } from "../errors/schema-errors";
import type { EntityModel } from "../model/entity-model";
import type { Engine } from "../repository/engine";
import { unscoped } from "../scope/access";
import { compareTable, type SchemaDifference } from "./differences";
import { dependencyOrder } from "./dependency-order";

/**
 * The database's tables, as the model wants them.
 *
 * @example
 * await db.schema.ensure();
 */
export class Schema {
  readonly #engine: Engine;
  readonly #models: readonly EntityModel[];

  /** Internal: `db.schema` is the one to use. */
  constructor(engine: Engine) {
    this.#engine = engine;
    this.#models = dependencyOrder(engine.model.tables);
  }

  /** The whole schema as DDL text, referenced tables first. */
  sql(): string {
    return `${this.#objects().map((object) => object.sql).join(";\n\n")};\n`;
  }

  /**
   * Creates every table, index and trigger, in one transaction.
   *
   * @throws DataError when one of the tables exists already
   */
  async create(): Promise<void> {
    await this.#engine.transaction(async () => {
      const exists = await this.#existing();
      for (const object of this.#objects()) {
        if (object.kind === "table" && exists(object)) throw alreadyExists(object.name);
      }
      await this.#run(this.#objects());
    }, undefined);
  }

  /**
   * Creates what is missing, in one transaction, and changes nothing that exists.
   *
   * @returns the names of the tables, indexes and triggers that were created
   * @throws DataError when a missing index needs a column that its table does not have
   */
  async ensure(): Promise<readonly string[]> {
    return this.#engine.transaction(async () => {
      const exists = await this.#existing();
      const missing = this.#objects().filter((object) => !exists(object));
      await this.#checkIndexed(missing);
      await this.#run(missing);
      return missing.map((object) => object.name);
    }, undefined);
  }

  /** How the database differs from the model; empty when it agrees. Tables that the model does not know are left alone. */
  async check(): Promise<readonly SchemaDifference[]> {
    const { ddl } = this.#engine.dialect;
    const differences: SchemaDifference[] = [];
    for (const model of this.#models) {
      differences.push(...compareTable(model.name, model.table, ddl.expected(model), await ddl.describe(model.table, this.#ask)));
    }
    return differences;
  }

  /**
   * Deletes every table of the model with all its rows.
   *
   * @throws InvalidQueryError without `confirm: true`
   * @throws ForeignKeyViolationError when a row of another table still refers to one of these
   */
  async drop(options: { readonly confirm: true }): Promise<void> {
    if ((options as { readonly confirm?: unknown } | undefined)?.confirm !== true) throw dropUnconfirmed();
    const sql = this.#engine.dialect.ddl.drop([...this.#models].reverse());
    try {
      await this.#engine.transaction(async () => this.#script(sql), undefined);
    } catch (native) {
      // References from tables outside the model are found at the commit, after all statements have run.
      throw native instanceof FreeholdError ? native : this.#engine.dialect.toError(native, { model: null, operation: "delete" });
    }
  }

  #objects(): readonly SchemaObject[] {
    return this.#models.flatMap((model) => this.#engine.dialect.ddl.objects(model))
      // Triggers hang on tables that may come later, in a cycle of references.
      .sort((a, b) => Number(a.kind === "trigger") - Number(b.kind === "trigger"));
  }

  /** Names that differ in case alone meet, as they do in the model. */
  async #existing(): Promise<(object: SchemaObject) => boolean> {
    const names = new Set([...await this.#engine.dialect.ddl.existing(this.#ask)].map((name) => name.toLowerCase()));
    return (object) => names.has(object.name.toLowerCase());
  }

  /** SQLite may take the quoted name of a column that is not there for a text, and would index that. */
  async #checkIndexed(missing: readonly SchemaObject[]): Promise<void> {
    const names = new Set(missing.map((object) => object.name));
    for (const model of this.#models) {
      const indexes = names.has(model.table) ? [] : [
        ...model.uniques, ...model.indexes.map(({ name, parts }) => ({ name, properties: parts.map((part) => part.property) })),
      ].filter((index) => names.has(index.name));
      if (indexes.length === 0) continue;
      const found = await this.#engine.dialect.ddl.describe(model.table, this.#ask);
      const columns = new Set(found?.columns.map((column) => column.name.toLowerCase()));
      for (const index of indexes) {
        const absent = index.properties.find((property) => !columns.has(property.column.toLowerCase()));
        if (absent !== undefined) throw indexedColumnMissing(model.name, index.name, absent.column);
      }
    }
  }

  async #run(objects: readonly SchemaObject[]): Promise<void> {
    for (const object of objects) await this.#script(object.sql);
  }

  async #script(sql: string): Promise<void> {
    await this.#logged(sql, (session) => session.script(sql));
  }

  readonly #ask: Ask = async (sql, parameters) => {
    const statement = { sql, readOnly: true, returnsRows: true };
    const result = await this.#logged(sql, (session) => session.execute(statement, parameters));
    return result.rows;
  };

  async #logged<T>(sql: string, work: (session: Session) => Promise<T>): Promise<T> {
    const { log, dialect } = this.#engine;
    const call = {
      statement: { sql, readOnly: false, returnsRows: false, binders: [] }, parameters: [],
      entity: undefined, operation: "schema", scope: unscoped,
    } as const;
    const start = performance.now();
    try {
      const result = await work(this.#engine.session());
      if (log.listens(unscoped)) log.record(call, performance.now() - start, 0);
      return result;
    } catch (native) {
      const error = native instanceof FreeholdError ? native : dialect.toError(native, { model: null, operation: "schema" });
      if (log.listens(unscoped)) log.record(call, performance.now() - start, 0, { code: error.code, native });
      throw error;
    }
  }
}

import type { Ask, Ddl, SchemaObject } from "../dialect/dialect";
import type { Session } from "../driver/session";
import { ForeignKeyViolationError } from "../errors/classes";
import { FreeholdError } from "../errors/freehold-error";
import { alreadyExists, dropUnconfirmed, missingColumn, needsAdministrator, stillReferred } from "../errors/schema-errors";
import type { DatabaseModel, EntityModel, PropertyModel } from "../model/entity-model";
import type { Engine } from "../repository/engine";
import type { LoggedCall } from "../repository/log";
import { unscoped } from "../scope/access";
import { logScope } from "../scope/log-scope";
import { mermaid } from "./diagram";
import { compareSurroundings, compareTable } from "./differences";
import type { SchemaDifference } from "./schema-difference";
import { inDependencyOrder, schemaText, type SqlOptions } from "./schema-text";

/**
 * The database's tables, as the model wants them.
 *
 * @example
 * await db.schema.ensure();
 */
export class Schema {
  readonly #engine: Engine;
  /** Its tables in the order in which each finds those that it refers to. */
  readonly #model: DatabaseModel;

  /** Internal: `db.schema` is the one to use. */
  constructor(engine: Engine) {
    this.#engine = engine;
    this.#model = inDependencyOrder(engine.model);
  }

  /**
   * The whole schema as DDL text, referenced tables first.
   *
   * @param options `layout`, on PostgreSQL: `"citus"`, or `{ owned: "hash-partitions", partitions: 16 }`
   * @throws ModelError when the entities do not fit the layout
   * @throws InvalidQueryError for a layout that the database does not have
   */
  sql(options?: SqlOptions): string {
    return schemaText(this.#model, this.#ddl, options);
  }

  /**
   * Creates everything, in one transaction: tables, indexes, triggers, and what else the database has to keep owners apart.
   *
   * @throws DataError when one of the tables exists already, or when the current role may not give a right that is missing
   */
  async create(): Promise<void> {
    const objects = this.#ddl.objects(this.#model);
    await this.#alone(async () => {
      const existing = await this.#ddl.existing(this.#ask);
      for (const object of objects) {
        if (object.kind === "table" && existing.has(object.id)) throw alreadyExists(object.name);
      }
      // Roles belong to the whole server, and an administrator may have made them before.
      await this.#run(objects.filter((object) => !(object.kind === "role" && existing.has(object.id))));
    });
  }

  /**
   * Creates what is missing, in one transaction, and changes nothing that exists.
   *
   * @returns the names of what was created: tables, indexes, triggers …
   * @throws DataError when a missing index or foreign key needs a column that its table does not have, or when the current role may
   * not give a right that is missing
   */
  async ensure(): Promise<readonly string[]> {
    const objects = this.#ddl.objects(this.#model);
    return this.#alone(async () => {
      const missing = await this.#missing(objects);
      await this.#checkColumns(missing);
      await this.#run(missing);
      return missing.map((object) => object.name);
    });
  }

  /**
   * What `ensure()` would create now, in its order; nothing is changed.
   *
   * @example
   * for (const { kind, name, sql } of await db.schema.missing()) console.log(`-- ${kind} ${name}\n${sql};`);
   * @throws DataError where `ensure()` would, because a column is missing
   */
  async missing(): Promise<readonly SchemaObject[]> {
    const missing = await this.#missing(this.#ddl.objects(this.#model));
    await this.#checkColumns(missing);
    return missing;
  }

  /**
   * The tables and their references as a Mermaid `erDiagram`, in which owned tables say so.
   *
   * @example
   * await writeFile("schema.mmd", db.schema.diagram());
   */
  diagram(): string {
    return mermaid(this.#model);
  }

  /**
   * How the database differs from the model, and what would mend it; empty when it agrees. Tables that the model does not know are left alone.
   *
   * @example
   * for (const { message, mend } of await db.schema.check()) console.log(`${message}\n  ${mend}`);
   */
  async check(): Promise<readonly SchemaDifference[]> {
    const ddl = this.#ddl;
    const addsForeignKeys = ddl.objects(this.#model).some(({ kind }) => kind === "foreignKey");
    const differences: SchemaDifference[] = [...compareSurroundings(await ddl.surroundings(this.#ask))];
    for (const model of this.#model.tables) {
      const found = await ddl.describe(model.table, this.#ask);
      differences.push(...compareTable(model, ddl.expected(model, this.#model), found, {
        addsForeignKeys, statements: (fault) => ddl.mend(fault, model, this.#model),
      }));
    }
    return differences;
  }

  /**
   * Deletes every table of the model with all its rows.
   *
   * @throws InvalidQueryError without `confirm: true`
   * @throws ForeignKeyViolationError when a table outside the model still refers to one of these
   */
  async drop(options: { readonly confirm: true }): Promise<void> {
    if ((options as { readonly confirm?: unknown } | undefined)?.confirm !== true) throw dropUnconfirmed();
    const sql = this.#ddl.drop(this.#model);
    try {
      await this.#engine.transaction(async () => this.#script(sql), undefined);
    } catch (error) {
      // Engines find them in the middle, or at the commit.
      throw error instanceof ForeignKeyViolationError ? stillReferred(error.cause) : error;
    }
  }

  async #missing(objects: readonly SchemaObject[]): Promise<readonly SchemaObject[]> {
    const existing = await this.#ddl.existing(this.#ask);
    return objects.filter((object) => !existing.has(object.id)).map((object) => madeBeside(object, existing));
  }

  get #ddl(): Ddl {
    return this.#engine.dialect.ddl;
  }

  /** Runs work in a transaction, while nobody else makes a schema. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#engine.transaction(async () => {
      const { lock } = this.#ddl;
      if (lock !== null) await this.#script(lock);
      return work();
    }, undefined);
  }

  /** SQLite may take the quoted name of a column that is not there for a text, and would index that. */
  async #checkColumns(missing: readonly SchemaObject[]): Promise<void> {
    const names = new Set(missing.map((object) => object.name));
    for (const model of this.#model.tables) {
      const needs = names.has(model.table) ? [] : needsOf(model).filter(({ name }) => names.has(name));
      if (needs.length === 0) continue;
      const found = await this.#ddl.describe(model.table, this.#ask);
      const columns = new Set(found?.columns.map((column) => column.name.toLowerCase()));
      // The database may hold a long name in a shorter form.
      const wanted = this.#ddl.expected(model, this.#model).columns;
      for (const { what, name, properties } of needs) {
        const absent = properties.find((property) => !columns.has(wanted[model.columns.indexOf(property)]?.name.toLowerCase() ?? ""));
        if (absent !== undefined) throw missingColumn(model.name, what, name, absent.column);
      }
    }
  }

  async #run(objects: readonly SchemaObject[]): Promise<void> {
    const given = objects.filter(({ kind }) => kind === "role");
    // Asked for beforehand: after an error the transaction answers no more.
    const byHand = given.length === 0 ? [] : await this.#ddl.byHand(given, this.#ask);
    for (const { kind, sql } of objects) {
      const explain = (native: unknown): FreeholdError | null => this.#ddl.forbids(native)
        // With its roles made by somebody else, the rest may well succeed.
        ? needsAdministrator(kind === "role" ? byHand : [...byHand, ...objects.filter((object) => object.kind !== "role").map((object) => object.sql)]) : null;
      await this.#logged(sql, (session) => session.script(sql), explain);
    }
  }

  async #script(sql: string): Promise<void> {
    await this.#logged(sql, (session) => session.script(sql));
  }

  readonly #ask: Ask = async (sql, parameters) => {
    const statement = { sql, readOnly: true, returnsRows: true };
    const result = await this.#logged(sql, (session) => session.execute(statement, parameters, { identity: this.#engine.identities?.of(unscoped) }));
    return result.rows;
  };

  async #logged<T>(
    sql: string, work: (session: Session) => Promise<T>, explain: (native: unknown) => FreeholdError | null = () => null,
  ): Promise<T> {
    const call = {
      statement: { sql, readOnly: false, returnsRows: false, binders: [] }, parameters: [],
      entity: undefined, operation: "schema", scope: unscoped,
    } as const;
    const { observer } = this.#engine;
    const run = async (): Promise<T> => await this.#timed(call, work, explain);
    return observer === null ? run() : observer.statement({ sql, handWritten: false, tables: [], entity: undefined, operation: "schema", scope: logScope(unscoped) }, run, () => ({}));
  }

  async #timed<T>(call: LoggedCall, work: (session: Session) => Promise<T>, explain: (native: unknown) => FreeholdError | null): Promise<T> {
    const { log, dialect } = this.#engine;
    const start = performance.now();
    try {
      const result = await work(this.#engine.session());
      if (log.listens(unscoped)) log.record(call, performance.now() - start, 0);
      return result;
    } catch (native) {
      const error = explain(native) ?? (native instanceof FreeholdError ? native : dialect.toError(native, { model: null, operation: "schema" }));
      if (log.listens(unscoped)) log.record(call, performance.now() - start, 0, { code: error.code, native });
      throw error;
    }
  }
}

/** An object with what is done before and after it is made, because of what is there. */
function madeBeside(object: SchemaObject, existing: ReadonlySet<string>): SchemaObject {
  const aside = (object.aside ?? []).filter(({ id }) => existing.has(id));
  if (aside.length === 0) return object;
  return { ...object, sql: [...aside.map(({ before }) => before), object.sql, ...aside.map(({ after }) => after)].join(";\n") };
}

interface Need {
  readonly what: "index" | "foreign key";
  readonly name: string;
  readonly properties: readonly PropertyModel[];
}

/** What may be missing of a table that exists, and the columns that it needs. */
function needsOf({ uniques, indexes, foreignKeys }: EntityModel): readonly Need[] {
  return [
    ...uniques.map(({ name, properties }): Need => ({ what: "index", name, properties })),
    ...indexes.map(({ name, parts }): Need => ({ what: "index", name, properties: parts.map((part) => part.property) })),
    ...foreignKeys.map(({ name, properties }): Need => ({ what: "foreign key", name, properties })),
  ];
}

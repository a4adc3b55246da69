import type { Dialect } from "./dialect/dialect";
import { askOn } from "./driver/asking";
import { Observer } from "./driver/observer";
import type { TransactionSession } from "./driver/session";
import type { TransactionOptions } from "./driver/transaction-options";
import { Transactions } from "./driver/transactions";
import { WatchedPool } from "./driver/watched-pool";
import { closeInsideTransaction, notACallback } from "./errors/transaction-errors";
import { unknownEntity } from "./errors/model-errors";
import { HydratorCache } from "./hydrate/hydrator-cache";
import type { IsOwned } from "./metadata/owner-id";
import type { EntityClass } from "./metadata/records";
import type { DatabaseModel, EntityModel } from "./model/entity-model";
import { ConstraintChecker } from "./repository/constraints";
import { CursorBox } from "./repository/cursors";
import type { Engine } from "./repository/engine";
import { load } from "./repository/load";
import type { Exactly, Loaded, With } from "./repository/loaded";
import { StatementLog } from "./repository/log";
import { modelFor, type DatabaseOptions } from "./repository/open-options";
import type { CountOptions } from "./repository/options";
import { OwnedRepository } from "./repository/owned-repository";
import { Pending } from "./repository/pending";
import { Repository } from "./repository/repository";
import { ScanWatch } from "./repository/scan-watch";
import { sqlOn, type Sql } from "./repository/sql/query";
import { StatementCache } from "./repository/statement-cache";
import { EntityUnit } from "./repository/unit";
import { Schema } from "./schema/schema";
import { requireContext, unscoped, type Context } from "./scope/access";
import { Identities } from "./scope/identity";
import { SystemContext, SystemContextProof } from "./scope/system-context";
import { uuidV7Generator } from "./util/uuid";

/** What `db.repository(E)` gives: for an entity with an `OwnerId`, a repository whose every call needs a context. */
export type RepositoryFor<E extends object> = IsOwned<E> extends true ? OwnedRepository<E> : Repository<E>;

/** A transaction as its callback gets it. */
export interface Transaction {
  /** A repository whose calls belong to this transaction wherever they are made from. */
  repository<E extends object>(entity: EntityClass<E>): RepositoryFor<E>;
  /** As `Database.load`, in this transaction. */
  load: Load;
  /** As `Database.sql`, in this transaction: it reads what the transaction wrote. */
  sql: Sql;
}

/** Fills relations of entities in hand; see {@link Database.load}. */
export interface Load {
  <E extends object, const W extends With<E>>(context: Context, entities: readonly E[], relations: W & Exactly<E, W>, options?: CountOptions): Promise<Loaded<E, W>[]>;
  <E extends object, const W extends With<E>>(context: Context, entity: E, relations: W & Exactly<E, W>, options?: CountOptions): Promise<Loaded<E, W>>;
}

/**
 * An open database: its model, its connections, its repositories.
 *
 * @example
 * const db = await Database.open({ driver: sqlite3({ file: "app.db" }), entities: [User, Document] });
 * await db.schema.ensure();
 * const documents = db.repository(Document);
 * await db.close();
 */
export class Database {
  /** Creates and checks the tables. */
  readonly schema: Schema;
  readonly #engine: Engine;
  readonly #transactions: Transactions;
  readonly #run: Transactions["run"];
  readonly #units = new Map<EntityModel, EntityUnit<object>>();

  private constructor(engine: Omit<Engine, "database">, transactions: Transactions, run: Transactions["run"]) {
    this.#engine = Object.freeze({ ...engine, database: this });
    this.#transactions = transactions;
    this.#run = run;
    this.schema = new Schema(this.#engine);
    this.load = loadOn(this.#engine);
    this.sql = sqlOn(this.#engine);
  }

  /**
   * Builds and checks the whole model, then opens the database.
   *
   * @throws ModelError (`MODEL_ERROR`) with every fault of the entities
   * @throws ConnectionError (`CONNECTION_ERROR`) when the database or the driver's package cannot be opened
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    const model = modelFor(options);
    for (const warning of model.warnings) process.emitWarning(warning, { type: "FreeholdWarning", code: "FREEHOLD_UNOWNED_REFERENCE" });
    const { driver, clock = () => new Date() } = options;
    const pool = await driver.open();
    const observer = Observer.of(options.telemetry, { dialect: driver.dialect.name, place: pool.place, pools: () => pool.states() }, driver.dialect);
    const transactions = new Transactions(observer === null ? pool : new WatchedPool(pool, observer), driver.dialect);
    await admit(driver.dialect, model, transactions);
    const run = runner(transactions, observer);
    return new Database({
      model, dialect: driver.dialect, interrupts: driver.interrupts,
      statements: new StatementCache(driver.dialect),
      hydrators: new HydratorCache(driver.dialect),
      identities: driver.dialect.identifies ? new Identities(model) : null,
      constraints: new ConstraintChecker(),
      cursors: new CursorBox(options.cursorSecret, model),
      log: new StatementLog(options), observer,
      pending: new Pending(),
      scans: ScanWatch.of(options.warnFullScans, driver.dialect),
      session: () => transactions.current(),
      transaction: (work, signal) => run(() => work(), { signal }),
      snapshot: (work, signal) => transactions.isInside() ? work() : run(() => work(), { signal, readOnly: true, isolation: "repeatable read" }),
      now: clock,
      uuid: uuidV7Generator(() => clock().getTime()),
    }, transactions, run);
  }

  /**
   * The repository of an entity: an `OwnedRepository`, whose calls take a context first, when the entity is owned.
   *
   * @throws ModelError when the class is not an entity of this database
   */
  repository<E extends object>(entity: EntityClass<E>): RepositoryFor<E> {
    return makeRepository(this.#unit(entity));
  }

  /**
   * Runs a callback in a transaction: repositories of this database used inside join it. It is committed when the callback
   * resolves and rolled back when it throws. A call inside another transaction's callback is a savepoint.
   *
   * @example
   * await db.transaction(async () => {
   *   const account = await accounts.findByIdOrFail(ctx, id);
   *   await accounts.update(ctx, { id }, { balance: account.balance - 10 });
   * });
   * @throws TransactionError for bad options, after `timeoutMs`, and for every use of the transaction after its end
   */
  async transaction<T>(work: (tx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T> {
    if (typeof work !== "function") throw notACallback(work);
    this.#engine.pending.flush();
    return this.#run((session) => work(this.#transaction(session)), options);
  }

  /**
   * Fills relations of entities in hand, one or a list of one class, and returns the same: at most one statement for each
   * relation, as `with` in a read.
   *
   * @example
   * const [task] = await db.load(ctx, tasks, { project: true, tags: { orderBy: { name: "asc" } } });
   * @throws InvalidQueryError for what is no relation, and for entities read without the columns that a relation needs
   */
  readonly load: Load;

  /**
   * Hand-written SQL that stays scoped: rows come from `table()` holes, which hold those of the context alone, values are
   * parameters, and the text passes an allow-list. Under a system context any statement is taken, writes too.
   *
   * @example
   * const rows = await db.sql(ctx)`select ${cols(Task, "t")}, ${cols(Project, "p")} from ${table(Task, "t")}
   *   join ${table(Project, "p")} on p.project_id = t.project_id where t.title = ${title}`.all({ t: Task, p: Project });
   * @throws ContextRequiredError without a context
   * @throws InvalidQueryError for text that the allow-list does not know, with the place and the reason
   */
  readonly sql: Sql;

  /**
   * A context that works across owners; every statement run with it is logged with the reason.
   *
   * @param reason one line of at most 200 characters
   * @throws ValidationError for any other reason
   */
  system(reason: string): SystemContext {
    return SystemContext.open(new SystemContextProof(this), reason);
  }

  /**
   * Waits for running work, then closes every connection; later calls are `DatabaseClosedError`.
   *
   * @throws TransactionError inside a transaction's callback, which it would wait for
   */
  async close(): Promise<void> {
    if (this.#transactions.isInside()) throw closeInsideTransaction();
    this.#engine.pending.flush();
    await this.#transactions.close();
  }

  #unit<E extends object>(entity: EntityClass<E>): EntityUnit<E> {
    const model = this.#engine.model.modelOf(entity);
    if (model === undefined) throw unknownEntity(typeof entity === "function" ? entity.name : String(entity));
    let unit = this.#units.get(model);
    if (unit === undefined) {
      unit = new EntityUnit<object>(this.#engine, model);
      this.#units.set(model, unit);
    }
    return unit as EntityUnit<E>;
  }

  #transaction(session: TransactionSession): Transaction {
    const engine: Engine = Object.freeze({
      ...this.#engine,
      session: () => session,
      transaction: <T>(work: () => Promise<T>, signal: AbortSignal | undefined) =>
        session.enter(() => this.#run(() => work(), { signal })),
      snapshot: <T>(work: () => Promise<T>) => work(),
    });
    return Object.freeze({
      load: loadOn(engine),
      sql: sqlOn(engine),
      repository: <E extends object>(entity: EntityClass<E>) => makeRepository(this.#unit(entity).on(engine)),
    });
  }
}

/** How transactions run: by themselves, or watched. */
function runner(transactions: Transactions, observer: Observer | null): Transactions["run"] {
  return observer === null ? (work, options) => transactions.run(work, options) : observer.runIn(transactions);
}

/** A database that cannot be used as it is, is closed again. */
async function admit(dialect: Dialect, model: DatabaseModel, transactions: Transactions): Promise<void> {
  if (dialect.admit === null) return;
  try {
    await dialect.admit(model, askOn(transactions.pooled, dialect, "open"));
  } catch (error) {
    await transactions.close();
    throw error;
  }
}

function loadOn(engine: Engine): Load {
  return (async (context: Context, entities: unknown, relations: unknown, options?: CountOptions) =>
    load(engine, requireContext(context), entities, relations, options)) as Load;
}

/** Types say by the brand of `OwnerId` or `SystemId` which repository it is; here the model does. */
function makeRepository<E extends object>(unit: EntityUnit<E>): RepositoryFor<E> {
  const repository = unit.model.ownership === null && !unit.model.systemOnly ? new Repository<E>(unit, unscoped) : new OwnedRepository<E>(unit);
  return repository as RepositoryFor<E>;
}

import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { Database, type Transaction } from "../database";
import { testSetup } from "../errors/testing-errors";
import type { User } from "../entities/user";
import type { EntityClass } from "../metadata/records";
import type { DatabaseModel, EntityModel } from "../model/entity-model";
import type { InsertData } from "../repository/data";
import { modelFor } from "../repository/open-options";
import { Backstage } from "./backstage";
import { Factories, type FactoryFor, type FactoryValues } from "./factory";
import { HeldClock } from "./held-clock";
import { expectIsolated } from "./isolation/expect-isolated";
import type { InputFor, Isolated, IsolationOptions, Subject } from "./isolation/options";
import { ownerOf, prepare, type TestDatabaseOptions } from "./options";
import { TestUser } from "./test-user";

/**
 * A database for tests: open, empty, its schema made. Make one for a file of tests and `reset()` it before each, or run each test in
 * `rolledBack()`.
 *
 * @example
 * const test = await createTestDatabase({ entities: [User, Document] });
 * const [alice, bob] = await test.asUsers();
 * await test.close();
 * @throws TestSetupError when the database already has rows, or has several owner entities and none is named
 * @throws ModelError and ConnectionError as `Database.open` does
 */
export async function createTestDatabase<O extends object = User>(options: TestDatabaseOptions<O>): Promise<TestDatabase<O>> {
  const { options: given, driver, owner } = prepare(options, () => `freehold_test_${randomBytes(8).toString("hex")}`);
  const model = modelFor({ ...given, driver });
  const users = ownerOf(model, owner);
  const backstage = new Backstage(driver, model);
  const clock = new HeldClock(given.clock ?? (() => new Date()));
  const db = await Database.open({ ...given, clock: clock.now, driver: backstage.driver });
  try {
    await db.schema.ensure();
    const stored = await backstage.stored(db.system("test database"));
    const filled = stored.filter(({ rows }) => rows.length > 0).map(({ model: { table } }) => table);
    if (filled.length > 0) throw testSetup.notEmpty(filled);
  } catch (error) {
    await db.close();
    throw error;
  }
  return new TestDatabase<O>({ db, model, users, backstage, clock });
}

interface Parts {
  readonly db: Database;
  readonly model: DatabaseModel;
  readonly users: EntityModel | null;
  readonly backstage: Backstage;
  readonly clock: HeldClock;
}

/**
 * What {@link createTestDatabase} makes.
 *
 * @typeParam O the owner entity, whose rows are the users
 */
export class TestDatabase<O extends object = User> {
  /** The open database. */
  readonly db: Database;
  readonly #parts: Parts;
  readonly #factories: Factories;
  readonly #inside = new AsyncLocalStorage<true>();
  #closed = false;

  /** Internal: `createTestDatabase` makes them. */
  constructor(parts: Parts) {
    this.db = parts.db;
    this.#parts = parts;
    this.#factories = new Factories(parts.db, parts.model);
  }

  /**
   * Stores a user and gives what acts in its name. What it needs and is not given is made up.
   *
   * @example
   * const alice = await test.asUser({ info: Object.assign(new Profile(), { name: "Alice" }) });
   * await alice.repository(Document).insert({ title: "Hers" });
   */
  async asUser(data: InsertData<O> = {}): Promise<TestUser<O>> {
    const { users } = this.#parts;
    if (users === null) throw testSetup.noOwner();
    const factory = this.#factories.of(users.name);
    const row = users.ownership === null ? await factory.create(data) : await factory.create(this.db.system("a user of a test"), data);
    return new TestUser(this.db, row as O);
  }

  /**
   * Several users at once, two unless told otherwise.
   *
   * @example
   * const [alice, bob] = await test.asUsers();
   */
  asUsers(): Promise<[TestUser<O>, TestUser<O>]>;
  asUsers<const L extends readonly InsertData<O>[]>(...data: L): Promise<{ -readonly [K in keyof L]: TestUser<O> }>;
  async asUsers(...data: readonly InsertData<O>[]): Promise<TestUser<O>[]> {
    const users: TestUser<O>[] = [];
    for (const one of data.length === 0 ? [{}, {}] : data) users.push(await this.asUser(one));
    return users;
  }

  /**
   * Makes rows of an entity: what they need and is not given is made up, and rows that they refer to are made as well.
   *
   * @example
   * const projects = test.factory(Project);
   * const tasks = test.factory(Task, { title: sequence((n) => `Task ${n}`), projectId: projects });
   * const task = await tasks.create(alice, { done: true });
   * @throws TestSetupError for what is no entity of the database, and for values of no property
   */
  factory<E extends object>(entity: EntityClass<E>, values: FactoryValues<E> = {}): FactoryFor<E> {
    return this.#factories.make(entity, values) as unknown as FactoryFor<E>;
  }

  /**
   * Takes every row; tables, indexes and policies stay. Keys that the database counts, and sequences, begin at 1 again.
   *
   * @throws TestSetupError inside `rolledBack`
   */
  async reset(): Promise<void> {
    this.#check("reset()");
    await this.#parts.backstage.empty();
    this.#factories.countFrom(1);
  }

  /**
   * Runs a test in a transaction that is rolled back in the end, whatever comes of it: what it stored is gone, what was stored before is
   * as it was. Everything that it calls joins the transaction.
   *
   * @example
   * it("renames", () => test.rolledBack(async () => { … }));
   * @returns what the function returns
   */
  async rolledBack<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#check("rolledBack()");
    if (typeof work !== "function") throw testSetup.notAWork();
    const restore = this.#factories.remember();
    const undo = new RolledBack();
    let result: { readonly value: T } | undefined;
    try {
      await this.db.transaction(async (tx) => {
        result = { value: await this.#inside.run(true, async () => work(tx)) };
        throw undo;
      });
    } catch (error) {
      if (error !== undo || result === undefined) throw error;
      return result.value;
    } finally {
      restore();
    }
    throw undo;
  }

  /**
   * Runs a function for two users whose rows differ, and fails when what one of them gets, or what becomes of its rows, depends on the
   * other's. It empties the database before and after.
   *
   * @example
   * await test.expectIsolated((user) => listDocuments(user.db, user.ctx), {
   *   seed: async (user) => documents.create(user, { title: user.text("title") }),
   * });
   * @returns what the function answered each of the users while it was alone
   * @throws IsolationError with every leak: what, where, and whose
   * @throws TestSetupError when the function cannot be judged: it varies by itself, always throws, or nothing was stored
   */
  async expectIsolated<R, F = undefined, S = undefined, I = undefined>(
    work: (user: Subject<O>, input: I) => R, options: IsolationOptions<O, F, S, I, R> & InputFor<I>,
  ): Promise<Isolated<R>> {
    this.#check("expectIsolated()");
    const { model, backstage, clock, users } = this.#parts;
    if (users === null) throw testSetup.noOwner();
    return expectIsolated({
      db: this.db, model, owner: users, backstage, clock, factories: this.#factories, asUser: (data) => this.asUser(data), reset: () => this.reset(),
    }, work, options);
  }

  /** Closes the database; on PostgreSQL its schema is dropped. A second call does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.db.close();
    this.#inside.disable();
  }

  /** As `close()`, at the end of the block of an `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #check(what: string): void {
    if (this.#closed) throw testSetup.closed();
    if (this.#inside.getStore() === true) throw testSetup.insideRollback(what);
  }
}

/** Ends a transaction that went well. */
class RolledBack extends Error {}

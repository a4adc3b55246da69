import { notAContext } from "../errors/context-errors";
import type { Reach, ReachOf } from "../metadata/relation";
import type { Context, Scope } from "../scope/access";
import { ambientContext } from "../scope/ambient-context";
import { SystemContext } from "../scope/system-context";
import { UserContext } from "../scope/user-context";
import type { AggregateRequest, AggregateResult } from "./aggregate-types";
import { aggregate } from "./aggregates";
import { altKeysOf, findByAltKey, resolveAltKey, type AltKeyValues } from "./alt-keys";
import type { Amounts, Data, Id, InsertData } from "./data";
import { deleteWhere, remove, restore } from "./deletes";
import { openFor } from "./engine";
import { explain, type Explanation } from "./explain";
import { insertGraph, insertGraphs } from "./graph";
import { increment } from "./increments";
import type { Exactly, Loaded, NoRelations, With } from "./loaded";
import type { BulkOptions, CallOptions, CountOptions, DeleteOptions, FindOptions, PageOptions, ReadOptions, RemoveOptions, StreamOptions, UpsertManyOptions, UpsertOptions, WriteOptions } from "./options";
import { paginate, type Page } from "./pages";
import { createEntity } from "./payload";
import { count, exists, find, findAndCount, findById, findOne, orFail } from "./reads";
import { save, saveMany } from "./saves";
import type { Selection } from "./selection";
import { stream } from "./streams";
import type { EntityUnit } from "./unit";
import { update } from "./updates";
import { upsert, upsertMany } from "./upserts";
import type { Where } from "./where";

/**
 * Reads and writes one entity: one that nobody owns, or an owned one bound to a context with `as(ctx)`.
 *
 * Every method rejects with an `InvalidQueryError` for a condition or option that means nothing and with a
 * `ValidationError` for values that the entity does not accept, both before any SQL runs.
 *
 * @example
 * const users = db.repository(User<Profile>);
 * const alice = await users.insert({ info: Object.assign(new Profile(), { name: "Alice", email: "alice@example.org" }) });
 */
export class Repository<E extends object, R extends Reach = ReachOf<E>> {
  readonly #unit: EntityUnit<E>;
  readonly #scope: Scope;

  /** Internal: `db.repository(E)` and `OwnedRepository.as(ctx)` make repositories. */
  constructor(unit: EntityUnit<E>, scope: Scope) {
    this.#unit = unit;
    this.#scope = scope;
  }

  /** The same entity in a context's name; for an entity that nobody owns, what owned entities are reached through. */
  as(context: Context): Repository<E, "bound"> {
    return bind(this.#unit, context);
  }

  /** The same in the name of the context that `runWithContext` runs in. @throws ContextRequiredError outside of it */
  inContext(): Repository<E, "bound"> {
    return bind(this.#unit, ambientContext(this.#unit.model.name));
  }

  /** A typed instance that is not stored. @throws ValidationError for unknown properties */
  create(data: Data<E>): E {
    return createEntity(this.#unit, data);
  }

  /**
   * Stores data or an instance and returns the instance, with generated values. Data may hold rows of relations, and `connect(id)`
   * for rows that are there already; all is stored, or nothing.
   */
  insert(data: InsertData<E, R>, options?: CallOptions): Promise<E> {
    return insertGraph(this.#unit, this.#scope, data, options);
  }

  /** Stores a list: all or nothing, in one transaction and few statements. */
  async insertMany(list: readonly InsertData<E, R>[], options?: BulkOptions): Promise<E[]> {
    return insertGraphs(this.#unit, this.#scope, list, options);
  }

  /**
   * Stores an entity: inserts it when its key is unset, else updates it by key; `undefined` properties stay untouched.
   * When no row changed, an un-owned entity is inserted.
   *
   * @throws AccessViolationError when an owned row is missing or another owner's (it is not said which)
   * @throws StaleEntityError when the entity has `@Version()` and the row was changed since it was read; nothing is written then
   */
  async save(entity: Data<E>, options?: CallOptions): Promise<E> {
    return save(this.#unit, this.#scope, entity, options);
  }

  /** Saves a list in one transaction: all or nothing. */
  async saveMany(list: readonly Data<E>[], options?: BulkOptions): Promise<E[]> {
    return saveMany(this.#unit, this.#scope, list, options);
  }

  /** The row of a key, or null. */
  findById<const W extends With<E, R> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    id: Id<E>, options?: ReadOptions<E, R, W & Exactly<E, W>, S>,
  ): Promise<Loaded<E, W, S> | null> {
    return findById(this.#unit, this.#scope, id, options) as Promise<Loaded<E, W, S> | null>;
  }

  /** The row of a key. @throws NotFoundError when there is none */
  async findByIdOrFail<const W extends With<E, R> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    id: Id<E>, options?: ReadOptions<E, R, W & Exactly<E, W>, S>,
  ): Promise<Loaded<E, W, S>> {
    return orFail(this.#unit.model, await this.findById<W, S>(id, options));
  }

  /** The row with an alternative key (`@AltKey()`), such as `{ companyId: { code: "acme" }, name: "Cash" }`, or null. */
  async findByAltKey<const W extends With<E, R> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    values: AltKeyValues<E>, options?: ReadOptions<E, R, W & Exactly<E, W>, S>,
  ): Promise<Loaded<E, W, S> | null> {
    return findByAltKey(this.#unit, this.#scope, values, options) as Promise<Loaded<E, W, S> | null>;
  }

  /** As `findByAltKey`. @throws NotFoundError when there is none */
  async findByAltKeyOrFail<const W extends With<E, R> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    values: AltKeyValues<E>, options?: ReadOptions<E, R, W & Exactly<E, W>, S>,
  ): Promise<Loaded<E, W, S>> {
    return orFail(this.#unit.model, await this.findByAltKey<W, S>(values, options));
  }

  /** The primary key of the row with an alternative key, or null. */
  async resolveAltKey(values: AltKeyValues<E>, options?: CountOptions): Promise<Id<E> | null> {
    return resolveAltKey(this.#unit, this.#scope, values, options);
  }

  /** The alternative key of an entity's row. @throws AccessViolationError, or NotFoundError where nobody owns rows, when it is not there */
  async altKeyOf(entity: Data<E>, options?: CallOptions): Promise<AltKeyValues<E>> {
    return (await altKeysOf(this.#unit, this.#scope, [entity], options))[0] as AltKeyValues<E>;
  }

  /** Those of a list of entities, in its order: one statement for all. */
  async altKeysOf(entities: readonly Data<E>[], options?: CallOptions): Promise<AltKeyValues<E>[]> {
    return altKeysOf(this.#unit, this.#scope, entities, options);
  }

  /** The first row that meets the condition, by `orderBy` and then the key; or null. */
  async findOne<const W extends With<E, R> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    where: Where<E, R>, options?: Omit<FindOptions<E, R, W & Exactly<E, W>, S>, "limit">,
  ): Promise<Loaded<E, W, S> | null> {
    return findOne(this.#unit, this.#scope, where, options) as Promise<Loaded<E, W, S> | null>;
  }

  /** The first row that meets the condition. @throws NotFoundError when there is none */
  async findOneOrFail<const W extends With<E, R> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    where: Where<E, R>, options?: Omit<FindOptions<E, R, W & Exactly<E, W>, S>, "limit">,
  ): Promise<Loaded<E, W, S>> {
    return orFail(this.#unit.model, await this.findOne<W, S>(where, options));
  }

  /** All rows that meet the condition, ordered by `orderBy` and then the key. */
  find<const W extends With<E, R> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    where: Where<E, R> = {}, options?: FindOptions<E, R, W & Exactly<E, W>, S>,
  ): Promise<Loaded<E, W, S>[]> {
    return find(this.#unit, this.#scope, where, options) as Promise<Loaded<E, W, S>[]>;
  }

  /** As `find`, with the number of all rows that meet the condition besides: `[rows, total]`, both of one moment. */
  async findAndCount<const W extends With<E, R> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    where: Where<E, R> = {}, options?: FindOptions<E, R, W & Exactly<E, W>, S>,
  ): Promise<[Loaded<E, W, S>[], number]> {
    return findAndCount(this.#unit, this.#scope, where, options) as unknown as Promise<[Loaded<E, W, S>[], number]>;
  }

  /**
   * A page by keyset, forwards (`first`, `after`) or backwards (`last`, `before`): rows that stay are neither lost nor doubled when
   * others come and go between pages.
   *
   * @example
   * const page = await documents.paginate({}, { orderBy: { title: "asc" }, first: 20, after: request.cursor });
   * @throws InvalidQueryError for a cursor of another entity, order or context, or one that was changed
   */
  async paginate<const W extends With<E, R> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    where: Where<E, R>, options?: PageOptions<E, R, W & Exactly<E, W>, S>,
  ): Promise<Page<Loaded<E, W, S>>> {
    return paginate(this.#unit, this.#scope, where, options) as unknown as Promise<Page<Loaded<E, W, S>>>;
  }

  /**
   * All rows that meet the condition, read chunk by chunk in constant memory. It may be left at any row; it is no snapshot. Each
   * `for await` begins anew.
   *
   * @example
   * for await (const document of documents.stream({}, { orderBy: { title: "asc" } })) console.log(document.title);
   */
  stream<const W extends With<E, R> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    where: Where<E, R> = {}, options?: StreamOptions<E, R, W & Exactly<E, W>, S>,
  ): AsyncIterable<Loaded<E, W, S>> {
    return stream(this.#unit, this.#scope, where, options) as AsyncIterable<Loaded<E, W, S>>;
  }

  /** The number of rows that meet the condition; of all without one. */
  count(where: Where<E, R> = {}, options?: CountOptions): Promise<number> {
    return count(this.#unit, this.#scope, where, options);
  }

  /**
   * Counts, sums, means and extremes: one row, or with `groupBy` a list of groups.
   *
   * @example
   * const rows = await tasks.aggregate({ groupBy: ["projectId", { due: "month" }], count: true, sum: ["hours"] });
   * console.log(rows[0]?.group.due, rows[0]?.count, rows[0]?.sum.hours);
   * @throws DataError where a sum of whole numbers is more than JavaScript holds
   */
  async aggregate<const A extends AggregateRequest<E, R>>(
    request: A & { readonly [K in Exclude<keyof A, keyof AggregateRequest<E, R>>]: never }, options?: CountOptions,
  ): Promise<AggregateResult<E, A>> {
    return aggregate(this.#unit, this.#scope, request, options) as Promise<AggregateResult<E, A>>;
  }

  /**
   * How the engine would answer the same `find`: SQL, the kinds of its parameters, the plan. Nothing is read, no value shown.
   *
   * @example
   * console.log((await documents.explain({ title: "Plan" })).plan);
   */
  async explain(where: Where<E, R> = {}, options?: FindOptions<E, R>): Promise<Explanation> {
    return explain(this.#unit, this.#scope, where, options);
  }

  /** Whether a row meets the condition. */
  exists(where: Where<E, R>, options?: CountOptions): Promise<boolean> {
    return exists(this.#unit, this.#scope, where, options);
  }

  /**
   * Changes the rows that meet the condition; returns their number, or with `returning: true` the rows.
   *
   * @throws InvalidQueryError for an empty condition: pass `all` if every row is meant
   */
  update(where: Where<E, R>, changes: Data<E>, options: WriteOptions & { readonly returning: true }): Promise<E[]>;
  update(where: Where<E, R>, changes: Data<E>, options?: CallOptions & { readonly returning?: false }): Promise<number>;
  update(where: Where<E, R>, changes: Data<E>, options?: WriteOptions): Promise<number | E[]> {
    return update(this.#unit, this.#scope, where, changes, options);
  }

  /**
   * Deletes the rows that meet the condition; returns their number, or with `returning: true` what they were. An entity with
   * `@DeletedAt()` keeps the rows, out of sight, until `restore`; `hard: true` deletes for good, rows that were deleted before too.
   *
   * @throws InvalidQueryError for an empty condition: pass `all` if every row is meant
   */
  async delete(where: Where<E, R>, options: DeleteOptions & { readonly returning: true }): Promise<E[]>;
  async delete(where: Where<E, R>, options?: RemoveOptions & { readonly returning?: false }): Promise<number>;
  async delete(where: Where<E, R>, options?: DeleteOptions): Promise<number | E[]> {
    return deleteWhere(this.#unit, this.#scope, where, options);
  }

  /**
   * Brings back rows that were deleted softly (`@DeletedAt()`); the condition speaks of those alone. Returns their number, or with
   * `returning: true` the rows.
   *
   * @throws UniqueViolationError where a row that came later holds the same unique value; nothing is restored then
   * @throws InvalidQueryError where the entity has no `@DeletedAt()`, and for an empty condition
   */
  async restore(where: Where<E, R>, options: WriteOptions & { readonly returning: true }): Promise<E[]>;
  async restore(where: Where<E, R>, options?: CallOptions & { readonly returning?: false }): Promise<number>;
  async restore(where: Where<E, R>, options?: WriteOptions): Promise<number | E[]> {
    return restore(this.#unit, this.#scope, where, options);
  }

  /**
   * Adds to numbers in the database itself, so that no other change is lost, as in `increment({ title: "Plan" }, { views: 1 })`; returns
   * how many rows it changed, or with `returning: true` the rows. Null stays null; class-validator is not asked.
   *
   * @throws CheckViolationError where a sum would be more than the type holds; nothing is changed then
   */
  async increment(where: Where<E, R>, amounts: Amounts<E>, options: WriteOptions & { readonly returning: true }): Promise<E[]>;
  async increment(where: Where<E, R>, amounts: Amounts<E>, options?: CallOptions & { readonly returning?: false }): Promise<number>;
  async increment(where: Where<E, R>, amounts: Amounts<E>, options?: WriteOptions): Promise<number | E[]> {
    return increment(this.#unit, this.#scope, where, amounts, options);
  }

  /**
   * Deletes one entity by its key; `hard: true` for good, where the entity has `@DeletedAt()`.
   *
   * @throws NotFoundError, or of an owned entity AccessViolationError, when there is no such row to delete
   * @throws StaleEntityError when the entity has `@Version()` and the row was changed since it was read
   */
  async remove(entity: Data<E>, options?: RemoveOptions): Promise<void> {
    return remove(this.#unit, this.#scope, entity, options);
  }

  /** Inserts, or updates the row that agrees in the unique key `on`, such as `["year"]`; what was not given stays as it is. */
  async upsert(data: Data<E>, options: UpsertOptions<E>): Promise<E> {
    return upsert(this.#unit, this.#scope, data, options);
  }

  /** Upserts a list: all or nothing. @throws ValidationError where two entries agree in the key */
  async upsertMany(list: readonly Data<E>[], options: UpsertManyOptions<E>): Promise<E[]> {
    return upsertMany(this.#unit, this.#scope, list, options);
  }
}

/** A repository in a context's name. The door is tried at once, so that a wrong context fails here and not later. */
export function bind<E extends object>(unit: EntityUnit<E>, context: Context): Repository<E, "bound"> {
  openFor(unit.engine, unit.model, context);
  // An un-owned entity opens for anybody, so the door has not looked.
  if (!UserContext.is(context) && !SystemContext.is(context)) throw notAContext(unit.model.name, context);
  return new Repository<E, "bound">(unit, context);
}

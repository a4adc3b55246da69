import type { Context } from "../scope/access";
import { ambientContext } from "../scope/ambient-context";
import type { AggregateRequest, AggregateResult } from "./aggregate-types";
import { aggregate } from "./aggregates";
import { altKeysOf, findByAltKey, resolveAltKey, type AltKeyValues } from "./alt-keys";
import type { Amounts, Data, Id, InsertData } from "./data";
import { deleteWhere, remove, restore } from "./deletes";
import { explain, type Explanation } from "./explain";
import { insertGraph, insertGraphs } from "./graph";
import { increment } from "./increments";
import type { Exactly, Loaded, NoRelations, With } from "./loaded";
import type { BulkOptions, CallOptions, CountOptions, DeleteOptions, FindOptions, PageOptions, ReadOptions, RemoveOptions, StreamOptions, UpsertManyOptions, UpsertOptions, WriteOptions } from "./options";
import { paginate, type Page } from "./pages";
import { createEntity } from "./payload";
import { count, exists, find, findAndCount, findById, findOne, orFail } from "./reads";
import { bind, type Repository } from "./repository";
import { save, saveMany } from "./saves";
import type { MethodsWithoutContext, None } from "./scoped-methods";
import type { Selection } from "./selection";
import { stream } from "./streams";
import type { EntityUnit } from "./unit";
import { update } from "./updates";
import { upsert, upsertMany } from "./upserts";
import type { Where } from "./where";

/**
 * Reads and writes an owned entity: the methods of {@link Repository} with the context first. A call sees and changes
 * the rows of the context's owner alone.
 *
 * Every method but `create` rejects with a `ContextRequiredError` before any SQL runs when the context is missing, is
 * no real one, or was made for another owner entity.
 *
 * @example
 * const ctx = UserContext.of(alice);
 * const doc = await db.repository(Document).insert(ctx, { title: "My Doc" });
 */
export class OwnedRepository<E extends object> {
  readonly #unit: EntityUnit<E>;

  /** Internal: `db.repository(E)` makes repositories. */
  constructor(unit: EntityUnit<E>) {
    this.#unit = unit;
  }

  /** The repository bound to a context: the same methods without it. */
  as(context: Context): Repository<E, "bound"> {
    return bind(this.#unit, context);
  }

  /**
   * The repository bound to the context that {@link runWithContext} runs in; it stays bound to that one.
   *
   * @example
   * await runWithContext(ctx, () => db.repository(Document).inContext().count());
   * @throws ContextRequiredError outside of `runWithContext`, and for a context of another owner entity
   */
  inContext(): Repository<E, "bound"> {
    return bind(this.#unit, ambientContext(this.#unit.model.name));
  }

  /** A typed instance that is not stored. @throws ValidationError for unknown properties */
  create(data: Data<E>): E {
    return createEntity(this.#unit, data);
  }

  /**
   * Stores data or an instance as the context's owner's and returns the instance, with generated values. Data may hold rows of
   * relations, and `connect(id)` for rows that are there already; all is stored, or nothing.
   *
   * @example
   * await projects.insert(ctx, { name: "House", tasks: [{ title: "Paint" }, { title: "Sell", tags: [connect(1)] }] });
   */
  insert(context: Context, data: InsertData<E>, options?: CallOptions): Promise<E> {
    return insertGraph(this.#unit, context, data, options);
  }

  /** Stores a list: all or nothing, in one transaction and few statements. */
  async insertMany(context: Context, list: readonly InsertData<E>[], options?: BulkOptions): Promise<E[]> {
    return insertGraphs(this.#unit, context, list, options);
  }

  /**
   * Stores an entity: inserts it when its key is unset, else updates it by key; `undefined` properties stay untouched.
   *
   * @throws AccessViolationError when the row is missing or another owner's (it is not said which)
   */
  async save(context: Context, entity: Data<E>, options?: CallOptions): Promise<E> {
    return save(this.#unit, context, entity, options);
  }

  /** Saves a list in one transaction: all or nothing. */
  async saveMany(context: Context, list: readonly Data<E>[], options?: BulkOptions): Promise<E[]> {
    return saveMany(this.#unit, context, list, options);
  }

  /** The row of a key, or null when it is missing or another owner's. */
  findById<const W extends With<E> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    context: Context, id: Id<E>, options?: ReadOptions<E, "bound", W & Exactly<E, W>, S>,
  ): Promise<Loaded<E, W, S> | null> {
    return findById(this.#unit, context, id, options) as Promise<Loaded<E, W, S> | null>;
  }

  /** The row of a key. @throws NotFoundError when it is missing or another owner's */
  async findByIdOrFail<const W extends With<E> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    context: Context, id: Id<E>, options?: ReadOptions<E, "bound", W & Exactly<E, W>, S>,
  ): Promise<Loaded<E, W, S>> {
    return orFail(this.#unit.model, await this.findById<W, S>(context, id, options));
  }

  /**
   * The row with an alternative key (`@AltKey()`), or null.
   *
   * @example
   * await accounts.findByAltKey(ctx, { companyId: { code: "acme" }, name: "Cash" });
   */
  async findByAltKey<const W extends With<E> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    context: Context, values: AltKeyValues<E>, options?: ReadOptions<E, "bound", W & Exactly<E, W>, S>,
  ): Promise<Loaded<E, W, S> | null> {
    return findByAltKey(this.#unit, context, values, options) as Promise<Loaded<E, W, S> | null>;
  }

  /** As `findByAltKey`. @throws NotFoundError when there is none */
  async findByAltKeyOrFail<const W extends With<E> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    context: Context, values: AltKeyValues<E>, options?: ReadOptions<E, "bound", W & Exactly<E, W>, S>,
  ): Promise<Loaded<E, W, S>> {
    return orFail(this.#unit.model, await this.findByAltKey<W, S>(context, values, options));
  }

  /** The primary key of the row with an alternative key, or null. */
  async resolveAltKey(context: Context, values: AltKeyValues<E>, options?: CountOptions): Promise<Id<E> | null> {
    return resolveAltKey(this.#unit, context, values, options);
  }

  /** The alternative key of an entity's row. @throws AccessViolationError when the row is missing or another owner's */
  async altKeyOf(context: Context, entity: Data<E>, options?: CallOptions): Promise<AltKeyValues<E>> {
    return (await altKeysOf(this.#unit, context, [entity], options))[0] as AltKeyValues<E>;
  }

  /** Those of a list of entities, in its order: one statement for all. */
  async altKeysOf(context: Context, entities: readonly Data<E>[], options?: CallOptions): Promise<AltKeyValues<E>[]> {
    return altKeysOf(this.#unit, context, entities, options);
  }

  /** The first row that meets the condition, by `orderBy` and then the key; or null. */
  async findOne<const W extends With<E> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    context: Context, where: Where<E>, options?: Omit<FindOptions<E, "bound", W & Exactly<E, W>, S>, "limit">,
  ): Promise<Loaded<E, W, S> | null> {
    return findOne(this.#unit, context, where, options) as Promise<Loaded<E, W, S> | null>;
  }

  /** The first row that meets the condition. @throws NotFoundError when there is none */
  async findOneOrFail<const W extends With<E> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    context: Context, where: Where<E>, options?: Omit<FindOptions<E, "bound", W & Exactly<E, W>, S>, "limit">,
  ): Promise<Loaded<E, W, S>> {
    return orFail(this.#unit.model, await this.findOne<W, S>(context, where, options));
  }

  /** All rows that meet the condition, ordered by `orderBy` and then the key. */
  find<const W extends With<E> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    context: Context, where: Where<E> = {}, options?: FindOptions<E, "bound", W & Exactly<E, W>, S>,
  ): Promise<Loaded<E, W, S>[]> {
    return find(this.#unit, context, where, options) as Promise<Loaded<E, W, S>[]>;
  }

  /** As `find`, with the number of all rows that meet the condition besides: `[rows, total]`, both of one moment. */
  async findAndCount<const W extends With<E> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    context: Context, where: Where<E> = {}, options?: FindOptions<E, "bound", W & Exactly<E, W>, S>,
  ): Promise<[Loaded<E, W, S>[], number]> {
    return findAndCount(this.#unit, context, where, options) as unknown as Promise<[Loaded<E, W, S>[], number]>;
  }

  /**
   * A page by keyset, forwards (`first`, `after`) or backwards (`last`, `before`): rows that stay are neither lost nor doubled when
   * others come and go between pages.
   *
   * @example
   * const page = await documents.paginate(ctx, {}, { orderBy: { title: "asc" }, first: 20, after: request.cursor });
   * @throws InvalidQueryError for a cursor of another entity, order or context, or one that was changed
   */
  async paginate<const W extends With<E> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    context: Context, where: Where<E>, options?: PageOptions<E, "bound", W & Exactly<E, W>, S>,
  ): Promise<Page<Loaded<E, W, S>>> {
    return paginate(this.#unit, context, where, options) as unknown as Promise<Page<Loaded<E, W, S>>>;
  }

  /**
   * All rows that meet the condition, read chunk by chunk in constant memory. It may be left at any row; it is no snapshot. Each
   * `for await` begins anew.
   *
   * @example
   * for await (const document of documents.stream(ctx, {}, { orderBy: { title: "asc" } })) console.log(document.title);
   */
  stream<const W extends With<E> = NoRelations, const S extends Selection<E> | undefined = undefined>(
    context: Context, where: Where<E> = {}, options?: StreamOptions<E, "bound", W & Exactly<E, W>, S>,
  ): AsyncIterable<Loaded<E, W, S>> {
    return stream(this.#unit, context, where, options) as AsyncIterable<Loaded<E, W, S>>;
  }

  /** The number of rows that meet the condition; of all without one. */
  count(context: Context, where: Where<E> = {}, options?: CountOptions): Promise<number> {
    return count(this.#unit, context, where, options);
  }

  /**
   * Counts, sums, means and extremes: one row, or with `groupBy` a list of groups.
   *
   * @example
   * const rows = await tasks.aggregate(ctx, { groupBy: ["projectId", { due: "month" }], count: true, sum: ["hours"] });
   * console.log(rows[0]?.group.due, rows[0]?.count, rows[0]?.sum.hours);
   * @throws DataError where a sum of whole numbers is more than JavaScript holds
   */
  async aggregate<const A extends AggregateRequest<E>>(
    context: Context, request: A & { readonly [K in Exclude<keyof A, keyof AggregateRequest<E>>]: never }, options?: CountOptions,
  ): Promise<AggregateResult<E, A>> {
    return aggregate(this.#unit, context, request, options) as Promise<AggregateResult<E, A>>;
  }

  /**
   * How the engine would answer the same `find`: SQL, the kinds of its parameters, the plan. Nothing is read, no value shown.
   *
   * @example
   * console.log((await documents.explain(ctx, { title: "Plan" })).plan);
   */
  async explain(context: Context, where: Where<E> = {}, options?: FindOptions<E>): Promise<Explanation> {
    return explain(this.#unit, context, where, options);
  }

  /** Whether a row meets the condition. */
  exists(context: Context, where: Where<E>, options?: CountOptions): Promise<boolean> {
    return exists(this.#unit, context, where, options);
  }

  /**
   * Changes the owner's rows that meet the condition; returns their number, or with `returning: true` the rows.
   *
   * @throws InvalidQueryError for an empty condition: pass `all` if every row of the owner is meant
   */
  update(context: Context, where: Where<E>, changes: Data<E>, options: WriteOptions & { readonly returning: true }): Promise<E[]>;
  update(context: Context, where: Where<E>, changes: Data<E>, options?: CallOptions & { readonly returning?: false }): Promise<number>;
  update(context: Context, where: Where<E>, changes: Data<E>, options?: WriteOptions): Promise<number | E[]> {
    return update(this.#unit, context, where, changes, options);
  }

  /**
   * Deletes the owner's rows that meet the condition; returns their number, or with `returning: true` what they were. An entity with
   * `@DeletedAt()` keeps the rows, out of sight, until `restore`; `hard: true` deletes for good, rows that were deleted before too.
   *
   * @throws InvalidQueryError for an empty condition: pass `all` if every row of the owner is meant
   */
  async delete(context: Context, where: Where<E>, options: DeleteOptions & { readonly returning: true }): Promise<E[]>;
  async delete(context: Context, where: Where<E>, options?: RemoveOptions & { readonly returning?: false }): Promise<number>;
  async delete(context: Context, where: Where<E>, options?: DeleteOptions): Promise<number | E[]> {
    return deleteWhere(this.#unit, context, where, options);
  }

  /**
   * Brings back rows that were deleted softly (`@DeletedAt()`); the condition speaks of those alone. Returns their number, or with
   * `returning: true` the rows.
   *
   * @throws UniqueViolationError where a row that came later holds the same unique value; nothing is restored then
   * @throws InvalidQueryError where the entity has no `@DeletedAt()`, and for an empty condition
   */
  async restore(context: Context, where: Where<E>, options: WriteOptions & { readonly returning: true }): Promise<E[]>;
  async restore(context: Context, where: Where<E>, options?: CallOptions & { readonly returning?: false }): Promise<number>;
  async restore(context: Context, where: Where<E>, options?: WriteOptions): Promise<number | E[]> {
    return restore(this.#unit, context, where, options);
  }

  /**
   * Adds to numbers in the database itself, so that no other change is lost; returns how many rows it changed, or with
   * `returning: true` the rows. Null stays null; class-validator is not asked.
   *
   * @example
   * await documents.increment(ctx, { title: "Plan" }, { views: 1 });
   * @throws CheckViolationError where a sum would be more than the type holds; nothing is changed then
   */
  async increment(context: Context, where: Where<E>, amounts: Amounts<E>, options: WriteOptions & { readonly returning: true }): Promise<E[]>;
  async increment(context: Context, where: Where<E>, amounts: Amounts<E>, options?: CallOptions & { readonly returning?: false }): Promise<number>;
  async increment(context: Context, where: Where<E>, amounts: Amounts<E>, options?: WriteOptions): Promise<number | E[]> {
    return increment(this.#unit, context, where, amounts, options);
  }

  /** Deletes one entity by its key. @throws AccessViolationError when the row is missing or another owner's */
  async remove(context: Context, entity: Data<E>, options?: RemoveOptions): Promise<void> {
    return remove(this.#unit, context, entity, options);
  }

  /** Inserts, or updates the owner's row that agrees in the unique key `on` (named without the owner). */
  async upsert(context: Context, data: Data<E>, options: UpsertOptions<E>): Promise<E> {
    return upsert(this.#unit, context, data, options);
  }

  /** Upserts a list: all or nothing. @throws ValidationError where two entries agree in the key */
  async upsertMany(context: Context, list: readonly Data<E>[], options: UpsertManyOptions<E>): Promise<E[]> {
    return upsertMany(this.#unit, context, list, options);
  }
}

/** Does not compile once a method is added that forgets the context. */
export type EveryMethodTakesAContext = None<MethodsWithoutContext<OwnedRepository<object>>>;

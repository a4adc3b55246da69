import type { Database } from "../database";
import { testSetup } from "../errors/testing-errors";
import type { IsOwned, OwnerKeys, SystemKeys, Unbranded } from "../metadata/owner-id";
import type { EntityClass } from "../metadata/records";
import type { DatabaseModel, EntityModel, ForeignKeyModel, PropertyModel } from "../model/entity-model";
import type { InsertData } from "../repository/data";
import type { PropertyKeys } from "../repository/where";
import type { Context } from "../scope/access";
import { derivedValue } from "./derived-values";
import { Sequence } from "./sequence";
import { TestUser } from "./test-user";

/** In whose name a factory stores a row. */
export type Acting = Context | TestUser<object>;

/** What a factory gives its rows: values, sequences, and for foreign keys the factory of the row they refer to. */
export type FactoryValues<E extends object> = {
  readonly [K in Exclude<PropertyKeys<E>, OwnerKeys<E> | SystemKeys<E>>]?: Unbranded<E[K]> | Sequence<Unbranded<E[K]>> | Factory<object> | undefined;
};

/** What all factories have. */
export interface Factory<E extends object> {
  /** An instance that is not stored; rows it would refer to are not made. */
  build(overrides?: InsertData<E>): E;
}

/** Makes rows of an entity that nobody owns. */
export interface OpenFactory<E extends object> extends Factory<E> {
  /** Stores a row, and those it refers to. */
  create(overrides?: InsertData<E, "open">): Promise<E>;
  /** Stores so many rows, and those they refer to. */
  createMany(count: number, overrides?: InsertData<E, "open">): Promise<E[]>;
}

/** Makes rows of an owned entity: each is somebody's. */
export interface OwnedFactory<E extends object> extends Factory<E> {
  /** Stores a row of the user's, and those it refers to. */
  create(as: Acting, overrides?: InsertData<E>): Promise<E>;
  /** Stores so many rows of the user's, and those they refer to. */
  createMany(as: Acting, count: number, overrides?: InsertData<E>): Promise<E[]>;
}

/** The factory of an entity: with an owner, its calls take a user first. */
export type FactoryFor<E extends object> = IsOwned<E> extends true ? OwnedFactory<E> : OpenFactory<E>;

type Values = Readonly<Record<string, unknown>>;

/** The factories of one test database. */
export class Factories {
  readonly #db: Database;
  readonly #model: DatabaseModel;
  readonly #made: RowFactory[] = [];
  readonly #derived = new Map<EntityModel, RowFactory>();
  #first = 1;

  constructor(db: Database, model: DatabaseModel) {
    this.#db = db;
    this.#model = model;
  }

  make(entity: EntityClass, values: Values): RowFactory {
    const model = this.#model.modelOf(entity);
    if (model === undefined) throw testSetup.notAnEntity(entity.name);
    checkNames(model, values);
    const factory = new RowFactory(this, this.#db, model, values);
    factory.next = this.#first;
    this.#made.push(factory);
    return factory;
  }

  /** The factory that nobody wrote. */
  of(entity: string): RowFactory {
    const model = this.#model.byName[entity];
    if (model === undefined) throw testSetup.notAnEntity(entity);
    const known = this.#derived.get(model);
    if (known !== undefined) return known;
    const factory = this.make(model.target, {});
    this.#derived.set(model, factory);
    return factory;
  }

  targetOf(key: ForeignKeyModel): PropertyModel | undefined {
    const target = this.#model.byName[key.targetEntity];
    return target?.columns.find(({ column }) => column === key.targetColumns.at(-1));
  }

  /** What puts the numbers back to where they are now. */
  remember(): () => void {
    const numbers = this.#made.map((factory) => [factory, factory.next] as const);
    return () => {
      for (const factory of this.#made) factory.next = this.#first;
      for (const [factory, next] of numbers) factory.next = next;
    };
  }

  /** Lets every factory count on from a number, those too that are still to be made. */
  countFrom(first: number): void {
    this.#first = first;
    for (const factory of this.#made) factory.next = first;
  }
}

/** One factory, whatever its types say. */
export class RowFactory {
  /** The number of the next row. */
  next = 1;
  readonly #factories: Factories;
  readonly #db: Database;
  readonly #model: EntityModel;
  readonly #values: Values;

  constructor(factories: Factories, db: Database, model: EntityModel, values: Values) {
    this.#factories = factories;
    this.#db = db;
    this.#model = model;
    this.#values = values;
  }

  build(overrides: Values = {}): object {
    checkNames(this.#model, overrides);
    const data = { ...this.#plain(this.#count(), overrides), ...overrides };
    const { relations } = this.#model;
    return this.#repository().create(Object.fromEntries(Object.entries(data).filter(([name]) => relations[name] === undefined)));
  }

  async create(...given: readonly unknown[]): Promise<object> {
    const [context, overrides] = this.#taken(given);
    return this.insert(context, overrides as Values | undefined, []);
  }

  async createMany(...given: readonly unknown[]): Promise<object[]> {
    const [context, count, overrides] = this.#taken(given);
    if (!Number.isSafeInteger(count) || (count as number) < 0) throw testSetup.badCount(count);
    const rows: object[] = [];
    // One after the other, so that ids and numbers go together.
    for (let row = 0; row < (count as number); row++) rows.push(await this.insert(context, overrides as Values | undefined, []));
    return rows;
  }

  /** @param path the entities whose rows wait for this one */
  async insert(context: Context | null, overrides: Values = {}, path: readonly string[]): Promise<object> {
    const { name, foreignKeys, relations } = this.#model;
    checkNames(this.#model, overrides);
    if (path.includes(name)) throw testSetup.circle([...path, name]);
    const data: Record<string, unknown> = { ...this.#plain(this.#count(), overrides), ...overrides };
    for (const key of foreignKeys) {
      const { reference } = key;
      const given = this.#values[reference.name];
      const made = Object.entries(data).some(([property, value]) => value !== undefined && relations[property]?.key === reference);
      if (data[reference.name] !== undefined || made || this.#isOwner(reference)) continue;
      if (given === undefined && !isNeeded(reference)) continue;
      if (given === null) continue;
      const factory = given instanceof RowFactory ? given : this.#factories.of(key.targetEntity);
      const row = await factory.insert(factory.#isOwned() ? context : null, {}, [...path, name]) as Values;
      data[reference.name] = row[this.#factories.targetOf(key)?.name ?? ""];
    }
    const repository = this.#repository();
    if (!this.#isOwned()) return repository.insert(data);
    if (context === null) throw testSetup.contextMissing(name);
    return repository.insert(context, data);
  }

  /** The context where rows have owners, and what else was given. */
  #taken(given: readonly unknown[]): readonly [Context | null, ...unknown[]] {
    if (!this.#isOwned()) return [null, ...given];
    const [acting, ...rest] = given;
    if (acting === undefined || acting === null) throw testSetup.contextMissing(this.#model.name);
    return [acting instanceof TestUser ? acting.ctx : acting as Context, ...rest];
  }

  #isOwned(): boolean {
    return this.#model.ownership !== null || this.#model.systemOnly;
  }

  #isOwner(property: PropertyModel): boolean {
    return this.#model.ownership?.property === property;
  }

  #count(): number {
    return this.next++;
  }

  /** Every value but references to rows that are still to be made. */
  #plain(n: number, overrides: Values): Record<string, unknown> {
    const references = new Set(this.#model.foreignKeys.map(({ reference }) => reference));
    const data: Record<string, unknown> = {};
    for (const property of this.#model.columns) {
      const { name } = property;
      if (Object.hasOwn(overrides, name)) continue;
      const given = this.#values[name];
      if (given instanceof Sequence) data[name] = given.of(n);
      else if (given !== undefined && !(given instanceof RowFactory)) data[name] = given;
      else if (!references.has(property) && isNeeded(property) && !this.#isOwner(property) && this.#model.family?.discriminator !== property) {
        data[name] = derivedValue(property, n);
      }
    }
    return data;
  }

  /** Types tell one kind of repository from the other; here the model has. */
  #repository(): AnyRepository {
    return this.#db.repository(this.#model.target);
  }
}

interface AnyRepository {
  create(data: Values): object;
  insert(...given: readonly unknown[]): Promise<object>;
}

function isNeeded({ nullable, generated, default: standard, partial }: PropertyModel): boolean {
  return !nullable && generated === null && standard === null && !partial;
}

function checkNames({ name, properties, relations }: EntityModel, values: Values): void {
  const known = [...Object.keys(properties), ...Object.keys(relations)];
  const unknown = Object.keys(values).find((property) => !known.includes(property));
  if (unknown !== undefined) throw testSetup.unknownProperty(name, unknown, known);
}

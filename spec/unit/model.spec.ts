import {
  betterSqlite3, Column, CreatedAt, Database, Entity, Enum, ForeignKey, Index, Json, PrimaryKey, Unique, User, UserOwned, UserOwnedEntity,
  type EntityClass, type NamingStrategy, type OwnerId,
} from "freehold";
import { buildModel, type ModelOptions } from "../../lib/model/build-model";
import type { DatabaseModel, EntityModel, PropertyModel } from "../../lib/model/entity-model";

function modelOf(target: EntityClass, options: Partial<ModelOptions> = {}): EntityModel {
  const model = buildModel({ entities: [target], ...options }).modelOf(target);
  if (model === undefined) throw new Error(`${target.name} has no model`);
  return model;
}

/** The model of the first class, in a database of all of them and `User`. */
function ownedModelOf(target: EntityClass, ...others: EntityClass[]): EntityModel {
  return modelOf(target, { entities: [User, target, ...others] });
}

function property(model: EntityModel, name: string): PropertyModel {
  const found = model.properties[name];
  if (found === undefined) throw new Error(`${model.name} has no ${name}`);
  return found;
}

const columnsOf = (key: { readonly properties: readonly PropertyModel[] }) => key.properties.map(({ column }) => column);
const constraints = (list: readonly { readonly name: string; readonly properties: readonly PropertyModel[] }[]) =>
  Object.fromEntries(list.map((key) => [key.name, columnsOf(key)]));

describe("names", () => {
  @Entity()
  class DocumentPage {
    @PrimaryKey() docId!: number;
    @Column() HTMLText!: string;
    @Column() already_snake!: string;
    @Column({ name: "Explicit Name" }) renamed!: string;
    @ForeignKey("DocumentPage.docId", { name: "up", nullable: true }) parentPage!: number | null;
  }

  it("become snake_case, unless they are given", () => {
    const model = modelOf(DocumentPage);
    expect(model.name).toBe("DocumentPage");
    expect(model.table).toBe("document_page");
    expect(model.columns.map(({ name, column, position }) => [name, column, position])).toEqual([
      ["docId", "doc_id", 0], ["HTMLText", "html_text", 1], ["already_snake", "already_snake", 2],
      ["renamed", "Explicit Name", 3], ["parentPage", "up", 4],
    ]);
  });

  it("follow a strategy of the database's own, which explicit names override", () => {
    @Entity({ table: "fixed" })
    class Fixed { @PrimaryKey({ name: "key" }) id!: number; }
    const naming: NamingStrategy = { table: (name) => `t_${name}`, column: (name) => name.toUpperCase() };
    const model = buildModel({ entities: [DocumentPage, Fixed], naming });
    expect(model.byName["DocumentPage"]?.table).toBe("t_DocumentPage");
    expect(model.byName["DocumentPage"]?.columns.map(({ column }) => column)).toEqual(["DOCID", "HTMLTEXT", "ALREADY_SNAKE", "Explicit Name", "up"]);
    expect(model.byName["Fixed"]?.table).toBe("fixed");
    expect(model.byName["Fixed"]?.columns[0]?.column).toBe("key");
  });

  it("of entities are what foreign keys refer to", () => {
    @Entity({ name: "billing.Account" })
    class Account { @PrimaryKey() id!: number; }
    @Entity()
    class Invoice { @PrimaryKey() id!: number; @ForeignKey("billing.Account.id") account!: number; }
    const model = buildModel({ entities: [Invoice, Account] });
    expect(model.byName["billing.Account"]?.target).toBe(Account);
    expect(model.byName["Account"]).toBeUndefined();
    expect(model.byName["Invoice"]?.foreignKeys[0]).toMatchObject({ targetEntity: "billing.Account", targetColumns: ["id"] });
  });

  it("that every object has are no trap in the dictionaries", () => {
    @Entity()
    class Odd { @PrimaryKey() id!: number; @Column() hasOwnProperty!: string; }
    const model = buildModel({ entities: [Odd] });
    expect(model.byName["toString"]).toBeUndefined();
    expect(model.byName["Odd"]?.properties["constructor"]).toBeUndefined();
    expect(model.byName["Odd"]?.properties["hasOwnProperty"]?.type).toBe("text");
  });
});

describe("types", () => {
  enum Level { Low = 1, High = 2, Negative = -3 }
  enum State { Open = "open", Done = "done" }

  @Entity()
  class Everything {
    @PrimaryKey() id!: number;
    @Column() text!: string;
    @Column() integer!: number;
    @Column() flag!: boolean;
    @Column() moment!: Date;
    @Column() big!: bigint;
    @Column() buffer!: Buffer;
    @Column() bytes!: Uint8Array;
    @Column({ type: "text", nullable: true }) union!: string | null;
    @Column({ type: "decimal", precision: 12, scale: 2 }) price!: string;
    @Column({ type: "real" }) ratio!: number;
    @Column({ type: "date", length: 10 }) day!: string;
    @Column({ type: "json" }) anything!: unknown;
    @Json() labels!: string[];
    @Enum(Level) level!: Level;
    @Enum(State, { nullable: true }) state!: State | null;
    @Enum(["a", "b", "a"]) letter!: "a" | "b";
    @CreatedAt() createdAt!: Date;
    @Column({ select: false }) secret!: string;
  }
  const model = modelOf(Everything);

  it.each([
    ["text", "text"], ["integer", "integer"], ["flag", "boolean"], ["moment", "datetime"], ["big", "bigint"], ["buffer", "blob"],
    ["bytes", "blob"], ["union", "text"], ["price", "decimal"], ["ratio", "real"], ["day", "date"], ["anything", "json"], ["labels", "json"],
    ["level", "enum"], ["state", "enum"], ["createdAt", "datetime"],
  ] as const)("of the property %s is %s", (name, type) => {
    expect(property(model, name).type).toBe(type);
  });

  it("carry what the options say", () => {
    expect(property(model, "union").nullable).toBe(true);
    expect(property(model, "text").nullable).toBe(false);
    expect(property(model, "price")).toMatchObject({ precision: 12, scale: 2, length: null });
    expect(property(model, "day").length).toBe(10);
    expect(property(model, "secret").select).toBe(false);
    expect(property(model, "createdAt").generated).toBe("createdAt");
    expect(property(model, "state").nullable).toBe(true);
  });

  it("of enums hold the members, without the numbers' reverse names", () => {
    expect(property(model, "level").values).toEqual([1, 2, -3]);
    expect(property(model, "state").values).toEqual(["open", "done"]);
    expect(property(model, "letter").values).toEqual(["a", "b"]);
    expect(property(model, "text").values).toBeNull();
  });

  it("of defaults are constants or functions; null is none", () => {
    const make = (): string => "made";
    @Entity()
    class Defaults {
      @PrimaryKey() id!: number;
      @Column({ default: "x" }) constant!: string;
      @Column({ default: make }) made!: string;
      @Column({ type: "text", nullable: true, default: null }) none!: string | null;
      @Json(undefined, { default: { list: [1] } }) json!: unknown;
    }
    const defaults = modelOf(Defaults);
    expect(property(defaults, "constant").default).toEqual({ kind: "constant", value: "x" });
    expect(property(defaults, "made").default).toEqual({ kind: "function", make });
    expect(property(defaults, "none").default).toBeNull();
    expect(property(defaults, "json").default).toEqual({ kind: "constant", value: { list: [1] } });
    expect(property(defaults, "id").default).toBeNull();
  });

  it("of foreign keys are their targets', through chains, with sizes and members", () => {
    @Entity()
    class Country { @PrimaryKey({ generate: "none", type: "text", length: 2 }) code!: string; @Enum(State, { unique: true }) state!: State; }
    @Entity()
    class Region { @PrimaryKey() @ForeignKey("Country.code") country!: string; }
    @Entity()
    class Town {
      @PrimaryKey() id!: number;
      @ForeignKey("Region.country", { nullable: true }) region!: string | null;
      @ForeignKey("Country.state") state!: State;
    }
    const model = buildModel({ entities: [Town, Region, Country] });
    const [town, region] = [model.modelOf(Town), model.modelOf(Region)];
    expect(town?.properties["region"]).toMatchObject({ type: "text", length: 2, nullable: true });
    expect(town?.properties["state"]).toMatchObject({ type: "enum", values: ["open", "done"] });
    expect(region?.primaryKey.generate).toBe("none");
  });

  it("that go round in a circle end where one is stated", () => {
    @Entity()
    class Left { @PrimaryKey() @ForeignKey("Right.id") id!: string; }
    @Entity()
    class Right { @PrimaryKey() @ForeignKey("Left.id", { type: "uuid" }) id!: string; }
    for (const entities of [[Left, Right], [Right, Left]]) {
      expect(buildModel({ entities }).entities.map(({ columns }) => columns[0]?.type)).toEqual(["uuid", "uuid"]);
    }
  });
});

describe("primary keys", () => {
  @Entity() class Counted { @PrimaryKey() id!: number; }
  @Entity() class Random { @PrimaryKey() id!: string; }
  @Entity() class Given { @PrimaryKey({ generate: "none" }) id!: string; }
  @Entity() class GivenNumber { @PrimaryKey({ generate: "none" }) id!: number; }
  @Entity() class TextUuid { @PrimaryKey({ type: "text", generate: "uuid" }) id!: string; }
  @Entity() class Day { @PrimaryKey({ type: "date" }) id!: string; }
  @Entity() class Pair { @PrimaryKey() year!: number; @PrimaryKey({ generate: "none" }) name!: string; }
  @Entity() class Weekday { @PrimaryKey() @Enum(["mon", "tue"]) day!: string; }

  it.each([
    [Counted, "identity", ["integer"]], [Random, "uuid", ["uuid"]], [Given, "none", ["text"]], [GivenNumber, "none", ["integer"]],
    [TextUuid, "uuid", ["text"]], [Day, "none", ["date"]], [Pair, "none", ["integer", "text"]], [Weekday, "none", ["enum"]],
  ] as const)("of %p are generated as %s", (target: EntityClass, generate, types) => {
    const model = modelOf(target);
    expect(model.primaryKey.generate).toBe(generate);
    expect(model.primaryKey.properties.map(({ type }) => type)).toEqual(types);
    expect(model.primaryKey.properties.map(({ generated }) => generated ?? "none")).toEqual(types.map(() => generate));
    expect(model.primaryKey.columns).toEqual(model.primaryKey.properties);
    expect(model.columns.filter(({ key }) => key)).toEqual(model.primaryKey.properties);
  });

  it("may stand anywhere in the class and keep the order of declaration", () => {
    @Entity()
    class Late { @Column() text!: string; @PrimaryKey() b!: number; @Column() more!: string; @PrimaryKey() a!: number; }
    expect(columnsOf(modelOf(Late).primaryKey)).toEqual(["b", "a"]);
  });
});

describe("inheritance", () => {
  abstract class Timestamped {
    @CreatedAt() createdAt!: Date;
    @Column({ length: 20 }) label!: string;
  }
  abstract class Keyed extends Timestamped {
    @PrimaryKey() id!: number;
  }
  @Entity()
  @Index("label", { name: "by_label" })
  class Base extends Keyed {
    @Column() own!: string;
  }
  @Entity()
  class Sub extends Base {
    @Column({ length: 7, nullable: true, name: "changed" }) override own: string = "preset";
    @Column() extra!: boolean;
  }

  it("brings the columns of all bases, outermost first", () => {
    expect(modelOf(Base).columns.map(({ name }) => name)).toEqual(["createdAt", "label", "id", "own"]);
    expect(property(modelOf(Base), "label").length).toBe(20);
  });

  it("lets a subclass say a property anew, without a trace in its base", () => {
    const sub = modelOf(Sub);
    expect(sub.columns.map(({ name }) => name)).toEqual(["createdAt", "label", "id", "own", "extra"]);
    expect(property(sub, "own")).toMatchObject({ length: 7, nullable: true, column: "changed" });
    expect(property(modelOf(Base), "own")).toMatchObject({ length: null, nullable: false, column: "own" });
    expect(modelOf(Base).properties["extra"]).toBeUndefined();
    expect(sub.table).toBe("sub");
  });

  it("brings constraints and indexes too", () => {
    expect(constraints(modelOf(Sub).indexes.map(({ name, parts }) => ({ name, properties: parts.map((part) => part.property) })))).toEqual({ by_label: ["label"] });
  });

  it("brings ownership, from UserOwnedEntity and from any owned class", () => {
    @Entity() class Note extends UserOwnedEntity { @PrimaryKey() id!: number; }
    @Entity() class LongNote extends Note { @Column() text!: string; }
    @Entity() @UserOwned() class Page { @PrimaryKey() id!: number; @ForeignKey("User.user_id") mine!: OwnerId; }
    @Entity() class TitlePage extends Page { @Column() title!: string; }
    const model = buildModel({ entities: [User, LongNote, TitlePage] });
    expect(model.modelOf(LongNote)?.ownership).toMatchObject({ ownerEntity: "User", property: { name: "user_id" } });
    expect(model.modelOf(TitlePage)?.ownership).toMatchObject({ ownerEntity: "User", property: { name: "mine" } });
    expect(model.modelOf(User)?.ownership).toBeNull();
  });
});

describe("the owner property", () => {
  @Entity() class Category { @PrimaryKey() id!: number; }
  @Entity() class Account { @PrimaryKey() id!: string; }

  it("is the only reference to an entity that is not owned", () => {
    @Entity() class Project extends UserOwnedEntity { @PrimaryKey() id!: number; }
    @Entity() @UserOwned()
    class Task { @PrimaryKey() id!: number; @ForeignKey("Project.id") project!: number; @ForeignKey("User.user_id") holder!: OwnerId; }
    const model = ownedModelOf(Task, Project);
    expect(model.ownership).toMatchObject({ ownerEntity: "User", ownerClass: User, property: { name: "holder" }, ownerKey: { name: "user_id" } });
  });

  it("is the one that `by` names", () => {
    @Entity() @UserOwned({ by: "holder" })
    class Task { @PrimaryKey() id!: number; @ForeignKey("Category.id") category!: number; @ForeignKey("User.user_id") holder!: OwnerId; }
    expect(ownedModelOf(Task, Category).ownership?.property.name).toBe("holder");
  });

  it("is UserOwnedEntity's beside other references, also when the class repeats @UserOwned()", () => {
    @Entity() class Task extends UserOwnedEntity { @PrimaryKey() id!: number; @ForeignKey("Category.id") category!: number; }
    @Entity() @UserOwned() class Job extends UserOwnedEntity { @PrimaryKey() id!: number; @ForeignKey("Category.id") category!: number; }
    expect(ownedModelOf(Task, Category).ownership?.property.name).toBe("user_id");
    expect(ownedModelOf(Job, Category).ownership?.property.name).toBe("user_id");
  });

  it("is another than the base's where a subclass names it", () => {
    @Entity() @UserOwned({ by: "account" })
    class Ledger extends UserOwnedEntity { @PrimaryKey() id!: number; @ForeignKey("Account.id") account!: OwnerId<string>; }
    expect(ownedModelOf(Ledger, Account).ownership).toMatchObject({ ownerEntity: "Account", property: { name: "account", type: "uuid" } });
  });

  it("makes the owner entity known to those who delete its rows", () => {
    @Entity() class Task extends UserOwnedEntity { @PrimaryKey() id!: number; @ForeignKey("Category.id") category!: number; }
    const model = buildModel({ entities: [User, Category, Account, Task] });
    expect(model.modelOf(User)).toMatchObject({ referencedByOwned: ["Task"] });
    expect(model.modelOf(Category)).toMatchObject({ referencedByOwned: ["Task"] });
    expect(model.modelOf(Account)).toMatchObject({ referencedByOwned: [] });
  });
});

describe("keys of owned entities", () => {
  @Entity() class Category { @PrimaryKey() id!: number; @Column({ unique: true }) code!: string; }

  @Entity()
  @Unique("title", "year")
  @Unique("serial", { global: true, name: "one_serial" })
  @Index("year")
  @Index("title", "user_id", { name: "titles" })
  class Book extends UserOwnedEntity {
    @PrimaryKey() id!: number;
    @Column() title!: string;
    @Column() year!: number;
    @Column({ unique: true }) isbn!: string;
    @Column() serial!: string;
    @Column({ index: true }) shelf!: string;
    @ForeignKey("Category.id") category!: number;
    @ForeignKey("Book.id", { nullable: true, onDelete: "SET NULL" }) prequel!: number | null;
    @ForeignKey("Book.isbn", { nullable: true, index: false, unique: true }) twin!: string | null;
    @ForeignKey("Category.code", { index: false }) code!: string;
  }
  const book = ownedModelOf(Book, Category);

  it("hold the owner first in every unique constraint that is not global", () => {
    expect(constraints(book.uniques)).toEqual({
      uq_book_user_id_id: ["user_id", "id"],
      uq_book_user_id_isbn: ["user_id", "isbn"],
      uq_book_user_id_twin: ["user_id", "twin"],
      uq_book_user_id_title_year: ["user_id", "title", "year"],
      one_serial: ["serial"],
    });
  });

  it("hold the owner first in every index but those by which public rows are deleted", () => {
    expect(constraints(book.indexes.map(({ name, parts }) => ({ name, properties: parts.map((part) => part.property) })))).toEqual({
      ix_book_user_id_shelf: ["user_id", "shelf"],
      ix_book_category_user_id: ["category", "user_id"],
      ix_book_user_id_prequel: ["user_id", "prequel"],
      ix_book_user_id_year: ["user_id", "year"],
    });
  });

  it("leave an index out that another one covers", () => {
    // `titles` is the beginning of the unique key (user_id, title, year).
    expect(book.indexes.some(({ name }) => name === "titles")).toBe(false);
  });

  it("hold the owner in foreign keys between owned entities, and there alone", () => {
    expect(book.foreignKeys.map((key) => [key.name, columnsOf(key), key.targetTable, key.targetColumns, key.onDelete])).toEqual([
      ["fk_book_user_id", ["user_id"], "user", ["user_id"], "NO ACTION"],
      ["fk_book_category", ["category"], "category", ["id"], "RESTRICT"],
      ["fk_book_user_id_prequel", ["user_id", "prequel"], "book", ["user_id", "id"], "SET NULL"],
      ["fk_book_user_id_twin", ["user_id", "twin"], "book", ["user_id", "isbn"], "NO ACTION"],
      ["fk_book_code", ["code"], "category", ["code"], "RESTRICT"],
    ]);
    expect(book.foreignKeys.map(({ reference }) => reference.name)).toEqual(["user_id", "category", "prequel", "twin", "code"]);
  });

  it("hold the owner first in the primary key unless the database counts it", () => {
    @Entity() class Random extends UserOwnedEntity { @PrimaryKey() id!: string; }
    @Entity() class Natural extends UserOwnedEntity { @PrimaryKey() year!: number; @PrimaryKey() name!: string; }
    @Entity() class Child extends UserOwnedEntity { @PrimaryKey() id!: number; @ForeignKey("Random.id") parent!: string; }
    const model = buildModel({ entities: [User, Random, Natural, Child] });
    const names = (target: EntityClass) => model.modelOf(target)?.primaryKey.columns.map(({ column }) => column);
    expect(names(Random)).toEqual(["user_id", "id"]);
    expect(names(Natural)).toEqual(["user_id", "year", "name"]);
    expect(names(Child)).toEqual(["id"]);
    expect(model.modelOf(Random)?.primaryKey.properties.map(({ name }) => name)).toEqual(["id"]);
    // The primary key serves as the references' target; a second one would be a second index.
    expect(model.modelOf(Random)?.uniques).toEqual([]);
    expect(model.modelOf(Child)?.foreignKeys[1]).toMatchObject({ targetColumns: ["user_id", "id"] });
  });

  it("of un-owned entities hold no owner", () => {
    @Entity() @Unique("a", "b") @Index("b")
    class Plain { @PrimaryKey() id!: number; @Column() a!: string; @Column() b!: string; @ForeignKey("Plain.id", { nullable: true }) up!: number | null; }
    const model = modelOf(Plain);
    expect(constraints(model.uniques)).toEqual({ uq_plain_a_b: ["a", "b"] });
    expect(constraints(model.indexes.map(({ name, parts }) => ({ name, properties: parts.map((part) => part.property) })))).toEqual({ ix_plain_up: ["up"], ix_plain_b: ["b"] });
    expect(model.foreignKeys.map(columnsOf)).toEqual([["up"]]);
  });
});

describe("a database's model", () => {
  class Address { street!: string; }
  @Entity()
  @Unique("name")
  class Shop extends UserOwnedEntity {
    @PrimaryKey() id!: number;
    @Column() name!: string;
    @Enum(["a", "b"]) kind!: string;
    @Json(() => Address) address!: Address;
    @Json(undefined, { default: { list: [{ deep: true }] } }) extra!: unknown;
    @ForeignKey("Shop.id", { nullable: true }) main!: number | null;
  }

  it("is frozen all the way down", () => {
    const model = buildModel({ entities: [User, Shop] });
    const seen = new Set<unknown>();
    const loose: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (typeof value !== "object" || value === null || seen.has(value)) return;
      seen.add(value);
      if (!Object.isFrozen(value)) loose.push(path);
      for (const [name, child] of Object.entries(value)) walk(child, `${path}.${name}`);
    };
    walk(model, "model");
    expect(loose).toEqual([]);
    expect(seen.size).toBeGreaterThan(40);
  });

  it.each([
    ["an entity's table", (shop: EntityModel) => ({ object: shop, key: "table" })],
    ["a column's name", (shop: EntityModel) => ({ object: property(shop, "name"), key: "column" })],
    ["the ownership", (shop: EntityModel) => ({ object: shop, key: "ownership" })],
    ["the owner property", (shop: EntityModel) => ({ object: shop.ownership ?? {}, key: "property" })],
    ["the list of columns", (shop: EntityModel) => ({ object: shop.columns, key: "0" })],
    ["a new property", (shop: EntityModel) => ({ object: shop.properties, key: "sneaked" })],
    ["an enum's members", (shop: EntityModel) => ({ object: property(shop, "kind").values ?? {}, key: "0" })],
    ["a foreign key's target", (shop: EntityModel) => ({ object: shop.foreignKeys[0] ?? {}, key: "targetTable" })],
    ["a JSON shape", (shop: EntityModel) => ({ object: property(shop, "address").json ?? {}, key: "accept" })],
  ])("does not let anybody change %s", (_, pick) => {
    const { object, key } = pick(ownedModelOf(Shop));
    expect(() => { (object as Record<string, unknown>)[key] = "changed"; }).toThrow(TypeError);
  });

  it("holds its own copies of what decorators were given", () => {
    const values = ["a", "b"];
    const options = { default: { list: [1] }, nullable: false };
    @Entity()
    class Copied { @PrimaryKey() id!: number; @Enum(values) kind!: string; @Json(undefined, options) data!: unknown; }
    const model = modelOf(Copied);
    options.default.list.push(2);
    options.nullable = true;
    values.push("c");
    expect(property(model, "kind").values).toEqual(["a", "b"]);
    expect(property(model, "data")).toMatchObject({ nullable: false, default: { value: { list: [1] } } });
    expect(property(modelOf(Copied), "data").nullable).toBe(false);
  });

  it("knows its classes alone", () => {
    const model: DatabaseModel = buildModel({ entities: [User, Shop] });
    expect(model.entities.map(({ name }) => name)).toEqual(["User", "Shop"]);
    expect(model.modelOf(Shop)).toBe(model.byName["Shop"]);
    class Sub extends Shop {}
    expect(model.modelOf(Sub)).toBeUndefined();
    expect(model.warnings).toEqual([]);
  });

  it("is its own: two databases hold the same classes in different ways", async () => {
    class Home extends Address { door!: number; }
    const naming: NamingStrategy = { table: (name) => `x_${name}`, column: (name) => `c_${name}` };
    const [one, two] = await Promise.all([
      Database.open({ driver: betterSqlite3({ file: ":memory:" }), entities: [User, Shop], jsonTypes: [Home] }),
      Database.open({ driver: betterSqlite3({ file: ":memory:" }), entities: [Shop, User], naming }),
    ]);
    expect(one.schema.sql()).toContain('create table "shop"');
    expect(two.schema.sql()).toContain('create table "x_Shop"');
    expect(two.schema.sql()).toContain('"c_address"');
    expect(one.schema.sql()).not.toContain('"c_address"');
    await Promise.all([one.schema.create(), two.schema.create()]);
    const users = [one, two].map((db) => db.repository(User));
    expect(await Promise.all(users.map((repository) => repository.insert({ info: {} }).then(({ user_id }) => user_id)))).toEqual([1, 1]);
    await Promise.all([one.close(), two.close()]);
    const home = Object.assign(new Home(), { street: "Main", door: 1 });
    expect(property(ownedModelOf(Shop), "address").json?.accept(home)).toHaveProperty("fault");
    const listed = buildModel({ entities: [User, Shop], jsonTypes: [Home] }).modelOf(Shop);
    expect(listed?.properties["address"]?.json?.accept(home)).toEqual({ value: home });
  });

  it("resolves targets that circular imports define later", () => {
    // As in two files that import each other: when the decorator runs, the other class is not there yet.
    const later: { other?: EntityClass } = {};
    @Entity()
    class Chicken { @PrimaryKey() id!: number; @ForeignKey(() => [later.other ?? Object, "id"], { nullable: true }) egg!: number | null; }
    @Entity()
    class Egg { @PrimaryKey() id!: number; @ForeignKey(() => [Chicken, "id"], { nullable: true }) chicken!: number | null; }
    later.other = Egg;
    const model = buildModel({ entities: [Chicken, Egg] });
    expect(model.modelOf(Chicken)?.foreignKeys[0]?.targetEntity).toBe("Egg");
    expect(model.modelOf(Egg)?.foreignKeys[0]?.targetEntity).toBe("Chicken");
  });
});

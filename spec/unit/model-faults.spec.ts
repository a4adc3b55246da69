import {
  AltKey, BeforeInsert, betterSqlite3, Column, CreatedAt, Database, Entity, type EntityClass, Enum, ForeignKey, Index, Json, JsonType,
  ManyToMany, ManyToOne, ModelError, type NamingStrategy, OneToMany, OneToOne, type OwnerId, PrimaryKey, SelfOwned, SubEntity, type SystemId,
  SystemOwned, type ToMany, type ToOne, Unique, User, UserInfo, UserOwned, UserOwnedEntity, Version,
} from "freehold";
import { modelFaults } from "../../lib/errors/model-errors";
import { UNMANAGED_KINDS } from "../../lib/model/unmanaged";
import { buildModel, type ModelOptions } from "../../lib/model/build-model";

function errorOf(options: ModelOptions): ModelError {
  try {
    buildModel(options);
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    return error as ModelError;
  }
  throw new Error("the model has no fault");
}

interface Case extends ModelOptions {
  readonly entity: string;
  readonly property?: string;
  readonly words: readonly [fault: string, remedy: string];
  /** What the message must advise. */
  readonly advice: string;
}

/** What no compiler lets through, but JavaScript or a circular import may bring. */
const wrong = (value: unknown): never => value as never;

@Entity() class Category { @PrimaryKey() id!: number; @Column() name!: string; @Column({ unique: true }) code!: string; }
@Entity() class Account { @PrimaryKey() id!: string; }
@Entity() class Project extends UserOwnedEntity { @PrimaryKey() id!: number; }

const cases: Readonly<Record<keyof typeof modelFaults, () => Case>> = {
  notAClass: () => ({
    entities: [wrong(undefined)], entity: "undefined", words: modelFaults.notAClass(), advice: "Database.open({ entities })",
  }),
  listedTwice: () => ({ entities: [Category, Category], entity: "Category", words: modelFaults.listedTwice(), advice: "list each class once" }),
  notAnEntity: () => {
    class Sub extends Category {}
    return { entities: [Sub], entity: "Sub", words: modelFaults.notAnEntity(), advice: "put @Entity() on the class" };
  },
  duplicateName: () => {
    @Entity({ name: "Category", table: "other" }) class Other { @PrimaryKey() id!: number; }
    return { entities: [Category, Other], entity: "Category", words: modelFaults.duplicateName("Category"), advice: "@Entity({ name: … })" };
  },
  nameLost: () => {
    // As minifiers leave it.
    @Entity() class o { @PrimaryKey() id!: number; }
    return { entities: [o], entity: "o", words: modelFaults.nameLost("o"), advice: '@Entity({ name: "…" })' };
  },
  jsonTypeNameLost: () => {
    class er {}
    return { entities: [Category], jsonTypes: [er], entity: "er", words: modelFaults.jsonTypeNameLost("er"), advice: '@JsonType("…")' };
  },
  duplicateTable: () => {
    @Entity({ table: "CATEGORY" }) class Other { @PrimaryKey() id!: number; }
    return { entities: [Category, Other], entity: "Other", words: modelFaults.duplicateTable("Category", "CATEGORY"), advice: "@Entity({ table: … })" };
  },
  duplicateColumn: () => {
    @Entity() class Doc { @PrimaryKey() docId!: number; @Column() doc_id!: string; }
    return { entities: [Doc], entity: "Doc", property: "doc_id", words: modelFaults.duplicateColumn("docId", "doc_id"), advice: "{ name: … }" };
  },
  badIdentifier: () => {
    @Entity({ table: "a".repeat(64) }) class Long { @PrimaryKey() id!: number; }
    return { entities: [Long], entity: "Long", words: modelFaults.badIdentifier("table", "a".repeat(64)), advice: "1 to 63 characters" };
  },
  duplicateConstraint: () => {
    @Entity() @Index("day", { name: "by_day" }) class One { @PrimaryKey() id!: number; @Column() day!: string; }
    @Entity() @Index("day", { name: "BY_DAY" }) class Two { @PrimaryKey() id!: number; @Column() day!: string; }
    return { entities: [One, Two], entity: "Two", words: modelFaults.duplicateConstraint("BY_DAY", "One"), advice: "another { name: … }" };
  },
  noColumns: () => {
    @Entity() class Empty {}
    return { entities: [Empty], entity: "Empty", words: modelFaults.noColumns(), advice: "@PrimaryKey(), @Column(), …" };
  },
  noPrimaryKey: () => {
    @Entity() class Keyless { @Column() text!: string; }
    return { entities: [Keyless], entity: "Keyless", words: modelFaults.noPrimaryKey(), advice: "@PrimaryKey()" };
  },
  declaredTwice: () => {
    @Entity() class Twice { @PrimaryKey() id!: number; @Column() @ForeignKey("Category.id") category!: number; }
    return { entities: [Category, Twice], entity: "Twice", property: "category", words: modelFaults.declaredTwice(), advice: "keep one" };
  },
  reservedName: () => {
    class Odd { id!: number; }
    PrimaryKey({ type: "integer" })(Odd.prototype, "id");
    Column({ type: "text" })(Odd.prototype, "__proto__");
    Entity()(Odd);
    return { entities: [Odd], entity: "Odd", property: "__proto__", words: modelFaults.reservedName(), advice: "rename the property" };
  },
  typeUnknown: () => {
    @Entity() class Union { @PrimaryKey() id!: number; @Column({ nullable: true }) note!: string | null; }
    return {
      entities: [Union], entity: "Union", property: "note", words: modelFaults.typeUnknown("unknown", '@Column({ type: "text", nullable: true })'),
      advice: 'write @Column({ type: "text", nullable: true })',
    };
  },
  typeIsArray: () => {
    @Entity() class Listed { @PrimaryKey() id!: number; @Column() tags!: string[]; }
    return { entities: [Listed], entity: "Listed", property: "tags", words: modelFaults.typeIsArray(), advice: "@Json()" };
  },
  typeIsClass: () => {
    class Address {}
    @Entity() class Place { @PrimaryKey() id!: number; @Column() address!: Address; }
    return { entities: [Place], entity: "Place", property: "address", words: modelFaults.typeIsClass("Address"), advice: "@Json(() => Address)" };
  },
  badType: () => {
    @Entity() class Typed { @PrimaryKey() id!: number; @Column({ type: wrong("varchar") }) text!: string; }
    const known = ["integer", "bigint", "real", "decimal", "boolean", "text", "uuid", "blob", "datetime", "date", "json"];
    return { entities: [Typed], entity: "Typed", property: "text", words: modelFaults.badType("varchar", known), advice: "use one of integer, bigint" };
  },
  badOption: () => {
    @Entity() class Sized { @PrimaryKey() id!: number; @Column({ length: 0 }) text!: string; }
    return { entities: [Sized], entity: "Sized", property: "text", words: modelFaults.badOption("length", "a whole number"), advice: "give a whole number" };
  },
  badColumnType: () => {
    @Entity() class Typed { @PrimaryKey() id!: number; @Column({ columnType: "text); drop table x; --" }) text!: string; }
    return { entities: [Typed], entity: "Typed", property: "text", words: modelFaults.badColumnType(), advice: "as the database writes it" };
  },
  defaultTwice: () => {
    @Entity() class Preset { @PrimaryKey() id!: number; @Column({ default: 5, defaultRaw: "5" }) count!: number; }
    return { entities: [Preset], entity: "Preset", property: "count", words: modelFaults.defaultTwice(), advice: "keep one" };
  },
  defaultGenerated: () => {
    @Entity() class Preset { @PrimaryKey({ defaultRaw: "5" }) id!: number; }
    return { entities: [Preset], entity: "Preset", property: "id", words: modelFaults.defaultGenerated(), advice: "leave one of them out" };
  },
  badUnmanaged: () => {
    @Entity({ unmanaged: ["table x"] }) class Beside { @PrimaryKey() id!: number; }
    return { entities: [Beside], entity: "Beside", words: modelFaults.badUnmanaged("table x", UNMANAGED_KINDS), advice: "as schema.check() shows it" };
  },
  badDeferrable: () => {
    @Entity() class Late { @PrimaryKey() id!: number; @ForeignKey("Category.id", { deferrable: wrong("LATER") }) categoryId!: number; }
    return { entities: [Category, Late], entity: "Late", property: "categoryId", words: modelFaults.badDeferrable(), advice: "INITIALLY DEFERRED" };
  },
  badDefault: () => {
    @Entity() class Preset { @PrimaryKey() id!: number; @Column({ default: "five" }) count!: number; }
    return {
      entities: [Preset], entity: "Preset", property: "count",
      words: modelFaults.badDefault("must be a whole number within ±(2^53 − 1), not a string of 4 characters"), advice: "a default that the column accepts",
    };
  },
  enumEmpty: () => {
    @Entity() class Choice { @PrimaryKey() id!: number; @Enum(wrong(undefined)) kind!: string; }
    return { entities: [Choice], entity: "Choice", property: "kind", words: modelFaults.enumEmpty(), advice: "at least one value" };
  },
  enumText: () => {
    @Entity() class Choice { @PrimaryKey() id!: number; @Enum(["a", "b\ud800"]) kind!: string; }
    return {
      entities: [Choice], entity: "Choice", property: "kind",
      words: modelFaults.enumText("holds a lone surrogate, which is no Unicode text"), advice: "text that every engine can store",
    };
  },
  enumMixed: () => {
    @Entity() class Choice { @PrimaryKey() id!: number; @Enum(["a", 1]) kind!: string | number; }
    return { entities: [Choice], entity: "Choice", property: "kind", words: modelFaults.enumMixed(), advice: "one kind of value" };
  },
  jsonClass: () => {
    @Entity() class Place { @PrimaryKey() id!: number; @Json(wrong(Category)) address!: unknown; }
    return { entities: [Place], entity: "Place", property: "address", words: modelFaults.jsonClass(), advice: "@Json(() => Address)" };
  },
  badKeyType: () => {
    @Entity() class Switch { @PrimaryKey() on!: boolean; }
    return { entities: [Switch], entity: "Switch", property: "on", words: modelFaults.badKeyType("boolean"), advice: "use an integer, uuid, text" };
  },
  badGenerate: () => {
    @Entity() class Wide { @PrimaryKey({ generate: "identity" }) id!: bigint; }
    return { entities: [Wide], entity: "Wide", property: "id", words: modelFaults.badGenerate("identity", "bigint"), advice: '"none" takes any' };
  },
  perOwnerUnowned: () => {
    @Entity() class Bill { @PrimaryKey({ generate: "perOwner" }) id!: number; }
    return { entities: [Bill], entity: "Bill", property: "id", words: modelFaults.perOwnerUnowned(), advice: "@UserOwned()" };
  },
  ownedTwice: () => {
    @Entity() @SelfOwned() @SystemOwned() class Both { @PrimaryKey({ generate: "identity" }) id!: OwnerId & SystemId; }
    return { entities: [Both], entity: "Both", words: modelFaults.ownedTwice(["@SelfOwned()", "@SystemOwned()"]), advice: "say one of them" };
  },
  selfOwnedKey: () => {
    @Entity() @SelfOwned() class Pair { @PrimaryKey({ generate: "none", type: "integer" }) a!: OwnerId; @PrimaryKey({ generate: "none" }) b!: number; }
    return { entities: [Pair], entity: "Pair", words: modelFaults.selfOwnedKey(), advice: "typed OwnerId" };
  },
  referenceToSelf: () => {
    @Entity() @SelfOwned() class Account { @PrimaryKey({ generate: "identity" }) id!: OwnerId; }
    @Entity() class Post { @PrimaryKey() id!: number; @ForeignKey("Account.id") author!: number; }
    return { entities: [Account, Post], entity: "Post", property: "author", words: modelFaults.referenceToSelf("Account"), advice: "the owner property" };
  },
  referenceToSystem: () => {
    @Entity() @SystemOwned() class Case { @PrimaryKey({ generate: "identity" }) id!: SystemId; }
    @Entity() class Post { @PrimaryKey() id!: number; @ForeignKey("Case.id") about!: number; }
    return { entities: [Case, Post], entity: "Post", property: "about", words: modelFaults.referenceToSystem("Case"), advice: "turn the reference round" };
  },
  systemReferenceKey: () => {
    @Entity() @UserOwned() class Memo { @PrimaryKey() id!: string; @ForeignKey("User.user_id") user!: OwnerId; }
    @Entity() @SystemOwned() class Case { @PrimaryKey({ generate: "identity" }) id!: SystemId; @ForeignKey("Memo.id", { onDelete: "CASCADE" }) memo!: string; }
    return { entities: [User, Memo, Case], entity: "Case", property: "memo", words: modelFaults.systemReferenceKey("Memo"), advice: "identity key" };
  },
  systemReferenceHolds: () => {
    @Entity() @UserOwned() class Memo { @PrimaryKey() id!: number; @ForeignKey("User.user_id") user!: OwnerId; }
    @Entity() @SystemOwned() class Case { @PrimaryKey({ generate: "identity" }) id!: SystemId; @ForeignKey("Memo.id", { onDelete: "RESTRICT" }) memo!: number; }
    return { entities: [User, Memo, Case], entity: "Case", property: "memo", words: modelFaults.systemReferenceHolds("Memo"), advice: "CASCADE" };
  },
  compositeGenerated: () => {
    @Entity() class Pair { @PrimaryKey({ generate: "none" }) a!: number; @PrimaryKey({ generate: "uuid" }) b!: string; }
    return { entities: [Pair], entity: "Pair", property: "b", words: modelFaults.compositeGenerated(), advice: 'generate: "none"' };
  },
  foreignKeyText: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @ForeignKey("Category") category!: number; }
    return { entities: [Category, Item], entity: "Item", property: "category", words: modelFaults.foreignKeyText("Category"), advice: 'like "User.user_id"' };
  },
  foreignKeyThunk: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @ForeignKey(() => [wrong(undefined), "id"]) category!: number; }
    return { entities: [Category, Item], entity: "Item", property: "category", words: modelFaults.foreignKeyThunk(), advice: '() => [User, "user_id"]' };
  },
  foreignKeyEntity: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @ForeignKey(() => [Category, "id"]) category!: number; }
    return { entities: [Item], entity: "Item", property: "category", words: modelFaults.foreignKeyEntity("Category"), advice: "Database.open({ entities })" };
  },
  foreignKeyProperty: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @ForeignKey("Category.key") category!: number; }
    return {
      entities: [Category, Item], entity: "Item", property: "category",
      words: modelFaults.foreignKeyProperty("Category", "key", ["id", "name", "code"]), advice: "Category has id, name, code",
    };
  },
  foreignKeyNotUnique: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @ForeignKey("Category.name") category!: string; }
    return {
      entities: [Category, Item], entity: "Item", property: "category",
      words: modelFaults.foreignKeyNotUnique("Category", "name"), advice: "the primary key or to a property with unique: true",
    };
  },
  foreignKeyToOwner: () => {
    @Entity() @UserOwned() class Settings { @PrimaryKey() id!: number; @ForeignKey("User.user_id", { unique: true }) user_id!: OwnerId; }
    @Entity() class Item extends UserOwnedEntity { @PrimaryKey() id!: number; @ForeignKey("Settings.user_id") settings!: number; }
    return {
      entities: [User, Settings, Item], entity: "Item", property: "settings",
      words: modelFaults.foreignKeyToOwner("Settings", "user_id"), advice: "refer to the primary key of Settings",
    };
  },
  foreignKeyLoop: () => {
    @Entity() class Self { @PrimaryKey() @ForeignKey("Self.id") id!: number; }
    return { entities: [Self], entity: "Self", property: "id", words: modelFaults.foreignKeyLoop(), advice: "{ type: … }" };
  },
  foreignKeyType: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @ForeignKey("Category.id", { type: "text" }) category!: string; }
    return { entities: [Category, Item], entity: "Item", property: "category", words: modelFaults.foreignKeyType("text", "integer"), advice: "leave the type out" };
  },
  setNullOnRequired: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @ForeignKey("Category.id", { onDelete: "SET NULL" }) category!: number; }
    return { entities: [Category, Item], entity: "Item", property: "category", words: modelFaults.setNullOnRequired(), advice: "nullable: true" };
  },
  badAction: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @ForeignKey("Category.id", { onUpdate: wrong("cascade") }) category!: number; }
    return { entities: [Category, Item], entity: "Item", property: "category", words: modelFaults.badAction(), advice: "RESTRICT, CASCADE, SET NULL or NO ACTION" };
  },
  crossOwners: () => {
    @Entity() class Item extends UserOwnedEntity { @PrimaryKey() id!: number; @ForeignKey("Category.id", { onDelete: "CASCADE" }) category!: number; }
    return {
      entities: [User, Category, Item], entity: "Item", property: "category",
      words: modelFaults.crossOwners("CASCADE", "Category"), advice: "acrossOwners: true",
    };
  },
  publicToOwned: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @ForeignKey("Project.id") project!: number; }
    return { entities: [User, Project, Item], entity: "Item", property: "project", words: modelFaults.publicToOwned("Project"), advice: "@UserOwned()" };
  },
  otherOwner: () => {
    @Entity() @UserOwned() class Item { @PrimaryKey() id!: number; @ForeignKey("Account.id") account!: OwnerId<string>; @ForeignKey("Project.id") project!: number; }
    return {
      entities: [User, Account, Project, Item], entity: "Item", property: "project",
      words: modelFaults.otherOwner("Project", "Account", "User"), advice: "one owner entity",
    };
  },
  ownerMissing: () => {
    @Entity() @UserOwned() class Item { @PrimaryKey() id!: number; @Column({ type: "integer" }) user_id!: OwnerId; }
    return { entities: [User, Item], entity: "Item", words: modelFaults.ownerMissing(), advice: '@ForeignKey("User.user_id") user_id!: OwnerId' };
  },
  ownerAmbiguous: () => {
    @Entity() @UserOwned()
    class Item { @PrimaryKey() id!: number; @ForeignKey("Category.id") category!: number; @ForeignKey("User.user_id") user_id!: OwnerId; }
    return {
      entities: [User, Category, Item], entity: "Item", words: modelFaults.ownerAmbiguous(["category", "user_id"]), advice: '@UserOwned({ by: "category" })',
    };
  },
  ownerNotForeignKey: () => {
    @Entity() @UserOwned({ by: "holder" })
    class Item { @PrimaryKey() id!: number; @Column({ type: "integer" }) holder!: OwnerId; @ForeignKey("User.user_id") user_id!: OwnerId; }
    return {
      entities: [User, Item], entity: "Item", property: "holder", words: modelFaults.ownerNotForeignKey("holder"), advice: "name the foreign key to the owner entity",
    };
  },
  ownerNotKey: () => {
    @Entity() @UserOwned() class Item { @PrimaryKey() id!: number; @ForeignKey("Category.code") owner!: OwnerId<string>; }
    return { entities: [Category, Item], entity: "Item", property: "owner", words: modelFaults.ownerNotKey("Category"), advice: "single-column primary key" };
  },
  ownerNullable: () => {
    @Entity() @UserOwned() class Item { @PrimaryKey() id!: number; @ForeignKey("User.user_id", { nullable: true }) user_id!: OwnerId; }
    return { entities: [User, Item], entity: "Item", property: "user_id", words: modelFaults.ownerNullable(), advice: "remove nullable" };
  },
  ownerIsKey: () => {
    @Entity() @UserOwned() class Item { @PrimaryKey() @ForeignKey("User.user_id") user_id!: OwnerId; @PrimaryKey() name!: string; }
    return { entities: [User, Item], entity: "Item", property: "user_id", words: modelFaults.ownerIsKey(), advice: "leave it out" };
  },
  ownerDefault: () => {
    @Entity() @UserOwned() class Item { @PrimaryKey() id!: number; @ForeignKey("User.user_id", { default: 1 }) user_id!: OwnerId; }
    return { entities: [User, Item], entity: "Item", property: "user_id", words: modelFaults.ownerDefault(), advice: "the owner comes from the context" };
  },
  constraintProperty: () => {
    @Entity() @Unique("id", "titel") class Item { @PrimaryKey() id!: number; @Column() title!: string; }
    return { entities: [Item], entity: "Item", words: modelFaults.constraintProperty("@Unique", "titel", ["id", "title"]), advice: "it has id, title" };
  },
  constraintEmpty: () => {
    @Entity() @Index({ name: "nothing" }) class Item { @PrimaryKey() id!: number; }
    return { entities: [Item], entity: "Item", words: modelFaults.constraintEmpty("@Index"), advice: "name at least one" };
  },
  constraintJson: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @Json(undefined, { index: true }) data!: unknown; }
    return { entities: [Item], entity: "Item", property: "data", words: modelFaults.constraintJson("index: true", "data"), advice: "leave it out" };
  },
  badJsonType: () => ({
    entities: [Category], jsonTypes: [wrong(undefined)], entity: "undefined", words: modelFaults.badJsonType(), advice: "Database.open({ jsonTypes })",
  }),
  duplicateJsonType: () => {
    class Profile {}
    @JsonType("Profile") class Other {}
    return { entities: [Category], jsonTypes: [Profile, Other], entity: "Other", words: modelFaults.duplicateJsonType("Profile"), advice: "@JsonType(…)" };
  },
  relationTarget: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @ManyToOne(wrong(Category)) category?: ToOne<Category>; }
    return { entities: [Category, Item], entity: "Item", property: "category", words: modelFaults.relationTarget(), advice: "() => Project" };
  },
  relationEntity: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @ManyToOne(() => Category) category?: ToOne<Category>; }
    return { entities: [Item], entity: "Item", property: "category", words: modelFaults.relationEntity("Category"), advice: "Database.open({ entities })" };
  },
  relationKey: () => {
    @Entity() class Item {
      @PrimaryKey() id!: number;
      @ForeignKey("Category.id") category_id!: number;
      @ManyToOne(() => Category, "id") category?: ToOne<Category>;
    }
    return {
      entities: [Category, Item], entity: "Item", property: "category", words: modelFaults.relationKey("id", "Item", "Category"),
      advice: "@ForeignKey(() => [Category, …])",
    };
  },
  relationKeyMissing: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @OneToMany(() => Category) categories?: ToMany<Category>; }
    return {
      entities: [Category, Item], entity: "Item", property: "categories", words: modelFaults.relationKeyMissing("Category", "Item"),
      advice: "declare one on Category",
    };
  },
  relationKeyAmbiguous: () => {
    @Entity() class Item {
      @PrimaryKey() id!: number;
      @ForeignKey("Category.id") first!: number;
      @ForeignKey("Category.id") second!: number;
      @ManyToOne(() => Category) category?: ToOne<Category>;
    }
    return {
      entities: [Category, Item], entity: "Item", property: "category",
      words: modelFaults.relationKeyAmbiguous("Item", "Category", ["first", "second"]), advice: "name one of them",
    };
  },
  relationSide: () => {
    @Entity() class Node {
      @PrimaryKey() id!: number;
      @ForeignKey("Node.id", { unique: true }) next!: number;
      @OneToOne(() => Node, "next") following?: ToOne<Node>;
    }
    return { entities: [Node], entity: "Node", property: "following", words: modelFaults.relationSide("next"), advice: '{ on: "this" }' };
  },
  relationNotUnique: () => {
    @Entity() class Item {
      @PrimaryKey() id!: number;
      @ForeignKey("Category.id") category_id!: number;
      @OneToOne(() => Category) category?: ToOne<Category>;
    }
    return {
      entities: [Category, Item], entity: "Item", property: "category", words: modelFaults.relationNotUnique("Item", "category_id"),
      advice: "add unique: true to Item.category_id",
    };
  },
  relationThrough: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @ManyToMany(() => Category, wrong({})) categories?: ToMany<Category>; }
    return { entities: [Category, Item], entity: "Item", property: "categories", words: modelFaults.relationThrough(), advice: "through" };
  },
  keptTwice: () => {
    @Entity() class Twice { @PrimaryKey() id!: number; @Version() first!: number; @Version() second!: number; }
    return { entities: [Twice], entity: "Twice", property: "second", words: modelFaults.keptTwice("version", "first"), advice: "keep one" };
  },
  hookNotMethod: () => {
    class Hooked { id!: number; greeting!: string; }
    Entity()(Hooked);
    PrimaryKey({ type: "integer" })(Hooked.prototype, "id");
    BeforeInsert()(Hooked.prototype, "greeting", wrong({}));
    return { entities: [Hooked], entity: "Hooked", property: "greeting", words: modelFaults.hookNotMethod(), advice: "methods" };
  },
  subEntityBase: () => {
    @Entity() class Plain { @PrimaryKey() id!: number; }
    @SubEntity("a") class Below extends Plain {}
    return { entities: [Plain, Below], entity: "Below", words: modelFaults.subEntityBase(), advice: "discriminator" };
  },
  subEntityAndEntity: () => {
    @Entity({ discriminator: "kind" }) class Top { @PrimaryKey() id!: number; }
    @Entity() @SubEntity("a") class Below extends Top {}
    return { entities: [Top, Below], entity: "Below", words: modelFaults.subEntityAndEntity(), advice: "keep @SubEntity()" };
  },
  subEntityTwice: () => {
    @Entity({ discriminator: "kind" }) class Top { @PrimaryKey() id!: number; }
    @SubEntity("a") class One extends Top {}
    @SubEntity("a") class Two extends Top {}
    return { entities: [Top, One, Two], entity: "Top", words: modelFaults.subEntityTwice(["a", "a"]), advice: "its own" };
  },
  subEntityProperty: () => {
    @Entity({ discriminator: "kind" }) class Top { @PrimaryKey() id!: number; }
    @SubEntity("a") class One extends Top { @Column() label!: string; }
    @SubEntity("b") class Two extends Top { @Column() label!: number; }
    return { entities: [Top, One, Two], entity: "Two", property: "label", words: modelFaults.subEntityProperty("Top", "label"), advice: "rename one" };
  },
  subEntityFixed: () => {
    @Entity({ discriminator: "kind" }) class Top { @PrimaryKey() id!: number; }
    @SubEntity("a") class One extends Top { @Version() version!: number; }
    return { entities: [Top, One], entity: "One", property: "version", words: modelFaults.subEntityFixed(), advice: "in the base" };
  },
  subEntityOwned: () => {
    @Entity({ discriminator: "kind" }) class Top { @PrimaryKey() id!: number; @ForeignKey("User.user_id") user_id!: number; }
    @SubEntity("a") class One extends Top {}
    UserOwned({ by: "user_id" as never })(One as never);
    return { entities: [User, Top, One], entity: "One", words: modelFaults.subEntityOwned("Top"), advice: "on Top" };
  },
  discriminatorName: () => {
    @Entity({ discriminator: wrong(5) }) class Top { @PrimaryKey() id!: number; }
    return { entities: [Top], entity: "Top", words: modelFaults.discriminatorName(), advice: "kind" };
  },
  discriminatorAlone: () => {
    @Entity({ discriminator: "kind" }) class Top { @PrimaryKey() id!: number; @Column() kind!: string; }
    return { entities: [Top], entity: "Top", words: modelFaults.discriminatorAlone("kind"), advice: "list its subclasses" };
  },
  discriminatorColumn: () => {
    @Entity({ discriminator: "kind" }) class Top { @PrimaryKey() id!: number; @Column({ type: "text", nullable: true }) kind!: string | null; }
    @SubEntity("a") class One extends Top {}
    return { entities: [Top, One], entity: "Top", property: "kind", words: modelFaults.discriminatorColumn(), advice: "leave it out" };
  },
  discriminatorValues: () => {
    @Entity({ discriminator: "kind" }) class Top { @PrimaryKey() id!: number; @Enum(["b"]) kind!: string; }
    @SubEntity("a") class One extends Top {}
    return { entities: [Top, One], entity: "Top", property: "kind", words: modelFaults.discriminatorValues(["a"]), advice: "hold" };
  },
  indexPath: () => {
    @Entity() @Index("data.a.") class Item { @PrimaryKey() id!: number; @Json() data!: unknown; }
    return { entities: [Item], entity: "Item", property: "data", words: modelFaults.indexPath("data.a.", "has an empty step"), advice: "JSON property" };
  },
  altKeyAlone: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @AltKey() code!: string; }
    return { entities: [Item], entity: "Item", property: "code", words: modelFaults.altKeyAlone(), advice: "beside it" };
  },
  altKeyOwner: () => {
    @Entity() @UserOwned() class Item { @PrimaryKey() id!: number; @AltKey() @ForeignKey("User.user_id") user_id!: OwnerId; @AltKey() @Column() code!: string; }
    return { entities: [User, Item], entity: "Item", property: "user_id", words: modelFaults.altKeyOwner(), advice: "remove" };
  },
  altKeyNullable: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @AltKey() @Column({ type: "text", nullable: true }) code!: string | null; }
    return { entities: [Item], entity: "Item", property: "code", words: modelFaults.altKeyNullable(), advice: "required" };
  },
  altKeyJson: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @AltKey() @Json() code!: unknown; }
    return { entities: [Item], entity: "Item", property: "code", words: modelFaults.altKeyJson(), advice: "another type" };
  },
  altKeyTarget: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @AltKey() @ForeignKey(() => [Category, "id"]) category_id!: number; }
    return { entities: [Category, Item], entity: "Item", property: "category_id", words: modelFaults.altKeyTarget("Category"), advice: "mark properties of Category" };
  },
  altKeyCircle: () => {
    @Entity() class Item { @PrimaryKey() id!: number; @AltKey() @ForeignKey("Item.id") next!: number; @AltKey() @Column() code!: string; }
    return { entities: [Item], entity: "Item", property: "next", words: modelFaults.altKeyCircle("Item"), advice: "leave a part out" };
  },
  altKeyAcross: () => {
    @Entity() @UserOwned() class Item { @PrimaryKey() id!: number; @ForeignKey("User.user_id") user_id!: OwnerId; @AltKey() @Column() code!: string; }
    @Entity() @SystemOwned() class Report { @PrimaryKey({ generate: "identity" }) id!: SystemId; @AltKey() @ForeignKey("Item.id") item!: number; }
    return { entities: [User, Item, Report], entity: "Report", property: "item", words: modelFaults.altKeyAcross("Item"), advice: "leave it out" };
  },
  hiddenRequired: () => {
    @Entity() class Hidden { @PrimaryKey() @Enum(["a", "b"], { select: false }) kind!: string; }
    return { entities: [Hidden], entity: "Hidden", property: "kind", words: modelFaults.hiddenRequired(), advice: "keys are always loaded" };
  },
};

describe("a fault of the model", () => {
  it.each(Object.entries(cases))("%s names its place and tells the remedy", (_, make) => {
    const { entity, property, words: [fault, remedy], advice, ...options } = make();
    const error = errorOf(options);
    const found = error.faults.filter((other) => other.fault === fault);
    expect(found).toEqual([{ entity, property, fault, remedy }]);
    const place = property === undefined ? entity : `${entity}.${property}`;
    expect(error.message).toContain(`\n  - ${place}: ${fault}; ${remedy}.`);
    expect(remedy).toContain(advice);
    expect(error.code).toBe("MODEL_ERROR");
  });

  // One mistake has one fault: whatever follows from it would only hide it. (A class without properties lacks a key, too.)
  const manifold = ["noColumns", "reservedName"];
  it.each(Object.entries(cases).filter(([name]) => !manifold.includes(name)))("%s is reported once and brings no others", (_, make) => {
    const { entity, property, words: _words, advice: _advice, ...options } = make();
    const error = errorOf(options);
    expect(error.faults).toHaveLength(1);
    expect(error).toMatchObject({ entity, property, name: "ModelError" });
    expect(error.message).toMatch(/^The entities have one fault:\n/);
  });
});

describe("another way to make the same mistake", () => {
  it.each<readonly [string, () => readonly EntityClass[], readonly [string, string]]>([
    ["an index over JSON", () => {
      @Entity() @Index("data") class Item { @PrimaryKey() id!: number; @Json() data!: object; }
      return [Item];
    }, modelFaults.constraintJson("@Index", "data")],
    ["a unique JSON column", () => {
      @Entity() class Item { @PrimaryKey() id!: number; @Json(undefined, { unique: true }) data!: object; }
      return [Item];
    }, modelFaults.constraintJson("unique: true", "data")],
    ["an enum of an empty list", () => {
      @Entity() class Item { @PrimaryKey() id!: number; @Enum([]) kind!: string; }
      return [Item];
    }, modelFaults.enumEmpty()],
    ["an enum of broken numbers", () => {
      @Entity() class Item { @PrimaryKey() id!: number; @Enum([1, 1.5]) kind!: number; }
      return [Item];
    }, modelFaults.enumMixed()],
    ["a JSON key", () => {
      @Entity() class Item { @PrimaryKey({ type: "json" }) id!: string; }
      return [Item];
    }, modelFaults.badKeyType("json")],
    ["a generation that nobody knows", () => {
      @Entity() class Item { @PrimaryKey({ generate: wrong("random") }) id!: number; }
      return [Item];
    }, modelFaults.badGenerate("random", "integer")],
    ["a text that is counted per owner", () => {
      @Entity() @UserOwned() class Bill { @PrimaryKey({ generate: "perOwner", type: "text" }) id!: string; @ForeignKey("User.user_id") user!: OwnerId; }
      return [Bill, User];
    }, modelFaults.badGenerate("perOwner", "text")],
    ["a table that the framework keeps for itself", () => {
      @Entity() @UserOwned() class Bill { @PrimaryKey({ generate: "perOwner" }) id!: number; @ForeignKey("User.user_id") user!: OwnerId; }
      @Entity({ table: "Freehold_Counter_User" }) class Mine { @PrimaryKey() id!: number; }
      return [Bill, User, Mine];
    }, modelFaults.duplicateTable("counter of User", "freehold_counter_user")],
    ["two decorators that both make a column", () => {
      @Entity() class Item { @PrimaryKey() id!: number; @Column() @CreatedAt() at!: Date; }
      return [Item];
    }, modelFaults.declaredTwice()],
    ["one decorator twice", () => {
      @Entity() class Item { @PrimaryKey() @PrimaryKey() id!: number; }
      return [Item];
    }, modelFaults.declaredTwice()],
    ["an entity that is only named", () => {
      @Entity() class Item { @PrimaryKey() id!: number; @ForeignKey("Usr.user_id") user!: number; }
      return [Item, User];
    }, modelFaults.foreignKeyEntity("Usr")],
    ["a part of a composite key as a target", () => {
      @Entity() class Pair { @PrimaryKey() a!: number; @PrimaryKey() b!: number; }
      @Entity() class Item { @PrimaryKey() id!: number; @ForeignKey("Pair.a") pair!: number; }
      return [Pair, Item];
    }, modelFaults.foreignKeyNotUnique("Pair", "a")],
    ["SET NULL on a change of the key", () => {
      @Entity() class Item { @PrimaryKey() id!: number; @ForeignKey("Category.id", { onUpdate: "SET NULL" }) category!: number; }
      return [Category, Item];
    }, modelFaults.setNullOnRequired()],
    ["two references to one owner entity", () => {
      @Entity() @UserOwned()
      class Item { @PrimaryKey() id!: number; @ForeignKey("User.user_id") author!: OwnerId; @ForeignKey("User.user_id") editor!: number; }
      return [User, Item];
    }, modelFaults.ownerAmbiguous(["author", "editor"])],
  ])("is found as well: %s", (_, entities, [fault, remedy]) => {
    expect(errorOf({ entities: entities() }).faults).toEqual([expect.objectContaining({ fault, remedy })]);
  });
});

describe("faults beyond one mistake", () => {
  @Entity() class One { @Column() tags!: string[]; @Column({ length: -1 }) text!: string; }
  @Entity() @UserOwned() class Two { @PrimaryKey() id!: number; @Column({ type: "integer" }) user_id!: OwnerId; }
  @Entity() class Three { @PrimaryKey() id!: number; @ForeignKey("Nobody.id") nobody!: number; }

  it("are all reported in one error, over all entities", () => {
    const error = errorOf({ entities: [One, Two, Three] });
    expect(error.faults.map(({ entity, property }) => [entity, property])).toEqual(expect.arrayContaining([
      ["One", undefined], ["One", "tags"], ["One", "text"], ["Two", undefined], ["Three", "nobody"],
    ]));
    expect(error.faults).toHaveLength(5);
    expect(error.message).toMatch(/^The entities have 5 faults:\n/);
    expect(error.message.split("\n  - ")).toHaveLength(6);
    expect(error.entity).toBeUndefined();
    expect(error.property).toBeUndefined();
  });

  it("are thrown by Database.open before a database is opened", async () => {
    let opened = 0;
    const driver = betterSqlite3({ file: ":memory:" });
    const watched = { ...driver, open: () => { opened += 1; return driver.open(); } };
    await expect(Database.open({ driver: watched, entities: [One, Two, Three] })).rejects.toBeInstanceOf(ModelError);
    expect(opened).toBe(0);
  });

  it("are not made of one: an owner that points nowhere is told once", () => {
    @Entity() @UserOwned() class Doc { @PrimaryKey() id!: number; @ForeignKey("User.user_id") user_id!: OwnerId; }
    @Entity() class Child extends UserOwnedEntity { @PrimaryKey() id!: number; @ForeignKey("Project.id") project!: number; }
    // User is the class that everybody forgets to list.
    expect(errorOf({ entities: [Doc] }).faults).toEqual([{
      entity: "Doc", property: "user_id", fault: modelFaults.foreignKeyEntity("User")[0], remedy: modelFaults.foreignKeyEntity("User")[1],
    }]);
    expect(errorOf({ entities: [Project, Child] }).faults.map(({ entity, property, fault }) => [entity, property, fault])).toEqual([
      ["Project", "user_id", modelFaults.foreignKeyEntity("User")[0]], ["Child", "user_id", modelFaults.foreignKeyEntity("User")[0]],
    ]);
  });

  it("are frozen", () => {
    const { faults } = errorOf({ entities: [One] });
    expect(() => { (faults as unknown[]).pop(); }).toThrow(TypeError);
    expect(() => { (faults[0] as { fault: string }).fault = "none"; }).toThrow(TypeError);
  });
});

describe("a type that reflection does not tell", () => {
  it("of a key is asked for where the key is declared", () => {
    @Entity() class Union { @PrimaryKey() id!: number | string; }
    const { faults } = errorOf({ entities: [Union] });
    expect(faults).toEqual([expect.objectContaining({ entity: "Union", property: "id", remedy: expect.stringContaining('write @PrimaryKey({ type: "integer" })') })]);
  });

  it("names entity and property where a tool emitted no types at all", () => {
    // As esbuild compiles a class: the decorators run, but nothing says what the properties are.
    class Note { id = 0; text = ""; written = new Date(); }
    PrimaryKey()(Note.prototype, "id");
    Column()(Note.prototype, "text");
    CreatedAt()(Note.prototype, "written");
    Entity()(Note);
    const error = errorOf({ entities: [Note] });
    expect(error.faults.map(({ entity, property }) => `${entity}.${property ?? ""}`)).toEqual(["Note.id", "Note.text"]);
    expect(error.faults[0]?.remedy).toContain('write @PrimaryKey({ type: "integer" })');
    expect(error.faults[1]?.remedy).toContain('write @Column({ type: "text" })');
    expect(error.message).toContain("esbuild");
    expect(error.message).toContain("emitDecoratorMetadata");
    expect(error.message).toContain("docs/compilers.md");
  });

  it.each([
    [{ length: 20, name: "label" }, '@Column({ type: "text", length: 20, name: "label" })'],
    [{ precision: 12, scale: 2 }, '@Column({ type: "decimal", precision: 12, scale: 2 })'],
    [{ default: "draft" }, '@Column({ type: "text", default: "draft" })'],
    [{ default: 0, nullable: true }, '@Column({ type: "integer", default: 0, nullable: true })'],
    [{ default: 0.5 }, '@Column({ type: "real", default: 0.5 })'],
    [{ default: 5n }, '@Column({ type: "bigint", default: 5n })'],
    [{ default: false, index: undefined }, '@Column({ type: "boolean", default: false })'],
    [{ default: new Date(0) }, '@Column({ type: "datetime", default: … })'],
    [{ default: Buffer.from([1]) }, '@Column({ type: "blob", default: … })'],
    [{ default: () => "made", unique: true }, '@Column({ type: "text", default: …, unique: true })'],
    [{ default: null, nullable: true }, '@Column({ type: "text", default: null, nullable: true })'],
  ] as const)("is proposed after the options %p, in the decorator as it is to be written", (options, written) => {
    class Note { id = 0; text = ""; }
    PrimaryKey({ type: "integer" })(Note.prototype, "id");
    Column(wrong(options))(Note.prototype, "text");
    Entity()(Note);
    expect(errorOf({ entities: [Note] }).faults).toEqual([
      expect.objectContaining({ entity: "Note", property: "text", remedy: expect.stringContaining(`write ${written}, or `) }),
    ]);
  });

  it("keeps the options of a key in what is to be written", () => {
    class Note { id = 0; }
    PrimaryKey({ generate: "none", name: "note_no" })(Note.prototype, "id");
    Entity()(Note);
    expect(errorOf({ entities: [Note] }).message).toContain('write @PrimaryKey({ type: "integer", generate: "none", name: "note_no" }), or ');
  });

  it("is asked for where a property has a value but no type, for which the compiler emits Object", () => {
    @Entity() class Task { @PrimaryKey() id!: number; @Column() done = false; }
    const error = errorOf({ entities: [Task] });
    expect(error).toMatchObject({ entity: "Task", property: "done" });
    expect(error.message).toContain("no type written at all");
  });

  it("is no matter where the decorators say it", () => {
    class Note { id = 0; uuid = ""; text = ""; kind = ""; data = {}; parent = 0; }
    PrimaryKey({ generate: "identity" })(Note.prototype, "id");
    Column({ type: "text" })(Note.prototype, "text");
    Enum(["a"])(Note.prototype, "kind");
    Json()(Note.prototype, "data");
    ForeignKey("Note.id")(Note.prototype, "parent");
    Entity()(Note);
    const types = buildModel({ entities: [Note] }).entities[0]?.columns.map(({ type }) => type);
    expect(types).toEqual(["integer", "text", "enum", "json", "integer"]);
  });

  it("of a base class is reported for the entity that inherits it", () => {
    abstract class Base { @Json(wrong(undefined)) fine!: unknown; @Json(wrong(() => undefined)) data!: unknown; @Column() either!: string | number; }
    @Entity() class Sub extends Base { @PrimaryKey() id!: number; }
    expect(errorOf({ entities: [Sub] }).faults.map(({ entity, property }) => [entity, property])).toEqual([["Sub", "either"], ["Sub", "data"]]);
  });
});

describe("names", () => {
  it.each([
    ["", false], ["x", true], ["a".repeat(63), true], ["a".repeat(64), false], ["a\u0000b", false], ["\ud800", false],
    ["sqlite_master", false], ["SQLite_x", false], ["sqlite", true], ['"; drop table x', true], ["select", true],
  ] as const)("such as %j are usable for a table: %p", (table, usable) => {
    @Entity({ table }) class Named { @PrimaryKey() id!: number; }
    if (usable) expect(buildModel({ entities: [Named] }).entities[0]?.table).toBe(table);
    else expect(errorOf({ entities: [Named] }).faults).toEqual([expect.objectContaining({ entity: "Named", fault: expect.stringContaining("table") })]);
  });

  it("of columns, indexes and keys are checked alike", () => {
    @Entity() @Unique("text", { name: "" }) @Index("id", "text", { name: "a\u0000" })
    class Named { @PrimaryKey() id!: number; @Column({ name: "" }) text!: string; }
    expect(errorOf({ entities: [Named] }).faults.map(({ property, fault }) => [property, fault])).toEqual([
      ["text", 'its column "" is no usable name'],
      [undefined, 'its index or constraint "" is no usable name'],
      [undefined, 'its index or constraint "a\\u0000" is no usable name'],
    ]);
  });

  it("that a strategy does not give are faults and not exceptions", () => {
    const naming: NamingStrategy = { table: () => wrong(undefined), column: () => wrong(7) };
    const { faults } = errorOf({ entities: [Account], naming });
    expect(faults.map(({ entity, property }) => [entity, property])).toEqual([["Account", undefined], ["Account", "id"]]);
  });

  it("of indexes that meet by chance are found, or the second index would never be made", () => {
    @Entity({ table: "a_b" }) class First { @PrimaryKey() id!: number; @Column({ index: true }) c!: string; }
    @Entity({ table: "a" }) class Second { @PrimaryKey() id!: number; @Column({ index: true }) b_c!: string; }
    expect(errorOf({ entities: [First, Second] }).faults).toEqual([
      expect.objectContaining({ entity: "Second", fault: "its index or constraint ix_a_b_c has the name of another in First" }),
    ]);
    @Entity() @Index("id", "name", { name: "account" }) class Third { @PrimaryKey() id!: number; @Column() name!: string; }
    expect(errorOf({ entities: [Account, Third] }).faults).toEqual([
      expect.objectContaining({ entity: "Third", fault: "its index or constraint account has the name of another in Account" }),
    ]);
  });
});

describe("what JavaScript may bring", () => {
  it.each([
    ["a class in place of a function", Category], ["nothing", undefined], ["a pair without a function", [Category, "id"]],
    ["a function that returns a class alone", () => Category], ["a property that is no text", () => [Category, 1]],
  ])("as the target of a foreign key: %s", (_, target) => {
    @Entity() class Item { @PrimaryKey() id!: number; @ForeignKey(wrong(target)) category!: number; }
    expect(errorOf({ entities: [Category, Item] }).faults).toEqual([
      expect.objectContaining({ entity: "Item", property: "category", remedy: 'give () => [User, "user_id"]' }),
    ]);
  });

  it.each([null, "Category", {}, Symbol("x"), Object.create(null)])("as an entity: %p", (entity: unknown) => {
    expect(errorOf({ entities: [wrong(entity)] }).faults).toEqual([expect.objectContaining({ fault: "is not a class" })]);
  });

  it("as a default: null for a column that is not nullable", () => {
    @Entity() class Preset { @PrimaryKey() id!: number; @Column({ default: null }) text!: string; }
    expect(errorOf({ entities: [Preset] }).faults).toEqual([
      expect.objectContaining({ property: "text", fault: "its default is null, but the column is not nullable" }),
    ]);
  });
});

describe("actions across owners", () => {
  it.each(["CASCADE", "SET NULL"] as const)("such as %s are allowed when they are meant, and for the owner itself", (onDelete) => {
    @Entity() class Item extends UserOwnedEntity {
      @PrimaryKey() id!: number;
      @ForeignKey("Category.id", { onDelete, nullable: true, acrossOwners: true }) category!: number | null;
    }
    expect(buildModel({ entities: [User, Category, Item] }).modelOf(Item)?.foreignKeys[1]?.onDelete).toBe(onDelete);
    @Entity() @UserOwned() class Doc { @PrimaryKey() id!: number; @ForeignKey("User.user_id", { onDelete: "CASCADE" }) user_id!: OwnerId; }
    expect(buildModel({ entities: [User, Doc] }).modelOf(Doc)?.foreignKeys[0]?.onDelete).toBe("CASCADE");
  });

  it("on a change of the key are faults as well", () => {
    @Entity() class Item extends UserOwnedEntity { @PrimaryKey() id!: number; @ForeignKey("Category.id", { onUpdate: "CASCADE" }) category!: number; }
    expect(errorOf({ entities: [User, Category, Item] }).faults).toEqual([expect.objectContaining({ entity: "Item", property: "category" })]);
  });
});

describe("a reference to an owner entity on a class that nobody owns", () => {
  async function warningsOf(...entities: EntityClass[]): Promise<readonly (readonly unknown[])[]> {
    // Jest's own `process` hears nothing of the events of the real one: the call that makes them is what can be seen.
    const emit = jest.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    try {
      await (await Database.open({ driver: betterSqlite3({ file: ":memory:" }), entities })).close();
      return emit.mock.calls.slice();
    } finally {
      emit.mockRestore();
    }
  }

  it("is warned of, naming class, property and cure", async () => {
    @Entity() class Note { @PrimaryKey() id!: number; @ForeignKey("User.user_id") author!: number; }
    expect(await warningsOf(User, Project, Note)).toEqual([[
      "Note.author refers to the owner entity User, but Note is not @UserOwned(): its rows are visible to every user. "
      + "Add @UserOwned() if they belong to somebody.",
      { type: "FreeholdWarning", code: "FREEHOLD_UNOWNED_REFERENCE" },
    ]]);
  });

  it("is none when the class is owned, refers to itself, or the target owns nothing", async () => {
    @Entity() class Person { @PrimaryKey() id!: number; @ForeignKey("Person.id", { nullable: true }) boss!: number | null; }
    @Entity() @UserOwned() class Badge { @PrimaryKey() id!: number; @ForeignKey("Person.id") person!: OwnerId; }
    @Entity() class Item { @PrimaryKey() id!: number; @ForeignKey("Category.id") category!: number; }
    expect(await warningsOf(User, Project, Person, Badge, Category, Item)).toEqual([]);
  });
});

describe("the name of a class", () => {
  it("may be as short as it likes where the decorators say one", () => {
    @Entity({ name: "Note" }) class n { @PrimaryKey() id!: number; }
    @Entity({ table: "tag" }) class t { @PrimaryKey() id!: number; }
    @JsonType("profile") class p {}
    expect(buildModel({ entities: [n, t], jsonTypes: [p] }).entities.map(({ name, table }) => [name, table])).toEqual([["Note", "note"], ["t", "tag"]]);
  });

  it("of three letters is one that people write", () => {
    @Entity() class Tag { @PrimaryKey() id!: number; }
    expect(buildModel({ entities: [Tag] }).entities.map(({ name }) => name)).toEqual(["Tag"]);
  });

  it("with an underscore before it is esbuild's, of a class that names itself", () => {
    @Entity() class _Note { @PrimaryKey() id!: number; }
    expect(errorOf({ entities: [_Note] }).faults).toEqual([expect.objectContaining({ entity: "_Note", property: undefined })]);
  });

  it("is not lost where a bundle has two classes that are called as one of Freehold's", () => {
    const kept = Object.getOwnPropertyDescriptor(UserInfo, "name");
    Object.defineProperty(UserInfo, "name", { value: "UserInfo2", configurable: true });
    try {
      expect(buildModel({ entities: [Category] }).entities).toHaveLength(1);
    } finally {
      Object.defineProperty(UserInfo, "name", kept!);
    }
  });

  it("is a word of two letters in scripts that minifiers do not write", () => {
    @Entity() class 注文 { @PrimaryKey() id!: number; }
    class 本 {}
    expect(buildModel({ entities: [注文], jsonTypes: [本] }).modelOf(注文)?.table).toBe("注文");
  });

  it("is lost however long it is where Freehold's own classes lost theirs", () => {
    const kept = Object.getOwnPropertyDescriptor(UserInfo, "name");
    Object.defineProperty(UserInfo, "name", { value: "Qrs", configurable: true });
    try {
      @Entity({ name: "Book" }) class Abc { @PrimaryKey() id!: number; }
      @Entity() class Def { @PrimaryKey() id!: number; }
      class Ghi {}
      expect(errorOf({ entities: [Abc, Def], jsonTypes: [Ghi] }).faults.map(({ entity }) => entity)).toEqual(["Ghi", "Def"]);
    } finally {
      Object.defineProperty(UserInfo, "name", kept!);
    }
  });
});

describe("decorators that were compiled as standard ones", () => {
  /** As TypeScript and esbuild call them without `experimentalDecorators`: of a field they give nothing but its name. */
  it.each([
    ["Column", "field", () => { Column()(wrong(undefined), wrong({ kind: "field", name: "title", static: false, private: false })); }],
    ["PrimaryKey", "field", () => { PrimaryKey()(wrong(undefined), wrong({ kind: "field", name: "title" })); }],
    ["ForeignKey", "accessor", () => { ForeignKey("User.user_id")(wrong({}), wrong({ kind: "accessor", name: "title" })); }],
    ["AltKey", "field", () => { AltKey()(wrong(undefined), wrong({ kind: "field", name: "title" })); }],
    ["BeforeInsert", "method", () => { BeforeInsert()(wrong(() => undefined), wrong({ kind: "method", name: "title" }), wrong(undefined)); }],
    ["OneToMany", "field", () => { OneToMany(() => Category)(wrong(undefined), wrong({ kind: "field", name: "title" })); }],
  ])("are refused where the class is defined, as @%s of a %s is, and the error says what to set", (_decorator, _kind, define) => {
    let caught: unknown;
    try {
      define();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ModelError);
    expect(caught).toMatchObject({ code: "MODEL_ERROR", property: "title", message: expect.stringMatching(/property title .*"experimentalDecorators": true in tsconfig\.json.*docs\/compilers\.md/) });
  });
});

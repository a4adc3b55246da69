import { ModelError, type ModelFault } from "./classes";

/** One error for everything that is wrong with a model. */
export function modelError(faults: readonly ModelFault[]): ModelError {
  const lines = faults.map(({ entity, property, fault, remedy }) =>
    `  - ${property === undefined ? entity : `${entity}.${property}`}: ${fault}; ${remedy}.`);
  const count = faults.length === 1 ? "one fault" : `${faults.length} faults`;
  return new ModelError(`The entities have ${count}:\n${lines.join("\n")}`, Object.freeze(faults.slice()));
}

/** A class was used with a database that does not know it. */
export function unknownEntity(name: string): ModelError {
  const fault: ModelFault = {
    entity: name, property: undefined,
    fault: "is not an entity of this database",
    remedy: "list the class in Database.open({ entities })",
  };
  return new ModelError(`${name} ${fault.fault}: ${fault.remedy}.`, Object.freeze([fault]));
}

/** A decorator was called as the standard (TC39) ones are: with a context in place of the property's name. */
export function standardDecorator(property: string | undefined): ModelError {
  const fault: ModelFault = {
    entity: "an entity", property,
    fault: "was compiled as a standard (TC39) decorator, which is told neither its class nor its type",
    remedy: 'set "experimentalDecorators": true in tsconfig.json, or what docs/compilers.md has for your tool',
  };
  return new ModelError(`The decorator of the property ${property ?? "(without a name)"} ${fault.fault}: ${fault.remedy}.`, Object.freeze([fault]));
}

/** Rows are made into entities at once: nobody waits for a method. */
export function asyncAfterLoad(entity: string, method: string): ModelError {
  return modelError([{
    entity, property: method, fault: "is an @AfterLoad() method that returned a promise", remedy: "make it synchronous",
  }]);
}

/** The wording of each fault that building a model can find: what is wrong, and how to mend it. */
type Words = readonly [fault: string, remedy: string];

export const modelFaults = {
  notAClass: (): Words => ["is not a class", "list the entity classes themselves in Database.open({ entities })"],
  listedTwice: (): Words => ["is listed twice", "list each class once"],
  notAnEntity: (): Words => ["is listed as an entity but carries no @Entity()", "put @Entity() on the class"],
  duplicateName: (other: string): Words => [`has the same name as the class ${other}`, "give one of them @Entity({ name: … })"],
  nameLost: (name: string): Words => [
    `its name ${JSON.stringify(name)} looks like one that a minifier or bundler made, and another build may make another`,
    'say @Entity({ name: "…" }), or let the tool keep names (docs/compilers.md)',
  ],
  jsonTypeNameLost: (name: string): Words => [
    `its name ${JSON.stringify(name)} looks like one that a minifier or bundler made, and stored documents would hold it`,
    'say @JsonType("…"), or let the tool keep names (docs/compilers.md)',
  ],
  duplicateTable: (other: string, table: string): Words => [`meets ${other} in the table ${table}`, "give one of them @Entity({ table: … })"],
  duplicateColumn: (other: string, column: string): Words => [`meets ${other} in the column ${column}`, "give one of them { name: … }"],
  badIdentifier: (what: string, name: string): Words => [
    `its ${what} ${JSON.stringify(name)} is no usable name`, "use 1 to 63 characters of Unicode text, without U+0000 and not beginning with sqlite_",
  ],
  duplicateConstraint: (name: string, other: string): Words => [
    `its index or constraint ${name} has the name of another in ${other}`, "give one of them another { name: … }, or name its table or column otherwise",
  ],
  noColumns: (): Words => ["has no stored property", "decorate its properties with @PrimaryKey(), @Column(), …"],
  noPrimaryKey: (): Words => ["has no primary key", "mark a property with @PrimaryKey()"],
  declaredTwice: (): Words => [
    "carries more than one of @PrimaryKey, @Column, @ForeignKey, @Json, @Enum, @CreatedAt, @UpdatedAt, @Version, @DeletedAt and the relations",
    "keep one (only @PrimaryKey and @ForeignKey, or @PrimaryKey and @Enum, go together)",
  ],
  reservedName: (): Words => ["has a name that every object has already", "rename the property"],
  typeUnknown: (kind: "unknown" | "absent", decorator: string): Words => kind === "absent"
    ? ["has no type: the tool that compiled it emitted none (esbuild and tsx never do)",
      `write ${decorator}, or another type of docs/types.md; docs/compilers.md says which tools emit types, and how (emitDecoratorMetadata)`]
    : ["its type is seen as Object by reflection (a union, an interface, a type-only import, or no type written at all)",
      `write ${decorator}, or another type of docs/types.md`],
  typeIsArray: (): Words => ["is an array", "store it as JSON with @Json(), or as rows of an entity of its own"],
  typeIsClass: (name: string): Words => [`is of the class ${name}`, `store it as JSON with @Json(() => ${name}), or say { type: … }`],
  badType: (type: string, known: readonly string[]): Words => [`its type ${JSON.stringify(type)} is not known`, `use one of ${known.join(", ")}`],
  badColumnType: (): Words => [
    "its option columnType is no type", 'give one as the database writes it, such as "varchar(20)", "numeric(10,2)", "integer[]" or "text collate "C""',
  ],
  defaultTwice: (): Words => ["has both default and defaultRaw", "keep one"],
  defaultGenerated: (): Words => ["has defaultRaw and a value that Freehold makes", 'leave one of them out: @PrimaryKey({ generate: "none", defaultRaw: "…" })'],
  badUnmanaged: (entry: unknown, kinds: readonly string[]): Words => [
    `its entry ${JSON.stringify(entry)} under unmanaged is none`, `write a kind (${kinds.join(", ")}), a blank, and the name as schema.check() shows it`,
  ],
  badDeferrable: (): Words => ["its option deferrable is wrong", 'use "INITIALLY DEFERRED" or "INITIALLY IMMEDIATE"'],
  badOption: (option: string, wanted: string): Words => [`its option ${option} is wrong`, `give ${wanted}`],
  badDefault: (problem: string): Words => [`its default ${problem}`, "give a default that the column accepts"],
  enumEmpty: (): Words => ["its enum has no members", "give at least one value"],
  enumText: (fault: string): Words => [`its enum has a member that ${fault}`, "use text that every engine can store"],
  enumMixed: (): Words => ["its enum must be all strings or all whole numbers", "use one kind of value"],
  jsonClass: (): Words => ["its JSON class is not a class", "give a function that returns one: @Json(() => Address)"],
  badKeyType: (type: string): Words => [`a ${type} cannot be a primary key`, "use an integer, uuid, text, bigint, date or datetime"],
  badGenerate: (generate: string, type: string): Words => [
    `generate: ${JSON.stringify(generate)} does not go with type ${type}`,
    'identity and perOwner need integer, uuid needs uuid or text, and "none" takes any',
  ],
  perOwnerUnowned: (): Words => [
    "counts its ids per owner, but the entity has no owner", 'add @UserOwned() and an OwnerId, or use generate: "identity"',
  ],
  compositeGenerated: (): Words => ["is part of a composite key and generated", 'composite keys are the caller\'s: say generate: "none" on each part'],
  foreignKeyText: (target: string): Words => [`its target ${JSON.stringify(target)} is not of the form "Entity.property"`, 'write it like "User.user_id"'],
  foreignKeyThunk: (): Words => ["its target is not a class and a property", 'give () => [User, "user_id"]'],
  foreignKeyEntity: (name: string): Words => [`refers to ${name}, which is not an entity of this database`, "add the class to Database.open({ entities })"],
  foreignKeyProperty: (entity: string, property: string, known: readonly string[]): Words => [
    `refers to ${entity}.${property}, which does not exist`, `${entity} has ${known.join(", ")}`,
  ],
  foreignKeyNotUnique: (entity: string, property: string): Words => [
    `refers to ${entity}.${property}, which is not unique`, "refer to the primary key or to a property with unique: true",
  ],
  foreignKeyToOwner: (entity: string, property: string): Words => [
    `refers to ${entity}.${property}, which holds the owner of its rows`, `refer to the primary key of ${entity}`,
  ],
  foreignKeyLoop: (): Words => ["takes its type from itself through other foreign keys", "give one of them a { type: … }"],
  foreignKeyType: (type: string, targetType: string): Words => [`its type ${type} is not its target's (${targetType})`, "leave the type out"],
  setNullOnRequired: (): Words => ["says SET NULL but is not nullable", "add nullable: true, or use another action"],
  badAction: (): Words => ["its onDelete or onUpdate is not known", "use RESTRICT, CASCADE, SET NULL or NO ACTION"],
  crossOwners: (action: string, target: string): Words => [
    `says ${action} on the public entity ${target}, which would change every owner's rows at once`,
    "use RESTRICT, or say acrossOwners: true if that is meant",
  ],
  publicToOwned: (target: string): Words => [
    `is a public entity that refers to the owned entity ${target}, whose rows it would make visible`,
    "mark this entity @UserOwned() as well",
  ],
  ownedTwice: (marks: readonly string[]): Words => [`is ${marks.join(" and ")} at once`, "say one of them: whose its rows are has one answer"],
  selfOwnedKey: (): Words => ["is @SelfOwned() but has no single primary key", "mark one property, typed OwnerId, as @PrimaryKey()"],
  referenceToSelf: (target: string): Words => [
    `refers to the self-owned entity ${target}, and so would tell users which of its rows there are`,
    "only the owner property of a @UserOwned() entity, or a @SystemOwned() entity, may refer to it",
  ],
  referenceToSystem: (target: string): Words => [
    `refers to ${target}, which only the system opens`, "turn the reference round: a @SystemOwned() entity may refer to any other",
  ],
  systemReferenceKey: (target: string): Words => [
    `refers to ${target}, whose key is one for each owner`, "across owners a row is named by an identity key: refer to an entity that has one",
  ],
  systemReferenceHolds: (target: string): Words => [
    `would keep rows of ${target} from being deleted by their owners, who would so learn of it`, 'say onDelete: "CASCADE" or "SET NULL"',
  ],
  otherOwner: (target: string, owner: string, targetOwner: string): Words => [
    `refers to ${target}, which is owned by ${targetOwner} and not by ${owner}`, "both ends of a reference need one owner entity",
  ],
  ownerMissing: (): Words => ["is @UserOwned() but has no foreign key to an owner entity", 'add @ForeignKey("User.user_id") user_id!: OwnerId'],
  ownerAmbiguous: (candidates: readonly string[]): Words => [
    `could be owned through ${candidates.join(" or ")}`, `name one: @UserOwned({ by: "${candidates[0] ?? ""}" })`,
  ],
  ownerNotForeignKey: (by: string): Words => [`is @UserOwned({ by: "${by}" }), which is no foreign key to an entity that is not owned`, "name the foreign key to the owner entity"],
  ownerNotKey: (entity: string): Words => [`does not refer to the primary key of ${entity}`, "an owner is named by its whole, single-column primary key"],
  ownerNullable: (): Words => ["holds the owner and is nullable", "every owned row has an owner: remove nullable"],
  ownerIsKey: (): Words => ["holds the owner and is marked @PrimaryKey()", "leave it out: keys of owned entities hold the owner by themselves"],
  ownerDefault: (): Words => ["holds the owner and has a default", "remove it: the owner comes from the context"],
  constraintProperty: (what: string, name: string, known: readonly string[]): Words => [
    `its ${what} names ${name}, which it does not have`, `it has ${known.join(", ")}`,
  ],
  constraintEmpty: (what: string): Words => [`its ${what} names no property`, "name at least one"],
  constraintJson: (what: string, name: string): Words => [`its ${what} holds the JSON property ${name}`, "JSON has no order: leave it out"],
  badJsonType: (): Words => ["is listed as a JSON type but is not a class", "list the classes themselves in Database.open({ jsonTypes })"],
  duplicateJsonType: (name: string): Words => [`the JSON type name ${JSON.stringify(name)} is used twice`, "tell the classes apart with @JsonType(…)"],
  relationTarget: (): Words => ["its relation's target is not a class", "give a function that returns one: () => Project"],
  relationEntity: (name: string): Words => [`is a relation to ${name}, which is not an entity of this database`, "add the class to Database.open({ entities })"],
  relationKey: (name: string, holder: string, target: string): Words => [
    `its relation names ${name}, which is no foreign key of ${holder} to ${target}`, `name the property of ${holder} that carries @ForeignKey(() => [${target}, …])`,
  ],
  relationKeyMissing: (holder: string, target: string): Words => [`needs a foreign key of ${holder} to ${target}, and there is none`, `declare one on ${holder}`],
  relationKeyAmbiguous: (holder: string, target: string, names: readonly string[]): Words => [
    `could follow any of ${holder}'s foreign keys to ${target}: ${names.join(", ")}`, "name one of them",
  ],
  relationSide: (name: string): Words => [`both classes have a foreign key ${name} to the other`, 'say which one is meant: { on: "this" } or { on: "target" }'],
  relationNotUnique: (holder: string, name: string): Words => [
    `is @OneToOne over ${holder}.${name}, of which several rows may hold the same value`, `add unique: true to ${holder}.${name}, or use @OneToMany`,
  ],
  relationThrough: (): Words => ["is @ManyToMany without an entity that connects the two", "give { through: () => TaskTag }"],
  keptTwice: (kind: string, other: string): Words => [
    `is a second @${kind.charAt(0).toUpperCase()}${kind.slice(1)}() beside ${other}`, "keep one of them",
  ],
  hookNotMethod: (): Words => ["carries a hook but is no method", "put @BeforeInsert(), @BeforeUpdate(), @BeforeDelete() and @AfterLoad() on methods"],
  subEntityBase: (): Words => [
    "carries @SubEntity() but extends no entity with a discriminator that is listed", 'put @Entity({ discriminator: "kind" }) on its base, and list both',
  ],
  subEntityAndEntity: (): Words => ["carries both @Entity() and @SubEntity()", "keep @SubEntity() where it shares its base's table, else @Entity()"],
  subEntityTwice: (values: readonly (string | number)[]): Words => [
    `has two subclasses of one @SubEntity() value among ${values.map((value) => JSON.stringify(value)).join(", ")}`, "give each its own",
  ],
  subEntityProperty: (base: string, name: string): Words => [
    `is a second ${name} among the classes in the table of ${base}`, "declare it once, in a base of both, or rename one",
  ],
  subEntityFixed: (): Words => [
    "is a key or a column that the framework keeps, of a class that shares its base's table", "declare it in the base",
  ],
  subEntityOwned: (root: string): Words => [`is owned, and ${root}, whose table it shares, is not`, `put @UserOwned() on ${root}`],
  discriminatorName: (): Words => ["its discriminator is no name of a property", 'give a name such as { discriminator: "kind" }'],
  discriminatorAlone: (name: string): Words => [`has a discriminator ${JSON.stringify(name)}, and no subclass under @SubEntity() is listed`, "list its subclasses"],
  discriminatorColumn: (): Words => [
    "is the discriminator and no plain column", "declare it with @Enum() or @Column(), neither nullable nor hidden nor with a default, or leave it out",
  ],
  discriminatorValues: (values: readonly (string | number)[]): Words => [
    "is the discriminator, and its enum lacks values of @SubEntity()", `let it hold ${values.map((value) => JSON.stringify(value)).join(", ")}`,
  ],
  indexPath: (name: string, fault: string): Words => [`its @Index names ${JSON.stringify(name)}, which ${fault}`, 'name a place in a JSON property: @Index("profile.address.city")'],
  altKeyAlone: (): Words => ["carries @AltKey() and stores nothing", "put @Column(), @Enum() or @ForeignKey() beside it"],
  altKeyOwner: (): Words => ["is the owner, which every alternative key holds already", "remove @AltKey()"],
  altKeyNullable: (): Words => ["is part of the alternative key and nullable", "a null is never unique: make it required"],
  altKeyJson: (): Words => ["is JSON and part of the alternative key", "use a column of another type"],
  altKeyTarget: (target: string): Words => [`is part of the alternative key and refers to ${target}, which has none`, `mark properties of ${target} with @AltKey()`],
  altKeyCircle: (target: string): Words => [`is part of an alternative key that leads through ${target} back to itself`, "leave a part out of one of the keys"],
  altKeyAcross: (target: string): Words => [
    `is part of the alternative key of a system's own entity, and the one of ${target} is one for each owner`, "leave it out of the key",
  ],
  hiddenRequired: (): Words => ["is part of the key and has select: false", "keys are always loaded: remove it"],
} as const;

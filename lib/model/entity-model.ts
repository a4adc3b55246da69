import type { AnyClass, ColumnType, ConcreteClass, Deferrable, HookEvent, KeptKind, ReferentialAction } from "../metadata/records";
import type { Dictionary } from "../util/freeze";
import type { JsonPath } from "./json-path";
import type { JsonShape } from "./json-shape";

/** Where a value comes from when an insert leaves the property out. */
export type Generated = "identity" | "uuid" | "perOwner" | KeptKind;

/** A constant, a function called for each row, or what the database itself takes. */
export type DefaultValue =
  | { readonly kind: "database"; readonly sql: string }
  | { readonly kind: "constant"; readonly value: unknown }
  | { readonly kind: "function"; readonly make: () => unknown };

/** One stored property. */
export interface PropertyModel {
  readonly name: string;
  readonly column: string;
  /** Its place among the entity's columns, from 0. */
  readonly position: number;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly generated: Generated | null;
  readonly default: DefaultValue | null;
  /** Members of an enum, all strings or all whole numbers. */
  readonly values: readonly (string | number)[] | null;
  readonly json: JsonShape | null;
  /** The database's own type, where the application says it; null: the one that the dialect takes for `type`. */
  readonly columnType: string | null;
  /** Whether its table is one of SQLite's that do not hold columns to their types. */
  readonly loose: boolean;
  readonly length: number | null;
  readonly precision: number | null;
  readonly scale: number | null;
  /** false: only loaded when `select` names it. */
  readonly select: boolean;
  /** Whether it is part of the primary key as the class declares it. */
  readonly key: boolean;
  /** Whether it is a subclass's that shares the table: in rows of other kinds it is null. */
  readonly partial: boolean;
}

/** A primary key or unique constraint, its columns in database order (the owner first where keys are per owner). */
export interface KeyModel {
  readonly name: string;
  readonly properties: readonly PropertyModel[];
  /** Whether it ignores rows that were deleted softly. */
  readonly live: boolean;
}

export interface PrimaryKeyModel {
  /** What the class declares, and what `findById` takes. */
  readonly properties: readonly PropertyModel[];
  /** What the database's PRIMARY KEY holds: the same, or the owner and the same. */
  readonly columns: readonly PropertyModel[];
  readonly generate: "identity" | "uuid" | "perOwner" | "none";
  /** Whether rows are stored in the order of this key, an owner's beside each other. */
  readonly clustered: boolean;
  /** Whether a counted key of a deleted row is never given again. */
  readonly autoIncrement: boolean;
}

export interface IndexModel {
  readonly name: string;
  readonly parts: readonly IndexPart[];
}

/** A column, or a place in a JSON column. */
export interface IndexPart {
  readonly property: PropertyModel;
  readonly path: JsonPath | null;
}

export interface ForeignKeyModel {
  readonly name: string;
  /** The property that carries the reference. */
  readonly reference: PropertyModel;
  /** The referencing columns: the reference alone, or the owner and the reference. */
  readonly properties: readonly PropertyModel[];
  readonly targetEntity: string;
  readonly targetTable: string;
  readonly targetColumns: readonly string[];
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
  /** Null: it is looked at with each statement. */
  readonly deferrable: Deferrable | null;
}

/** Two columns that hold the same value at both ends of a relation. */
export interface ColumnPair {
  readonly outer: PropertyModel;
  readonly inner: PropertyModel;
}

/** A way from an entity's rows to another's. */
export interface RelationModel {
  readonly name: string;
  /** Whether a row has one at most at the other end, or any number. */
  readonly many: boolean;
  /** The name of the entity at the other end. */
  readonly target: string;
  /** From this entity to the target, or to the entity between. */
  readonly pairs: readonly ColumnPair[];
  /** The entity between, and how it leads on to the target. */
  readonly through: { readonly entity: string; readonly pairs: readonly ColumnPair[] } | null;
  /** The foreign key of this entity that it follows; null where the other end holds the key. */
  readonly key: PropertyModel | null;
}

/** The name by which people know a row. */
export interface AltKeyModel {
  readonly parts: readonly AltKeyPart[];
}

export interface AltKeyPart {
  readonly property: PropertyModel;
  /** Where the part is a foreign key: the entity whose alternative key stands for it, and the way there. */
  readonly target: { readonly entity: string; readonly pairs: readonly ColumnPair[] } | null;
}

/** Whose rows they are. */
export interface OwnershipModel {
  /** The property that holds the owner's key. */
  readonly property: PropertyModel;
  /** The owner entity's name, as in `User`. */
  readonly ownerEntity: string;
  readonly ownerClass: AnyClass;
  /** The owner entity's primary key. */
  readonly ownerKey: PropertyModel;
  /** Whether each row belongs to itself: the entity is the owner entity. */
  readonly itself: boolean;
}

/** The columns that change with every write of a row; null where an entity has none. */
export interface KeptModel {
  readonly updatedAt: PropertyModel | null;
  readonly version: PropertyModel | null;
  /** Null in rows that were not deleted. */
  readonly deletedAt: PropertyModel | null;
}

/** The names of the methods that are called, in their order. */
export type HooksModel = { readonly [E in HookEvent]: readonly string[] };

/** Entities that share a table, as one of them sees it. */
export interface FamilyModel {
  /** The name of the entity whose table it is. */
  readonly root: string;
  /** Whether this entity is it: then rows of every kind are its own. */
  readonly whole: boolean;
  /** The property that says of which kind a row is. */
  readonly discriminator: PropertyModel;
  /** The kind of this very class; null for the root. */
  readonly own: KindModel | null;
  /** The kinds of rows that this entity has: its own and those of its subclasses, a class before its subclasses. */
  readonly kinds: readonly KindModel[];
}

/** One kind of rows, in the properties of the entity that sees it. */
export interface KindModel {
  readonly name: string;
  readonly value: string | number;
  readonly target: ConcreteClass;
  readonly properties: readonly PropertyModel[];
  /** Those that must not be null in rows of this kind. */
  readonly required: readonly PropertyModel[];
  readonly hooks: HooksModel;
}

interface EntityModelBase {
  readonly name: string;
  readonly table: string;
  readonly target: ConcreteClass;
  /** How it shares a table with other entities; null: it has one for itself. */
  readonly family: FamilyModel | null;
  readonly properties: Dictionary<PropertyModel>;
  /** The same properties in declaration order. */
  readonly columns: readonly PropertyModel[];
  readonly primaryKey: PrimaryKeyModel;
  /** Whether SQLite holds its columns to their types. */
  readonly strict: boolean;
  /** What the database has beside the model, as the schema's check names it. */
  readonly unmanaged: readonly string[];
  readonly relations: Dictionary<RelationModel>;
  /** Unique constraints besides the primary key. */
  readonly uniques: readonly KeyModel[];
  readonly indexes: readonly IndexModel[];
  readonly foreignKeys: readonly ForeignKeyModel[];
  readonly altKey: AltKeyModel | null;
  readonly kept: KeptModel;
  readonly hooks: HooksModel;
}

/** An entity whose rows belong to somebody: it enters a statement only with a context. */
export interface OwnedModel extends EntityModelBase {
  readonly ownership: OwnershipModel;
}

/** An entity whose rows belong to nobody. */
export interface PublicModel extends EntityModelBase {
  readonly ownership: null;
  /** Whether nobody but the system opens it. */
  readonly systemOnly: boolean;
  /** Names of the entities, not public themselves, that hold on to its rows: deleting one, or changing its key, touches their owners. */
  readonly referencedByOwned: readonly string[];
}

export type EntityModel = OwnedModel | PublicModel;

/** The table with the last id of each owner in each entity whose ids are counted per owner. */
export interface CounterModel extends OwnedModel {
  /** Which entity's ids a row counts: the entity's table. */
  readonly counted: PropertyModel;
  readonly last: PropertyModel;
}

/** All entities of one database, checked and frozen. */
export interface DatabaseModel {
  readonly entities: readonly EntityModel[];
  /** By name. */
  readonly byName: Dictionary<EntityModel>;
  /** Slips that are no faults: what is likely meant otherwise. */
  readonly warnings: readonly string[];
  /** The entities, and the tables that the framework keeps for them. */
  readonly tables: readonly EntityModel[];
  /** Where the ids of an entity are counted that has its own for each owner. */
  counterOf(model: EntityModel): CounterModel | undefined;
  /** The model of a class, if it was listed. */
  modelOf(target: AnyClass): EntityModel | undefined;
}

import type { AnyClass, ColumnType, ConcreteClass, HookRecord, KeptKind, PropertyRecord, RelationRecord } from "../metadata/records";
import type { PropertyModel } from "./entity-model";

type RecordOf<K extends PropertyRecord["kind"]> = Extract<PropertyRecord, { kind: K }>;

/** A property while the model is being built. Drafts live for one call of `buildModel` and never leave it. */
export interface PropertyDraft {
  readonly name: string;
  /** The class that declares it: where reflection has its type. */
  readonly declaredBy: AnyClass;
  readonly column: RecordOf<"column"> | RecordOf<"json"> | RecordOf<"enum"> | RecordOf<KeptKind> | null;
  readonly key: RecordOf<"primaryKey"> | null;
  readonly foreignKey: RecordOf<"foreignKey"> | null;
  /** Of a subclass that shares the table: rows of other kinds have none. */
  readonly partial: boolean;
  /** Set by the references pass. */
  target: { readonly entity: EntityDraft; readonly property: PropertyDraft } | null;
  /** Set by the types pass; null while unknown or faulty. */
  type: ColumnType | null;
  /** Set when all else is known. */
  model: PropertyModel | null;
}

/** An entity while the model is being built. */
export interface EntityDraft {
  readonly name: string;
  readonly table: string;
  readonly target: ConcreteClass;
  readonly strict: boolean;
  readonly unmanaged: readonly string[];
  /** How it shares a table with others; null: it has one for itself. */
  readonly family: FamilyDraft | null;
  /** Its own, those of its bases, and last those of its subclasses that share the table. */
  readonly properties: ReadonlyMap<string, PropertyDraft>;
  readonly relations: ReadonlyMap<string, RelationRecord>;
  /** Those of base classes first. */
  readonly hooks: readonly HookRecord[];
  /** The names of the properties that make up the alternative key. */
  readonly altKey: readonly string[];
  /** Whether the class or a base of it is `@UserOwned()`. */
  readonly owned: { readonly by: string | null } | null;
  /** Whether it is `@SelfOwned()`: each row belongs to itself. */
  readonly selfOwned: boolean;
  /** Whether it is `@SystemOwned()`: only the system opens it. */
  readonly systemOwned: boolean;
  /** Set by the ownership pass: the property that holds the owner. */
  owner: PropertyDraft | null;
}

/** The place of an entity among those that share a table. */
export interface FamilyDraft {
  /** Whose table it is. */
  readonly root: EntityDraft;
  /** The property that says which class a row is of. */
  readonly discriminator: string;
  /** What it holds in rows of this very class; null for the root. */
  readonly value: string | number | null;
  /** Subclasses of this one, those of a class before those of its own subclasses. */
  readonly descendants: readonly EntityDraft[];
}

/** The entity whose table it is. */
export function tableOwner(entity: EntityDraft): EntityDraft {
  return entity.family?.root ?? entity;
}

/** Whether a row of one is a row of the other too. */
export function isKindOf(entity: EntityDraft, base: EntityDraft): boolean {
  return entity === base || base.family?.descendants.includes(entity) === true;
}

/** Whether anybody may open it. */
export function isPublic(entity: EntityDraft): boolean {
  return entity.owned === null && !entity.selfOwned && !entity.systemOwned;
}

/** The declared primary key's properties, in declaration order. */
export function keyProperties(entity: EntityDraft): readonly PropertyDraft[] {
  return [...entity.properties.values()].filter((property) => property.key !== null);
}

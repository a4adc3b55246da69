/**
 * The class of an entity. Its constructor takes no required arguments: Freehold builds entities with `new`. An abstract one is the base of
 * entities that share its table.
 */
export type EntityClass<E extends object = object> = abstract new () => E;

/** A class that can be built. */
export type ConcreteClass<E extends object = object> = new () => E;

/** Any class, abstract ones too: what decorators are applied to. */
export type AnyClass<E extends object = object> = abstract new (...args: never[]) => E;

/** How a column is stored; `docs/types.md` has the limits of each. */
export type ColumnType =
  | "integer" | "bigint" | "real" | "decimal" | "boolean" | "text" | "uuid" | "blob" | "datetime" | "date" | "json" | "enum";

/** What happens to referencing rows when the row they reference goes or changes its key. */
export type ReferentialAction = "RESTRICT" | "CASCADE" | "SET NULL" | "NO ACTION";

/** When a foreign key that may wait is looked at. */
export type Deferrable = "INITIALLY DEFERRED" | "INITIALLY IMMEDIATE";

/** A value, or a function that makes one for each row. */
export type DefaultOption = unknown;

/**
 * What a column can be told, by `@Column`, `@Json` and `@Enum`.
 *
 * @example
 * class Note { @Column({ type: "text", nullable: true, length: 200, index: true }) title!: string | null; }
 */
export interface ColumnOptions {
  /** How values are written, checked and read; default: what reflection tells of the property. */
  readonly type?: ColumnType;
  /** Default false. */
  readonly nullable?: boolean;
  /** Used when an insert leaves the property out: a constant, or a function called for each row. */
  readonly default?: DefaultOption;
  /** The database's own default, as SQL such as `"now()"`, which it takes where an insert leaves the property out. */
  readonly defaultRaw?: string;
  /** One row per value; per owner in an owned entity. A text names the constraint. */
  readonly unique?: boolean | string;
  /** Default false; in an owned entity the owner comes first in it. */
  readonly index?: boolean;
  /**
   * The database's own type, such as `"varchar(20)"`, instead of the one that Freehold takes for `type`; it stands in the schema as it is,
   * without a collation or CHECK of Freehold's. `type` still says how values are written and read.
   */
  readonly columnType?: string;
  /** The greatest number of characters of a text column. */
  readonly length?: number;
  /** Digits in all, of a decimal. */
  readonly precision?: number;
  /** Digits after the point, of a decimal. */
  readonly scale?: number;
  /** The column's name; default: the naming strategy's. */
  readonly name?: string;
  /** false: loaded only when a query's `select` names it. */
  readonly select?: boolean;
}

/**
 * What a primary key can be told.
 *
 * @example
 * class Invoice { @PrimaryKey({ generate: "perOwner" }) invoiceId!: number; }
 */
export interface PrimaryKeyOptions {
  /**
   * `identity`: the database counts (default for numbers); `uuid`: UUIDv7 (default for strings); `perOwner`: 1, 2, 3 … for each
   * owner of an owned entity; `none`: the caller's.
   */
  readonly generate?: "identity" | "uuid" | "perOwner" | "none";
  /** As that of {@link ColumnOptions}. */
  readonly type?: ColumnType;
  /** The column's name; default: the naming strategy's. */
  readonly name?: string;
  /** The greatest number of characters of a text. */
  readonly length?: number;
  /** As that of {@link ColumnOptions}. */
  readonly columnType?: string;
  /** As that of {@link ColumnOptions}; with `generate: "none"`. */
  readonly defaultRaw?: string;
  /** SQLite: whether the id of a deleted row is never given again (AUTOINCREMENT), with `generate: "identity"`; default true. */
  readonly autoIncrement?: boolean;
}

/**
 * What a reference can be told.
 *
 * @example
 * class Task { @ForeignKey(() => [Project, "projectId"], { nullable: true, onDelete: "SET NULL" }) projectId!: number | null; }
 */
export interface ForeignKeyOptions {
  /** What becomes of this row when the other goes; default `NO ACTION`, and `RESTRICT` from an owned entity to a public one. */
  readonly onDelete?: ReferentialAction;
  /** What becomes of it when the other's key changes; default `NO ACTION`. */
  readonly onUpdate?: ReferentialAction;
  /** Default false. */
  readonly nullable?: boolean;
  /** Default true. */
  readonly index?: boolean;
  /** One row for each that is referred to: what `@OneToOne` follows. A text names the constraint. */
  readonly unique?: boolean | string;
  /** The column's name; default: the naming strategy's. */
  readonly name?: string;
  /** Default: the target's. */
  readonly type?: ColumnType;
  /** As that of {@link ColumnOptions}. */
  readonly default?: DefaultOption;
  /** As that of {@link ColumnOptions}. */
  readonly defaultRaw?: string;
  /** As that of {@link ColumnOptions}; default: the target's. */
  readonly columnType?: string;
  /** What the constraint is called; default `fk_<table>_<columns>`. */
  readonly constraintName?: string;
  /** When the database looks: `"INITIALLY DEFERRED"` at the end of the transaction, `"INITIALLY IMMEDIATE"` unless a transaction asks otherwise; default at once. */
  readonly deferrable?: Deferrable;
  /** Allows CASCADE and SET NULL from an owned entity to a public one, which change every owner's rows at once. */
  readonly acrossOwners?: boolean;
}

/** `"User.user_id"`, or a function giving the class and the property (safe under renaming, lazy for cycles). */
export type ForeignKeyTarget = string | (() => readonly [AnyClass, string]);

/** The members of a TypeScript enum, or a list of literals. */
export type EnumSource = readonly (string | number)[] | Readonly<Record<string, string | number>>;

export type PropertyRecord =
  | { readonly kind: "column"; readonly property: string; readonly options: ColumnOptions }
  | { readonly kind: "primaryKey"; readonly property: string; readonly options: PrimaryKeyOptions }
  | { readonly kind: "foreignKey"; readonly property: string; readonly target: ForeignKeyTarget; readonly options: ForeignKeyOptions }
  | { readonly kind: "json"; readonly property: string; readonly shape: (() => AnyClass) | null; readonly options: ColumnOptions }
  | { readonly kind: "enum"; readonly property: string; readonly values: EnumSource; readonly options: ColumnOptions }
  | { readonly kind: KeptKind; readonly property: string; readonly options: ColumnOptions }
  | HookRecord
  | AltKeyRecord
  | RelationRecord;

/** A mark beside the record that says what the property stores. */
export interface AltKeyRecord {
  readonly kind: "altKey";
  readonly property: string;
}

/** Columns whose values the framework keeps. */
export type KeptKind = "createdAt" | "updatedAt" | "version" | "deletedAt";

export type HookEvent = "beforeInsert" | "beforeUpdate" | "beforeDelete" | "afterLoad";

/** `property`: the method that is called. */
export interface HookRecord {
  readonly kind: "hook";
  readonly property: string;
  readonly event: HookEvent;
}

/** Given as a function, so that entity files may import each other. */
export type RelationTarget = () => AnyClass;

/** `by`: the foreign key, on this class or on the target; null: the only one there is. */
export type RelationRecord =
  | { readonly kind: "relation"; readonly relation: "manyToOne" | "oneToMany"; readonly property: string; readonly target: RelationTarget; readonly by: string | null }
  | { readonly kind: "relation"; readonly relation: "oneToOne"; readonly property: string; readonly target: RelationTarget; readonly by: string | null; readonly options: OneToOneOptions }
  | { readonly kind: "relation"; readonly relation: "manyToMany"; readonly property: string; readonly target: RelationTarget; readonly options: ManyToManyOptions };

/**
 * What a relation to one row can be told besides its foreign key.
 *
 * @example
 * class Note { @OneToOne(() => Draft, "noteId", { on: "target" }) draft?: ToOne<Draft>; }
 */
export interface OneToOneOptions {
  /** Which of the two classes holds the foreign key; needed only where both have one of that name. */
  readonly on?: "this" | "target";
}

/**
 * Which entity connects two others.
 *
 * @example
 * class Task { @ManyToMany(() => Tag, { through: () => TaskTag }) tags?: ToMany<Tag>; }
 */
export interface ManyToManyOptions {
  /** The entity whose rows connect the two, with a foreign key to each. */
  readonly through: RelationTarget;
  /** Its foreign key to this class; needed where it has several. */
  readonly from?: string;
  /** Its foreign key to the target; needed where it has several. */
  readonly to?: string;
}

/**
 * What `@Unique` can be told behind its properties.
 *
 * @example
 * @Unique("code", { global: true, name: "uq_voucher_code" })
 * class Voucher {}
 */
export interface UniqueOptions {
  /** Unique over all owners. It tells users of each other: an insert that fails shows that somebody holds the value. */
  readonly global?: boolean;
  /** What the database calls the constraint; default `uq_<table>_<columns>`. */
  readonly name?: string;
}

/**
 * What `@Index` can be told behind its properties.
 *
 * @example
 * @Index("createdAt", { name: "by_day" })
 * class Note {}
 */
export interface IndexOptions {
  /** What the database calls it; default `ix_<table>_<columns>`. */
  readonly name?: string;
}

export interface EntityRecord {
  readonly kind: "entity";
  readonly name: string | null;
  readonly table: string | null;
  readonly discriminator: string | null;
  readonly strict: boolean;
  readonly unmanaged: readonly string[];
}

export type ClassRecord =
  | EntityRecord
  | { readonly kind: "subEntity"; readonly value: string | number }
  | { readonly kind: "userOwned"; readonly by: string | null }
  | { readonly kind: "selfOwned" }
  | { readonly kind: "systemOwned" }
  | { readonly kind: "unique"; readonly properties: readonly string[]; readonly options: UniqueOptions }
  | { readonly kind: "index"; readonly properties: readonly string[]; readonly options: IndexOptions }
  | { readonly kind: "jsonType"; readonly name: string };

/** Everything that decorators recorded on one class, in the order in which they ran; base classes keep their own. */
export interface ClassRecords {
  readonly properties: readonly PropertyRecord[];
  readonly classes: readonly ClassRecord[];
}

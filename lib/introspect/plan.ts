import type { SurveyedColumn } from "../dialect/survey";
import type { ColumnType, Deferrable, ReferentialAction } from "../metadata/records";

/** What is to be written of one table: an entity, as decorators can say it. */
export interface EntityPlan {
  /** The class. */
  readonly name: string;
  readonly table: string;
  readonly comment: string | null;
  readonly strict: boolean;
  /** Those of the primary key first, in its order. */
  readonly columns: readonly ColumnPlan[];
  readonly uniques: readonly KeyPlan[];
  readonly indexes: readonly KeyPlan[];
  readonly relations: readonly RelationPlan[];
  /** What stays in the database beside the model. */
  readonly unmanaged: readonly string[];
  readonly owners: readonly OwnerGuess[];
}

export interface ColumnPlan {
  readonly property: string;
  readonly column: SurveyedColumn;
  readonly type: ColumnType;
  readonly key: KeyRole | null;
  readonly reference: ReferencePlan | null;
  /** The name of a unique constraint of this column alone. */
  readonly unique: string | null;
  /** Whether the default stands as SQL, though it is a constant. */
  readonly raw: boolean;
}

/** Its part in the primary key. */
export interface KeyRole {
  readonly counted: boolean;
  readonly autoIncrement: boolean;
  /** Whether the key has other parts. */
  readonly composite: boolean;
}

export interface ReferencePlan {
  /** The class and property that it refers to. */
  readonly target: string;
  readonly property: string;
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
  readonly constraintName: string | null;
  readonly deferrable: Deferrable | null;
  /** Whether the column's own type has to be said. */
  readonly ownType: boolean;
}

export interface KeyPlan {
  readonly name: string;
  readonly properties: readonly string[];
}

export interface RelationPlan {
  readonly kind: "ManyToOne" | "OneToMany" | "OneToOne";
  readonly property: string;
  readonly target: string;
  /** The property with the foreign key. */
  readonly by: string;
  /** On which side of a one-to-one relation the key is, where both have a property of its name. */
  readonly on: "this" | "target" | null;
}

/** A column that looks as if it said whose a row is. */
export interface OwnerGuess {
  readonly column: string;
  readonly property: string;
  readonly targetTable: string;
  readonly nullable: boolean;
  /** Whether a foreign key says so, or the column's name alone. */
  readonly by: "foreign key" | "name";
}

/** What turned out not to fit into a model; the plan is made again without it. */
export interface Decisions {
  /** Tables without an entity, with the reason. */
  readonly tables: Map<string, string>;
  /** Columns without a property, as {@link columnId} names them. */
  readonly columns: Set<string>;
  readonly references: Set<string>;
  /** Uniques and indexes, as table, blank and name. */
  readonly keys: Set<string>;
  /** Relations, as class, point and property. */
  readonly relations: Set<string>;
  /** Columns whose default has to stand as SQL. */
  readonly raw: Set<string>;
  /** By table. */
  readonly unmanaged: Map<string, Set<string>>;
}

export function noDecisions(): Decisions {
  return { tables: new Map(), columns: new Set(), references: new Set(), keys: new Set(), relations: new Set(), raw: new Set(), unmanaged: new Map() };
}

export function columnId(table: string, column: string): string {
  return JSON.stringify([table, column]);
}

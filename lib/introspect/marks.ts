import type { ColumnType } from "../metadata/records";
import { looksMade } from "../model/lost-names";
import { snakeCaseNaming } from "../model/naming";
import type { ColumnPlan, EntityPlan, ReferencePlan, RelationPlan } from "./plan";

/** What can be written as it is: the only values that come from a database. */
export type Literal = string | number | boolean | readonly Literal[] | { readonly [option: string]: Literal };

/** An argument of a decorator: a value, `undefined`, or a function that names a class, alone or with a property. */
export type Argument =
  | { readonly kind: "literal"; readonly value: Literal }
  | { readonly kind: "undefined" }
  | { readonly kind: "class"; readonly entity: string }
  | { readonly kind: "property"; readonly entity: string; readonly property: string };

export type DecoratorName = "Entity" | "Unique" | "Index" | "PrimaryKey" | "Column" | "ForeignKey" | "Json" | "Enum" | "ManyToOne" | "OneToMany" | "OneToOne";

/** A decorator with its arguments, to be written or to be applied. */
export interface Mark {
  readonly decorator: DecoratorName;
  readonly args: readonly Argument[];
}

const literal = (value: Literal): Argument => ({ kind: "literal", value });

/** Options that say something; none at all where nothing does. */
function options(given: Readonly<Record<string, Literal | null>>): readonly Argument[] {
  const said = Object.entries(given).filter((entry): entry is [string, Literal] => entry[1] !== null);
  return said.length === 0 ? [] : [literal(Object.fromEntries(said))];
}

/** The decorators of the class, in the order in which they are written. */
export function classMarks(plan: EntityPlan): readonly Mark[] {
  return [
    { decorator: "Entity", args: options({
      table: snakeCaseNaming.table(plan.name) === plan.table && !looksMade(plan.name) ? null : plan.table,
      strict: plan.strict ? null : false,
      unmanaged: plan.unmanaged.length === 0 ? null : plan.unmanaged,
    }) },
    ...plan.uniques.map(({ name, properties }): Mark => ({ decorator: "Unique", args: [...properties.map(literal), literal({ name })] })),
    ...plan.indexes.map(({ name, properties }): Mark => ({ decorator: "Index", args: [...properties.map(literal), literal({ name })] })),
  ];
}

/** The decorators of a property. */
export function columnMarks(plan: ColumnPlan): readonly Mark[] {
  const { column, property, type, key, reference } = plan;
  const name = snakeCaseNaming.column(property) === column.name ? null : column.name;
  const fallback = defaults(plan);
  const nullable = column.nullable && key === null ? true : null;
  if (key !== null) {
    return [
      { decorator: "PrimaryKey", args: options({
        generate: key.counted ? "identity" : key.composite ? null : "none",
        type: stated(type), columnType: ownType(plan), length: lengthOf(plan), autoIncrement: key.counted && !key.autoIncrement ? false : null,
        defaultRaw: fallback.defaultRaw, name,
      }) },
      ...(reference === null ? [] : [foreignKey(reference, { index: false })]),
      ...(reference === null && type === "enum" ? [{ decorator: "Enum", args: [literal(column.values ?? [])] } as const] : []),
    ];
  }
  if (reference !== null) {
    return [foreignKey(reference, {
      type: stated(type), columnType: ownType(plan), nullable, ...fallback, unique: plan.unique, index: plan.unique === null ? false : null, name,
    })];
  }
  const shared = { nullable, ...fallback, unique: plan.unique, name };
  if (type === "json") return [{ decorator: "Json", args: withOptions({ kind: "undefined" }, options({ columnType: column.columnType, ...shared })) }];
  if (type === "enum") return [{ decorator: "Enum", args: withOptions(literal(column.values ?? []), options({ columnType: column.columnType, ...shared })) }];
  const decimal = type === "decimal";
  return [{ decorator: "Column", args: options({
    type, columnType: column.columnType, length: lengthOf(plan), precision: decimal ? column.precision : null, scale: decimal ? column.scale : null, ...shared,
  }) }];
}

export function relationMark({ kind, target, by, on }: RelationPlan): Mark {
  return { decorator: kind, args: [{ kind: "class", entity: target }, literal(by), ...options({ on: kind === "OneToOne" ? on : null })] };
}

function withOptions(first: Argument, rest: readonly Argument[]): readonly Argument[] {
  return first.kind === "undefined" && rest.length === 0 ? [] : [first, ...rest];
}

function foreignKey({ target, property, onDelete, onUpdate, constraintName, deferrable }: ReferencePlan, more: Readonly<Record<string, Literal | null>>): Mark {
  return { decorator: "ForeignKey", args: [{ kind: "property", entity: target, property }, ...options({
    ...more, onDelete: onDelete === "NO ACTION" ? null : onDelete, onUpdate: onUpdate === "NO ACTION" ? null : onUpdate, constraintName, deferrable,
  })] };
}

/** An enum is said by its own decorator, and a reference to one takes it over. */
function stated(type: ColumnType): ColumnType | null {
  return type === "enum" ? null : type;
}

/** What a key is read as may not be what Freehold takes for its column's type; nor may a reference be what it refers to. */
function ownType({ column, type, reference }: ColumnPlan): string | null {
  if (reference !== null && reference.ownType) return column.fullType;
  return type === column.type ? column.columnType : column.fullType;
}

function lengthOf({ column, type, reference }: ColumnPlan): number | null {
  return type === "text" && reference === null ? column.length : null;
}

/** The default as a constant where it is one, else as SQL. */
function defaults({ column, type, raw }: ColumnPlan): { readonly default: Literal | null; readonly defaultRaw: string | null } {
  if (column.default === null) return { default: null, defaultRaw: null };
  const constant = raw || type !== column.type || (type === "enum" && !column.values?.includes(String(column.constant))) ? null : column.constant;
  return constant === null ? { default: null, defaultRaw: column.default } : { default: constant, defaultRaw: null };
}

import type { EntityModel, IndexPart, PropertyModel } from "../../model/entity-model";
import { countedAs, countsItself } from "../../model/column-type";
import type { SchemaObject } from "../dialect";
import { neutralValue, type NeutralValues } from "../neutral";
import { tableText, type ConstraintShape, type TableShape } from "../schema-shape";
import { objectId } from "./postgres-existing";
import { jsonPathExpression } from "./postgres-json";
import { isSpread, partitionCount, partitionName, tableKeys, type Layout } from "./postgres-layout";
import { databaseName, quoteIdentifier as quote, quoteLiteral } from "./postgres-names";
import { canonicalType, declaredType, isText } from "./postgres-types";
import { encodeText } from "./postgres-values";

/** The table and its partitions, then its indexes. */
export function tableObjects(model: EntityModel, layout: Layout): readonly SchemaObject[] {
  const table = quote(model.table);
  return [
    relation("table", model.table, tableText(table, createdTable(model, layout))),
    ...partitionNames(model, layout).map((name, place, { length }) => relation("partition", name,
      `create table ${quote(name)} partition of ${table} for values with (modulus ${length}, remainder ${place})`)),
    ...tableKeys(model, layout).uniques.filter(({ live }) => live).map(({ name, properties }) =>
      relation("index", name, `create unique index ${quote(name)} on ${table} (${columnList(properties)}) where ${liveCondition(model)}`)),
    ...model.indexes.map(({ name, parts }) => relation("index", name, `create index ${quote(name)} on ${table} (${parts.map(indexPart).join(", ")})`)),
  ];
}

function relation(kind: SchemaObject["kind"], name: string, sql: string): SchemaObject {
  return { kind, name, id: objectId("relation", name), sql };
}

export function partitionNames(model: EntityModel, layout: Layout): readonly string[] {
  return Array.from({ length: partitionCount(model, layout) }, (_, place) => partitionName(model, place));
}

/** The table as data, without what is made after it. */
export function createdTable(model: EntityModel, layout: Layout): Omit<TableShape, "parts" | "numbering"> {
  const { primary, uniques } = tableKeys(model, layout);
  const constraint = (kind: ConstraintShape["kind"], name: string, rule: string): ConstraintShape =>
    ({ kind, name, definition: `constraint ${quote(name)} ${rule}` });
  return {
    entity: model.name, table: model.table,
    columns: model.columns.map((property) => ({
      property: property.name, column: property.column, kind: property.type, type: storedType(property), nullable: property.nullable,
      default: ownDefault(model, property), counted: isCounted(model, property), reference: model.foreignKeys.some((key) => key.reference === property),
      definition: columnDefinition(model, property), fill: keptValue(property), neutral: neutralValue(model, property, NEUTRAL, quoteLiteral),
    })),
    constraints: [
      constraint("primaryKey", primary.name, `primary key (${columnList(primary.properties)})`),
      ...uniques.filter(({ live }) => !live).map(({ name, properties }) => constraint("unique", name, `unique (${columnList(properties)})`)),
      ...checks(model).map(({ name, check }) => constraint("check", name, `check (${check})`)),
    ],
    suffix: partitionCount(model, layout) > 0 && isSpread(model, layout) ? ` partition by hash (${quote(model.ownership.property.column)})` : "",
  };
}

/** What remains of the type when the column is made. */
function storedType(property: PropertyModel): string {
  return property.columnType === null ? typeOf(property) : countedAs(canonicalType(property.columnType));
}

/** A type such as `serial` brings a default along. */
function ownDefault(model: EntityModel, property: PropertyModel): string | null {
  return /^(?:big|small)?serial\d?$/i.test(property.columnType ?? "") ? `nextval(${quoteLiteral(quote(sequenceName(model, property)))}::regclass)` : defaultLiteral(property);
}

const NEUTRAL: NeutralValues = {
  integer: "0", bigint: "0", real: "0", decimal: "0", boolean: "false", text: "''", uuid: "'00000000-0000-0000-0000-000000000000'::uuid",
  blob: "''::bytea", datetime: "'1970-01-01T00:00:00Z'::timestamptz", date: "'1970-01-01'::date", json: "'{}'::jsonb",
};

/** What the framework would have put into a row. */
function keptValue({ generated }: PropertyModel): string | null {
  if (generated === "createdAt" || generated === "updatedAt") return "now()";
  return generated === "version" ? "1" : null;
}

function columnDefinition(model: EntityModel, property: PropertyModel): string {
  const value = defaultLiteral(property);
  return [
    quote(property.column), typeOf(property),
    ...(isCounted(model, property) ? [identity(model, property)] : []),
    ...(property.nullable ? [] : ["not null"]),
    ...(value === null ? [] : [property.default?.kind === "database" ? `default (${value})` : `default ${value}`]),
  ].join(" ");
}

/** The type, with the order of texts. */
export function typeOf(property: PropertyModel): string {
  return `${declaredType(property)}${isText(property) && property.columnType === null ? ' collate "C"' : ""}`;
}

/** The type as the catalogue tells of it. */
export function describedType(model: EntityModel, property: PropertyModel): string {
  const type = property.columnType === null ? typeOf(property) : canonicalType(property.columnType);
  return `${type}${isCounted(model, property) ? ` ${IDENTITY}` : ""}`;
}

/** How the type of a column that the database counts goes on. */
export const IDENTITY = "generated by default as identity";

/** Whether its type has to go on so. */
export function isCounted(model: EntityModel, property: PropertyModel): boolean {
  return property.key && model.primaryKey.generate === "identity" && !countsItself(property.columnType ?? "");
}

/** The name that PostgreSQL gives to such a sequence by itself, unless it is too long. */
export function sequenceName(model: EntityModel, property: PropertyModel): string {
  return `${model.table}_${property.column}_seq`;
}

function identity(model: EntityModel, property: PropertyModel): string {
  const name = sequenceName(model, property);
  return `${IDENTITY}${databaseName(name) === name ? "" : ` (sequence name ${quote(name)})`}`;
}

export function defaultLiteral(property: PropertyModel): string | null {
  if (property.default?.kind === "database") return property.default.sql;
  if (property.default?.kind !== "constant" || property.partial) return null;
  const { value } = property.default;
  return typeof value === "boolean" && property.type === "boolean" ? String(value) : literal(property, value);
}

/** A value with its type, as PostgreSQL writes it too. */
function literal(property: PropertyModel, value: unknown): string {
  const text = encodeText(property, value);
  if (text === null) return "null";
  return `${quoteLiteral(property.type === "blob" ? `\\x${text}` : text)}::${declaredType(property)}`;
}

export interface NamedCheck {
  readonly name: string;
  readonly check: string;
}

/** The members of enums, and columns that rows of some kinds must have: NOT NULL would ask it of all. */
export function checks(model: EntityModel): readonly NamedCheck[] {
  const { family, table } = model;
  return [
    ...model.columns.flatMap((property) => property.values === null || property.columnType !== null ? [] : [{
      name: `ck_${table}_${property.column}`, check: `${quote(property.column)} = any (${array(property, property.values)})`,
    }]),
    ...model.columns.flatMap((property) => {
      const kinds = property.partial && family !== null ? family.kinds.filter((kind) => kind.required.includes(property)) : [];
      if (kinds.length === 0 || family === null) return [];
      const { discriminator } = family;
      return [{
        name: `ck_${table}_${property.column}_required`,
        check: `${quote(property.column)} is not null or ${quote(discriminator.column)} <> all (${array(discriminator, kinds.map(({ value }) => value))})`,
      }];
    }),
  ];
}

function array(property: PropertyModel, values: readonly (string | number)[]): string {
  return `array[${values.map((value) => literal(property, value)).join(", ")}]`;
}

/** Of a unique key that ignores deleted rows. */
export function liveCondition({ kept: { deletedAt } }: EntityModel): string {
  return deletedAt === null ? "true" : `${quote(deletedAt.column)} is null`;
}

export function indexPart({ property, path }: IndexPart): string {
  return path === null ? quote(property.column) : jsonPathExpression(quote(property.column), path);
}

export function columnList(properties: readonly PropertyModel[]): string {
  return properties.map((property) => quote(property.column)).join(", ");
}

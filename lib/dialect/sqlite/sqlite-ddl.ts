import { types } from "node:util";
import { layoutUnsupported } from "../../errors/schema-errors";
import type { ReferentialAction } from "../../metadata/records";
import type { DatabaseModel, EntityModel, ForeignKeyModel, IndexPart, PropertyModel } from "../../model/entity-model";
import type { SqlValue } from "../../sql/sql-value";
import { neutralValue, type NeutralValues } from "../neutral";
import { tableText, type PartShape, type TableShape } from "../schema-shape";
import type { Ddl, SchemaFault, SchemaObject, TableDescription } from "../dialect";
import { wantedObject } from "../wanted-objects";
import { columnType, describeTable, existingObjects, foldedTarget } from "./sqlite-catalogue";
import { sqlitePathLiteral } from "./sqlite-json";
import { quoteIdentifier as quote } from "./sqlite-syntax";
import { surveyDatabase } from "./sqlite-survey";
import { quoteText } from "./sqlite-text";
import { declaredType, encodeValue } from "./sqlite-values";

/** The schema of SQLite databases: STRICT tables, so that the declared types hold. */
export const sqliteDdl: Ddl = Object.freeze<Ddl>({
  // A transaction that writes is alone.
  lock: null,
  objects: ({ tables }, layout) => {
    if (layout !== undefined) throw layoutUnsupported("SQLite");
    return [
      ...tables.flatMap(tableObjects),
      // Triggers hang on tables that may come later, in a cycle of references.
      ...tables.flatMap(triggers).map(({ name, body }) => object("trigger", name, createTrigger(name, body))),
    ];
  },
  expected,
  describe: describeTable,
  survey: surveyDatabase,
  existing: async (ask) => new Set([...await existingObjects(ask)].map(folded)),
  surroundings: async () => ({ wanted: [], found: [] }),
  // Dropping a table deletes its rows first. Tables that refer to each other have no order in which each could go alone, and
  // a trigger must not look for a table that went before. The pragma holds until the transaction ends, where SQLite looks
  // again; to switch it off here would make it forget what it found, such as references from tables outside the model.
  drop: ({ tables }) => {
    const models = [...tables].reverse();
    return [
      "pragma defer_foreign_keys = on",
      ...models.flatMap(triggers).map(({ name }) => `drop trigger if exists ${quote(name)}`),
      ...models.map((model) => `drop table if exists ${quote(model.table)}`),
    ].join(";\n");
  },
  byHand: async (roles) => roles.map(({ sql }) => sql),
  mend,
  forbids: () => false,
});

/** What stands in CREATE TABLE cannot be mended without making the table anew. */
function mend(fault: SchemaFault, table: EntityModel, model: DatabaseModel): readonly string[] | null {
  const wanted = wantedObject(fault, table, expected(table), sqliteDdl.objects(model));
  if (wanted !== undefined) return [`drop ${wanted.kind} if exists ${quote(wanted.name)}`, wanted.sql];
  return fault.kind === "trigger" ? [`drop trigger if exists ${quote(fault.name.slice(0, fault.name.indexOf(": ")))}`] : null;
}

/** The table, then its indexes. */
function tableObjects(model: EntityModel): readonly SchemaObject[] {
  return [object("table", model.table, createTable(model)), ...indexObjects(model)];
}

function indexObjects(model: EntityModel): readonly SchemaObject[] {
  return [
    ...model.uniques.filter((unique) => unique.live).map((unique) => object("index", unique.name,
      `create unique index ${quote(unique.name)} on ${quote(model.table)} (${columnList(unique.properties)}) where ${liveCondition(model)}`)),
    ...model.indexes.map((index) => object("index", index.name,
      `create index ${quote(index.name)} on ${quote(model.table)} (${index.parts.map(indexPart).join(", ")})`)),
  ];
}

function object(kind: SchemaObject["kind"], name: string, sql: string): SchemaObject {
  return { kind, name, id: folded(name), sql };
}

/** Names that differ in case alone meet, as they do in the model. */
function folded(name: string): string {
  return name.toLowerCase();
}

function createTable(model: EntityModel): string {
  return tableText(quote(model.table), sqliteTable(model));
}

/** The table as data. */
export function sqliteTable(model: EntityModel): Omit<TableShape, "numbering"> {
  const { table, primaryKey, uniques, foreignKeys } = model;
  return {
    entity: model.name, table,
    columns: model.columns.map((property) => ({
      property: property.name, column: property.column, kind: property.type, type: declaredType(property), nullable: property.nullable,
      default: defaultLiteral(property), counted: isRowid(model) && property.key, reference: foreignKeys.some((key) => key.reference === property),
      definition: columnDefinition(model, property), fill: keptValue(property), neutral: neutralValue(model, property, NEUTRAL, quoteText),
    })),
    constraints: [
      ...(isRowid(model) ? [] : [{ kind: "primaryKey", name: "", definition: `primary key (${columnList(primaryKey.columns)})` } as const]),
      ...uniques.filter((unique) => !unique.live).map(({ name, properties }) =>
        ({ kind: "unique", name, definition: `constraint ${quote(name)} unique (${columnList(properties)})` } as const)),
      ...foreignKeys.map((key) => ({ kind: "foreignKey", name: key.name, definition: foreignKeyDefinition(key) } as const)),
      ...kindChecks(model).map(({ name, check }) => ({ kind: "check", name, definition: `constraint ${quote(name)} check (${check})` } as const)),
    ],
    suffix: options(model).replace(/^(?=.)/, " "),
    parts: [
      ...indexObjects(model).map(({ name, sql }): PartShape => ({ kind: "index", key: name, sql, drop: `drop index ${quote(name)}`, touches: [table] })),
      ...triggers(model).map(({ name, body, target }): PartShape => (
        { kind: "trigger", key: name, sql: createTrigger(name, body), drop: `drop trigger ${quote(name)}`, touches: [table, target] })),
    ],
  };
}

const NEUTRAL: NeutralValues = {
  integer: "0", bigint: "0", real: "0.0", decimal: "'0'", boolean: "0", text: "''", uuid: "'00000000-0000-0000-0000-000000000000'", blob: "x''",
  datetime: "'1970-01-01T00:00:00.000Z'", date: "'1970-01-01'", json: "'{}'",
};

/** What the framework would have put into a row. */
function keptValue({ generated }: PropertyModel): string | null {
  if (generated === "createdAt" || generated === "updatedAt") return "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')";
  return generated === "version" ? "1" : null;
}

function options({ strict, primaryKey: { clustered } }: EntityModel): string {
  const words = [...(strict ? ["strict"] : []), ...(clustered ? ["without rowid"] : [])];
  return words.join(", ");
}

/** A key that the database counts is SQLite's rowid; AUTOINCREMENT, so that the id of a deleted row is not given again. */
function isRowid(model: EntityModel): boolean {
  return model.primaryKey.generate === "identity";
}

function columnDefinition(model: EntityModel, property: PropertyModel): string {
  const type = declaredType(property);
  const parts = [quote(property.column), ...(type === "" ? [] : [type])];
  if (isRowid(model) && property.key) parts.push(model.primaryKey.autoIncrement ? "primary key autoincrement" : "primary key");
  else if (!property.nullable) parts.push("not null");
  const value = defaultLiteral(property);
  if (value !== null) parts.push(property.default?.kind === "database" ? `default (${value})` : `default ${value}`);
  const check = checkExpression(property);
  if (check !== null) parts.push(`constraint ${quote(checkName(model, property))} check (${check})`);
  return parts.join(" ");
}

function checkName(model: EntityModel, property: PropertyModel): string {
  return `ck_${model.table}_${property.column}`;
}

function checkExpression(property: PropertyModel): string | null {
  if (property.columnType !== null) return null;
  const column = quote(property.column);
  switch (property.type) {
    case "boolean": return `${column} in (0, 1)`;
    case "json": return `json_valid(${column})`;
    case "enum": return `${column} in (${(property.values ?? []).map(literal).join(", ")})`;
    default: return null;
  }
}

/** A column that rows of some kinds must have: NOT NULL would ask it of all. */
function kindChecks(model: EntityModel): readonly { readonly name: string; readonly check: string }[] {
  const { family } = model;
  if (family === null) return [];
  return model.columns.flatMap((property) => {
    const kinds = property.partial ? family.kinds.filter((kind) => kind.required.includes(property)) : [];
    if (kinds.length === 0) return [];
    const values = kinds.map(({ value }) => literal(value)).join(", ");
    return [{
      name: `${checkName(model, property)}_required`,
      check: `${quote(property.column)} is not null or ${quote(family.discriminator.column)} not in (${values})`,
    }];
  });
}

function defaultLiteral(property: PropertyModel): string | null {
  if (property.default?.kind === "database") return property.default.sql;
  if (property.default?.kind !== "constant" || property.partial) return null;
  return literal(encodeValue(property, property.default.value));
}

function literal(value: SqlValue): string {
  if (value === null) return "null";
  if (typeof value === "number") return String(value);
  if (types.isUint8Array(value)) return `x'${Buffer.from(value).toString("hex")}'`;
  return quoteText(value);
}

function foreignKeyDefinition(key: ForeignKeyModel): string {
  const target = `${quote(key.targetTable)} (${key.targetColumns.map(quote).join(", ")})`;
  return `constraint ${quote(key.name)} foreign key (${columnList(key.properties)}) references ${target}`
    + ` on delete ${action(key, key.onDelete)} on update ${action(key, key.onUpdate)}${key.deferrable === null ? "" : ` deferrable ${key.deferrable.toLowerCase()}`}`;
}

/**
 * SET NULL on a composite key would null the owner as well, and SQLite has no list of columns for it: the key takes
 * no action and a trigger nulls the reference before the target goes, or changes its key.
 */
function nullsByTrigger(key: ForeignKeyModel, change: ReferentialAction): boolean {
  return change === "SET NULL" && key.properties.length > 1;
}

function action(key: ForeignKeyModel, change: ReferentialAction): string {
  return nullsByTrigger(key, change) ? "no action" : change.toLowerCase();
}

function createTrigger(name: string, body: string): string {
  return `create trigger ${quote(name)} ${body}`;
}

interface Trigger {
  readonly name: string;
  /** The table on which it hangs. */
  readonly target: string;
  /** All that follows the name. */
  readonly body: string;
}

function triggers(model: EntityModel): readonly Trigger[] {
  return model.foreignKeys.flatMap((key) => {
    const target = quote(key.targetTable);
    const columns = key.targetColumns.map(quote);
    const match = key.properties.map((property, index) => `${quote(property.column)} = old.${columns[index] ?? ""}`).join(" and ");
    const change = columns.map((column) => `old.${column} is not new.${column}`).join(" or ");
    const nulling = `begin update ${quote(model.table)} set ${quote(key.reference.column)} = null where ${match}; end`;
    return [
      ...(nullsByTrigger(key, key.onDelete) ? [{ name: `${key.name}_set_null`, target: key.targetTable, body: `before delete on ${target} ${nulling}` }] : []),
      ...(nullsByTrigger(key, key.onUpdate)
        ? [{ name: `${key.name}_set_null_on_update`, target: key.targetTable, body: `before update of ${columns.join(", ")} on ${target} when ${change} ${nulling}` }]
        : []),
    ];
  });
}

function expected(model: EntityModel): TableDescription {
  const names = (properties: readonly PropertyModel[]): readonly string[] => properties.map((property) => property.column);
  return {
    columns: model.columns.map((property) => ({
      name: property.column,
      type: columnType(declaredType(property), { counted: isRowid(model) && property.key && model.primaryKey.autoIncrement, strict: model.strict }),
      nullable: property.nullable, default: defaultLiteral(property),
    })),
    primaryKey: names(model.primaryKey.columns),
    clustered: model.primaryKey.clustered,
    uniques: model.uniques.map((unique) => ({ columns: names(unique.properties), where: unique.live ? liveCondition(model) : null })),
    indexes: model.indexes.map((index) => index.parts.map((part) => part.path === null ? part.property.column : indexPart(part))),
    foreignKeys: model.foreignKeys.map((key) => foldedTarget({
      columns: names(key.properties), targetTable: key.targetTable, targetColumns: key.targetColumns,
      onDelete: action(key, key.onDelete), onUpdate: action(key, key.onUpdate),
    })),
    checks: [...model.columns.flatMap((property) => {
      const check = checkExpression(property);
      return check === null ? [] : [`${checkName(model, property)}: ${check}`];
    }), ...kindChecks(model).map(({ name, check }) => `${name}: ${check}`)],
    triggers: triggers(model).map(({ name, body }) => `${name}: ${body}`),
    otherTriggers: [], generatedColumns: [], partitions: [], rowSecurity: [], policies: [], grants: [],
  };
}

/** Of a unique key that ignores deleted rows. */
function liveCondition({ kept: { deletedAt } }: EntityModel): string {
  return deletedAt === null ? "true" : `${quote(deletedAt.column)} is null`;
}

/** A query uses an index of an expression only where it is written alike. */
function indexPart({ property, path }: IndexPart): string {
  return path === null ? quote(property.column) : `json_extract(${quote(property.column)}, ${sqlitePathLiteral(path)})`;
}

function columnList(properties: readonly PropertyModel[]): string {
  return properties.map((property) => quote(property.column)).join(", ");
}

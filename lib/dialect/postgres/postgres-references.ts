import type { ReferentialAction } from "../../metadata/records";
import type { EntityModel, ForeignKeyModel } from "../../model/entity-model";
import type { ForeignKeyDescription, PutAside, SchemaObject } from "../dialect";
import { canonical } from "./postgres-canonical";
import { objectId } from "./postgres-existing";
import { actionsOf, type Layout } from "./postgres-layout";
import { databaseName, quoteIdentifier as quote, quoteLiteral } from "./postgres-names";
import { columnList, partitionNames } from "./postgres-tables";

/** Added when all tables are there, which may refer to each other in circles. */
export function referenceObjects(model: EntityModel, tables: readonly EntityModel[], layout: Layout): readonly SchemaObject[] {
  return model.foreignKeys.map((key) => {
    const ends = [model, ...tables.filter((table) => table.table === key.targetTable && table !== model)];
    const target = `${quote(key.targetTable)} (${key.targetColumns.map(quote).join(", ")})`;
    const { onDelete, onUpdate } = actionsOf(model, key, layout);
    return {
      kind: "foreignKey", name: key.name, id: objectId("foreignKey", model.table, key.name),
      sql: `alter table ${quote(model.table)} add constraint ${quote(key.name)} foreign key (${columnList(key.properties)})`
        + ` references ${target} on delete ${deleteAction(key, onDelete, quote)} on update ${updateAction(key, onUpdate)}${key.deferrable === null ? "" : ` deferrable ${key.deferrable.toLowerCase()}`}`,
      aside: ends.flatMap((table) => [table.table, ...partitionNames(table, layout)]).map(unforced),
    };
  });
}

/** Rows that are there are checked by a query of the owner's, to whom forced policies show none: whatever they are, they would pass. */
function unforced(relation: string): PutAside {
  const force = (not: string): string => `alter table ${quote(relation)} ${not}force row level security`;
  return { id: objectId("rowSecurity", relation), before: force("no "), after: force("") };
}

export function expectedReferences(model: EntityModel, layout: Layout): readonly ForeignKeyDescription[] {
  return model.foreignKeys.map((key) => {
    const { onDelete, onUpdate } = actionsOf(model, key, layout);
    return {
      columns: key.properties.map((property) => databaseName(property.column)),
      targetTable: databaseName(key.targetTable), targetColumns: key.targetColumns.map(databaseName),
      onDelete: deleteAction(key, onDelete, databaseName), onUpdate: `${updateAction(key, onUpdate)}${key.deferrable === null ? "" : ` deferrable ${key.deferrable.toLowerCase()}`}`,
    };
  });
}

/** Of a composite key the reference alone is nulled, not the owner. */
function deleteAction(key: ForeignKeyModel, action: ReferentialAction, name: (column: string) => string): string {
  return action === "SET NULL" && key.properties.length > 1 ? `set null (${name(key.reference.column)})` : action.toLowerCase();
}

/** There is no such list for updates: the key takes no action, and a trigger nulls the reference before the key looks. */
function updateAction(key: ForeignKeyModel, action: ReferentialAction): string {
  return nullsByTrigger(key) ? "no action" : action.toLowerCase();
}

function nullsByTrigger(key: ForeignKeyModel): boolean {
  return key.onUpdate === "SET NULL" && key.properties.length > 1;
}

/** What the names of Freehold's triggers begin with. Triggers fire in the order of their names: PostgreSQL's own are RI_… */
const PREFIX = "Freehold_";

export interface NullingTrigger {
  readonly name: string;
  /** The table on which it hangs. */
  readonly table: string;
  readonly condition: string;
  /** The body of its function. */
  readonly body: string;
}

/** The triggers that keep the references of a table. */
export function nullingTriggers(model: EntityModel): readonly NullingTrigger[] {
  return model.foreignKeys.filter(nullsByTrigger).map((key) => {
    const columns = key.targetColumns.map(quote);
    const match = key.properties.map((property, index) => `${quote(property.column)} = $1.${columns[index] ?? ""}`).join(" and ");
    const update = `update %I.${quote(model.table)} set ${quote(key.reference.column)} = null where ${match}`;
    return {
      name: `${PREFIX}${key.name}_set_null`, table: key.targetTable,
      condition: columns.map((column) => `old.${column} is distinct from new.${column}`).join(" or "),
      // Both tables are in one schema, which need not be the first in the session's search path.
      body: `begin execute format(${quoteLiteral(escaped(update))}, tg_table_schema) using old; return null; end`,
    };
  });
}

/** `format` takes a per cent sign for a place. */
function escaped(update: string): string {
  return update.replaceAll("%", "%%").replace("%%I.", "%I.");
}

/** The pattern of their names in the catalogue. */
export const NULLING = `${PREFIX.replaceAll("_", "\\_")}%`;

export function triggerObjects(model: EntityModel): readonly SchemaObject[] {
  return nullingTriggers(model).map((trigger) => ({
    kind: "trigger", name: trigger.name, id: objectId("trigger", trigger.table, trigger.name),
    sql: `create or replace function ${quote(trigger.name)}() returns trigger language plpgsql as ${quoteLiteral(trigger.body)};\n${createTrigger(trigger)}`,
  }));
}

function createTrigger({ name, table, condition }: NullingTrigger): string {
  return `create trigger ${quote(name)} after update on ${quote(table)} for each row when (${condition}) execute function ${quote(name)}()`;
}

/** A trigger as the catalogue tells of it. */
export function triggerText(name: string, definition: string, body: string): string {
  return `${name}: ${canonical(definition).slice(`create trigger ${name} `.length)}: ${body}`;
}

/** The triggers that hang on a table. */
export function expectedTriggers(table: EntityModel, tables: readonly EntityModel[]): readonly string[] {
  return tables.flatMap(nullingTriggers).filter((trigger) => trigger.table === table.table)
    .map((trigger) => triggerText(databaseName(trigger.name), createTrigger(trigger), trigger.body));
}

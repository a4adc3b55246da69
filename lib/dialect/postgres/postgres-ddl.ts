import type { DatabaseModel, EntityModel } from "../../model/entity-model";
import { ownerSettings } from "../../scope/identity";
import type { Ddl, SchemaObject, TableDescription } from "../dialect";
import { canonical, canonicalDefault } from "./postgres-canonical";
import { describeTable, partitionText } from "./postgres-catalogue";
import { existingObjects } from "./postgres-existing";
import { checkLayout, checkSpread, isSpread, tableKeys, type Layout } from "./postgres-layout";
import { mendStatements } from "./postgres-mends";
import { databaseName, quoteIdentifier as quote, quoteLiteral } from "./postgres-names";
import type { PostgresSchemaOptions } from "./postgres-options";
import { expectedPolicies, expectedRowSecurity, policyObjects, type PolicySetting } from "./postgres-policies";
import { expectedReferences, expectedTriggers, nullingTriggers, referenceObjects, triggerObjects } from "./postgres-references";
import { block, expectedGrants, grantObjects, HERE, ownerObjects, roleObjects, rolesByHand, roleSurroundings } from "./postgres-roles";
import { surveyDatabase } from "./postgres-survey";
import { checks, defaultLiteral, describedType, indexPart, liveCondition, partitionNames, tableObjects } from "./postgres-tables";
import { canonicalType, declaredType } from "./postgres-types";

/** Whoever makes something in the current schema waits for whoever else does. */
const LOCK = "select pg_advisory_xact_lock(hashtextextended('freehold schema ' || current_schema(), 0))";
const INSUFFICIENT_PRIVILEGE = "42501";

/** The schema of PostgreSQL databases: unqualified names, which go into the current schema. */
export function postgresDdl(options: PostgresSchemaOptions): Ddl {
  checkLayout(options.layout);
  const ddl: Ddl = Object.freeze<Ddl>({
    lock: LOCK,
    objects: (model, layout = options.layout ?? undefined) => objects(model, options, layout ?? null),
    expected: (table, model) => expected(table, model, settingOf(model, options, options.layout)),
    describe: (table, ask) => describeTable(table, options.rls, ask),
    survey: surveyDatabase,
    existing: (ask) => existingObjects(options, ask),
    surroundings: async (ask) => options.rls === null ? { wanted: [], found: [] } : roleSurroundings(options.rls, await existingObjects(options, ask), ask),
    drop,
    byHand: async (roles, ask) => options.rls === null ? [] : rolesByHand(options.rls, roles, ask),
    mend: (fault, table, model) => mendStatements(fault, table, model, ddl, options.layout),
    forbids: (native) => (native as { readonly code?: unknown } | null)?.code === INSUFFICIENT_PRIVILEGE,
  });
  return ddl;
}

/** What policies are made with, in the driver's layout or another. */
export function settingOf(model: DatabaseModel, { rls, layout: own }: PostgresSchemaOptions, layout: Layout = own): PolicySetting {
  return { roles: rls, layout, settings: ownerSettings(model) };
}

function objects(model: DatabaseModel, options: PostgresSchemaOptions, layout: Layout): readonly SchemaObject[] {
  checkLayout(layout);
  checkSpread(model, layout);
  const { tables } = model;
  const { rls } = options;
  const setting = settingOf(model, options, layout);
  return [
    ...(rls === null ? [] : roleObjects(rls)),
    ...tables.flatMap((table) => tableObjects(table, layout)),
    // Citus takes foreign keys between tables that are spread alike, and to those that every server has.
    ...(layout === "citus" ? [...tables.filter((table) => !isSpread(table, layout)), ...tables.filter((table) => isSpread(table, layout))].map(distribution) : []),
    ...tables.flatMap((table) => referenceObjects(table, tables, layout)),
    ...tables.flatMap(triggerObjects),
    ...tables.flatMap((table) => [...policyObjects(table, setting), ...(rls === null ? [] : grantObjects(table, rls))]),
    ...(rls === null ? [] : tables.flatMap((table) => ownerObjects(table, rls, layout))),
  ];
}

function distribution(table: EntityModel): SchemaObject {
  const relation = quoteLiteral(quote(table.table));
  return {
    kind: "distribution", name: `distribution of ${table.table}`, id: "",
    sql: isSpread(table, "citus") ? `select create_distributed_table(${relation}, ${quoteLiteral(databaseName(table.ownership.property.column))})`
      : `select create_reference_table(${relation})`,
  };
}

function expected(table: EntityModel, model: DatabaseModel, setting: PolicySetting): TableDescription {
  const { layout, roles } = setting;
  const { primary, uniques } = tableKeys(table, layout);
  const names = (properties: readonly { readonly column: string }[]): readonly string[] => properties.map(({ column }) => databaseName(column));
  return {
    columns: table.columns.map((property) => {
      const value = defaultLiteral(property);
      return {
        name: databaseName(property.column),
        type: describedType(table, property),
        nullable: property.nullable,
        default: value === null ? null : canonicalDefault(canonicalType(declaredType(property)), value),
      };
    }),
    primaryKey: names(primary.properties),
    clustered: false,
    uniques: uniques.map(({ properties, live }) => ({ columns: names(properties), where: live ? canonical(liveCondition(table)) : null })),
    indexes: table.indexes.map(({ parts }) => parts.map((part) => canonical(indexPart(part)))),
    foreignKeys: expectedReferences(table, layout),
    checks: checks(table).map(({ name, check }) => `${databaseName(name)}: ${canonical(check)}`),
    triggers: expectedTriggers(table, model.tables),
    otherTriggers: [], generatedColumns: [],
    partitions: expectedPartitions(table, layout),
    rowSecurity: expectedRowSecurity(table, setting),
    policies: expectedPolicies(table, setting),
    grants: expectedGrants(table, roles),
  };
}

function expectedPartitions(table: EntityModel, layout: Layout): readonly string[] {
  const names = partitionNames(table, layout);
  if (names.length === 0 || !isSpread(table, layout)) return [];
  return [
    partitionText(null, `hash (${quote(table.ownership.property.column)})`),
    ...names.map((name, place) => partitionText(databaseName(name), `for values with (modulus ${names.length}, remainder ${place})`)),
  ];
}

/** All in one statement, since tables may refer to each other in circles; in the current schema and no other of the search path. */
function drop({ tables }: DatabaseModel): string {
  const here = (name: string): string => `%1$I.${quote(name).replaceAll("%", "%%")}`;
  const functions = tables.flatMap(nullingTriggers).map(({ name }) => name);
  const statements = [
    ...(tables.length === 0 ? [] : [`drop table if exists ${[...tables].reverse().map(({ table }) => here(table)).join(", ")}`]),
    ...(functions.length === 0 ? [] : [`drop function if exists ${functions.map(here).join(", ")}`]),
  ];
  return [LOCK, block(...statements.map((statement) => `execute format(${quoteLiteral(statement)}, ${HERE});`))].join(";\n");
}

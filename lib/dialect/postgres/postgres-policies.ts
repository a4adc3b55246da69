import type { EntityModel, OwnedModel } from "../../model/entity-model";
import type { SchemaObject } from "../dialect";
import { canonical } from "./postgres-canonical";
import { objectId } from "./postgres-existing";
import type { Layout } from "./postgres-layout";
import { databaseName, quoteIdentifier as quote, quoteLiteral } from "./postgres-names";
import type { PostgresRoles } from "./postgres-options";
import { partitionNames } from "./postgres-tables";
import { declaredType } from "./postgres-types";

/** What the policies of one database are made with. */
export interface PolicySetting {
  readonly roles: PostgresRoles | null;
  readonly layout: Layout;
  /** The settings that hold the keys of owners, by owner entity. */
  readonly settings: ReadonlyMap<string, string>;
}

/** A policy as the catalogue tells of it. */
export interface PolicyText {
  readonly name: string;
  readonly command: "all" | "select" | "insert" | "update" | "delete";
  /** Whether it adds rows; if not, it takes some away. */
  readonly permissive: boolean;
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly check: string | null;
}

/** Row-level security of a table and its partitions: somebody may read a partition by its own name. */
export function policyObjects(model: EntityModel, setting: PolicySetting): readonly SchemaObject[] {
  const policies = policiesOf(model, setting);
  return policies.length === 0 ? [] : guarded(model, setting.layout).flatMap((relation): readonly SchemaObject[] => [
    {
      kind: "rowSecurity", name: `row security of ${relation}`, id: objectId("rowSecurity", relation),
      sql: `alter table ${quote(relation)} enable row level security;\nalter table ${quote(relation)} force row level security`,
    },
    ...policies.map((policy): SchemaObject => ({
      kind: "policy", name: policy.name, id: objectId("policy", relation, policy.name), sql: createPolicy(relation, policy),
    })),
  ]);
}

function guarded(model: EntityModel, layout: Layout): readonly string[] {
  return [model.table, ...partitionNames(model, layout)];
}

export function expectedRowSecurity(model: EntityModel, setting: PolicySetting): readonly string[] {
  return policiesOf(model, setting).length === 0 ? [] : guarded(model, setting.layout).flatMap((relation) => rowSecurityText(model.table, relation, true, true));
}

export function rowSecurityText(table: string, relation: string, enabled: boolean, forced: boolean): readonly string[] {
  const place = placeOf(databaseName(table), databaseName(relation));
  return [...(enabled ? [`${place}enabled`] : []), ...(forced ? [`${place}forced`] : [])];
}

export function expectedPolicies(model: EntityModel, setting: PolicySetting): readonly string[] {
  const policies = policiesOf(model, setting);
  return guarded(model, setting.layout).flatMap((relation) =>
    policies.map((policy) => policyText(databaseName(model.table), databaseName(relation), { ...policy, name: databaseName(policy.name) })));
}

export function policyText(table: string, relation: string, { name, permissive, command, roles, using, check }: PolicyText): string {
  const words = [permissive ? "for" : "restrictive for", command, "to", roles.join(", ")];
  if (using !== null) words.push("using", canonical(using));
  if (check !== null) words.push("with check", canonical(check));
  return `${placeOf(table, relation)}${name}: ${words.join(" ")}`;
}

/** Partitions are told of beside their table. */
export function placeOf(table: string, relation: string): string {
  return relation === table ? "" : `${relation} `;
}

function policiesOf(model: EntityModel, { roles, settings }: PolicySetting): readonly PolicyText[] {
  if (roles === null || (model.ownership === null && !model.systemOnly)) return [];
  const system = policy(`${model.table}_system`, "all", [roles.systemRole], "true", "true");
  if (model.ownership === null) return [system];
  const own = ownerCondition(model, settings);
  const name = `${model.table}_owner`;
  // Rows that own themselves come and go by the system's hand alone.
  return model.ownership.itself
    ? [policy(name, "select", [PUBLIC], own, null), policy(`${name}_update`, "update", [PUBLIC], own, own), system]
    : [policy(name, "all", [PUBLIC], own, own), system];
}

const PUBLIC = "public";

function policy(name: string, command: PolicyText["command"], roles: readonly string[], using: string | null, check: string | null): PolicyText {
  return { name, command, permissive: true, roles: roles.map(databaseName), using, check };
}

/**
 * After a transaction that set it, the setting is empty, which is no key. In a select of its own it is looked up once a
 * statement; else a scan would do so for each row.
 */
function ownerCondition({ name, ownership: { property, ownerEntity } }: OwnedModel, settings: ReadonlyMap<string, string>): string {
  const setting = settings.get(ownerEntity);
  if (setting === undefined) throw new TypeError(`no setting holds the owner of ${name}`);
  return `${quote(property.column)} = (select nullif(current_setting(${quoteLiteral(setting)}, true), '')::${declaredType(property)} as key)`;
}

function createPolicy(relation: string, { name, command, roles, using, check }: PolicyText): string {
  return [
    `create policy ${quote(name)} on ${quote(relation)} for ${command} to ${roles.map((role) => role === PUBLIC ? role : quote(role)).join(", ")}`,
    ...(using === null ? [] : [`using (${using})`]),
    ...(check === null ? [] : [`with check (${check})`]),
  ].join(" ");
}

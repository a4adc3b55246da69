import type { EntityModel } from "../../model/entity-model";
import type { Ask, SchemaObject, Surroundings } from "../dialect";
import { CURRENT_USER, objectId } from "./postgres-existing";
import type { Layout } from "./postgres-layout";
import { databaseName, quoteIdentifier as quote, quoteLiteral } from "./postgres-names";
import type { PostgresRoles } from "./postgres-options";
import { isCounted, partitionNames } from "./postgres-tables";

/** Not TRUNCATE, which no policy stops, nor REFERENCES and TRIGGER, which tell of rows. */
export const TABLE_RIGHTS = ["select", "insert", "update", "delete"] as const;
/** To read a table's sequence and to move it after an import. */
export const SEQUENCE_RIGHTS = ["usage", "select", "update"] as const;

/** A role, or a right of one, made unless it is there: whoever runs the schema's text may have nothing to give. */
interface RoleObject extends SchemaObject {
  /** The plain statement, of an administrator for a role and a schema. */
  byHand(user: string, schema: string): string;
}

/** The roles, who may take which, and their way into the schema: before everything else. */
export function roleObjects(roles: PostgresRoles): readonly RoleObject[] {
  const { systemRole, applicationRole, ownerRole } = roles;
  return [
    ...namesOf(roles).map((name) => createRole(name, name === ownerRole)),
    membership(systemRole, applicationRole),
    ...namesOf(roles).map((name) => schemaRight(name, "usage")),
    ...(ownerRole === null ? [] : [schemaRight(ownerRole, "create")]),
  ];
}

/** What an administrator runs in place of some of these. */
export async function rolesByHand(roles: PostgresRoles, missing: readonly SchemaObject[], ask: Ask): Promise<readonly string[]> {
  const [[user, schema] = []] = await ask(`select current_user::text, ${HERE}::text`, []);
  const ids = new Set(missing.map(({ id }) => id));
  return roleObjects(roles).filter(({ id }) => ids.has(id)).map((object) => object.byHand(String(user), String(schema)));
}

function namesOf({ systemRole, applicationRole, ownerRole }: PostgresRoles): readonly string[] {
  return [...new Set([systemRole, applicationRole ?? [], ownerRole ?? []].flat())];
}

/**
 * Roles are the server's: another database's set-up may create the same one at the same time. Tables can be given to a role only by
 * a member of it.
 */
function createRole(name: string, owner: boolean): RoleObject {
  const create = (member: string): string => `create role ${quote(name)} nologin${owner ? ` role ${member}` : ""}`;
  return {
    kind: "role", name: `role ${name}`, id: objectId("role", name), byHand: (user) => create(quote(user)),
    sql: unless(`exists (select from pg_roles where rolname = ${nameLiteral(name)})`, create(CURRENT_USER),
      "exception when duplicate_object or unique_violation then null;"),
  };
}

/** Without INHERIT: whoever had the system's rights at all times would be under its policies at all times. */
function membership(systemRole: string, applicationRole: string | null): RoleObject {
  const grant = (member: string): string => `grant ${quote(systemRole)} to ${member} with inherit false, set true`;
  const member = applicationRole === null ? CURRENT_USER : nameLiteral(applicationRole);
  return {
    kind: "role", name: `membership of ${applicationRole ?? "the current role"} in ${systemRole}`, id: objectId("membership", systemRole, applicationRole ?? CURRENT_USER),
    byHand: (user) => grant(quote(applicationRole ?? user)),
    sql: unless(`pg_has_role(${member}, ${nameLiteral(systemRole)}, 'set')`, grant(applicationRole === null ? CURRENT_USER : quote(applicationRole))),
  };
}

function schemaRight(name: string, right: "usage" | "create"): RoleObject {
  return {
    kind: "role", name: `${right} on the schema by ${name}`, id: objectId(right, name),
    byHand: (_, schema) => `grant ${right} on schema ${quote(schema)} to ${quote(name)}`,
    sql: unless(`has_schema_privilege(${nameLiteral(name)}, ${HERE}, '${right}')`,
      `execute format(${quoteLiteral(`grant ${right} on schema %I to %I`)}, ${HERE}, ${nameLiteral(name)})`),
  };
}

function nameLiteral(name: string): string {
  return quoteLiteral(databaseName(name));
}

function unless(condition: string, statement: string, ...rest: readonly string[]): string {
  return block(`if not ${condition} then`, `  ${statement};`, "end if;", ...rest);
}

/** The current schema; where there is none, a name that is not there either, for the server to complain about. */
export const HERE = "coalesce(current_schema(), '(no current schema)')";

/** Statements that depend on what is found. */
export function block(...lines: readonly string[]): string {
  const text = lines.map((line) => `\n  ${line}`).join("");
  let tag = "freehold";
  while (text.includes(`$${tag}$`)) tag += "_";
  return `do $${tag}$ begin${text}\nend $${tag}$`;
}

/** What each role may do with a table; nothing with its partitions by their own names. */
export function grantObjects(model: EntityModel, roles: PostgresRoles): readonly SchemaObject[] {
  return [
    ...users(model, roles).map((name): SchemaObject => ({
      kind: "grant", name: `grants on ${model.table} to ${name}`, id: objectId("grant", model.table, name),
      sql: `grant ${TABLE_RIGHTS.join(", ")} on ${quote(model.table)} to ${quote(name)}`,
    })),
    ...model.columns.filter((property) => isCounted(model, property)).flatMap((property) => counters(model, roles).map((name): SchemaObject => ({
      kind: "grant", name: `grants on the sequence of ${model.table} to ${name}`, id: objectId("sequence", model.table, name),
      sql: block(
        `execute format(${quoteLiteral(`grant ${SEQUENCE_RIGHTS.join(", ")} on sequence %s to %I`)}, `
        + `pg_get_serial_sequence(${quoteLiteral(quote(model.table))}, ${nameLiteral(property.column)}), ${nameLiteral(name)});`),
    }))),
  ];
}

export function expectedGrants(model: EntityModel, roles: PostgresRoles | null): readonly string[] {
  if (roles === null) return [];
  const counted = model.columns.some((property) => isCounted(model, property));
  return [
    ...users(model, roles).flatMap((name) => TABLE_RIGHTS.map((right) => `${right} to ${databaseName(name)}`)),
    ...(counted ? counters(model, roles).flatMap((name) => SEQUENCE_RIGHTS.map((right) => `sequence: ${right} to ${databaseName(name)}`)) : []),
  ];
}

/** Who works with the rows. */
function users(model: EntityModel, { systemRole, applicationRole }: PostgresRoles): readonly string[] {
  return applicationRole === null || (model.ownership === null && model.systemOnly) ? [systemRole] : [applicationRole, systemRole];
}

/** Who may insert rows with ids of their own, after which the sequence has to be moved. */
function counters(model: EntityModel, roles: PostgresRoles): readonly string[] {
  return model.ownership === null ? users(model, roles) : [roles.systemRole];
}

/** At the very end: from here on the tables are another role's. */
export function ownerObjects(model: EntityModel, { ownerRole }: PostgresRoles, layout: Layout): readonly SchemaObject[] {
  return ownerRole === null ? [] : [model.table, ...partitionNames(model, layout)].map((relation) => ({
    kind: "owner", name: `owner of ${relation}`, id: objectId("owner", relation, ownerRole),
    sql: `alter table ${quote(relation)} owner to ${quote(ownerRole)}`,
  }));
}

/** What is wrong with roles so that policies would not hold, or nothing could be done. */
export async function roleSurroundings(roles: PostgresRoles, existing: ReadonlySet<string>, ask: Ask): Promise<Surroundings> {
  const wanted = roleObjects(roles);
  const user = roles.applicationRole === null ? "current_user" : "$2::text";
  const [found] = await ask(
    `select (r.rolsuper or r.rolbypassrls)::text, (not r.rolsuper and s.oid is not null and pg_has_role(r.oid, s.oid, 'usage'))::text`
    + ` from pg_roles r left join pg_roles s on s.rolname = $1::text where r.rolname = ${user}`,
    [databaseName(roles.systemRole), ...(roles.applicationRole === null ? [] : [databaseName(roles.applicationRole)])]);
  const name = roles.applicationRole ?? "the current role";
  return {
    wanted: wanted.map((object) => object.name),
    found: [
      ...wanted.filter(({ id }) => existing.has(id)).map((object) => object.name),
      ...(found?.[0] === "true" ? [`power of ${name} to pass by row security`] : []),
      ...(found?.[1] === "true" ? [`inheritance of ${roles.systemRole} by ${name}`] : []),
    ],
  };
}

import type { Ask } from "../dialect";
import { databaseName, quoteLiteral } from "./postgres-names";
import type { PostgresRoles, PostgresSchemaOptions } from "./postgres-options";

/** How a schema object is told from others: its kind, and its names as the database holds them. */
export function objectId(kind: string, ...names: readonly string[]): string {
  return JSON.stringify([kind, ...names.map(databaseName)]);
}

/** What the current role is called where a role is named. */
export const CURRENT_USER = "current_user";

/** The schema in which unqualified names are made. */
const HERE = "(select oid from pg_namespace where nspname = current_schema())";
const TABLE_RIGHTS = "'SELECT', 'INSERT', 'UPDATE', 'DELETE'";
const SEQUENCE_RIGHTS = "'USAGE', 'SELECT', 'UPDATE'";

const TABLES = `
  select 'relation', relname::text, null from pg_class where relnamespace = ${HERE}
  union all select 'foreignKey', c.relname, k.conname from pg_constraint k join pg_class c on c.oid = k.conrelid
    where k.contype = 'f' and c.relnamespace = ${HERE}
  union all select 'trigger', c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and c.relnamespace = ${HERE}
  union all select 'rowSecurity', relname, null from pg_class
    where relrowsecurity and relforcerowsecurity and relnamespace = ${HERE}
  union all select 'policy', c.relname, p.polname from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = ${HERE}`;

const RIGHTS = `
  union all select 'role', rolname, null from pg_roles
  union all select 'usage', r.rolname, null from pg_roles r where has_schema_privilege(r.oid, ${HERE}, 'usage')
  union all select 'create', r.rolname, null from pg_roles r where has_schema_privilege(r.oid, ${HERE}, 'create')
  union all select 'owner', c.relname, r.rolname from pg_class c join pg_roles r on r.oid = c.relowner where c.relnamespace = ${HERE}
  union all select 'grant', c.relname, r.rolname from pg_class c
    cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a join pg_roles r on r.oid = a.grantee
    where c.relnamespace = ${HERE} and c.relkind in ('r', 'p') and a.privilege_type in (${TABLE_RIGHTS})
    group by c.relname, r.rolname having count(distinct a.privilege_type) = 4
  union all select 'sequence', c.relname, r.rolname from pg_class c
    join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
    join pg_class s on s.oid = d.objid and s.relkind = 'S'
    cross join lateral aclexplode(coalesce(s.relacl, acldefault('s', s.relowner))) a join pg_roles r on r.oid = a.grantee
    where c.relnamespace = ${HERE} and a.privilege_type in (${SEQUENCE_RIGHTS})
    group by c.relname, r.rolname having count(distinct a.privilege_type) = 3
  union all select 'noSequence', c.relname, null from pg_class c
    where c.relnamespace = ${HERE} and c.relkind in ('r', 'p') and not exists (
      select from pg_depend d join pg_class s on s.oid = d.objid and s.relkind = 'S'
      where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i'))`;

/** Who may take the system's role; what is more than that, `check` reports. */
function memberships({ systemRole, applicationRole }: PostgresRoles): string {
  const [system, member] = [quoteLiteral(databaseName(systemRole)), applicationRole === null ? CURRENT_USER : quoteLiteral(databaseName(applicationRole))];
  return ` union all select 'membership', s.rolname, ${applicationRole === null ? "'current_user'" : "m.rolname"} from pg_roles s join pg_roles m on m.rolname = ${member}`
    + ` where s.rolname = ${system} and pg_has_role(m.oid, s.oid, 'set')`;
}

/** What exists in the current schema, and of roles on the server. */
export async function existingObjects({ rls }: PostgresSchemaOptions, ask: Ask): Promise<ReadonlySet<string>> {
  const rows = await ask(rls === null ? TABLES : `${TABLES}${RIGHTS}${memberships(rls)}`, []);
  const roles = rls === null ? [] : [rls.systemRole, rls.applicationRole ?? []].flat();
  return new Set(rows.flatMap(([kind, ...names]) => {
    const found = names.filter((name) => name !== null).map(String);
    // A table that others made without a sequence has none to give.
    if (kind === "noSequence") return roles.map((role) => objectId("sequence", ...found, role));
    return [objectId(String(kind), ...found)];
  }));
}

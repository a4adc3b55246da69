import {
  rowSecurityMissing, rowSecurityNotForced, rolePowerful, serverSettingWrong, serverTooOld, systemRoleInherited, systemRoleMissing,
} from "../../errors/server-errors";
import type { DatabaseModel } from "../../model/entity-model";
import type { Ask } from "../dialect";
import { databaseName } from "./postgres-names";

/** `on delete set null (column)` came with 15, memberships without inheritance with 16. */
const OLDEST = 16;

/**
 * Looks at the server, and with row-level security at the role and the tables, before anything else runs: a wall that the role
 * could walk around would be none.
 *
 * @param systemRole null: there is no row-level security
 */
export async function admit(model: DatabaseModel, systemRole: string | null, ask: Ask): Promise<void> {
  const [[version, digits, bytes] = []] = await ask(
    "select current_setting('server_version_num'), current_setting('extra_float_digits'), current_setting('standard_conforming_strings')", []);
  if (Number(version) < OLDEST * 10_000) throw serverTooOld(String(version), OLDEST);
  if (Number(digits) < 1) throw serverSettingWrong("extra_float_digits", String(digits), "1", "numbers would be rounded on their way out");
  if (bytes !== "on") throw serverSettingWrong("standard_conforming_strings", String(bytes), "on", "texts in statements would be read differently");
  if (systemRole !== null) {
    await admitRole(systemRole, ask);
    await admitTables(model, ask);
  }
}

async function admitRole(systemRole: string, ask: Ask): Promise<void> {
  const [[role, superuser, bypasses] = []] = await ask(
    "select rolname, rolsuper, rolbypassrls from pg_roles where rolname = current_user", []);
  if (superuser === "t") throw rolePowerful(String(role), "is a superuser", "nosuperuser");
  if (bypasses === "t") throw rolePowerful(String(role), "has BYPASSRLS", "nobypassrls");
  const [membership] = await ask(
    "select pg_has_role(current_user, oid, 'USAGE'), pg_has_role(current_user, oid, 'SET'), rolsuper or rolbypassrls from pg_roles where rolname = $1::text",
    [databaseName(systemRole)]);
  // Without the role there is no system context yet; db.schema.ensure() makes it where it may.
  if (membership === undefined) return;
  const [inherits, mayBecome] = membership;
  if (inherits === "t") throw systemRoleInherited(String(role), systemRole);
  if (mayBecome !== "t") throw systemRoleMissing(String(role), systemRole);
}

async function admitTables(model: DatabaseModel, ask: Ask): Promise<void> {
  const guarded = model.tables.filter((table) => table.ownership !== null || table.systemOnly).map((table) => databaseName(table.table));
  if (guarded.length === 0) return;
  const rows = await ask(
    "select c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_has_role(current_user, c.relowner, 'USAGE')"
    + " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
    + " where n.nspname = current_schema() and c.relkind in ('r', 'p')"
    + " and c.relname in (select name from json_array_elements_text($1::json) as names (name)) order by c.relname",
    [JSON.stringify(guarded)]);
  const open = rows.filter(([, on]) => on !== "t").map(([name]) => String(name));
  if (open.length > 0) throw rowSecurityMissing(open);
  const unforced = rows.filter(([, , forced, owner]) => owner === "t" && forced !== "t").map(([name]) => String(name));
  if (unforced.length > 0) throw rowSecurityNotForced(unforced);
}

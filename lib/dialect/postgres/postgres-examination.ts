import type { Ask } from "../dialect";
import { examining, type Examination, type PostgresState } from "../examination";
import { databaseName, quoteIdentifier } from "./postgres-names";

export const postgresExamination: Examination = Object.freeze<Examination>({ ...examining(quoteIdentifier), sees, state });

async function sees(table: string, ask: Ask): Promise<boolean> {
  const [[active] = []] = await ask("select row_security_active(format('%I.%I', current_schema(), $1::text))::text", [databaseName(table)]);
  return active === "false";
}

async function state(ask: Ask): Promise<PostgresState> {
  const [[version, role, superuser, bypasses] = []] = await ask(
    "select current_setting('server_version'), rolname::text, rolsuper::text, rolbypassrls::text from pg_roles where rolname = current_user", []);
  const tables = await ask(
    "select relname::text, relforcerowsecurity::text, pg_has_role(current_user, relowner, 'usage')::text from pg_class"
    + " where relrowsecurity and relkind in ('r', 'p') and relnamespace = (select oid from pg_namespace where nspname = current_schema()) order by relname", []);
  return {
    engine: "postgres", version: String(version), role: String(role), superuser: superuser === "true", bypasses: bypasses === "true",
    guarded: tables.map(([table, forced, own]) => ({ table: String(table), forced: forced === "true", own: own === "true" })),
  };
}

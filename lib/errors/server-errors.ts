import { listNames } from "../util/describe";
import { ConnectionError } from "./classes";

const REFUSED = "postgres({ rls: true }) refuses to open the database";

/** Settings, versions and roles are no passing faults. */
function refused(message: string): ConnectionError {
  return new ConnectionError(message, { retryable: false });
}

export function serverTooOld(version: string, oldest: number): ConnectionError {
  return refused(`The server is PostgreSQL ${Math.floor(Number(version) / 10_000)}: Freehold needs ${oldest} or later.`);
}

export function serverSettingWrong(name: string, found: string, wanted: string, why: string): ConnectionError {
  return refused(`The server's setting ${name} is ${found}, with which ${why}: set it to ${wanted}, as with ALTER ROLE … SET ${name} = ${wanted}.`);
}

export function rolePowerful(role: string, what: string, cure: string): ConnectionError {
  return refused(
    `${REFUSED}: its role ${role} ${what}, and no policy holds for such a role. Connect as an ordinary role, or run as an administrator: `
    + `ALTER ROLE "${role}" ${cure.toUpperCase()};`);
}

export function systemRoleInherited(role: string, systemRole: string): ConnectionError {
  return refused(
    `${REFUSED}: its role ${role} inherits the privileges of ${systemRole}, so that the policies of system contexts would hold for everybody. Run as an `
    + `administrator: GRANT "${systemRole}" TO "${role}" WITH INHERIT FALSE, SET TRUE;`);
}

export function systemRoleMissing(role: string, systemRole: string): ConnectionError {
  return refused(
    `${REFUSED}: its role ${role} may not become ${systemRole}, in whose name system contexts work. Run as an administrator: `
    + `GRANT "${systemRole}" TO "${role}" WITH INHERIT FALSE, SET TRUE;`);
}

export function rowSecurityMissing(tables: readonly string[]): ConnectionError {
  const cures = tables.map((table) => `ALTER TABLE "${table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;`).join(" ");
  return refused(
    `${REFUSED}: row-level security is off for ${listNames(tables)}, which hold users' rows. Run as their owner: ${cures} Without policies nobody sees a row then: `
    + "open the database again and call db.schema.ensure(), which creates them.");
}

export function rowSecurityNotForced(tables: readonly string[]): ConnectionError {
  const cures = tables.map((table) => `ALTER TABLE "${table}" FORCE ROW LEVEL SECURITY;`).join(" ");
  return refused(`${REFUSED}: its role owns ${listNames(tables)}, and policies hold for an owner only where they are forced. Run as their owner: ${cures}`);
}

import type { Identity } from "../../scope/identity";
import { databaseName, quoteLiteral } from "./postgres-names";

/**
 * What every connection begins with: moments are read and written in UTC, and dates in the order of ISO 8601. The answer is the number
 * of the server's process: a pooler in between gives out numbers of its own.
 */
export const SESSION_SET_UP = "set timezone to 'UTC'; set datestyle to 'ISO, YMD'; select pg_backend_pid()";

/** A statement that stands in front of another one, in the same transaction. */
export interface Preface {
  readonly sql: string;
  readonly parameters: readonly string[];
}

/**
 * Says in whose name the statement behind it runs; `true` makes each setting one of the transaction, with which it goes.
 *
 * @param inside whether the transaction, or the server's connection for somebody else, may have run statements in another name; else it has none yet
 * @returns null where a new transaction would be told nothing
 */
export function identityPreface({ system, settings }: Identity, systemRole: string, inside: boolean): Preface | null {
  const told = inside ? settings : settings.filter(([, key]) => key !== "");
  const parts = told.map(([name], index) => `set_config(${quoteLiteral(name)}, $${index + 1}::text, true)`);
  const parameters = told.map(([, key]) => key);
  if (system || inside) parts.push(`set_config('role', $${parameters.push(system ? databaseName(systemRole) : "none")}::text, true)`);
  return parts.length === 0 ? null : { sql: `select ${parts.join(", ")}`, parameters };
}

/** The same for the role alone, as text without parameters. */
export function rolePreface({ system }: Identity, systemRole: string): string {
  return `select set_config('role', ${quoteLiteral(system ? databaseName(systemRole) : "none")}, true); `;
}

/** Takes the right to write away from the transaction, or from what is left of its savepoint. */
export const READ_ONLY: Preface = Object.freeze({ sql: "select set_config('transaction_read_only', 'on', true)", parameters: [] });

/** A savepoint around a statement that must leave nothing behind in an open transaction. */
export const SEALED = Object.freeze({
  begin: "savepoint freehold_sealed", undo: "rollback to savepoint freehold_sealed", end: "release savepoint freehold_sealed",
});

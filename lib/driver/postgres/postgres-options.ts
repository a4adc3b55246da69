import type { HashPartitions } from "../../dialect/dialect";
import type { PostgresRoles } from "../../dialect/postgres/postgres-options";
import { badDriverOption, unknownDriverOption } from "../../errors/connection-errors";
import { isPlainObject } from "../../util/plain-object";
import { LONGEST_TIMER } from "../../util/timers";

/** What `postgres(…)` accepts. */
export interface PostgresOptions {
  /** Such as `postgres://app:secret@db.example.org:5432/app`; what it leaves out comes from the variables `PGHOST`, `PGUSER` and so on. */
  readonly connectionString: string;
  readonly pool?: {
    /** Connections at most, 1 to 1,000; default 10. */
    readonly max?: number | undefined;
    /** An idle connection is closed after so many milliseconds; default 30,000. */
    readonly idleTimeoutMs?: number | undefined;
    /** How long a call waits for a connection, in milliseconds; default 30,000. */
    readonly acquireTimeoutMs?: number | undefined;
  } | undefined;
  /** Row-level security: the database shows and takes rows of the context's owner alone; default false. */
  readonly rls?: boolean | RowSecurityOptions | undefined;
  /** Keeps statements prepared on their connections; false for a PgBouncer in transaction mode that is older than 1.21. Default true. */
  readonly prepare?: boolean | undefined;
  /** A statement is cancelled in the server after so many milliseconds; default no limit. */
  readonly statementTimeoutMs?: number | undefined;
  /** TLS: true, or options of Node's `tls.connect`; default what the connection string says. */
  readonly ssl?: boolean | Readonly<Record<string, unknown>> | undefined;
  /** How tables of owned entities are laid out, as in `{ owned: "hash-partitions", partitions: 16 }` (1 to 1,024, fixed for good); default one plain table each. */
  readonly layout?: HashPartitions | undefined;
}

/** The roles of row-level security; they have no log-in of their own. */
export interface RowSecurityOptions {
  /** In whose name system contexts work; default `"freehold_system"`. */
  readonly systemRole?: string | undefined;
  /** Gets rights on rows alone, for applications that do not own their tables: their log-in is a member of it. Default none. */
  readonly applicationRole?: string | undefined;
  /** Owns the tables, for migrations; default the role that creates them. */
  readonly ownerRole?: string | undefined;
}

/** The options with every default filled in. */
export interface PostgresSettings {
  readonly connectionString: string;
  readonly max: number;
  readonly idleTimeoutMs: number;
  readonly acquireTimeoutMs: number;
  readonly rls: PostgresRoles | null;
  readonly prepare: boolean;
  readonly statementTimeoutMs: number | undefined;
  readonly ssl: boolean | Readonly<Record<string, unknown>> | undefined;
  readonly layout: HashPartitions | null;
}

const DRIVER = "postgres";
const OPTIONS = ["connectionString", "pool", "rls", "prepare", "statementTimeoutMs", "ssl", "layout"];
const POOL = ["max", "idleTimeoutMs", "acquireTimeoutMs"];
const ROLES = ["systemRole", "applicationRole", "ownerRole"];

/**
 * Checks the driver's options and fills in the defaults.
 * @throws ConnectionError (CONNECTION_ERROR, not retryable) that names the first option that cannot be used, and never shows the connection string
 */
export function readOptions(options: PostgresOptions): PostgresSettings {
  const given = group("connectionString", options, OPTIONS, 'an object of options, such as { connectionString: "postgres://…" }');
  const { connectionString, prepare = true, ssl, statementTimeoutMs, layout } = given;
  if (typeof connectionString !== "string" || !/^postgres(ql)?:\/\//.test(connectionString)) {
    throw badDriverOption(DRIVER, "connectionString", typeof connectionString, 'a text such as "postgres://user:password@host:5432/database"');
  }
  if (typeof prepare !== "boolean") throw badDriverOption(DRIVER, "prepare", prepare, "true or false");
  if (ssl !== undefined && typeof ssl !== "boolean" && !isPlainObject(ssl)) throw badDriverOption(DRIVER, "ssl", ssl, "true, false or an object of TLS options");
  const pool = group("pool", given["pool"] ?? {}, POOL, "an object such as { max: 10 }");
  return Object.freeze({
    connectionString, prepare, ssl,
    max: whole("pool.max", pool["max"] ?? 10, 1, 1000),
    idleTimeoutMs: whole("pool.idleTimeoutMs", pool["idleTimeoutMs"] ?? 30_000, 1, LONGEST_TIMER),
    acquireTimeoutMs: whole("pool.acquireTimeoutMs", pool["acquireTimeoutMs"] ?? 30_000, 1, LONGEST_TIMER),
    statementTimeoutMs: statementTimeoutMs === undefined ? undefined : whole("statementTimeoutMs", statementTimeoutMs, 1, LONGEST_TIMER),
    rls: roles(given["rls"] ?? false), layout: layout === undefined ? null : partitions(layout),
  });
}

function roles(rls: unknown): PostgresSettings["rls"] {
  if (rls === false) return null;
  const given = rls === true ? {} : group("rls", rls, ROLES, 'true, false or an object such as { systemRole: "freehold_system" }');
  const role = (name: string): string | null => {
    const value = given[name];
    if (value === undefined) return null;
    if (typeof value !== "string" || value === "" || value.includes("\u0000") || value.length > 63) throw badDriverOption(DRIVER, `rls.${name}`, value, "the name of a role");
    return value;
  };
  return Object.freeze({ systemRole: role("systemRole") ?? "freehold_system", applicationRole: role("applicationRole"), ownerRole: role("ownerRole") });
}

function partitions(layout: unknown): HashPartitions {
  const given = group("layout", layout, ["owned", "partitions"], 'an object such as { owned: "hash-partitions", partitions: 16 }');
  if (given["owned"] !== "hash-partitions") throw badDriverOption(DRIVER, "layout.owned", given["owned"], '"hash-partitions"');
  return Object.freeze({ owned: "hash-partitions", partitions: whole("layout.partitions", given["partitions"], 1, 1024) });
}

function group(option: string, given: unknown, known: readonly string[], wanted: string): Readonly<Record<string, unknown>> {
  if (!isPlainObject(given)) throw badDriverOption(DRIVER, option, given, wanted);
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownDriverOption(DRIVER, option === "connectionString" ? unknown : `${option}.${unknown}`, known);
  return given;
}

function whole(option: string, given: unknown, least: number, most: number): number {
  if (typeof given === "number" && Number.isInteger(given) && given >= least && given <= most) return given;
  throw badDriverOption(DRIVER, option, given, `a whole number from ${least} to ${most}`);
}

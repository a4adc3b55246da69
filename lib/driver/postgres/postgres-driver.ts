import { postgresDialect } from "../../dialect/postgres/postgres-dialect";
import { badDriverOption } from "../../errors/connection-errors";
import type { Driver } from "../driver";
import { loadPackage } from "../load-package";
import type { DatabasePlace } from "../telemetry";
import { PACKAGE, type PgModule } from "./pg-package";
import { readOptions, type PostgresOptions, type PostgresSettings } from "./postgres-options";
import { PostgresPool } from "./postgres-pool";

/**
 * PostgreSQL 16 and later, by the npm package `pg`. With `rls: true` the database itself holds owners apart as well: it shows and takes rows
 * of the user alone in whose name each statement runs.
 *
 * @example
 * const db = await Database.open({ driver: postgres({ connectionString: process.env.DATABASE_URL, rls: true }), entities: [User, Document] });
 * @throws ConnectionError (CONNECTION_ERROR, not retryable) for options that it cannot use
 */
export function postgres(options: PostgresOptions): Driver {
  const settings = readOptions(options);
  return {
    name: PACKAGE.driver,
    dialect: postgresDialect(settings),
    interrupts: true,
    open: async () => {
      const pg = loadPackage(PACKAGE) as PgModule;
      const config = clientConfig(settings);
      return new PostgresPool(pg, config, settings, placeOf(pg, config));
    },
  };
}

function clientConfig({ connectionString, ssl }: PostgresSettings): Readonly<Record<string, unknown>> {
  // A dead peer is noticed by the system, even while nothing is sent.
  return { connectionString, keepAlive: true, fallback_application_name: "freehold", ...(ssl === undefined ? {} : { ssl }) };
}

/** Where the connection string leads; it never holds the password. */
function placeOf(pg: PgModule, config: Readonly<Record<string, unknown>>): DatabasePlace {
  try {
    const { host, port, database } = new pg.Client(config);
    // Where the parts were taken apart wrongly, a piece of the password may be among them.
    const safe = [database ?? "", host].every((part) => /^[^@=\s]*$/.test(part)) && !(database ?? "").includes("/");
    return Object.freeze(safe ? { name: database, address: host, port } : { name: undefined, address: undefined, port: undefined });
  } catch {
    throw badDriverOption(PACKAGE.driver, "connectionString", undefined, 'a URL such as "postgres://user:password@host:5432/database"');
  }
}

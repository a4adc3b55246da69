import { postgresDialect } from "../../dialect/postgres/postgres-dialect";
import { createSchemaSql, dropSchemaSql } from "../../dialect/postgres/postgres-rehearsal";
import { badDriverOption } from "../../errors/connection-errors";
import type { Driver, Pool } from "../driver";
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
  const driver: Driver = {
    name: PACKAGE.driver,
    dialect: postgresDialect(settings),
    interrupts: true,
    open: async () => {
      const pg = loadPackage(PACKAGE) as PgModule;
      const config = clientConfig(settings);
      return new PostgresPool(pg, config, settings, placeOf(pg, config));
    },
    apart: (schema) => ({ ...driver, open: async () => openApart(driver, options, schema) }),
  };
  return driver;
}

/** The search path is the session's own default, so that no RESET on a connection leads out of the schema. */
async function openApart(driver: Driver, options: PostgresOptions, schema: string): Promise<Pool> {
  await script(driver, createSchemaSql(schema));
  const drop = async (): Promise<void> => script(driver, dropSchemaSql(schema));
  try {
    const pool = await postgres({ ...options, connectionString: inSchema(options.connectionString, schema) }).open();
    return {
      place: pool.place,
      states: () => pool.states(),
      acquire: (mode, call) => pool.acquire(mode, call),
      close: async () => {
        await pool.close();
        await drop();
      },
    };
  } catch (error) {
    await drop();
    throw error;
  }
}

async function script(driver: Driver, sql: string): Promise<void> {
  const pool = await driver.open();
  try {
    const lease = await pool.acquire("write");
    try {
      await lease.connection.script(sql);
    } finally {
      lease.release();
    }
  } finally {
    await pool.close();
  }
}

function inSchema(connectionString: string, schema: string): string {
  const [address = "", query] = connectionString.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set("options", `${parameters.get("options") ?? ""} -csearch_path=${schema}`.trim());
  return `${address}?${parameters.toString().replaceAll("+", "%20")}`;
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

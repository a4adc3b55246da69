import { existsSync } from "node:fs";
import { Database } from "../database";
import type { Driver } from "../driver/driver";
import type { Call } from "./command";
import { loadConfig, type LoadedConfig } from "./config";
import { UsageError } from "./exit";

/**
 * Opens the configured database, which has to be there, and closes it however the work ends.
 *
 * @throws UsageError, UserCodeError as `loadConfig` does, and UsageError for a file that is missing
 * @throws ModelError, ConnectionError as `Database.open` does
 */
export async function withDatabase<T>(
  { environment, options }: Pick<Call<object>, "environment" | "options">, work: (db: Database, config: LoadedConfig) => Promise<T>,
): Promise<T> {
  const config = await loadConfig(environment, options.config);
  requireFile(config.options.driver);
  const db = await Database.open(config.options);
  try {
    return await work(db, config);
  } finally {
    await db.close();
  }
}

/**
 * A command that only looks must not create the file that it looks for: with a mistaken path everything would be missing.
 *
 * @throws UsageError where the driver's file is not there
 */
export function requireFile(driver: Driver | undefined): void {
  const file = driver?.file;
  if (file === undefined || existsSync(file)) return;
  throw new UsageError(`There is no file ${file}. Paths in the configuration are seen from the folder in which the command runs; a new database is made by `
    + "`freehold migrate up`, or by db.schema.ensure() in the application.");
}

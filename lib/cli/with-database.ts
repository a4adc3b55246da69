import { Database } from "../database";
import type { Call } from "./command";
import { loadConfig, type LoadedConfig } from "./config";

/**
 * Opens the configured database, and closes it however the work ends.
 *
 * @throws UsageError, UserCodeError as `loadConfig` does
 * @throws ModelError, ConnectionError as `Database.open` does
 */
export async function withDatabase<T>(
  { environment, options }: Pick<Call<object>, "environment" | "options">, work: (db: Database, config: LoadedConfig) => Promise<T>,
): Promise<T> {
  const config = await loadConfig(environment, options.config);
  const db = await Database.open(config.options);
  try {
    return await work(db, config);
  } finally {
    await db.close();
  }
}

import type { DatabaseOptions } from "./repository/open-options";

/**
 * What the default export of `freehold.config.ts` is: the options of `Database.open`, and what the command line alone needs.
 *
 * @example
 * export default { driver: sqlite3({ file: "app.db" }), entities: [User, Document] } satisfies FreeholdConfig;
 */
export interface FreeholdConfig extends DatabaseOptions {
  /** The folder of migrations, seen from the configuration's; default: `migrations`. */
  readonly migrations?: string | undefined;
}

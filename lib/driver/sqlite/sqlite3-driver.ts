import { sqliteDialect } from "../../dialect/sqlite/sqlite-dialect";
import type { Driver } from "../driver";
import { loadPackage } from "../load-package";
import { openSqlite3, type Sqlite3Module } from "./sqlite3-connection";
import { readOptions, type SqliteOptions } from "./sqlite-options";
import { SqlitePool } from "./sqlite-pool";

/** The options of {@link sqlite3}. */
export type Sqlite3Options = SqliteOptions;

const PACKAGE = { driver: "sqlite3", name: "sqlite3", version: "6" } as const;

/**
 * SQLite by the npm package sqlite3, whose statements run on other threads: long queries do not stop the event loop.
 * @throws ConnectionError (CONNECTION_ERROR, not retryable) for options that it cannot use.
 */
export function sqlite3(options: Sqlite3Options): Driver {
  const settings = readOptions(PACKAGE.driver, options, 4);
  return {
    name: PACKAGE.driver,
    dialect: sqliteDialect,
    interrupts: true,
    file: settings.memory ? undefined : settings.file,
    open: async () => {
      const module = loadPackage(PACKAGE) as Sqlite3Module;
      return await SqlitePool.open({ driver: PACKAGE.driver, synchronous: false, open: (file, readOnly) => openSqlite3(module, file, readOnly) }, settings);
    },
  };
}

import { betterSqlite3 } from "../driver/sqlite/better-sqlite3-driver";
import { sqlite3 } from "../driver/sqlite/sqlite3-driver";
import { PooledSession } from "../driver/pooled-session";
import { ConnectionError } from "../errors/classes";
import type { Finding } from "./finding";

/** The SQLite that each driver brings along; a driver that is not installed is left out. */
export async function driverChecks(): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const factory of [sqlite3, betterSqlite3]) {
    const driver = factory({ file: ":memory:" });
    try {
      const pool = await driver.open();
      try {
        const session = new PooledSession(pool);
        const { version } = await driver.dialect.examination.state(async (sql, parameters) =>
          (await session.execute({ sql, readOnly: true, returnsRows: true }, parameters)).rows);
        findings.push({ severity: "note", code: "DRIVER", place: `driver ${driver.name}`, message: `The driver ${driver.name} bundles SQLite ${version}.`, cure: "" });
      } finally {
        await pool.close();
      }
    } catch (error) {
      if (error instanceof ConnectionError && /not installed/.test(error.message)) continue;
      findings.push({
        severity: "warning", code: "DRIVER", place: `driver ${driver.name}`, cure: "Install its package anew, or remove it.",
        message: `The driver ${driver.name} is installed and does not work: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
  return findings;
}

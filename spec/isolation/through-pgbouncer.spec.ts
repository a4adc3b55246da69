import { readdirSync } from "node:fs";
import { join } from "node:path";
import { onRowLevelSecurity } from "../support/databases";
import { failedIn, runInside } from "../support/jest-inside";
import { findPgBouncer, startPgBouncer } from "../support/postgres/pgbouncer";

const files = readdirSync(__dirname).filter((name) => /^\d\d-.*\.spec\.ts$/.test(name)).map((name) => join("spec/isolation", name));
const { missing } = findPgBouncer();

/** The specs of all vectors, each statement by way of a PgBouncer in transaction mode that hands few server connections round. */
onRowLevelSecurity("the vectors through PgBouncer", (databases) => {
  (missing === null ? it : it.skip)(`hold in transaction mode${missing === null ? "" : ` (SKIPPED: ${missing})`}`, async () => {
    const bouncer = await startPgBouncer({ serverConnections: 4, settings: ["max_db_connections = 20"] });
    try {
      const report = await runInside(files, databases.name, { FREEHOLD_THROUGH_PGBOUNCER: new URL("/", bouncer.url).href });
      expect(failedIn(report)).toEqual([]);
      expect(report.testResults).toHaveLength(files.length);
      expect(report.numPassedTests).toBeGreaterThan(150);
    } finally {
      await bouncer.stop();
    }
  }, 600_000);
});

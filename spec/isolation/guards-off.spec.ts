import { readdirSync } from "node:fs";
import { join } from "node:path";
import { onRowLevelSecurity } from "../support/databases";
import { failedIn, runInside, type Report } from "../support/jest-inside";

/** Vectors that the database must stop by itself. */
const VECTORS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 21, 24].map((number) => String(number).padStart(2, "0"));
const files = readdirSync(__dirname).filter((name) => VECTORS.includes(name.slice(0, 2)) && name.endsWith(".spec.ts"));

/** Runs specs on a build of the library whose statements never say whose rows they mean. */
const withoutGuards = (specs: readonly string[], engine: string): Promise<Report> =>
  runInside(specs.map((name) => join("spec/isolation", name)), engine, { FREEHOLD_GUARDS: "off" });

/**
 * The specs of the vectors themselves, on a library whose guard is switched off. What they show then is shown by row-level security alone.
 */
onRowLevelSecurity("the vectors with every guard of the library switched off", (databases) => {
  it(`are stopped by ${databases.name} alone`, async () => {
    expect(files).toHaveLength(VECTORS.length);
    const report = await withoutGuards(files, databases.name);
    expect(failedIn(report)).toEqual([]);
    expect(report.testResults).toHaveLength(files.length);
    expect(report.numPassedTests).toBeGreaterThan(80);
  }, 600_000);

  it("are not stopped where no policy stands behind the library: the guard is really off", async () => {
    const report = await withoutGuards([
      "02-find-by-anothers-key.spec.ts", "05-count-exists-aggregate.spec.ts", "07-bulk-update.spec.ts", "17-filter-through-a-relation.spec.ts",
    ], "betterSqlite3, memory");
    expect(report.testResults).toHaveLength(4);
    expect(report.testResults.filter(({ assertionResults }) => assertionResults.every(({ status }) => status !== "failed"))).toEqual([]);
  }, 300_000);
});

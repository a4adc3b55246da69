import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { onRowLevelSecurity } from "../support/databases";
import { server } from "../support/engines";

const root = resolve(__dirname, "../..");

/** Vectors that the database must stop by itself. */
const VECTORS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 24].map((number) => String(number).padStart(2, "0"));
const files = readdirSync(__dirname).filter((name) => VECTORS.includes(name.slice(0, 2)) && name.endsWith(".spec.ts"));

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly name: string; readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[] }[];
}

/** Runs specs in a Jest of their own, on a build of the library whose statements never say whose rows they mean. */
async function withoutGuards(specs: readonly string[], engine: string): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "freehold-guards-"));
  const report = join(folder, "report.json");
  const { JEST_WORKER_ID: _, ...environment } = process.env;
  try {
    await new Promise<void>((done) => {
      execFile(process.execPath, [
        join(root, "node_modules/jest/bin/jest.js"), "--ci", "--silent", "--maxWorkers", "1", "--json", `--outputFile=${report}`,
        ...specs.map((name) => join("spec/isolation", name)),
      ], {
        cwd: root,
        env: { ...environment, FREEHOLD_GUARDS: "off", FREEHOLD_ENGINES: engine, FREEHOLD_POSTGRES_URL: server().adminUrl() },
      // Its exit code says no more than its report does.
      }, () => done());
    });
    return JSON.parse(readFileSync(report, "utf8")) as Report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function failed({ testResults }: Report): readonly string[] {
  return testResults.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName));
}

/**
 * The specs of the vectors themselves, on a library whose guard is switched off. What they show then is shown by row-level security alone.
 */
onRowLevelSecurity("the vectors with every guard of the library switched off", (databases) => {
  it(`are stopped by ${databases.name} alone`, async () => {
    expect(files).toHaveLength(VECTORS.length);
    const report = await withoutGuards(files, databases.name);
    expect(failed(report)).toEqual([]);
    expect(report.testResults).toHaveLength(files.length);
    expect(report.numPassedTests).toBeGreaterThan(80);
  }, 600_000);

  it("are not stopped where no policy stands behind the library: the guard is really off", async () => {
    const report = await withoutGuards(["02-find-by-anothers-key.spec.ts", "05-count-exists-aggregate.spec.ts", "07-bulk-update.spec.ts", "17-filter-through-a-relation.spec.ts"], "betterSqlite3, memory");
    expect(report.testResults.filter(({ assertionResults }) => assertionResults.every(({ status }) => status !== "failed"))).toEqual([]);
  }, 300_000);
});

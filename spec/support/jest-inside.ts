import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { server } from "./engines";

const root = resolve(__dirname, "../..");

export interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly { readonly name: string; readonly assertionResults: readonly { readonly fullName: string; readonly status: string; readonly failureMessages: readonly string[] }[] }[];
}

/** Runs specs on one engine in a Jest of their own, against the server of this run, with further variables in its environment. */
export async function runInside(specs: readonly string[], engine: string, variables: Readonly<Record<string, string>>): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "freehold-inside-"));
  const report = join(folder, "report.json");
  const { JEST_WORKER_ID: _, ...environment } = process.env;
  try {
    await new Promise<void>((done) => {
      execFile(process.execPath, [
        join(root, "node_modules/jest/bin/jest.js"), "--ci", "--silent", "--maxWorkers", "1", "--json", `--outputFile=${report}`, ...specs,
      ], {
        cwd: root, env: { ...environment, FREEHOLD_ENGINES: engine, FREEHOLD_POSTGRES_URL: server().adminUrl(), ...variables },
      // Its exit code says no more than its report does.
      }, () => done());
    });
    return JSON.parse(readFileSync(report, "utf8")) as Report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The tests that failed, each with the first line of what it said. */
export function failedIn({ testResults }: Report): readonly string[] {
  return testResults.flatMap(({ assertionResults }) => assertionResults.filter(({ status }) => status === "failed")
    .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]?.split("\n", 1)[0] ?? "no message"}`));
}

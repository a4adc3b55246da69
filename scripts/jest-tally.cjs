"use strict";

// Counts a Jest JSON report folder by folder and engine by engine; the last line is the total. Exits with 1 when anything failed or
// nothing ran at all.
//
//   node scripts/jest-tally.cjs REPORT.json

const fs = require("node:fs");
const path = require("node:path");
const { engineLines, line } = require("./engine-tally.cjs");

const root = path.resolve(__dirname, "..");

/** The folder of a spec file that its tests are counted under: `spec`, `spec/unit`, … */
function folderOf(file) {
  const folder = path.dirname(path.relative(root, file)).split(path.sep).join("/");
  return folder.split("/").slice(0, 2).join("/");
}

/** How many tests of one suite passed, failed and were skipped. */
function countSuite(suite) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const { status } of suite.assertionResults) {
    if (status === "passed") count.passed += 1;
    else if (status === "failed") count.failed += 1;
    else count.skipped += 1;
  }
  // A suite that could not run, or broke outside of its tests, is a failure that no test shows.
  if (suite.status === "failed" && count.failed === 0) count.failed += 1;
  return count;
}

function tally(report) {
  const folders = new Map();
  let brokenSuites = 0;
  for (const suite of report.testResults) {
    const count = countSuite(suite);
    if (suite.status === "failed" && !suite.assertionResults.some(({ status }) => status === "failed")) brokenSuites += 1;
    const folder = folderOf(suite.name);
    const sum = folders.get(folder) ?? { passed: 0, failed: 0, skipped: 0 };
    for (const key of Object.keys(sum)) sum[key] += count[key];
    folders.set(folder, sum);
  }
  const total = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  return { folders, total };
}

const [, , file] = process.argv;
if (file === undefined) {
  console.error("usage: node scripts/jest-tally.cjs REPORT.json");
  process.exit(2);
}

/** A run that was cut short leaves no readable report; that is a failure too, and still ends in a tally. */
function readReport() {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    console.log(`no test report: ${error.message}`);
    return { testResults: [], numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, success: false };
  }
}

const report = readReport();
const { folders, total } = tally(report);
for (const [folder, count] of [...folders].sort(([a], [b]) => a.localeCompare(b))) console.log(`${folder}: ${line(count)}`);
const byEngine = engineLines(root, report.testResults.map(({ name, status, assertionResults: tests }) =>
  ({ file: name, broken: status === "failed" && tests.length === 0, tests })));
if (byEngine.length > 0) console.log(`database and isolation specs by engine:\n${byEngine.map((text) => `  ${text}`).join("\n")}`);
if (total.failed === 0 && !report.success) console.log("the run itself failed or was cut short");
if (total.passed + total.failed === 0) console.log("no test ran");
console.log(line(total));
process.exitCode = total.failed > 0 || total.passed === 0 || !report.success ? 1 : 0;

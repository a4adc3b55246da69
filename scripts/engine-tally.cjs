"use strict";

// Counts specs engine by engine: the driver matrix writes the engine's name in brackets behind a describe's title.

const path = require("node:path");

/** The engines as they are counted; those of one SQLite driver, in a file and in memory, together. */
const engines = ["sqlite3", "betterSqlite3", "postgres", "postgres, rls"];
/** Where specs run on every engine; others are about one engine, or about none. */
const folders = /(^|[\\/])spec[\\/](database|isolation)[\\/]/;

/** @param {readonly string[]} titles the titles around a test, outermost first */
function engineOf(titles) {
  for (const title of titles) {
    const name = /\[([^[\]]+)\]$/.exec(title)?.[1];
    const engine = engines.find((known) => known === name) ?? engines.find((known) => name === `${known}, file` || name === `${known}, memory`);
    if (engine !== undefined) return engine;
  }
  return undefined;
}

/** `N passed, N failed`, and the skipped ones where there are any. */
function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/**
 * The lines of the tally, one for each engine that a spec of `spec/database` or `spec/isolation` was meant for.
 *
 * @param {string} root
 * @param {readonly { readonly file: string, readonly broken: boolean, readonly tests: readonly { readonly status: string, readonly ancestorTitles: readonly string[] }[] }[]} suites
 * @returns {readonly string[]}
 */
function engineLines(root, suites) {
  const counts = new Map(engines.map((engine) => [engine, { passed: 0, failed: 0, skipped: 0 }]));
  let broken = 0;
  for (const { file, broken: didNotRun, tests } of suites) {
    if (!folders.test(path.sep + path.relative(root, file))) continue;
    if (didNotRun) broken += 1;
    for (const { status, ancestorTitles } of tests) {
      const count = counts.get(engineOf(ancestorTitles));
      if (count === undefined) continue;
      if (status === "passed") count.passed += 1;
      else if (status === "failed") count.failed += 1;
      else count.skipped += 1;
    }
  }
  const seen = [...counts].filter(([, { passed, failed, skipped }]) => passed + failed + skipped > 0);
  const width = Math.max(0, ...seen.map(([engine]) => engine.length));
  return [
    ...seen.map(([engine, count]) => `${engine.padEnd(width)}  ${line(count)}`),
    ...broken > 0 ? [`${broken} files of specs could not run on any engine`] : [],
  ];
}

module.exports = { engineLines, line };

"use strict";

// The order of Jest's files: the longest first. Without figures of an earlier run, as in the continuous integration, Jest goes by the files'
// size, and small ones that run others or many processes would come last: one worker at work, the other one idle.

const fs = require("node:fs");
const path = require("node:path");
// Jest's own, as jest itself finds it.
const jestCore = path.dirname(require.resolve("@jest/core/package.json", { paths: [require.resolve("jest")] }));
const { default: Sequencer } = require(require.resolve("@jest/test-sequencer", { paths: [require.resolve("jest-config", { paths: [jestCore] })] }));

/** Those that take more than a few seconds on an idle machine, though their size does not tell, the longest first. */
const LONGEST = [
  "spec/isolation/through-pgbouncer.spec.ts",
  "spec/isolation/non-interference.spec.ts",
  "spec/tools/compilers.spec.ts",
  "spec/database/round-trips.spec.ts",
  "spec/migrate/killed.spec.ts",
  "spec/reliability/postgres-crowd.spec.ts",
  "spec/migrate/evolution.spec.ts",
  "spec/cli/config.spec.ts",
  "spec/isolation/25-interleaved-users-under-load.spec.ts",
  "spec/isolation/guards-off.spec.ts",
  "spec/migrate/together.spec.ts",
  "spec/examples/documentation.spec.ts",
  "spec/cli/doctor.spec.ts",
  "spec/examples/notes-api-abuse.spec.ts",
  "spec/examples/notes-api-page.spec.ts",
  "spec/examples/notes-api-process.spec.ts",
  "spec/nestjs/module.spec.ts",
];

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const [{ context } = {}] = tests;
    if (context === undefined) return tests;
    const ranks = new Map(LONGEST.map((file, index) => [path.join(context.config.rootDir, file), index]));
    for (const file of ranks.keys()) if (!fs.existsSync(file)) throw new Error(`scripts/longest-first.cjs names ${file}, which is not there`);
    // Sorting keeps the order of all others.
    const rank = ({ path: file }) => ranks.get(file) ?? LONGEST.length;
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};

"use strict";

// Runs the isolation specs for long: npm run test:isolation -- --programs 10000 [--seed 1]
const { spawnSync } = require("node:child_process");

const given = process.argv.slice(2);
const option = (name) => {
  const at = given.indexOf(`--${name}`);
  return at < 0 ? undefined : given[at + 1];
};
const programs = option("programs") ?? "1000";
if (!/^[1-9]\d*$/.test(programs)) {
  console.error("usage: npm run test:isolation -- --programs N [--seed N]");
  process.exit(2);
}
const seed = option("seed");
const { status } = spawnSync("npx", ["jest", "spec/isolation"], {
  stdio: "inherit",
  env: { ...process.env, FREEHOLD_PROGRAMS: programs, ...(seed === undefined ? {} : { FREEHOLD_SEED: seed }) },
});
process.exit(status ?? 1);

"use strict";

const { parseArgs } = require("node:util");

const HELP = `Measures Freehold against hand-written code and its peers.

  npm run bench -- [options]

  --quick            hand-written code, Drizzle, Kysely and Freehold only, shorter measurements: less than three minutes
  --only NAME,…      these contestants (or all whose names begin so) and the hand-written code on their drivers
  --scenario NAME,…  these scenarios
  --postgres         on PostgreSQL instead of SQLite: plain, with row-level security, and without prepared statements
  --rounds N         so many rounds (default 9)
  --library DIR      Freehold's build in this folder, as it is, instead of dist/
  --write            writes bench/results/performance.md and docs/images/performance.svg as well (postgres.md and postgres.svg)
  --list             names of contestants and scenarios
  --help             this text

The first run installs the contestants' packages, and the library is built when dist/ is missing or older than lib/.
Every run writes bench/results/performance.csv (postgres.csv).
`;

/** @throws a TypeError for options that there are not */
function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      scenario: { type: "string" },
      postgres: { type: "boolean", default: false },
      rounds: { type: "string", default: "9" },
      library: { type: "string" },
      write: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError(`--rounds takes a whole number from 1, not ${values.rounds}`);
  const names = (text) => text?.split(",").map((name) => name.trim()).filter((name) => name !== "");
  return {
    ...values,
    only: names(values.only),
    scenario: names(values.scenario),
    rounds,
    warmUp: values.quick ? 400 : 800,
    measurement: values.quick ? 40 : 60,
  };
}

module.exports = { HELP, readOptions };

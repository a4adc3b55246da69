"use strict";

const path = require("node:path");
const ts = require("typescript");

const { config: tsconfig } = ts.readConfigFile(path.join(__dirname, "tsconfig.json"), ts.sys.readFile);

/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/lib", "<rootDir>/spec", "<rootDir>/examples"],
  testMatch: ["<rootDir>/spec/**/*.spec.ts"],
  // Types are checked by `npm run typecheck`; here each file is only transpiled (isolatedModules), which keeps the
  // runs fast. As CommonJS, because Jest's sandbox refuses the native import() that node16 would leave in place.
  transform: {
    "^.+\\.ts$": ["ts-jest", { tsconfig: { ...tsconfig.compilerOptions, module: "commonjs", moduleResolution: "node10" } }],
  },
  moduleNameMapper: {
    // "freehold" and "freehold/…" are this repository's lib/, as tsconfig.json says.
    ...Object.fromEntries(Object.entries(tsconfig.compilerOptions.paths).map(([name, [file]]) => [`^${name}$`, path.join(__dirname, file)])),
    // The library without its own wall: what then still holds is row-level security.
    ...(process.env.FREEHOLD_GUARDS === "off" ? { "^\\./writer$": "<rootDir>/spec/support/unguarded-writer.ts" } : {}),
  },
  globalSetup: "<rootDir>/spec/support/postgres/global-setup.cjs",
  globalTeardown: "<rootDir>/spec/support/postgres/global-teardown.cjs",
  testSequencer: "<rootDir>/scripts/longest-first.cjs",
  reporters: ["default", "<rootDir>/scripts/engine-reporter.cjs"],
  // Ten times what the slowest takes on an idle machine: a busy one is no failure.
  testTimeout: 120_000,
  maxWorkers: 2,
};

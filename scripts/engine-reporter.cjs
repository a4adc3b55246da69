"use strict";

// A reporter for Jest: after everything else, how many specs passed and failed on each engine.

const { engineLines } = require("./engine-tally.cjs");

module.exports = class EngineReporter {
  #root;

  constructor({ rootDir }) {
    this.#root = rootDir;
  }

  onRunComplete(_contexts, { testResults }) {
    const lines = engineLines(this.#root, testResults.map(({ testFilePath, testExecError, testResults: tests }) =>
      ({ file: testFilePath, broken: testExecError !== undefined && testExecError !== null, tests })));
    if (lines.length === 0) return;
    const only = process.env.FREEHOLD_ENGINES;
    process.stderr.write(`\nDatabase and isolation specs by engine${only === undefined ? "" : ` (FREEHOLD_ENGINES=${only})`}:\n${lines.map((text) => `  ${text}\n`).join("")}`);
  }
};

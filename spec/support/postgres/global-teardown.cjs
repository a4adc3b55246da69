"use strict";

// Jest's globalTeardown: ends what global-setup.cjs began.

const { once } = require("node:events");
const { unprovision } = require("./provision.cjs");

const PATIENCE_MS = 20_000;

module.exports = async function teardown() {
  const { child, provided } = globalThis.freeholdServer ?? {};
  if (child === undefined) {
    if (provided !== undefined) await unprovision(provided);
    return;
  }
  if (child.exitCode !== null) return;
  child.stdin.end();
  try {
    await once(child, "exit", { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    child.kill();
    throw new Error(`the PostgreSQL server was not gone after ${PATIENCE_MS} ms`, { cause: error });
  }
};

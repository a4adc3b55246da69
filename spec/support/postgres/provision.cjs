"use strict";

// Roles and databases for one run of the specs, on whatever server there is.

const { randomBytes } = require("node:crypto");
const { Client } = require("pg");

/** The role that the library's system contexts take under row security; its name is the library's. */
const SYSTEM_ROLE = "freehold_system";

/** Runs `work` with a connection to the server. */
async function connected(connectionString, work) {
  const client = new Client({ connectionString });
  // A connection that breaks fails the statement that uses it; nobody else has to hear of it.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Creates a login role without any rights of its own and one database that it owns for each worker.
 *
 * @param {string} adminUrl
 * @param {number} workers
 */
async function provision(adminUrl, workers) {
  const run = randomBytes(4).toString("hex");
  const [login, password] = [`freehold_login_${run}`, randomBytes(12).toString("hex")];
  const databases = Array.from({ length: workers }, (_, index) => `freehold_${run}_${index + 1}`);
  return connected(adminUrl, async (client) => {
    const { rows: [me] } = await client.query("select rolsuper, current_user as name from pg_roles where rolname = current_user");
    if (!me.rolsuper) {
      throw new Error(`the role ${me.name} of FREEHOLD_POSTGRES_URL has to be a superuser: the specs create roles and databases, look past row security and switch foreign keys off`);
    }
    const { rowCount } = await client.query("select from pg_roles where rolname = $1", [SYSTEM_ROLE]);
    if (rowCount === 0) await client.query(`create role ${SYSTEM_ROLE} nologin`);
    await client.query(`create role ${login} login password '${password}' nosuperuser nobypassrls nocreatedb nocreaterole`);
    // Its rights are taken by SET ROLE alone: what the login role does as itself stays under the policies.
    await client.query(`grant ${SYSTEM_ROLE} to ${login} with inherit false, set true`);
    for (const database of databases) await client.query(`create database ${database} owner ${login}`);
    return { adminUrl, login, password, databases, createdSystemRole: rowCount === 0 };
  });
}

/** Takes away what {@link provision} made. */
async function unprovision({ adminUrl, login, databases, createdSystemRole }) {
  await connected(adminUrl, async (client) => {
    for (const database of databases) await client.query(`drop database if exists ${database} with (force)`);
    await client.query(`drop role if exists ${login}`);
    // Another run on the same server may have taken it up meanwhile; then it stays.
    if (createdSystemRole) await client.query(`drop role if exists ${SYSTEM_ROLE}`).catch(() => undefined);
  });
}

module.exports = { provision, unprovision };

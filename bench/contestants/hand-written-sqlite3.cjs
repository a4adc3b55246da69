"use strict";

const { inserted, insertParameters, keysOf, SQL, toDoc, withTasks } = require("./hand-written.cjs");
const { checked } = require("./checked.cjs");

async function open(file) {
  const sqlite3 = require("./sqlite3.cjs");
  const db = await new Promise((resolve, reject) => {
    const opening = new sqlite3.Database(file, (error) => (error ? reject(error) : resolve(opening)));
  });
  const exec = (sql) => new Promise((resolve, reject) => db.exec(sql, (error) => (error ? reject(error) : resolve())));
  await exec("pragma journal_mode = WAL; pragma synchronous = NORMAL; pragma foreign_keys = ON");
  // Prepared when first used, then kept.
  const statements = new Map();
  const statement = (sql) => {
    let found = statements.get(sql);
    if (found === undefined) statements.set(sql, found = db.prepare(sql));
    return found;
  };
  // get() would leave its statement, and with it the read lock, open behind the first row; all() reads to the end.
  const all = (sql, parameters) => new Promise((resolve, reject) => {
    statement(sql).all(parameters, (error, rows) => (error ? reject(error) : resolve(rows)));
  });
  const run = (sql, parameters) => new Promise((resolve, reject) => {
    statement(sql).run(parameters, function done(error) {
      if (error) reject(error);
      else resolve(this);
    });
  });
  // A statement keeps what `this` says until its next run, so the key is read at once.
  const insert = (parameters) => new Promise((resolve, reject) => {
    statement(SQL.insert).run(parameters, function done(error) {
      if (error) reject(error);
      else resolve(this.lastID);
    });
  });

  const as = (owner) => ({
    byKey: async (id) => {
      const rows = await all(SQL.byKey, [owner, id]);
      return rows.length === 0 ? null : toDoc(rows[0]);
    },
    page: async (limit) => (await all(SQL.page, [owner, limit])).map(toDoc),
    all: async () => (await all(SQL.all, [owner])).map(toDoc),
    search: async (rating, limit) => (await all(SQL.search, [owner, rating, limit])).map(toDoc),
    insert: async (data) => {
      checked(data);
      return inserted(owner, await insert(insertParameters(owner, data)), data);
    },
    insertMany: async (list) => {
      list.forEach(checked);
      await exec("begin immediate");
      try {
        // All are handed over at once; the package runs them one after the other.
        const keys = await Promise.all(list.map((data) => insert(insertParameters(owner, data))));
        await exec("commit");
        return list.map((data, index) => inserted(owner, keys[index], data));
      } catch (error) {
        await exec("rollback");
        throw error;
      }
    },
    update: async (id, { title, rating }) => (await run(SQL.update, [title, rating, owner, id])).changes,
    projects: async () => {
      const projects = await all(SQL.projects, [owner]);
      return withTasks(projects, await all(SQL.tasks, [owner, keysOf(projects)]));
    },
    count: async () => (await all(SQL.count, [owner]))[0].n,
  });
  const close = async () => {
    await Promise.all([...statements.values()].map((one) => new Promise((resolve) => one.finalize(resolve))));
    await new Promise((resolve, reject) => db.close((error) => (error ? reject(error) : resolve())));
  };
  return { as, close };
}

module.exports = { open };

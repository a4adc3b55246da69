"use strict";

const { inserted, insertParameters, keysOf, SQL, toDoc, withTasks } = require("./hand-written.cjs");
const { checked } = require("./checked.cjs");

async function open(file) {
  const Database = require("better-sqlite3");
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  db.pragma("foreign_keys = ON");
  // Prepared when first used, then kept.
  const statements = new Map();
  const statement = (sql) => {
    let found = statements.get(sql);
    if (found === undefined) statements.set(sql, found = db.prepare(sql));
    return found;
  };
  const insertAll = db.transaction((owner, list) => {
    const insert = statement(SQL.insert);
    return list.map((data) => inserted(owner, insert.run(insertParameters(owner, data)).lastInsertRowid, data));
  });

  const as = (owner) => ({
    byKey: (id) => {
      const row = statement(SQL.byKey).get(owner, id);
      return row === undefined ? null : toDoc(row);
    },
    page: (limit) => statement(SQL.page).all(owner, limit).map(toDoc),
    all: () => statement(SQL.all).all(owner).map(toDoc),
    search: (rating, limit) => statement(SQL.search).all(owner, rating, limit).map(toDoc),
    insert: (data) => {
      checked(data);
      return inserted(owner, statement(SQL.insert).run(insertParameters(owner, data)).lastInsertRowid, data);
    },
    insertMany: (list) => {
      list.forEach(checked);
      return insertAll(owner, list);
    },
    update: (id, { title, rating }) => statement(SQL.update).run(title, rating, owner, id).changes,
    projects: () => {
      const projects = statement(SQL.projects).all(owner);
      return withTasks(projects, statement(SQL.tasks).all(owner, keysOf(projects)));
    },
    count: () => statement(SQL.count).get(owner).n,
  });
  return { as, close: () => db.close() };
}

module.exports = { open };

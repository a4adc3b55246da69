"use strict";

const fs = require("node:fs");
const path = require("node:path");
const Database = require("better-sqlite3");
const { docData, docOwners, OTHERS, PROJECTS, randomFrom, READER, TASKS, WRITER } = require("./rows.cjs");

/** Makes the database that every contestant gets a copy of. */
function seed(file) {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = OFF");
  db.pragma("foreign_keys = ON");
  db.exec(fs.readFileSync(path.join(__dirname, "schema.sql"), "utf8"));
  db.transaction(() => {
    const owners = [READER, ...OTHERS, WRITER];
    fillUsers(db, owners);
    fillDocs(db);
    fillProjects(db, owners);
  })();
  db.exec("analyze");
  // Leaves one whole file: copies take no -wal with them.
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.close();
}

function fillUsers(db, owners) {
  const insert = db.prepare("insert into user (user_id, info, created_at) values (?, '{}', ?)");
  for (const owner of owners) insert.run(owner, "2024-01-01T00:00:00.000Z");
}

function fillDocs(db) {
  const insert = db.prepare("insert into doc (user_id, title, body, rating, done, meta, created_at) values (?, ?, ?, ?, ?, ?, ?)");
  const random = randomFrom(1);
  for (const owner of docOwners()) {
    const { title, body, rating, done, meta, createdAt } = docData(random);
    insert.run(owner, title, body, rating, done ? 1 : 0, JSON.stringify(meta), createdAt.toISOString());
  }
}

function fillProjects(db, owners) {
  const insertProject = db.prepare("insert into project (user_id, name) values (?, ?)");
  const insertTask = db.prepare("insert into task (user_id, project_id, title, done) values (?, ?, ?, ?)");
  for (let project = 0; project < PROJECTS; project++) {
    for (const owner of owners) {
      const { lastInsertRowid } = insertProject.run(owner, `Project ${project} of ${owner}`);
      for (let task = 0; task < TASKS; task++) insertTask.run(owner, lastInsertRowid, `Task ${task} of project ${project}`, task % 3 === 0 ? 1 : 0);
    }
  }
}

module.exports = { seed };

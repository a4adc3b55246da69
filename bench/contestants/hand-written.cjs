"use strict";

// What both pieces of hand-written code share: the statements, and how rows become documents.

const COLUMNS = "id, user_id, title, body, rating, done, meta, created_at";

const SQL = {
  byKey: `select ${COLUMNS} from doc where user_id = ? and id = ?`,
  page: `select ${COLUMNS} from doc where user_id = ? order by id limit ?`,
  all: `select ${COLUMNS} from doc where user_id = ? order by id`,
  search: `select ${COLUMNS} from doc where user_id = ? and done = 0 and rating >= ? order by created_at desc, id limit ?`,
  insert: "insert into doc (user_id, title, body, rating, done, meta, created_at) values (?, ?, ?, ?, ?, ?, ?)",
  update: "update doc set title = ?, rating = ? where user_id = ? and id = ?",
  projects: "select id, user_id, name from project where user_id = ? order by id",
  // A list of keys of any length in one cached statement.
  tasks: "select id, user_id, project_id, title, done from task where user_id = ? and project_id in (select value from json_each(?)) order by id",
  count: "select count(*) as n from doc where user_id = ?",
};

function toDoc(row) {
  return {
    id: row.id,
    userId: row.user_id,
    title: row.title,
    body: row.body,
    rating: row.rating,
    done: row.done === 1,
    meta: JSON.parse(row.meta),
    createdAt: new Date(row.created_at),
  };
}

function insertParameters(owner, { title, body, rating, done, meta, createdAt }) {
  return [owner, title, body, rating, done ? 1 : 0, JSON.stringify(meta), createdAt.toISOString()];
}

function inserted(owner, id, { title, body, rating, done, meta, createdAt }) {
  return { id, userId: owner, title, body, rating, done, meta, createdAt };
}

function withTasks(projectRows, taskRows) {
  const tasks = new Map(projectRows.map((row) => [row.id, []]));
  for (const row of taskRows) {
    tasks.get(row.project_id).push({ id: row.id, userId: row.user_id, projectId: row.project_id, title: row.title, done: row.done === 1 });
  }
  return projectRows.map((row) => ({ id: row.id, userId: row.user_id, name: row.name, tasks: tasks.get(row.id) }));
}

const keysOf = (rows) => JSON.stringify(rows.map((row) => row.id));

module.exports = { inserted, insertParameters, keysOf, SQL, toDoc, withTasks };

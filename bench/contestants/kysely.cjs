"use strict";

const Database = require("better-sqlite3");
const { Kysely, SqliteDialect } = require("kysely");
const { checked } = require("./checked.cjs");

const COLUMNS = ["id", "user_id as userId", "title", "body", "rating", "done", "meta", "created_at as createdAt"];

// Kysely leaves the decoding to the application.
function toDoc(row) {
  return { ...row, done: row.done === 1, meta: JSON.parse(row.meta), createdAt: new Date(row.createdAt) };
}

function toRow(owner, { title, body, rating, done, meta, createdAt }) {
  return { user_id: owner, title, body, rating, done: done ? 1 : 0, meta: JSON.stringify(meta), created_at: createdAt.toISOString() };
}

async function open(file) {
  const database = new Database(file);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.pragma("foreign_keys = ON");
  const db = new Kysely({ dialect: new SqliteDialect({ database }) });

  const as = (owner) => {
    const docs = () => db.selectFrom("doc").select(COLUMNS).where("user_id", "=", owner);
    return {
      byKey: async (id) => {
        const row = await docs().where("id", "=", id).executeTakeFirst();
        return row === undefined ? null : toDoc(row);
      },
      page: async (limit) => (await docs().orderBy("id").limit(limit).execute()).map(toDoc),
      all: async () => (await docs().orderBy("id").execute()).map(toDoc),
      search: async (rating, limit) => {
        const rows = await docs().where("done", "=", 0).where("rating", ">=", rating)
          .orderBy("created_at", "desc").orderBy("id").limit(limit).execute();
        return rows.map(toDoc);
      },
      insert: async (data) => {
        const { insertId } = await db.insertInto("doc").values(toRow(owner, checked(data))).executeTakeFirstOrThrow();
        return { id: Number(insertId), userId: owner, ...data };
      },
      insertMany: async (list) => {
        const rows = list.map((data) => toRow(owner, checked(data)));
        const keys = await db.insertInto("doc").values(rows).returning("id").execute();
        return list.map((data, index) => ({ id: keys[index].id, userId: owner, ...data }));
      },
      update: async (id, changes) => {
        const { numUpdatedRows } = await db.updateTable("doc").set(changes)
          .where("user_id", "=", owner).where("id", "=", id).executeTakeFirst();
        return Number(numUpdatedRows);
      },
      projects: async () => {
        const projects = await db.selectFrom("project").select(["id", "user_id as userId", "name"])
          .where("user_id", "=", owner).orderBy("id").execute();
        const rows = await db.selectFrom("task").select(["id", "user_id as userId", "project_id as projectId", "title", "done"])
          .where("user_id", "=", owner).where("project_id", "in", projects.map(({ id }) => id)).orderBy("id").execute();
        const tasks = new Map(projects.map(({ id }) => [id, []]));
        for (const row of rows) tasks.get(row.projectId).push({ ...row, done: row.done === 1 });
        return projects.map((project) => ({ ...project, tasks: tasks.get(project.id) }));
      },
      count: async () => {
        const { n } = await db.selectFrom("doc").select(({ fn }) => fn.countAll().as("n")).where("user_id", "=", owner).executeTakeFirstOrThrow();
        return n;
      },
    };
  };
  return { as, close: () => db.destroy() };
}

module.exports = { open };

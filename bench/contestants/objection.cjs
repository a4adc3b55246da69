"use strict";

const { knex } = require("knex");
const { Model, snakeCaseMappers } = require("objection");
const { checked } = require("./checked.cjs");

class Base extends Model {
  static columnNameMappers = snakeCaseMappers();

  $parseDatabaseJson(json) {
    const parsed = super.$parseDatabaseJson(json);
    if (parsed.done !== undefined) parsed.done = parsed.done === 1;
    return parsed;
  }

  $formatDatabaseJson(json) {
    const formatted = super.$formatDatabaseJson(json);
    if (formatted.done !== undefined) formatted.done = formatted.done ? 1 : 0;
    return formatted;
  }
}

class Doc extends Base {
  static tableName = "doc";
  static jsonAttributes = ["meta"];

  $parseDatabaseJson(json) {
    const parsed = super.$parseDatabaseJson(json);
    if (parsed.createdAt !== undefined) parsed.createdAt = new Date(parsed.createdAt);
    return parsed;
  }

  $formatDatabaseJson(json) {
    const formatted = super.$formatDatabaseJson(json);
    if (formatted.created_at !== undefined) formatted.created_at = formatted.created_at.toISOString();
    return formatted;
  }
}

class Task extends Base {
  static tableName = "task";
}

class Project extends Base {
  static tableName = "project";
  static relationMappings = {
    tasks: { relation: Model.HasManyRelation, modelClass: Task, join: { from: "project.id", to: "task.project_id" } },
  };
}

async function open(file) {
  const db = knex({
    client: "better-sqlite3",
    connection: { filename: file },
    useNullAsDefault: true,
    pool: {
      afterCreate: (connection, done) => {
        for (const pragma of ["journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"]) connection.pragma(pragma);
        done();
      },
    },
  });
  const [docs, projects] = [Doc, Project].map((model) => model.bindKnex(db));

  // Conditions are written with the columns' names: mapping those as well would cost every query more.
  const as = (owner) => ({
    byKey: async (id) => (await docs.query().findOne({ id, user_id: owner })) ?? null,
    page: (limit) => docs.query().where({ user_id: owner }).orderBy("id").limit(limit),
    all: () => docs.query().where({ user_id: owner }).orderBy("id"),
    search: (rating, limit) => docs.query().where({ user_id: owner, done: 0 }).where("rating", ">=", rating)
      .orderBy([{ column: "created_at", order: "desc" }, "id"]).limit(limit),
    insert: (data) => docs.query().insert({ userId: owner, ...checked(data) }),
    // Objection inserts lists in one statement on PostgreSQL and SQL Server only.
    insertMany: (list) => {
      list.forEach(checked);
      return docs.transaction(async (transaction) => {
        const stored = [];
        for (const data of list) stored.push(await docs.query(transaction).insert({ userId: owner, ...data }));
        return stored;
      });
    },
    update: (id, changes) => docs.query().where({ id, user_id: owner }).patch(changes),
    projects: () => projects.query().where({ user_id: owner }).orderBy("id")
      .withGraphFetched("tasks").modifyGraph("tasks", (tasks) => tasks.where({ user_id: owner }).orderBy("id")),
    count: () => docs.query().where({ user_id: owner }).resultSize(),
  });
  return { as, close: () => db.destroy() };
}

module.exports = { open };

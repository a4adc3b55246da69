"use strict";

const { relations } = require("drizzle-orm");
const { customType, integer, sqliteTable, text } = require("drizzle-orm/sqlite-core");

// Drizzle's own modes for dates are numbers; this one is the text that the schema holds.
const isoDate = customType({
  dataType: () => "text",
  toDriver: (value) => value.toISOString(),
  fromDriver: (value) => new Date(value),
});

const doc = sqliteTable("doc", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  userId: integer("user_id").notNull(),
  title: text("title").notNull(),
  body: text("body").notNull(),
  rating: integer("rating").notNull(),
  done: integer("done", { mode: "boolean" }).notNull(),
  meta: text("meta", { mode: "json" }).notNull(),
  createdAt: isoDate("created_at").notNull(),
});

const project = sqliteTable("project", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  userId: integer("user_id").notNull(),
  name: text("name").notNull(),
});

const task = sqliteTable("task", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  userId: integer("user_id").notNull(),
  projectId: integer("project_id").notNull(),
  title: text("title").notNull(),
  done: integer("done", { mode: "boolean" }).notNull(),
});

const projectRelations = relations(project, ({ many }) => ({ tasks: many(task) }));
const taskRelations = relations(task, ({ one }) => ({ project: one(project, { fields: [task.projectId], references: [project.id] }) }));

function openDrizzle(file) {
  const Database = require("better-sqlite3");
  const { drizzle } = require("drizzle-orm/better-sqlite3");
  const client = new Database(file);
  client.pragma("journal_mode = WAL");
  client.pragma("synchronous = NORMAL");
  client.pragma("foreign_keys = ON");
  return { client, db: drizzle(client, { schema: { doc, project, task, projectRelations, taskRelations } }) };
}

module.exports = { doc, openDrizzle, project, task };

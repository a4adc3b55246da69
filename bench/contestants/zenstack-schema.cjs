"use strict";

// What ZenStack's `zen generate` makes of the bench's schema, written shorter: the generator needs no place here.

const { ExpressionUtils } = require("@zenstackhq/orm/schema");

const { array, binary, call, field, literal, member } = ExpressionUtils;
const named = (name) => [{ name: "name", value: literal(name) }];
const mapped = (name) => ({ name: "@map", args: named(name) });

function column(name, type, stored = name, more = {}) {
  return { name, type, ...(stored === name ? {} : { attributes: [mapped(stored)] }), ...more };
}

function key(name = "id", stored = name) {
  const byItself = call("autoincrement");
  const attributes = [{ name: "@id" }, { name: "@default", args: [{ name: "value", value: byItself }] }, ...(stored === name ? [] : [mapped(stored)])];
  return { name, type: "Int", id: true, attributes, default: byItself };
}

function to(name, type, from, target, opposite) {
  const args = [{ name: "fields", value: array("Int", [field(from)]) }, { name: "references", value: array("Int", [field(target)]) }];
  return { name, type, attributes: [{ name: "@relation", args }], relation: { opposite, fields: [from], references: [target] } };
}

const many = (name, type, opposite) => ({ name, type, array: true, relation: { opposite } });
const owner = (opposite) => [column("userId", "Int", "user_id", { foreignKeyFor: ["user"] }), to("user", "User", "userId", "userId", opposite)];

/** Rows are their owner's; without the policy plugin nobody looks at it. */
const allowOwner = {
  name: "@@allow",
  args: [
    { name: "operation", value: literal("all") },
    { name: "condition", value: binary(member(call("auth"), ["userId"]), "==", field("userId")) },
  ],
};

function model(name, table, fields, id = "id") {
  return {
    name,
    fields: Object.fromEntries(fields.map((one) => [one.name, one])),
    attributes: [allowOwner, { name: "@@map", args: named(table) }],
    idFields: [id],
    uniqueFields: { [id]: { type: "Int" } },
  };
}

const schema = {
  provider: { type: "sqlite" },
  models: {
    User: model("User", "user", [key("userId", "user_id"), many("docs", "Doc", "user"), many("projects", "Project", "user"), many("tasks", "Task", "user")], "userId"),
    Doc: model("Doc", "doc", [
      key(), ...owner("docs"), column("title", "String"), column("body", "String"), column("rating", "Int"), column("done", "Boolean"),
      column("meta", "Json"), column("createdAt", "DateTime", "created_at"),
    ]),
    Project: model("Project", "project", [key(), ...owner("projects"), column("name", "String"), many("tasks", "Task", "project")]),
    Task: model("Task", "task", [
      key(), ...owner("tasks"), column("projectId", "Int", "project_id", { foreignKeyFor: ["project"] }),
      to("project", "Project", "projectId", "id", "tasks"), column("title", "String"), column("done", "Boolean"),
    ]),
  },
  authType: "User",
  plugins: {},
};

function openZenStack(file) {
  const Database = require("better-sqlite3");
  const { ZenStackClient } = require("@zenstackhq/orm");
  const { SqliteDialect } = require("@zenstackhq/orm/dialects/sqlite");
  const database = new Database(file);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  database.pragma("foreign_keys = ON");
  return new ZenStackClient(schema, { dialect: new SqliteDialect({ database }) });
}

module.exports = { openZenStack };

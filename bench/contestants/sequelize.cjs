"use strict";

const { DataTypes, Op, Sequelize } = require("sequelize");
const { checked } = require("./checked.cjs");

// Sequelize reads types from the columns' declarations, which say TEXT and INTEGER here; getters and setters do the rest.
const decoded = (type, name, read, write, field = name) => ({
  type, field, allowNull: false,
  get() {
    const value = this.getDataValue(name);
    return value === undefined ? undefined : read(value);
  },
  set(value) { this.setDataValue(name, write(value)); },
});
// Functions, because Sequelize writes into what it is given.
const key = () => ({ type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true });
const integer = (field) => ({ type: DataTypes.INTEGER, field, allowNull: false });
const text = () => ({ type: DataTypes.TEXT, allowNull: false });
const done = () => decoded(DataTypes.INTEGER, "done", (value) => value === 1, (value) => (value ? 1 : 0));

function defineModels(sequelize) {
  const Doc = sequelize.define("doc", {
    id: key(), userId: integer("user_id"), title: text(), body: text(), rating: integer("rating"), done: done(),
    meta: decoded(DataTypes.TEXT, "meta", JSON.parse, JSON.stringify),
    createdAt: decoded(DataTypes.TEXT, "createdAt", (value) => new Date(value), (value) => value.toISOString(), "created_at"),
  });
  const Project = sequelize.define("project", { id: key(), userId: integer("user_id"), name: text() });
  const Task = sequelize.define("task", { id: key(), userId: integer("user_id"), projectId: integer("project_id"), title: text(), done: done() });
  Project.hasMany(Task, { as: "tasks", foreignKey: "projectId" });
  return { Doc, Project, Task };
}

async function open(file) {
  const sequelize = new Sequelize({
    dialect: "sqlite", dialectModule: require("./sqlite3.cjs"), storage: file, logging: false,
    define: { timestamps: false, freezeTableName: true },
  });
  for (const pragma of ["journal_mode = WAL", "synchronous = NORMAL"]) await sequelize.query(`pragma ${pragma}`);
  const { Doc, Project, Task } = defineModels(sequelize);
  // Where the getters run: without it, nothing would be decoded while the time is taken.
  const values = (row) => row.get({ plain: true });

  const as = (owner) => ({
    byKey: async (id) => {
      const row = await Doc.findOne({ where: { id, userId: owner } });
      return row === null ? null : values(row);
    },
    page: async (limit) => (await Doc.findAll({ where: { userId: owner }, order: [["id", "ASC"]], limit })).map(values),
    all: async () => (await Doc.findAll({ where: { userId: owner }, order: [["id", "ASC"]] })).map(values),
    search: async (rating, limit) => {
      const where = { userId: owner, done: 0, rating: { [Op.gte]: rating } };
      return (await Doc.findAll({ where, order: [["createdAt", "DESC"], ["id", "ASC"]], limit })).map(values);
    },
    insert: async (data) => values(await Doc.create({ userId: owner, ...checked(data) })),
    insertMany: async (list) => {
      const rows = list.map((data) => ({ userId: owner, ...checked(data) }));
      return (await Doc.bulkCreate(rows, { returning: true })).map(values);
    },
    update: async (id, changes) => (await Doc.update(changes, { where: { id, userId: owner } }))[0],
    projects: async () => {
      const rows = await Project.findAll({
        where: { userId: owner },
        include: [{ model: Task, as: "tasks", where: { userId: owner }, required: false }],
        order: [["id", "ASC"], ["tasks", "id", "ASC"]],
      });
      return rows.map(values);
    },
    count: () => Doc.count({ where: { userId: owner } }),
  });
  return { as, close: () => sequelize.close() };
}

module.exports = { open };

"use strict";

const { checked } = require("./checked.cjs");
const { defineEntities } = require("../.build/typeorm-entities.js");

/** TypeORM 1 on better-sqlite3; on sqlite3, which 1.0 gave up, the last version that has it. */
async function open(file, { driver }) {
  const typeorm = driver === "sqlite3" ? require("typeorm-0") : require("typeorm");
  const { Doc, Project, Task } = defineEntities(typeorm);
  const source = new typeorm.DataSource({
    ...(driver === "sqlite3" ? { type: "sqlite", driver: require("./sqlite3.cjs") } : { type: "better-sqlite3" }),
    database: file,
    entities: [Doc, Project, Task],
    enableWAL: true,
  });
  await source.initialize();
  await source.query("pragma synchronous = NORMAL");
  const docs = source.getRepository(Doc);
  const projects = source.getRepository(Project);
  const { MoreThanOrEqual } = typeorm;

  const as = (userId) => ({
    byKey: (id) => docs.findOneBy({ id, userId }),
    page: (take) => docs.find({ where: { userId }, order: { id: "ASC" }, take }),
    all: () => docs.find({ where: { userId }, order: { id: "ASC" } }),
    search: (rating, take) => docs.find({
      where: { userId, done: false, rating: MoreThanOrEqual(rating) }, order: { createdAt: "DESC", id: "ASC" }, take,
    }),
    // insert() is the short way; save() would look for the row first and open a transaction.
    insert: async (data) => {
      const doc = docs.create({ userId, ...checked(data) });
      await docs.insert(doc);
      return doc;
    },
    insertMany: async (list) => {
      const entities = list.map((data) => docs.create({ userId, ...checked(data) }));
      await docs.insert(entities);
      return entities;
    },
    update: async (id, changes) => (await docs.update({ id, userId }, changes)).affected,
    projects: () => projects.find({
      where: { userId, tasks: { userId } }, relations: { tasks: true }, order: { id: "ASC", tasks: { id: "ASC" } },
    }),
    count: () => docs.countBy({ userId }),
  });
  return { as, close: () => source.destroy() };
}

module.exports = { open };

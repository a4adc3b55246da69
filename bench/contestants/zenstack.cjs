"use strict";

const { checked } = require("./checked.cjs");
const { openZenStack } = require("./zenstack-schema.cjs");

async function open(file) {
  const db = openZenStack(file);

  const as = (userId) => ({
    byKey: (id) => db.doc.findFirst({ where: { id, userId } }),
    page: (take) => db.doc.findMany({ where: { userId }, orderBy: { id: "asc" }, take }),
    all: () => db.doc.findMany({ where: { userId }, orderBy: { id: "asc" } }),
    search: (rating, take) => db.doc.findMany({
      where: { userId, done: false, rating: { gte: rating } }, orderBy: [{ createdAt: "desc" }, { id: "asc" }], take,
    }),
    insert: (data) => db.doc.create({ data: { userId, ...checked(data) } }),
    insertMany: (list) => db.doc.createManyAndReturn({ data: list.map((data) => ({ userId, ...checked(data) })) }),
    update: async (id, data) => (await db.doc.updateMany({ where: { id, userId }, data })).count,
    projects: () => db.project.findMany({
      where: { userId }, orderBy: { id: "asc" }, include: { tasks: { where: { userId }, orderBy: { id: "asc" } } },
    }),
    count: () => db.doc.count({ where: { userId } }),
  });
  return { as, close: () => db.$disconnect() };
}

module.exports = { open };

"use strict";

const { PolicyPlugin } = require("@zenstackhq/plugin-policy");
const { checked } = require("./checked.cjs");
const { openZenStack } = require("./zenstack-schema.cjs");

/** The owner's condition comes from the schema's policy instead of from each call. */
async function open(file) {
  const all = openZenStack(file).$use(new PolicyPlugin());

  const as = (userId) => {
    const db = all.$setAuth({ userId });
    return {
      byKey: (id) => db.doc.findFirst({ where: { id } }),
      page: (take) => db.doc.findMany({ orderBy: { id: "asc" }, take }),
      all: () => db.doc.findMany({ orderBy: { id: "asc" } }),
      search: (rating, take) => db.doc.findMany({
        where: { done: false, rating: { gte: rating } }, orderBy: [{ createdAt: "desc" }, { id: "asc" }], take,
      }),
      insert: (data) => db.doc.create({ data: { userId, ...checked(data) } }),
      // A thousand at once is a condition too deep for SQLite.
      insertMany: (list) => db.$transaction(async (transaction) => {
        const rows = list.map((data) => ({ userId, ...checked(data) }));
        const stored = [];
        for (let from = 0; from < rows.length; from += 500) {
          stored.push(...await transaction.doc.createManyAndReturn({ data: rows.slice(from, from + 500) }));
        }
        return stored;
      }),
      update: async (id, data) => (await db.doc.updateMany({ where: { id }, data })).count,
      projects: () => db.project.findMany({
        orderBy: { id: "asc" }, include: { tasks: { orderBy: { id: "asc" } } },
      }),
      count: () => db.doc.count(),
    };
  };
  return { as, close: () => all.$disconnect() };
}

module.exports = { open };

"use strict";

const { and, asc, count, desc, eq, gte } = require("drizzle-orm");
const { checked } = require("./checked.cjs");
const { doc, openDrizzle, project, task } = require("./drizzle-schema.cjs");

async function open(file) {
  const { client, db } = openDrizzle(file);

  const as = (owner) => {
    const own = eq(doc.userId, owner);
    return {
      byKey: (id) => db.select().from(doc).where(and(own, eq(doc.id, id))).get() ?? null,
      page: (limit) => db.select().from(doc).where(own).orderBy(asc(doc.id)).limit(limit).all(),
      all: () => db.select().from(doc).where(own).orderBy(asc(doc.id)).all(),
      search: (rating, limit) => db.select().from(doc).where(and(own, eq(doc.done, false), gte(doc.rating, rating)))
        .orderBy(desc(doc.createdAt), asc(doc.id)).limit(limit).all(),
      insert: (data) => db.insert(doc).values({ userId: owner, ...checked(data) }).returning().get(),
      insertMany: (list) => db.insert(doc).values(list.map((data) => ({ userId: owner, ...checked(data) }))).returning().all(),
      update: (id, changes) => db.update(doc).set(changes).where(and(own, eq(doc.id, id))).run().changes,
      projects: () => db.query.project.findMany({
        where: eq(project.userId, owner),
        orderBy: asc(project.id),
        with: { tasks: { where: eq(task.userId, owner), orderBy: asc(task.id) } },
      }).sync(),
      count: () => db.select({ n: count() }).from(doc).where(own).get().n,
    };
  };
  return { as, close: () => client.close() };
}

module.exports = { open };

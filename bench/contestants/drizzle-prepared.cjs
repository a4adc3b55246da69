"use strict";

const { and, asc, count, desc, eq, gte, sql } = require("drizzle-orm");
const { checked } = require("./checked.cjs");
const { doc, openDrizzle, project, task } = require("./drizzle-schema.cjs");

async function open(file) {
  const { client, db } = openDrizzle(file);
  const hole = sql.placeholder;
  const own = eq(doc.userId, hole("owner"));
  const mine = and(own, eq(doc.id, hole("id")));
  const byKey = db.select().from(doc).where(mine).prepare();
  const page = db.select().from(doc).where(own).orderBy(asc(doc.id)).limit(hole("limit")).prepare();
  const all = db.select().from(doc).where(own).orderBy(asc(doc.id)).prepare();
  const search = db.select().from(doc).where(and(own, eq(doc.done, false), gte(doc.rating, hole("rating"))))
    .orderBy(desc(doc.createdAt), asc(doc.id)).limit(hole("limit")).prepare();
  const values = Object.fromEntries(["title", "body", "rating", "done", "meta", "createdAt"].map((name) => [name, hole(name)]));
  const insert = db.insert(doc).values({ userId: hole("owner"), ...values }).returning().prepare();
  const update = db.update(doc).set({ title: sql`${hole("title")}`, rating: sql`${hole("rating")}` }).where(mine).prepare();
  const projects = db.query.project.findMany({
    where: eq(project.userId, hole("owner")),
    orderBy: asc(project.id),
    with: { tasks: { where: eq(task.userId, hole("owner")), orderBy: asc(task.id) } },
  }).prepare();
  const counting = db.select({ n: count() }).from(doc).where(own).prepare();

  const as = (owner) => ({
    byKey: (id) => byKey.get({ owner, id }) ?? null,
    page: (limit) => page.all({ owner, limit }),
    all: () => all.all({ owner }),
    search: (rating, limit) => search.all({ owner, rating, limit }),
    insert: (data) => insert.get({ owner, ...checked(data) }),
    // One statement for each number of rows cannot be prepared beforehand; the prepared one runs in a transaction.
    insertMany: (list) => {
      list.forEach(checked);
      return db.transaction(() => list.map((data) => insert.get({ owner, ...data })));
    },
    update: (id, { title, rating }) => update.run({ owner, id, title, rating }).changes,
    projects: () => projects.execute({ owner }).sync(),
    count: () => counting.get({ owner }).n,
  });
  return { as, close: () => client.close() };
}

module.exports = { open };

"use strict";

// Every contestant is a module with one function:
//
//   open(file, contestant) → Promise<{ as(owner), close(), plain?(result) }>
//
// and as(owner) gives what an application does for one signed-in user, each with `where user_id = owner` in every
// statement; a method may answer at once or with a promise:
//
//   byKey(id)                doc or null
//   page(limit)              docs by key
//   all()                    docs by key
//   search(rating, limit)    docs not done with at least this rating, newest first
//   insert(data)             the doc, checked by class-validator before it is stored
//   insertMany(list)         the docs, checked as well, all or none
//   update(id, changes)      number of rows
//   projects()               projects by key, each with `tasks` by key
//   count()                  number of docs
//
// `plain` turns results into plain objects where own enumerable properties are not the whole truth.

/** In the order of the tables; `floor` is what the others on the same driver are measured against. */
const contestants = [
  { name: "hand-written-sqlite3", title: "Hand-written", driver: "sqlite3", module: "./hand-written-sqlite3.cjs", floor: true, quick: true },
  { name: "freehold-sqlite3", title: "Freehold", driver: "sqlite3", module: "../.build/freehold.js", quick: true },
  { name: "typeorm-sqlite3", title: "TypeORM 0.3", driver: "sqlite3", module: "./typeorm.cjs" },
  { name: "sequelize", title: "Sequelize 6", driver: "sqlite3", module: "./sequelize.cjs" },
  { name: "mikro-orm", title: "MikroORM 6", driver: "sqlite3", module: "../.build/mikro-orm.js" },
  { name: "hand-written-better-sqlite3", title: "Hand-written", driver: "better-sqlite3", module: "./hand-written-better-sqlite3.cjs", floor: true, quick: true },
  { name: "freehold-better-sqlite3", title: "Freehold", driver: "better-sqlite3", module: "../.build/freehold.js", quick: true },
  { name: "drizzle", title: "Drizzle", driver: "better-sqlite3", module: "./drizzle.cjs", quick: true },
  { name: "drizzle-prepared", title: "Drizzle, prepared", driver: "better-sqlite3", module: "./drizzle-prepared.cjs", quick: true },
  { name: "kysely", title: "Kysely", driver: "better-sqlite3", module: "./kysely.cjs", quick: true },
  { name: "typeorm-better-sqlite3", title: "TypeORM 1", driver: "better-sqlite3", module: "./typeorm.cjs" },
  { name: "objection", title: "Objection 3", driver: "better-sqlite3", module: "./objection.cjs" },
  { name: "zenstack", title: "ZenStack 3", driver: "better-sqlite3", module: "./zenstack.cjs" },
  { name: "zenstack-policy", title: "ZenStack 3, policy", driver: "better-sqlite3", module: "./zenstack-policy.cjs" },
];

/** On PostgreSQL: `file` is a connection string, and of the methods there are byKey and page only. */
const postgresContestants = [
  ["pg", { rls: false, prepare: true }],
  ["pg-rls", { rls: true, prepare: true }],
  ["pg-unprepared", { rls: false, prepare: false }],
  ["pg-rls-unprepared", { rls: true, prepare: false }],
].flatMap(([driver, options]) => [
  { name: `hand-written-${driver}`, title: "Hand-written", driver, module: "./hand-written-pg.cjs", floor: true, quick: true, ...options },
  { name: `freehold-${driver}`, title: "Freehold", driver, module: "../.build/freehold-pg.js", quick: true, ...options },
]);

const everybody = [...contestants, ...postgresContestants];

/** @returns the contestants of these names (or beginnings of names), and the floors that they are measured against */
function choose({ only: names, quick, postgres }) {
  const all = postgres ? postgresContestants : contestants;
  const wanted = all.filter((one) => (names === undefined ? !quick || one.quick : names.some((name) => one.name.startsWith(name))));
  const unknown = (names ?? []).filter((name) => !all.some((one) => one.name.startsWith(name)));
  if (unknown.length > 0) throw new TypeError(`no contestant ${unknown.join(", ")}; there are ${all.map(({ name }) => name).join(", ")}`);
  return all.filter((one) => wanted.includes(one) || (one.floor && wanted.some(({ driver }) => driver === one.driver)));
}

function open(name, file) {
  const contestant = everybody.find((one) => one.name === name);
  return require(contestant.module).open(file, contestant);
}

module.exports = { choose, open };

"use strict";

// What one owner's reads cost beside more and more rows of others, with Freehold and by hand, on better-sqlite3.

const fs = require("node:fs");
const path = require("node:path");
const Database = require("better-sqlite3");
const { randomFrom, shuffled } = require("./rows.cjs");

const OWNER = 1;
const OWN_ROWS = 1_000;
const OTHER_OWNERS = 1_000;
const CHUNK = 1_000_000;

// What Freehold creates for the entity in contestants/growth-entities.ts, but for the counters, which reads do not need.
const ENTRY = `create table "entry" (
  "id" INTEGER not null,
  "user_id" INTEGER not null,
  "rating" INTEGER not null,
  "body" TEXT not null,
  "created_at" TEXT not null,
  primary key ("user_id", "id"),
  constraint "fk_entry_user_id" foreign key ("user_id") references "user" ("user_id") on delete no action on update no action
) strict, without rowid`;

/** A database in which the owner's rows came evenly among so many of others. */
function seedGrown(file, foreign) {
  const db = new Database(file);
  db.pragma("journal_mode = OFF");
  db.pragma("synchronous = OFF");
  db.pragma("cache_size = -400000");
  db.exec(fs.readFileSync(path.join(__dirname, "schema.sql"), "utf8"));
  const user = db.prepare("insert into user (user_id, info, created_at) values (?, '{}', '2024-01-01T00:00:00.000Z')");
  for (let owner = OWNER; owner <= OWNER + OTHER_OWNERS; owner++) user.run(owner);
  const stride = Math.floor((foreign + OWN_ROWS) / OWN_ROWS);
  const insert = db.prepare(`
    with recursive n(i) as (select ? union all select i + 1 from n where i + 1 < ?)
    insert into doc (user_id, title, body, rating, done, meta, created_at)
    select case when i % ${stride} = 0 and i / ${stride} < ${OWN_ROWS} then ${OWNER} else ${OWNER + 1} + i % ${OTHER_OWNERS} end,
      'Title ' || i, 'A body of some words, the same for all', 1 + i % 5, i % 2, '{"tags":["a","b"]}',
      strftime('%Y-%m-%dT%H:%M:%S.000Z', 1704067200 + i, 'unixepoch')
    from n`);
  const all = foreign + OWN_ROWS;
  for (let from = 0; from < all; from += CHUNK) insert.run(from, Math.min(all, from + CHUNK));
  db.exec(ENTRY);
  // Their keys count each owner's rows.
  db.exec("insert into entry (user_id, id, rating, body, created_at) select user_id, row_number() over (partition by user_id order by id), rating, body, created_at from doc order by user_id, id");
  db.exec("analyze");
  db.pragma("journal_mode = WAL");
  db.close();
}

/** The pieces of work, by contestant and name; each may end at once or with a promise. */
async function openGrown(file) {
  const freehold = await openFreehold(file);
  const byHand = openByHand(file);
  return {
    steps: { Freehold: freehold.steps, "Hand-written": byHand.steps },
    close: async () => {
      await freehold.close();
      byHand.close();
    },
  };
}

async function openFreehold(file) {
  const { betterSqlite3, Database: Freehold, User, UserContext } = require("freehold");
  const { Doc, Project, Task } = require("../.build/freehold-entities.js");
  const { Entry } = require("../.build/growth-entities.js");
  const db = await Freehold.open({ driver: betterSqlite3({ file }), entities: [User, Doc, Project, Task, Entry] });
  const context = UserContext.forKey(User, OWNER);
  const docs = db.repository(Doc).as(context);
  const entries = db.repository(Entry).as(context);
  const next = keys((await docs.find({}, { select: ["id"] })).map(({ id }) => id));
  return {
    steps: {
      "Look-up by key": () => docs.findById(next()),
      "Page of 20": () => docs.find({}, { orderBy: { id: "desc" }, limit: 20 }),
      Count: () => docs.count(),
      Aggregate: () => docs.aggregate({ groupBy: ["rating"], count: true, max: ["createdAt"] }),
      "Aggregate, keys by owner": () => entries.aggregate({ groupBy: ["rating"], count: true, max: ["createdAt"] }),
    },
    close: () => db.close(),
  };
}

function openByHand(file) {
  const { SQL, toDoc } = require("../contestants/hand-written.cjs");
  const db = new Database(file);
  const next = keys(db.prepare("select id from doc where user_id = ?").all(OWNER).map(({ id }) => id));
  const byKey = db.prepare(SQL.byKey);
  const page = db.prepare("select * from doc where user_id = ? order by id desc limit 20");
  const count = db.prepare(SQL.count);
  const aggregate = (table) => {
    const statement = db.prepare(`select rating, count(*) as n, max(created_at) as latest from ${table} where user_id = ? group by rating order by rating`);
    return () => statement.all(OWNER).map(({ rating, n, latest }) => ({ group: { rating }, count: n, max: { createdAt: new Date(latest) } }));
  };
  return {
    steps: {
      "Look-up by key": () => toDoc(byKey.get(OWNER, next())),
      "Page of 20": () => page.all(OWNER).map(toDoc),
      Count: () => count.get(OWNER).n,
      Aggregate: aggregate("doc"),
      "Aggregate, keys by owner": aggregate("entry"),
    },
    close: () => db.close(),
  };
}

function keys(list) {
  if (list.length !== OWN_ROWS) throw new Error(`the owner has ${list.length} rows`);
  const order = shuffled(list, randomFrom(5));
  let count = 0;
  return () => order[count++ % order.length];
}

module.exports = { openGrown, seedGrown };

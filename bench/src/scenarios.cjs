"use strict";

// What is measured. begin(db, ids) gives a step; each call of a step is one piece of work, which may end at once or
// with a promise. The results of its first `samples` calls are compared between the contestants.

const { docData, randomFrom, READER, shuffled, WRITER } = require("./rows.cjs");

const CONCURRENT = 100;
const MANY = 1_000;

/** @param db what a contestant's open() gave; ids: the keys of all documents by owner */
const scenarios = [
  {
    name: "look-up", title: "Look-up by key", samples: 5, postgres: true,
    begin: (db, ids) => {
      const { reader, next } = reading(db, ids);
      return () => reader.byKey(next());
    },
  },
  {
    name: "concurrent", title: "100 look-ups at once", samples: 2,
    begin: (db, ids) => {
      const { reader, next } = reading(db, ids);
      return () => Promise.all(Array.from({ length: CONCURRENT }, () => reader.byKey(next())));
    },
  },
  { name: "rows-100", title: "100 rows", samples: 1, postgres: true, begin: (db) => { const reader = db.as(READER); return () => reader.page(100); } },
  { name: "rows-10000", title: "10,000 rows", samples: 1, begin: (db) => { const reader = db.as(READER); return () => reader.all(); } },
  {
    name: "search", title: "Filter, order, limit 20", samples: 4,
    begin: (db) => {
      const reader = db.as(READER);
      let rating = 0;
      return () => reader.search(3 + (rating++ % 3), 20);
    },
  },
  { name: "insert", title: "Insert one, validated", samples: 3, writes: true, begin: (db) => { const { writer, next } = writing(db); return () => writer.insert(next()); } },
  {
    name: "insert-1000", title: "Insert 1,000, validated", samples: 1, writes: true,
    begin: (db) => {
      const { writer, next } = writing(db);
      const list = Array.from({ length: MANY }, next);
      return () => writer.insertMany(list);
    },
  },
  {
    name: "update", title: "Update by key", samples: 3, writes: true,
    begin: (db, ids) => {
      const writer = db.as(WRITER);
      const keys = shuffled(ids[WRITER], randomFrom(3));
      let count = 0;
      return () => writer.update(keys[count++ % keys.length], { title: `Changed ${count}`, rating: 1 + (count % 5) });
    },
  },
  { name: "children", title: "10 owners with 100 children", samples: 1, begin: (db) => { const reader = db.as(READER); return () => reader.projects(); } },
  { name: "count", title: "Count", samples: 1, begin: (db) => { const reader = db.as(READER); return () => reader.count(); } },
];

function reading(db, ids) {
  const keys = shuffled(ids[READER], randomFrom(2));
  let count = 0;
  return { reader: db.as(READER), next: () => keys[count++ % keys.length] };
}

function writing(db) {
  const random = randomFrom(4);
  const list = Array.from({ length: MANY }, () => docData(random));
  let count = 0;
  return { writer: db.as(WRITER), next: () => list[count++ % list.length] };
}

module.exports = { scenarios };

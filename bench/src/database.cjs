"use strict";

// The bench's own hands on the contestants' files, between measurements.

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const Database = require("better-sqlite3");
const { seed } = require("./seed.cjs");
const { WRITER } = require("./rows.cjs");

/** A folder with a seeded database for each name. */
class Databases {
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), "freehold-bench-"));
  #connections = new Map();
  #seeded;
  #lastKey;

  constructor(names) {
    this.#seeded = path.join(this.#folder, "seed.db");
    seed(this.#seeded);
    const db = new Database(this.#seeded, { readonly: true });
    /** The keys of all documents by owner. */
    this.ids = {};
    for (const { id, owner } of db.prepare("select id, user_id as owner from doc order by id").all()) (this.ids[owner] ??= []).push(id);
    this.#lastKey = db.prepare("select max(id) as last from doc").get().last;
    db.close();
    for (const name of names) fs.copyFileSync(this.#seeded, this.file(name));
  }

  file(name) {
    return path.join(this.#folder, `${name}.db`);
  }

  /** What is stored for the owner who writes, as it stands in the file. */
  written(name) {
    return this.#connection(name).prepare("select * from doc where user_id = ? order by id").all(WRITER);
  }

  /** Takes away what was inserted; the next key is then the same for all again. */
  clean(name) {
    const db = this.#connection(name);
    db.prepare("delete from doc where user_id = ? and id > ?").run(WRITER, this.#lastKey);
    db.prepare("update sqlite_sequence set seq = ? where name = 'doc'").run(this.#lastKey);
  }

  remove() {
    for (const db of this.#connections.values()) db.close();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  #connection(name) {
    let db = this.#connections.get(name);
    if (db === undefined) {
      db = new Database(this.file(name));
      db.pragma("synchronous = NORMAL");
      this.#connections.set(name, db);
    }
    return db;
  }
}

module.exports = { Databases };

import { AsyncLocalStorage } from "node:async_hooks";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { ConnectionError, DatabaseClosedError } from "../../lib/errors/classes";
import type { SqliteOptions } from "../../lib/driver/sqlite/sqlite-options";
import { sqlite3 } from "../../lib/driver/sqlite/sqlite3-driver";
import { addNote, drivers, failure, gate, Harness, lockFromOutside, matrix, notes, read, setCounter, wait, write, type Opened } from "./sqlite-harness";

describe.each(matrix)("the pool: %s, %s", (_name, place, driver) => {
  const harness = new Harness();
  let db: Opened;

  beforeEach(async () => { db = await harness.open(driver, place); });
  afterEach(async () => { await db.transactions.close(); });
  afterAll(() => harness.close());

  it("answers with rows by position and the number of changes", async () => {
    const inserted = await db.pooled.execute(
      { sql: "INSERT INTO note (text) VALUES (?), (?) RETURNING text, id", readOnly: false, returnsRows: true }, ["a", "b"],
    );
    expect(inserted).toEqual({ rows: [["a", 1], ["b", 2]], changes: 2 });
    expect(await db.pooled.execute(write("UPDATE note SET text = text || '!'"), [])).toEqual({ rows: [], changes: 2 });
    expect(await db.pooled.execute(write("DELETE FROM note WHERE id > ?"), [99])).toEqual({ rows: [], changes: 0 });
    expect(await db.pooled.execute(write("CREATE TABLE more (id INTEGER)"), [])).toEqual({ rows: [], changes: 0 });
    const bytes = new Uint8Array([9, 1, 2, 3]).subarray(1);
    const { rows } = await db.pooled.execute(read("SELECT ? AS a, ? AS b, ? AS c, hex(?) AS d, typeof(?) AS e"), [null, 1.5, "é", bytes, new Uint8Array()]);
    expect(rows).toEqual([[null, 1.5, "é", "010203", "blob"]]);
  });

  it("keeps working when the cache of prepared statements evicts", async () => {
    for (let round = 0; round < 2; round++) {
      for (let index = 0; index < 600; index++) {
        const { rows } = await db.pooled.execute(read(`SELECT ${index} AS n`), []);
        expect(rows).toEqual([[index]]);
      }
    }
  });

  it("holds no lock after a statement that failed half-way", async () => {
    expect(await failure(db.pooled.execute(read("SELECT abs(-9223372036854775807 - id) AS x FROM (SELECT 0 AS id UNION ALL SELECT 1)"), []))).toBeDefined();
    await db.pooled.script("DROP TABLE note; CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)");
    await addNote(db.pooled, "after");
    expect(await notes(db.pooled)).toEqual(["after"]);
  });

  it("lends a connection to one caller at a time, first come, first served", async () => {
    const order: number[] = [];
    await Promise.all(Array.from({ length: 20 }, async (_, index) => {
      const lease = await db.pool.acquire("write");
      order.push(index);
      await wait(0);
      lease.release();
      lease.release();
    }));
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it("lets a waiting call be aborted without harm to the ones behind it", async () => {
    const lease = await db.pool.acquire("write");
    const controller = new AbortController();
    const statement = failure(db.pooled.execute(write("DELETE FROM counter"), [], { signal: controller.signal }));
    const reason = new Error("no longer wanted");
    const waiting = failure(db.pool.acquire("write", { signal: controller.signal }));
    const behind = addNote(db.pooled, "behind");
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    expect(await failure(db.pool.acquire("write", { signal: controller.signal }))).toBe(reason);
    lease.release();
    expect(await statement).toBe(reason);
    await behind;
    expect(await notes(db.pooled)).toEqual(["behind"]);
  });

  it("goes on after a broken lease, with an open transaction undone and the data kept", async () => {
    await addNote(db.pooled, "kept");
    const lease = await db.pool.acquire("write");
    await lease.connection.script("BEGIN IMMEDIATE");
    await lease.connection.execute(write("INSERT INTO note (text) VALUES ('gone')"), []);
    lease.release(true);
    await addNote(db.pooled, "after");
    expect(await notes(db.pooled)).toEqual(["kept", "after"]);
    // A lease given back with its transaction open counts as broken too.
    const careless = await db.pool.acquire("write");
    await careless.connection.script("BEGIN IMMEDIATE");
    careless.release();
    await addNote(db.pooled, "and on");
    expect(await notes(db.pooled)).toEqual(["kept", "after", "and on"]);
  });

  it("waits for running and queued work when it closes, and refuses later calls", async () => {
    const other = await harness.open(driver, place, { file: harness.path("closing.db") });
    const begun = gate();
    const go = gate();
    const running = other.transactions.run(async (tx) => {
      begun.open();
      await go.opened;
      await addNote(tx, "committed");
    });
    await begun.opened;
    const queued = addNote(other.pooled, "queued");
    let closed = false;
    const closing = other.pool.close().then(() => { closed = true; });
    expect(await failure(addNote(other.pooled, "late"))).toBeInstanceOf(DatabaseClosedError);
    await wait(5);
    expect(closed).toBe(false);
    go.open();
    await Promise.all([running, queued, closing, other.pool.close()]);
    expect(await failure(notes(other.pooled))).toBeInstanceOf(DatabaseClosedError);
    if (place === "memory") return;
    const again = await harness.open(driver, place, { file: other.file });
    expect(await notes(again.pooled)).toEqual(["committed", "queued"]);
  });

  it("keeps the caller's asynchronous context", async () => {
    const storage = new AsyncLocalStorage<number>();
    await Promise.all([1, 2, 3, 4].map((value) => storage.run(value, async () => {
      await setCounter(db.pooled, value);
      expect(storage.getStore()).toBe(value);
      await notes(db.pooled);
      expect(storage.getStore()).toBe(value);
      await failure(db.pooled.execute(read("SELECT nothing"), []));
      expect(storage.getStore()).toBe(value);
    })));
  });

  it("applies pragmas and switches foreign keys on", async () => {
    const other = await harness.open(driver, place, { pragmas: { cache_size: -1234, foreign_keys: true } });
    expect((await other.pooled.execute(read("PRAGMA cache_size"), [])).rows).toEqual([[-1234]]);
    const settings = await other.pooled.execute({ sql: "PRAGMA foreign_keys", readOnly: false, returnsRows: true }, []);
    expect(settings.rows).toEqual([[1]]);
  });
});

describe.each(drivers)("the pool on a file: %s", (name, driver) => {
  const harness = new Harness();
  afterAll(() => harness.close());

  it("reads beside an open transaction, without seeing its work, and refuses to write by a reader", async () => {
    const db = await harness.open(driver, "file");
    await db.transactions.run(async (tx) => {
      await addNote(tx, "unfinished");
      expect(await notes(db.pooled)).toEqual([]);
    });
    expect(await notes(db.pooled)).toEqual(["unfinished"]);
    expect(await failure(db.pooled.execute({ sql: "DELETE FROM note", readOnly: true, returnsRows: false }, []))).toMatchObject({ code: expect.stringContaining("SQLITE_READONLY") });
  });

  it("uses one connection when the file is not in WAL mode", async () => {
    const db = await harness.open(driver, "file", { pragmas: { journal_mode: "delete" } });
    const reader = await db.pool.acquire("read");
    let written = false;
    const writing = addNote(db.pooled, "later").then(() => { written = true; });
    await wait(5);
    expect(written).toBe(false);
    reader.release();
    await writing;
  });

  it("waits for another process's lock without blocking, for at most busyTimeoutMs", async () => {
    const db = await harness.open(driver, "file", { busyTimeoutMs: 300 });
    const lock = await lockFromOutside(db.file);
    try {
      let ticks = 0;
      const timer = setInterval(() => { ticks++; }, 5);
      for (const call of [() => addNote(db.pooled, "locked"), () => db.transactions.run((tx) => addNote(tx, "locked"))]) {
        const error = await failure(call());
        expect(error).toMatchObject({ code: "CONNECTION_ERROR", retryable: true, message: expect.stringContaining(db.file) });
        expect((error as Error).message).toMatch(/gave up after \d+ ms/);
      }
      clearInterval(timer);
      expect(ticks).toBeGreaterThan(10);
      expect(await notes(db.pooled)).toEqual([]);
      const controller = new AbortController();
      const reason = new Error("enough");
      setTimeout(() => controller.abort(reason), 20);
      expect(await failure(db.transactions.run((tx) => addNote(tx, "locked"), { signal: controller.signal }))).toBe(reason);
    } finally {
      await lock.release();
    }
    await addNote(db.pooled, "free");
    expect(await notes(db.pooled)).toEqual(["free"]);
  });

  it("goes on as soon as the other process lets go", async () => {
    const db = await harness.open(driver, "file", { busyTimeoutMs: 10_000 });
    const lock = await lockFromOutside(db.file);
    const writing = db.transactions.run((tx) => addNote(tx, "in the end"));
    await wait(20);
    await lock.release();
    await writing;
    expect(await notes(db.pooled)).toEqual(["in the end"]);
  });

  it("says what is wrong with a file that cannot be opened", async () => {
    const missing = harness.path("missing/app.db");
    const directory = harness.path("directory.db");
    mkdirSync(directory);
    const text = harness.path("text.db");
    writeFileSync(text, "this is not a database, however long the text may be. ".repeat(50));
    for (const file of [missing, directory, text]) {
      const error = await failure(driver({ file }).open());
      expect(error).toMatchObject({ code: "CONNECTION_ERROR", retryable: false, message: expect.stringContaining(file) });
      expect((error as Error).message).toContain("Check that");
    }
  });

  it("refuses options that it cannot use", () => {
    const bad: unknown[] = [
      undefined, {}, { file: 1 }, { file: "a\u0000b" }, { file: "file:app.db?mode=ro" }, { file: "a", reader: 1 }, { file: "a", readers: 0 },
      { file: "a", readers: 1.5 }, { file: "a", busyTimeoutMs: -1 }, { file: "a", acquireTimeoutMs: Infinity }, { file: "a", pragmas: [] },
      ...[
        { foreign_keys: false }, { FOREIGN_KEYS: "off" }, { foreign_keys: 0 }, { foreign_keys: "nonsense" }, { query_only: false }, { busy_timeout: 1 },
        { locking_mode: "exclusive" }, { writable_schema: true }, { "cache_size = 1; DROP TABLE x; --": 1 }, { cache_size: "1; DROP TABLE x" },
        { cache_size: NaN }, { cache_size: null },
      ].map((pragmas) => ({ file: "a", pragmas })),
    ];
    for (const options of bad) {
      let error: unknown;
      try { driver(options as SqliteOptions); } catch (thrown) { error = thrown; }
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ retryable: false, message: expect.stringContaining(name) });
    }
  });

  it("says what to install when the npm package is missing", () => {
    const script = `
      const Module = require("node:module"); const fs = require("node:fs"); const ts = require("typescript");
      require.extensions[".ts"] = (module, file) => module._compile(
        ts.transpileModule(fs.readFileSync(file, "utf8"), { compilerOptions: { module: "commonjs", target: "es2022", experimentalDecorators: true } }).outputText, file);
      const resolve = Module._resolveFilename;
      Module._resolveFilename = function (request, ...rest) {
        if (!/^(better-)?sqlite3$/.test(request)) return resolve.call(this, request, ...rest);
        throw Object.assign(new Error("Cannot find module '" + request + "'"), { code: "MODULE_NOT_FOUND" });
      };
      const found = require(${JSON.stringify(resolve(__dirname, "../../lib/driver/sqlite", name === "sqlite3" ? "sqlite3-driver.ts" : "better-sqlite3-driver.ts"))});
      found.${name}({ file: ":memory:" }).open().catch((error) => console.log(JSON.stringify({ ...error, message: error.message })));`;
    const told = JSON.parse(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" })) as unknown;
    expect(told).toMatchObject({ code: "CONNECTION_ERROR", retryable: false, message: expect.stringMatching(/npm install (better-)?sqlite3@\d+$/) });
  });
});

it("interrupts a long read of sqlite3 on abort, and the connection stays usable", async () => {
  const harness = new Harness();
  const db = await harness.open(sqlite3, "file", { readers: 1 });
  const endless = read("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1e15) SELECT max(n) AS n FROM c");
  for (const delay of [0, 1, 20]) {
    const controller = new AbortController();
    const reason = new Error("too long");
    setTimeout(() => controller.abort(reason), delay);
    expect(await failure(db.pooled.execute(endless, [], { signal: controller.signal }))).toBe(reason);
    expect(await notes(db.pooled)).toEqual([]);
  }
  expect(await failure(db.transactions.run((tx) => tx.execute(endless, []), { timeoutMs: 20 }))).toMatchObject({ code: "TRANSACTION_ERROR" });
  await addNote(db.pooled, "after");
  await harness.close();
});

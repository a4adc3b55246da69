import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Driver, Pool, SqlText, StatementResult } from "../../lib/driver/driver";
import type { Session } from "../../lib/driver/session";
import { sqliteDialect } from "../../lib/dialect/sqlite/sqlite-dialect";
import { betterSqlite3 } from "../../lib/driver/sqlite/better-sqlite3-driver";
import type { SqliteOptions } from "../../lib/driver/sqlite/sqlite-options";
import { sqlite3 } from "../../lib/driver/sqlite/sqlite3-driver";
import { Transactions } from "../../lib/driver/transactions";

/** Both drivers, for `describe.each`. */
export const drivers: readonly (readonly [string, (options: SqliteOptions) => Driver])[] = [
  ["sqlite3", sqlite3],
  ["betterSqlite3", betterSqlite3],
];

/** Both drivers on a file and in memory, for `describe.each`. */
export const matrix = drivers.flatMap(([name, driver]) => (["file", "memory"] as const).map((place) => [name, place, driver] as const));

export interface Opened {
  readonly pool: Pool;
  readonly transactions: Transactions;
  readonly pooled: Session;
  readonly file: string;
}

/** Opens databases in a directory of their own; `close` ends them and removes the directory. */
export class Harness {
  readonly directory = mkdtempSync(join(tmpdir(), "freehold-"));
  readonly #opened: Transactions[] = [];
  #files = 0;

  path(name = `${++this.#files}.db`): string {
    return join(this.directory, name);
  }

  /** A database with a counter at 0 and an empty table of notes. */
  async open(driver: (options: SqliteOptions) => Driver, place: "file" | "memory", options: Partial<SqliteOptions> = {}): Promise<Opened> {
    const file = place === "memory" ? ":memory:" : options.file ?? this.path();
    const pool = await driver({ ...options, file }).open();
    const transactions = new Transactions(pool, sqliteDialect);
    this.#opened.push(transactions);
    await transactions.pooled.script(
      "CREATE TABLE IF NOT EXISTS counter (value INTEGER NOT NULL); INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter);"
      + "CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",
    );
    return { pool, transactions, pooled: transactions.pooled, file };
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((transactions) => transactions.close()));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export const read = (sql: string): SqlText => ({ sql, readOnly: true, returnsRows: true });
export const write = (sql: string): SqlText => ({ sql, readOnly: false, returnsRows: false });

export async function counter(session: Session): Promise<number> {
  return (await session.execute(read("SELECT value FROM counter"), [])).rows[0]?.[0] as number;
}

export function setCounter(session: Session, value: number): Promise<StatementResult> {
  return session.execute(write("UPDATE counter SET value = ?"), [value]);
}

export function addNote(session: Session, text: string): Promise<StatementResult> {
  return session.execute(write("INSERT INTO note (text) VALUES (?)"), [text]);
}

export async function notes(session: Session): Promise<readonly unknown[]> {
  return (await session.execute(read("SELECT text FROM note ORDER BY id"), [])).rows.map((row) => row[0]);
}

export const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** A promise that the spec settles by hand. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => { open = resolve; });
  return { opened, open };
}

/** What the promise rejects with; fails when it resolves. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(() => { throw new Error("the promise was expected to reject"); }, (error: unknown) => error);
}

/** A second process that holds the file's write lock until `release`. */
export async function lockFromOutside(file: string): Promise<{ readonly release: () => Promise<void> }> {
  const script = 'const D = require("better-sqlite3"); const db = new D(process.argv[1]); db.exec("BEGIN IMMEDIATE"); console.log("locked");'
    + 'process.stdin.once("data", () => { db.exec("COMMIT"); db.close(); process.exit(0); });';
  const child: ChildProcess = spawn(process.execPath, ["-e", script, file], { stdio: ["pipe", "pipe", "inherit"] });
  await once(child.stdout as NodeJS.ReadableStream, "data");
  return {
    release: async () => {
      const ended = once(child, "exit");
      child.stdin?.write("go\n");
      await ended;
    },
  };
}

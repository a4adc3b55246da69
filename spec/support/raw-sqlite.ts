import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import type { PlainStatement } from "./postgres/test-server";

/** As much of a better-sqlite3 database as specs need. */
export interface RawSqlite {
  prepare(sql: string): { all(...values: readonly unknown[]): unknown[]; run(...values: readonly unknown[]): { readonly changes: number } };
  exec(sql: string): unknown;
  close(): unknown;
}

const local = createRequire(__filename);
const Native = local("better-sqlite3") as new (file: string) => RawSqlite;

/**
 * A database file as somebody sees it who goes past the library; the caller closes it. Not for a file that a database of
 * the same test has open: see {@link fromOutside}.
 */
export function rawSqlite(file: string): RawSqlite {
  const raw = new Native(file);
  raw.exec("pragma foreign_keys = on");
  return raw;
}

const SCRIPT = `
const [, Native, file, foreignKeys, statements] = process.argv;
const raw = new (require(Native))(file);
raw.exec("pragma foreign_keys = " + foreignKeys + "; begin");
try {
  const results = JSON.parse(statements).map(([sql, ...values]) => {
    const statement = raw.prepare(sql);
    return statement.reader ? statement.all(...values) : statement.run(...values).changes;
  });
  raw.exec("commit");
  console.log(JSON.stringify(results));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
raw.close();`;

/**
 * Runs plain SQL on the file of an open database, in one transaction and in a process of its own: two copies of SQLite in one process lose each
 * other's file locks, and the one that closes first deletes the log that the other still reads.
 *
 * @returns for each statement its rows, or how many rows it changed
 */
export function fromOutside(file: string, foreignKeys: "on" | "off", statements: readonly PlainStatement[]): readonly unknown[] {
  const values = ["-e", SCRIPT, local.resolve("better-sqlite3"), file, foreignKeys, JSON.stringify(statements)];
  return JSON.parse(execFileSync(process.execPath, values, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })) as readonly unknown[];
}

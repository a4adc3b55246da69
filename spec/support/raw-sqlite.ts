import { createRequire } from "node:module";

/** As much of a better-sqlite3 database as specs need. */
export interface RawSqlite {
  prepare(sql: string): { all(...values: readonly unknown[]): unknown[]; run(...values: readonly unknown[]): { readonly changes: number } };
  exec(sql: string): unknown;
  close(): unknown;
}

const Native = createRequire(__filename)("better-sqlite3") as new (file: string) => RawSqlite;

/** A database file as somebody sees it who goes past the library; the caller closes it. */
export function rawSqlite(file: string): RawSqlite {
  const raw = new Native(file);
  raw.exec("pragma foreign_keys = on");
  return raw;
}

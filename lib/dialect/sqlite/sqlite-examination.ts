import type { Ask } from "../dialect";
import { examining, type Examination, type SqliteState } from "../examination";
import { quoteIdentifier } from "./sqlite-syntax";

export const sqliteExamination: Examination = Object.freeze<Examination>({ ...examining(quoteIdentifier), sees: null, state });

async function state(ask: Ask): Promise<SqliteState> {
  const [[foreignKeys, synchronous, trusted, journal, version] = []] = await ask(
    "select (select foreign_keys from pragma_foreign_keys) as c0, (select synchronous from pragma_synchronous) as c1,"
    + " (select trusted_schema from pragma_trusted_schema) as c2, (select journal_mode from pragma_journal_mode) as c3, sqlite_version() as c4", []);
  const programs = await ask("select type || ' ' || name as c0 from sqlite_master where type in ('view', 'trigger') order by name", []);
  const [[damage] = []] = await ask("select quick_check as c0 from pragma_quick_check limit 1", []);
  const violations = await ask("select \"table\" as c0, count(*) as c1 from pragma_foreign_key_check group by \"table\" order by \"table\"", []);
  return {
    engine: "sqlite", version: String(version), foreignKeys: Number(foreignKeys) === 1, journalMode: String(journal), synchronous: Number(synchronous),
    trustedSchema: Number(trusted) === 1, programs: programs.map(([name]) => String(name)), damage: damage === "ok" ? null : String(damage),
    violations: violations.map(([table, rows]) => [String(table), Number(rows)]),
  };
}

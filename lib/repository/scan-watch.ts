import type { CompiledStatement, Dialect } from "../dialect/dialect";
import type { Session } from "../driver/session";
import { badOpenOption } from "../errors/connection-errors";
import type { Identity } from "../scope/identity";
import type { SqlValue } from "../sql/sql-value";

const DEFAULT_ROWS = 1_000;

/** A statement that has run. */
interface Watched {
  readonly statement: CompiledStatement;
  readonly parameters: readonly SqlValue[];
  readonly identity: Identity | undefined;
}

/**
 * While a program is being developed: looks at the plan of each statement once, after its first run, and warns when it reads a
 * large table from end to end although it has a condition.
 */
export class ScanWatch {
  readonly #dialect: Dialect;
  readonly #rows: number;
  readonly #seen = new WeakSet<CompiledStatement>();

  private constructor(dialect: Dialect, rows: number) {
    this.#dialect = dialect;
    this.#rows = rows;
  }

  /** @param asked the option of `Database.open`; null is returned when nobody watches */
  static of(asked: unknown, dialect: Dialect): ScanWatch | null {
    const rows = asked === undefined ? process.env["NODE_ENV"] === "development" : asked;
    if (rows === false) return null;
    if (rows === true) return new ScanWatch(dialect, DEFAULT_ROWS);
    if (typeof rows !== "number" || !Number.isSafeInteger(rows) || rows < 1) {
      throw badOpenOption("warnFullScans", "true, false or a number of rows from 1", rows);
    }
    return new ScanWatch(dialect, rows);
  }

  /** Never fails: a look at the plan is no reason for a call to. */
  async look(session: Session, { statement, parameters, identity }: Watched, what: string): Promise<void> {
    if (this.#seen.has(statement) || !/ where /.test(statement.sql)) return;
    this.#seen.add(statement);
    try {
      const { plans } = this.#dialect;
      const ask = async (sql: string, values: readonly SqlValue[], unfilled = false): Promise<readonly (readonly unknown[])[]> =>
        (await session.execute({ sql, readOnly: true, returnsRows: true, unfilled }, values, { identity })).rows;
      const scanned = new Set(plans.scans(await ask(plans.explain(statement.sql), plans.takesParameters ? parameters : [], !plans.takesParameters)).flatMap((name) => tableOf(name, statement.sql) ?? []));
      for (const table of scanned) {
        const [[count] = []] = await ask(plans.atLeast(table, this.#rows), []);
        if (Number(count) >= this.#rows) warn(what, table, this.#rows, statement.sql);
      }
    } catch {
      // The statement itself has run.
    }
  }
}

function warn(what: string, table: string, rows: number, sql: string): void {
  process.emitWarning(
    `${what} reads the whole table ${table} (${rows} rows or more): no index serves its condition. Declare one with @Index(…) or index: true, or see `
    + `explain() of the same query. ${sql}`, { type: "FreeholdWarning", code: "FREEHOLD_FULL_SCAN" });
}

/** The table behind a name in a plan, which may be an alias of the statement's; null for what is no table. */
function tableOf(name: string, sql: string): string | null {
  const alias = new RegExp(`"((?:[^"]|"")+)" as ${name.replace(/[^\w]/g, "\\$&")}\\b`).exec(sql)?.[1];
  if (alias !== undefined) return alias.replaceAll('""', '"');
  return sql.includes(`"${name.replaceAll('"', '""')}"`) ? name : null;
}

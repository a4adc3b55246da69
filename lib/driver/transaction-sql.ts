import type { SqlText } from "./driver";
import type { TransactionOptions } from "./transaction-options";

/** The statements that open a transaction, keep it and undo it. */
export interface Boundary {
  readonly begin: SqlText;
  readonly commit: SqlText;
  readonly rollback: readonly SqlText[];
}

/** The boundary of a transaction proper. */
export function transactionBoundary(engine: string, readOnly: boolean, options: TransactionOptions): Boundary {
  return { begin: command(beginText(engine, readOnly, options)), commit: command("COMMIT"), rollback: [command("ROLLBACK")] };
}

/** The boundary of a transaction nested `depth` deep. Names repeat, so that a connection prepares each text once. */
export function savepointBoundary(depth: number): Boundary {
  const name = `freehold_${depth}`;
  return {
    begin: command(`SAVEPOINT ${name}`),
    commit: command(`RELEASE SAVEPOINT ${name}`),
    // ROLLBACK TO undoes the work but leaves the savepoint itself behind.
    rollback: [command(`ROLLBACK TO SAVEPOINT ${name}`), command(`RELEASE SAVEPOINT ${name}`)],
  };
}

function beginText(engine: string, readOnly: boolean, options: TransactionOptions): string {
  // SQLite has one level, the strictest. IMMEDIATE takes the write lock at once: two transactions that have both read and
  // then want to write could otherwise only fail.
  if (engine === "sqlite") return readOnly ? "BEGIN" : "BEGIN IMMEDIATE";
  const isolation = options.isolation === undefined ? "" : ` ISOLATION LEVEL ${options.isolation.toUpperCase()}`;
  return `BEGIN${isolation}${readOnly ? " READ ONLY" : ""}`;
}

function command(sql: string): SqlText {
  return { sql, readOnly: false, returnsRows: false };
}

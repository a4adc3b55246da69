import type { CallOptions, SqlText, SqlValue, StatementResult } from "./driver";

/** Where statements run: in one transaction, or each on a connection of its own. */
export interface Session {
  /** True when every statement of the session belongs to one transaction. */
  readonly transaction: boolean;
  execute(text: SqlText, parameters: readonly SqlValue[], options?: CallOptions): Promise<StatementResult>;
  /** Runs a statement at once where that is possible, as a pool does; null: it has to wait its turn. */
  immediate?(text: SqlText, parameters: readonly SqlValue[], options: CallOptions): StatementResult | Promise<StatementResult> | null;
  /** Runs several statements without parameters (DDL, PRAGMA); always counts as a write. */
  script(sql: string): Promise<void>;
}

/** The session of one transaction; it refuses every use after the transaction's callback has ended. */
export interface TransactionSession extends Session {
  /** Counts the transactions of one database, nested ones included, from 1. */
  readonly id: number;
  readonly readOnly: boolean;
  /** Calls code as if from inside the transaction's callback, so that what it starts joins the transaction. */
  enter<T>(work: () => T): T;
}

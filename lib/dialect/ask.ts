import type { SqlValue } from "../sql/sql-value";

/** Answers a question that reads the engine's catalogue. */
export type Ask = (sql: string, parameters: readonly SqlValue[]) => Promise<readonly (readonly unknown[])[]>;

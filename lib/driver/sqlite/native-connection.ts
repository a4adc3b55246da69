import type { SqlText, SqlValue, StatementResult } from "../driver";

/** One connection as an npm package gives it: no waiting for locks, no order among calls. */
export interface NativeConnection {
  /** `timeoutMs`: how long the statement itself may run, where it reads only. */
  execute(text: SqlText, parameters: readonly SqlValue[], signal: AbortSignal | undefined, timeoutMs?: number): Promise<StatementResult>;
  /** The same at once, where the engine works on the calling thread. */
  executeNow?(text: SqlText, parameters: readonly SqlValue[]): StatementResult;
  script(sql: string): Promise<void>;
  /** Asks the engine itself, which may have rolled back on its own. */
  inTransaction(): Promise<boolean>;
  close(): Promise<void>;
}

/** What the pool needs of an npm package. */
export interface NativeConnector {
  /** The driver's name as users call it. */
  readonly driver: string;
  /** Whether the engine works on the calling thread, so that connections can execute at once. */
  readonly synchronous: boolean;
  /** Opens a connection with a native busy timeout of 0. */
  open(file: string, readOnly: boolean): Promise<NativeConnection>;
}

/** How many prepared statements one connection keeps. */
export const STATEMENT_LIMIT = 500;

/** The packages take Buffers; other byte arrays become a Buffer over the same memory. */
export function toNative(parameters: readonly SqlValue[]): readonly (null | number | string | Buffer)[] {
  return parameters.every(isNative) ? parameters : parameters.map((value) =>
    isNative(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength));
}

function isNative(value: SqlValue): value is null | number | string | Buffer {
  return typeof value !== "object" || value === null || Buffer.isBuffer(value);
}

/**
 * Whether a text asks for the program of a statement. SQLite lists it as it was compiled, after changes of the schema too, and then reads names
 * of tables that it has freed: such a text is compiled anew each time.
 */
export function listsProgram(sql: string): boolean {
  return /^\s*explain\b(?!\s+query\b)/i.test(sql);
}

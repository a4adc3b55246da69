/** What the server says of a failed statement, as the npm package `pg` hands it on; `code` is the SQLSTATE. */
export interface ServerError {
  readonly code: string;
  readonly name: string;
  readonly message: string;
  readonly severity: string | undefined;
  readonly detail: string | undefined;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly routine: string | undefined;
}

/** The server's error, or null for any other: one of the network, or of the program. */
export function serverError(error: unknown): ServerError | null {
  if (typeof error !== "object" || error === null) return null;
  const fields = error as Readonly<Record<keyof ServerError, unknown>>;
  const text = (value: unknown): string | undefined => typeof value === "string" ? value : undefined;
  if (typeof fields.code !== "string" || !/^[0-9A-Z]{5}$/.test(fields.code) || typeof fields.severity !== "string") return null;
  return {
    code: fields.code, name: text(fields.name) ?? "error", message: text(fields.message) ?? "", severity: fields.severity, detail: text(fields.detail),
    constraint: text(fields.constraint), table: text(fields.table), column: text(fields.column), routine: text(fields.routine),
  };
}

/** Whether a code is an SQLSTATE: `EPIPE`, which the network gives, is as long as one. */
export function isSqlState(code: string): boolean {
  return /^(?:\d[0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/.test(code);
}

/** Whether the server ended the connection, was about to, or would not open one: trying again later may help. */
export function isServerAway(code: string): boolean {
  // 57P01 to 57P05: shutdown, crash, starting up, database dropped, idle for too long; 25P03: idle in a transaction.
  return code.startsWith("08") || code.startsWith("57P") || code === "25P03" || code === "25P04" || code === "53300";
}

/** Whether a statement was stopped from outside (`query_canceled`). */
export function isCancelled(error: unknown): boolean {
  return serverError(error)?.code === "57014";
}

/** Whether what was prepared on the connection can no longer be used: its result changed, or somebody threw it away. */
export function isStatementGone(error: unknown): boolean {
  const found = serverError(error);
  return found?.code === "26000" || (found?.code === "0A000" && found.routine === "RevalidateCachedQuery");
}

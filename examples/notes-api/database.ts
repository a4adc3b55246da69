import { hkdfSync } from "node:crypto";
import { Database, type LogEvent } from "freehold";
import type { FastifyBaseLogger } from "fastify";
import type { Config } from "./config";
import { entities } from "./entities";

/** One secret, a key for each purpose: what is learnt of one is of no use for the other. */
export function keyFor(purpose: "sessions" | "cursors", secret: string): string {
  return Buffer.from(hkdfSync("sha256", secret, "", `notes-api ${purpose}`, 32)).toString("base64url");
}

/** Opens the database and makes what is missing of its tables. */
export async function openDatabase({ driver, secret }: Config, log: FastifyBaseLogger): Promise<Database> {
  const db = await Database.open({
    driver, entities, cursorSecret: keyFor("cursors", secret), logger: (event) => logStatement(log, event),
  });
  try {
    await db.schema.ensure();
  } catch (error) {
    await db.close();
    throw error;
  }
  return db;
}

/** Statements across owners are news, with their reason; all others are details. Values of parameters are never logged. */
function logStatement(log: FastifyBaseLogger, { scope, entity, operation, durationMs, rowCount, error, sql }: LogEvent): void {
  const facts = { entity, operation, durationMs: Math.round(durationMs * 10) / 10, rowCount, ...(error === undefined ? {} : { error }) };
  if (scope.kind === "system") log.info({ ...facts, reason: scope.reason }, "statement across owners");
  else log.debug({ ...facts, scope, sql }, "statement");
}

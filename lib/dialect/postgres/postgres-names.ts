import { createHash } from "node:crypto";

/** PostgreSQL cuts longer names off without a word, and two that differ behind that would meet. */
const MOST_BYTES = 63;

/** A name as the database holds it: one that is too long keeps its beginning and ends in a digest of the whole. */
export function databaseName(name: string): string {
  if (Buffer.byteLength(name) <= MOST_BYTES) return name;
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 10);
  let kept = "";
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > MOST_BYTES - digest.length - 1) break;
    kept += character;
  }
  return `${kept}_${digest}`;
}

/** Double quotes, doubled inside. */
export function quoteIdentifier(name: string): string {
  return `"${databaseName(name).replaceAll('"', '""')}"`;
}

/** A text as a literal, whatever `standard_conforming_strings` says: backslashes come in the escape form. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
  return text.includes("\\") ? `E${quoted}` : quoted;
}

/** What the constraint of a table's primary key is called. */
export function primaryKeyName(table: string): string {
  return `pk_${table}`;
}

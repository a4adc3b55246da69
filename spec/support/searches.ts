import type { LogEvent } from "freehold";
import type { TestDatabases } from "./databases";

/** By which columns SQLite would search the indexes of a table for statements that were logged. A place in a file: a second connection asks. */
export async function searchesOf(databases: TestDatabases, place: string, table: string, events: readonly LogEvent[]): Promise<readonly string[]> {
  const plans = await databases.outside(place, events.map(({ sql, parameters }) => [`explain query plan ${sql}`, ...parameters ?? []]));
  const search = new RegExp(`SEARCH ${table} USING (?:COVERING )?INDEX \\w+ \\((.*)\\)`);
  return plans.flat().flatMap((row) => search.exec((row as { readonly detail: string }).detail)?.[1] ?? []);
}

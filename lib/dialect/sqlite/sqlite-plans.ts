import type { Plans } from "../dialect";
import { quoteIdentifier } from "./sqlite-syntax";

/** EXPLAIN QUERY PLAN: no costs, no counts; rows of (id, parent, unused, detail). */
export const sqlitePlans: Plans = Object.freeze<Plans>({
  explain: (sql) => `explain query plan ${sql}`,
  takesParameters: true,
  text: (rows) => {
    const depths = new Map<unknown, number>();
    return rows.map(([id, parent, , detail]) => {
      const depth = depths.has(parent) ? (depths.get(parent) ?? 0) + 1 : 0;
      depths.set(id, depth);
      return `${"  ".repeat(depth)}${String(detail)}`;
    }).join("\n");
  },
  scans: (rows) => rows.flatMap(([, , , detail]) => /^SCAN (\S+)/.exec(String(detail))?.[1] ?? []),
  atLeast: (table, rows) => `select count(*) from (select 1 from ${quoteIdentifier(table)} limit ${rows})`,
});

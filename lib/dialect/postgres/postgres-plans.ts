import type { Plans } from "../dialect";
import { quoteIdentifier } from "./postgres-names";

/** EXPLAIN without costs; one line of text a row. */
export const postgresPlans: Plans = Object.freeze<Plans>({
  explain: (sql) => `explain (costs off) ${sql}`,
  text: (rows) => rows.map(([line]) => String(line)).join("\n"),
  scans: (rows) => rows.flatMap(([line]) => {
    const [, quoted, plain] = /Seq Scan on (?:"((?:[^"]|"")+)"|(\S+))/.exec(String(line)) ?? [];
    return quoted?.replaceAll('""', '"') ?? plain ?? [];
  }),
  atLeast: (table, rows) => `select count(*) from (select 1 from ${quoteIdentifier(table)} limit ${rows}) as counted`,
});

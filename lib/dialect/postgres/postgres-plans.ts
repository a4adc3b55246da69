import type { Plans } from "../dialect";
import { quoteIdentifier } from "./postgres-names";

/** EXPLAIN without costs, and for any values: with those at hand the plan would show them. One line of text a row. */
export const postgresPlans: Plans = Object.freeze<Plans>({
  explain: (sql) => `explain (costs off, generic_plan) ${sql}`,
  takesParameters: false,
  text: (rows) => rows.map(([line]) => String(line)).join("\n"),
  scans: (rows) => rows.flatMap(([line]) => {
    const [, quoted, plain] = /Seq Scan on (?:"((?:[^"]|"")+)"|(\S+))/.exec(String(line)) ?? [];
    return quoted?.replaceAll('""', '"') ?? plain ?? [];
  }),
  atLeast: (table, rows) => `select count(*) from (select 1 from ${quoteIdentifier(table)} limit ${rows}) as counted`,
});

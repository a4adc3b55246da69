import type { SchemaChange, SqlStep, TableChange } from "./migration-dialect";

/** Two tables may exchange their names. */
export function renamedTables(tables: readonly TableChange[], quote: (name: string) => string): readonly SqlStep[] {
  const renamed = tables.filter(({ from, to }) => from.table !== to.table);
  const taken = new Set(renamed.map(({ from }) => from.table));
  const rename = (from: string, to: string): SqlStep => ({ sql: `alter table ${quote(from)} rename to ${quote(to)}` });
  if (!renamed.some(({ to }) => taken.has(to.table))) return renamed.map(({ from, to }) => rename(from.table, to.table));
  return [
    ...renamed.map(({ from, to }) => rename(from.table, `freehold_moved_${to.table}`)),
    ...renamed.map(({ to }) => rename(`freehold_moved_${to.table}`, to.table)),
  ];
}

/** The tables that go, those apart whose name another table gets: they have to go first. */
export function removals({ tables, removed }: SchemaChange, quote: (name: string) => string): { readonly first: readonly SqlStep[]; readonly last: readonly SqlStep[] } {
  const isTaken = (table: string): boolean => tables.some(({ from, to }) => from.table !== to.table && to.table === table);
  const drop = ({ table }: SchemaChange["removed"][number]): SqlStep => ({ sql: `drop table ${quote(table)}`, losesData: `the table ${table} with all its rows` });
  return { first: removed.filter(({ table }) => isTaken(table)).map(drop), last: removed.filter(({ table }) => !isTaken(table)).map(drop) };
}

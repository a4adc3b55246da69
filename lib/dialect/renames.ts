import type { SqlStep, TableChange } from "./migration-dialect";

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

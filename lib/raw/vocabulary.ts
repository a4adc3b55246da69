/** The names of a database that hand-written text may use, in lower case. */
export interface Vocabulary {
  readonly functions: ReadonlySet<string>;
  /** Functions that stand in FROM and read nothing but their arguments, each with its columns. */
  readonly tableFunctions: ReadonlyMap<string, readonly string[]>;
  readonly types: ReadonlySet<string>;
  readonly collations: ReadonlySet<string>;
}

/** Bare words that are never a name; as a name they need quotes. */
export const reserved: ReadonlySet<string> = new Set(`
  all alter analyze and any as asc attach begin between both by case cast check collate column commit create cross current_date
  current_time current_timestamp default delete desc detach distinct do drop else end escape except exclude execute exists explain
  false fetch filter following for foreign from full glob grant group groups having ilike in index indexed inner insert intersect
  into is isnull join lateral left like limit match materialized natural not nothing notnull null offset on only or order outer over
  partition pragma preceding primary raise range recursive references regexp reindex release replace returning revoke right rollback
  row rows savepoint select set similar some table tablesample then ties to transaction trigger true truncate unbounded union unique
  update using vacuum values view when where window with within`.trim().split(/\s+/));

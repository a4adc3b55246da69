import type { Ask } from "./ask";

/** Rows of a table that name rows of another one. */
export interface RowReference {
  readonly table: string;
  /** The column that holds the owner. */
  readonly owner: string;
  readonly target: string;
  readonly targetOwner: string;
  /** The columns of the reference itself, without the owner's. */
  readonly pairs: readonly (readonly [column: string, targetColumn: string])[];
}

export interface OwnedTable {
  readonly table: string;
  readonly owner: string;
}

export interface OwnerTable {
  readonly table: string;
  readonly key: string;
}

/** What a connection to SQLite and its file are like. */
export interface SqliteState {
  readonly engine: "sqlite";
  readonly version: string;
  readonly foreignKeys: boolean;
  readonly journalMode: string;
  /** 0 off, 1 normal, 2 full, 3 extra. */
  readonly synchronous: number;
  readonly trustedSchema: boolean;
  /** Views and triggers. */
  readonly programs: readonly string[];
  /** What `quick_check` found first; null: nothing. */
  readonly damage: string | null;
  /** How many rows of each table refer to nothing. */
  readonly violations: readonly (readonly [table: string, rows: number])[];
}

/** What the role is like in whose name statements run, and the server. */
export interface PostgresState {
  readonly engine: "postgres";
  readonly version: string;
  readonly role: string;
  readonly superuser: boolean;
  readonly bypasses: boolean;
  /** Tables with row-level security switched on, and whether it holds for their owner. */
  readonly guarded: readonly { readonly table: string; readonly forced: boolean; readonly own: boolean }[];
}

/** An engine's means to look for rows and settings that break what the model promises. Each text counts rows and shows none. */
export interface Examination {
  /** Rows whose reference leads to rows of another owner, and to none of their own. */
  crossing(reference: RowReference): string;
  /** Rows whose reference leads nowhere. */
  dangling(reference: RowReference): string;
  /** Rows without an owner. */
  ownerless(table: OwnedTable): string;
  /** Rows whose owner is not there. */
  orphaned(table: OwnedTable, owner: OwnerTable): string;
  /** Owners of whom no table has a row. */
  idle(owner: OwnerTable, tables: readonly OwnedTable[]): string;
  /** The statement that shows the rows that another one counts, for people who may see them. */
  listing(counting: string): string;
  /** The statement that gives a table an index which begins with its owner's column. */
  ownerIndex(table: OwnedTable): string;
  /** Whether the current role sees all rows of a table, whatever policies say; null: there are none. */
  readonly sees: ((table: string, ask: Ask) => Promise<boolean>) | null;
  /** @param ask asks the connection that writes: what holds there, readers need not know */
  state(ask: Ask): Promise<SqliteState | PostgresState>;
}

const COUNTING = "select count(*) as c0 from ";

/** The texts, which differ in nothing but the way in which names are quoted. */
export function examining(quote: (name: string) => string): Omit<Examination, "sees" | "state"> {
  const matching = ({ pairs }: RowReference): string => pairs.map(([column, target]) => `p.${quote(target)} = c.${quote(column)}`).join(" and ");
  const given = ({ pairs }: RowReference): string => pairs.map(([column]) => `c.${quote(column)} is not null`).join(" and ");
  const exists = (table: string, condition: string): string => `exists (select 1 from ${quote(table)} p where ${condition})`;
  return {
    crossing: (reference) => `${COUNTING}${quote(reference.table)} c where c.${quote(reference.owner)} is not null and ${given(reference)}`
      + ` and ${exists(reference.target, matching(reference))}`
      + ` and not ${exists(reference.target, `${matching(reference)} and p.${quote(reference.targetOwner)} = c.${quote(reference.owner)}`)}`,
    dangling: (reference) => `${COUNTING}${quote(reference.table)} c where ${given(reference)} and not ${exists(reference.target, matching(reference))}`,
    ownerless: ({ table, owner }) => `${COUNTING}${quote(table)} c where c.${quote(owner)} is null`,
    orphaned: ({ table, owner }, { table: owners, key }) => `${COUNTING}${quote(table)} c where c.${quote(owner)} is not null`
      + ` and not ${exists(owners, `p.${quote(key)} = c.${quote(owner)}`)}`,
    idle: ({ table, key }, tables) => `${COUNTING}${quote(table)} c where ${tables.map((owned) =>
      `not ${exists(owned.table, `p.${quote(owned.owner)} = c.${quote(key)}`)}`).join(" and ")}`,
    listing: (counting) => counting.replace(COUNTING, "select c.* from "),
    ownerIndex: ({ table, owner }) => `create index ${quote(`ix_${table}_${owner}`)} on ${quote(table)} (${quote(owner)})`,
  };
}

import { sqlite3 } from "freehold";
import { Migrator, type Migration, type MigrationConnection, type MigrationProgress } from "freehold/migrate";

/** What a migration's file may hold. */
export const migration: Migration = {
  dialect: "sqlite",
  up: [
    "select 1",
    { sql: "drop table note", losesData: "the notes" },
    { describe: "counts", run: async (connection) => { await connection.execute("delete from note where id = ?", [1]); } },
    { describe: "empties", losesData: "the notes", run: async ({ query }) => { await query("select 1"); } },
  ],
  down: null,
};

export const wrong: readonly Migration[] = [
  // @ts-expect-error down has to be said, if only that there is none
  { dialect: "sqlite", up: [] },
  // @ts-expect-error no such database
  { dialect: "mysql", up: [], down: [] },
  // @ts-expect-error up undoes nothing: it is a list
  { dialect: "postgres", up: null, down: [] },
  // @ts-expect-error a list of steps, not one
  { dialect: "postgres", up: "select 1", down: [] },
  // @ts-expect-error a number is no step
  { dialect: "postgres", up: [1], down: [] },
  // @ts-expect-error what is lost is said in words
  { dialect: "postgres", up: [{ sql: "drop table note", losesData: true }], down: [] },
  // @ts-expect-error code says what it does
  { dialect: "postgres", up: [{ run: async () => undefined }], down: [] },
  // @ts-expect-error nobody would wait for it
  { dialect: "postgres", up: [{ describe: "counts", run: () => undefined }], down: [] },
  // @ts-expect-error no such member
  { dialect: "postgres", up: [], down: [], name: "add_notes" },
];

/** The connection of code. */
export async function code(connection: MigrationConnection): Promise<unknown> {
  const [row] = await connection.query("select 1 as one");
  const count: number = await connection.execute("delete from note", ["text", 1, 0.5, null]);
  // @ts-expect-error nobody knows what a row holds
  const one: number = row.one;
  // @ts-expect-error an object is no value
  await connection.execute("delete from note where id = ?", [{ id: 1 }]);
  // @ts-expect-error the transaction is the migration's
  await connection.commit();
  return [count, one];
}

/** What runs them. */
export async function runs(): Promise<unknown> {
  const migrator = await Migrator.open({ driver: sqlite3({ file: ":memory:" }), folder: "migrations" });
  // @ts-expect-error nothing to run them on
  await Migrator.open({ folder: "migrations" });
  // @ts-expect-error opened, not made
  const made = new Migrator({ driver: sqlite3({ file: ":memory:" }) });
  await migrator.up({ to: "x", allowDataLoss: true, dryRun: true, onProgress: ({ name, step, kind }: MigrationProgress) => [name, step, kind] });
  // @ts-expect-error nothing is before the first one: only down takes null
  await migrator.up({ to: null });
  // @ts-expect-error no such option
  await migrator.down({ allow: true });
  const states: readonly ("applied" | "pending" | "changed" | "missing")[] = (await migrator.status()).map(({ state }) => state);
  return [made, states, await migrator.down({ to: null })];
}

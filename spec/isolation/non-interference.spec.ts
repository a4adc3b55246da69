import * as fc from "fast-check";
import { betterSqlite3, Database } from "freehold";
import { onEveryPostgres, type TestDatabases } from "../support/databases";
import { Profile } from "../support/documents";
import { programEntities } from "./program-model";
import { observe, program, SYSTEM, type Operation } from "./programs";

const RUNS = Number(process.env["FREEHOLD_PROGRAMS"] ?? 300);
const SEED = Number(process.env["FREEHOLD_SEED"] ?? Date.now() % 2 ** 31);

/** A database on a server takes longer to fill, and the rules that are tried are the same; a run for long does them all. */
const RUNS_ON_SERVER = process.env["FREEHOLD_PROGRAMS"] === undefined ? Math.ceil(RUNS / 15) : RUNS;

const options = { entities: programEntities, jsonTypes: [Profile], clock: () => new Date("2026-01-31T12:00:00.000Z"), logger: () => undefined } as const;

/**
 * Empties a database, in which ids then count from 1 again: as good as new, and far quicker than a new one. It keeps what the library keeps,
 * its statements among them, so that a user also meets what others have left there.
 */
interface Ground {
  readonly savepoints: boolean;
  emptied(): Promise<Database>;
}

/** What each user sees when those users act who are named, the others' operations left out. */
async function play(operations: readonly Operation[], acting: readonly number[], ground: Ground) {
  return observe(operations.filter((operation) => acting.includes(operation.user)), await ground.emptied(), { savepoints: ground.savepoints });
}

async function onServer(databases: TestDatabases): Promise<Ground> {
  const db = await databases.open(options);
  const place = databases.placeOf(db);
  const rows = await databases.outside(place, [["select string_agg(quote_ident(tablename), ', ') as names from pg_tables where schemaname = current_schema()"]]);
  const tables = (rows[0] as readonly { readonly names: string }[])[0]!.names;
  return { savepoints: true, emptied: async () => {
    await databases.outside(place, [[`truncate ${tables} restart identity cascade`]]);
    return db;
  } };
}

async function inMemory(use: (ground: Ground) => Promise<void>): Promise<void> {
  const db = await Database.open({ ...options, driver: betterSqlite3({ file: ":memory:" }) });
  const system = db.system("empties the database");
  const run = (from: Pick<Database, "sql">, text: string) => from.sql(system)(Object.assign([text], { raw: [text] }));
  try {
    await db.schema.ensure();
    const tables = await run(db, "select name from sqlite_master where type = 'table'").rows();
    await use({ savepoints: false, emptied: async () => {
      await db.transaction(async (tx) => {
        await run(tx, "pragma defer_foreign_keys = on").run();
        for (const { name } of tables) await run(tx, `delete from "${String(name)}"`).run();
      });
      return db;
    } });
  } finally {
    await db.close();
  }
}

/** Runs programs with all users in one database, and with each alone. */
async function compare(runs: number, ground: Ground): Promise<void> {
  process.stderr.write(`non-interference: FREEHOLD_PROGRAMS=${RUNS} FREEHOLD_SEED=${SEED}\n`);
  await fc.assert(fc.asyncProperty(program, async (operations) => {
    const together = await play(operations, [0, 1, 2, SYSTEM], ground);
    for (const user of [0, 1, 2]) {
      const alone = await play(operations, [user], ground);
      expect(together[user]).toEqual(alone[user]);
    }
  }), { numRuns: runs, seed: SEED });
}

onEveryPostgres("non-interference", (databases) => {
  it(`gives each user of ${RUNS_ON_SERVER} programs what it would see alone (seed ${SEED})`, async () => {
    await compare(RUNS_ON_SERVER, await onServer(databases));
  }, 60_000 + RUNS_ON_SERVER * 6_000);
});

describe("non-interference [betterSqlite3, memory]", () => {
  it(`gives each user of ${RUNS} programs what it would see alone (seed ${SEED})`, async () => {
    await inMemory(async (ground) => compare(RUNS, ground));
  }, 60_000 + RUNS * 600);

  it("draws programs in which every method succeeds and fails, and users meet", async () => {
    const seen = new Set<string>();
    let rows = 0;
    await inMemory(async (ground) => {
      for (const operations of fc.sample(program, { numRuns: 100, seed: 1 })) {
        const observations = (await play(operations, [0, 1, 2], ground)).flat();
        for (const { method, outcome } of observations) {
          seen.add(`${method} ${"error" in outcome ? outcome.error : "done"}`);
          if ("value" in outcome && Array.isArray(outcome.value)) rows += outcome.value.length;
        }
      }
    });
    expect(rows).toBeGreaterThan(100);
    expect([...seen].filter((text) => text.endsWith(" done")).map((text) => text.split(" ")[0]).sort()).toEqual([
      "aggregate", "altKey", "altKeysOf", "count", "delete", "exists", "find", "findAndCount", "findById", "findByIdOrFail", "findOne",
      "findOneOrFail", "graph", "handle", "hard", "increment", "insert", "insertMany", "json", "kinds", "label", "load", "loadAndSave",
      "paginate", "pin", "remove", "resolve", "restore", "save", "saveMany", "stream", "through", "topics", "topicsAs", "update", "updateThrough",
      "upsert", "upsertMany", "with", "withDeleted",
    ]);
    const errors = new Set([...seen].map((text) => text.split(" ")[1]));
    expect([...errors].sort()).toEqual([
      "AccessViolationError", "CheckViolationError", "ContextRequiredError", "ForeignKeyViolationError", "InvalidQueryError", "NotFoundError",
      "UniqueViolationError", "ValidationError", "done",
    ]);
  });
});

import * as fc from "fast-check";
import { betterSqlite3, Database, type DatabaseOptions, type Driver } from "freehold";
import { onEveryPostgres, type TestDatabases } from "../support/databases";
import { Profile } from "../support/documents";
import { programEntities } from "./program-model";
import { observe, program, SYSTEM, type Operation } from "./programs";

const RUNS = Number(process.env["FREEHOLD_PROGRAMS"] ?? 300);
const SEED = Number(process.env["FREEHOLD_SEED"] ?? Date.now() % 2 ** 31);

/** A database on a server takes longer to fill, and the rules that are tried are the same; a run for long does them all. */
const RUNS_ON_SERVER = process.env["FREEHOLD_PROGRAMS"] === undefined ? Math.ceil(RUNS / 15) : RUNS;

/** What each user sees when those users act who are named, the others' operations left out. */
async function play(operations: readonly Operation[], acting: readonly number[], fresh?: () => Promise<Driver>) {
  const open = async (options: Omit<DatabaseOptions, "driver">): Promise<Database> =>
    Database.open({ ...options, driver: await fresh?.() ?? betterSqlite3({ file: ":memory:" }) });
  return observe(operations.filter((operation) => acting.includes(operation.user)), open, { savepoints: fresh !== undefined });
}

/** Databases of one schema that is emptied each time: as good as new, ids count from 1 again, and far quicker than a new one. */
function emptied(databases: TestDatabases): () => Promise<Driver> {
  const place = databases.newPlace();
  let tables: string | undefined;
  return async () => {
    if (tables === undefined) {
      const db = await databases.openPlace(place, { entities: programEntities, jsonTypes: [Profile] });
      await db.schema.ensure();
      const rows = await databases.outside(place, [["select string_agg(quote_ident(tablename), ', ') as names from pg_tables where schemaname = current_schema()"]]);
      tables = (rows[0] as readonly { readonly names: string }[])[0]!.names;
    }
    await databases.outside(place, [[`truncate ${tables} restart identity cascade`]]);
    return databases.driver(place);
  };
}

/** Runs programs with all users in one database, and with each alone. */
async function compare(runs: number, fresh?: () => Promise<Driver>): Promise<void> {
  process.stderr.write(`non-interference: FREEHOLD_PROGRAMS=${RUNS} FREEHOLD_SEED=${SEED}\n`);
  await fc.assert(fc.asyncProperty(program, async (operations) => {
    const together = await play(operations, [0, 1, 2, SYSTEM], fresh);
    for (const user of [0, 1, 2]) {
      const alone = await play(operations, [user], fresh);
      expect(together[user]).toEqual(alone[user]);
    }
  }), { numRuns: runs, seed: SEED });
}

onEveryPostgres("non-interference", (databases) => {
  it(`gives each user of ${RUNS_ON_SERVER} programs what it would see alone (seed ${SEED})`, async () => {
    await compare(RUNS_ON_SERVER, emptied(databases));
  }, 60_000 + RUNS_ON_SERVER * 6_000);
});

describe("non-interference [betterSqlite3, memory]", () => {
  it(`gives each user of ${RUNS} programs what it would see alone (seed ${SEED})`, async () => {
    await compare(RUNS);
  }, 60_000 + RUNS * 600);

  it("draws programs in which every method succeeds and fails, and users meet", async () => {
    const seen = new Set<string>();
    let rows = 0;
    for (const operations of fc.sample(program, { numRuns: 100, seed: 1 })) {
      const observations = (await play(operations, [0, 1, 2])).flat();
      for (const { method, outcome } of observations) {
        seen.add(`${method} ${"error" in outcome ? outcome.error : "done"}`);
        if ("value" in outcome && Array.isArray(outcome.value)) rows += outcome.value.length;
      }
    }
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

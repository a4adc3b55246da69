import {
  Column, cols, Database, DataError, Entity, ForeignKey, InvalidQueryError, list, ModelError, optional, PrimaryKey, sql, table, User, UserContext, UserOwned,
  ValidationError, ContextRequiredError, type OwnerId, type SqlOptions,
} from "freehold";
import { failure, onEveryEngine, type TestDatabases } from "../support/databases";
import { documentModel, twoUsers } from "../support/documents";

@Entity()
class Place {
  @PrimaryKey({ generate: "none" }) code!: string;
  @Column() name!: string;
}

@Entity()
@UserOwned({ by: "userId" })
class Job {
  @PrimaryKey() jobId!: number;
  @ForeignKey("User.user_id") userId!: OwnerId;
  @Column() jobTitle!: string;
  @Column() done!: boolean;
  @Column() dueAt!: Date;
  @Column({ type: "bigint" }) size!: bigint;
  @Column({ type: "blob", nullable: true }) data!: Buffer | null;
  @Column({ select: false }) secret!: string;
  @ForeignKey("Place.code", { nullable: true }) place!: string | null;
}

class Stranger {}

const model = { ...documentModel, entities: [...documentModel.entities, Place, Job] };
const MOMENT = new Date("2026-03-01T10:00:00.000Z");
const BIG = 9_007_199_254_740_993n;

async function setUp(databases: TestDatabases) {
  const db = await databases.open(model);
  const { alice, bob, aliceCtx, bobCtx } = await twoUsers(db);
  await db.repository(Place).insert({ code: "x", name: "Xanten" });
  const jobs = db.repository(Job);
  const first = await jobs.insert(aliceCtx, { jobTitle: "first", done: false, dueAt: MOMENT, size: BIG, data: Buffer.from([1, 2]), secret: "s", place: "x" });
  const second = await jobs.insert(aliceCtx, { jobTitle: "second", done: true, dueAt: MOMENT, size: 1n, data: null, secret: "s", place: null });
  await jobs.insert(bobCtx, { jobTitle: "bobs", done: true, dueAt: MOMENT, size: 1n, data: null, secret: "b", place: "x" });
  return { db, alice, bob, aliceCtx, bobCtx, jobs, first, second, system: db.system("spec") };
}

onEveryEngine("db.sql", (databases) => {
  it("makes several entities of one row, and null of an outer join's missing one", async () => {
    const { db, aliceCtx, jobs, first, second } = await setUp(databases);
    const rows = await db.sql(aliceCtx)`select ${cols(Job, "j")}, ${cols(Place, "p")}, length(j.job_title) as n, p.code is not null as there
      from ${table(Job, "j")} left join ${table(Place, "p")} on p.code = j.place order by j.job_id`
      .all({ j: Job, p: optional(Place), n: "integer", there: "boolean" });
    expect(rows).toEqual([
      { j: await jobs.findById(aliceCtx, first.jobId), p: { code: "x", name: "Xanten" }, n: 5, there: true },
      { j: await jobs.findById(aliceCtx, second.jobId), p: null, n: 6, there: false },
    ]);
    expect(rows[0]!.j).toBeInstanceOf(Job);
    expect(rows[0]!.j.size).toBe(BIG);
    expect(Object.keys(rows[0]!.j)).not.toContain("secret");
  });

  it("makes entities of columns that went through WITH and derived tables", async () => {
    const { db, aliceCtx } = await setUp(databases);
    const rows = await db.sql(aliceCtx)`with mine as (select ${cols(Job, "j")}, 1 as extra from ${table(Job, "j")} where j.done = ${true})
      select ${cols(Job, "m")} from (select * from mine) as m`.all({ m: Job });
    expect(rows.map(({ m }) => [m.jobTitle, m.size])).toEqual([["second", 1n]]);
  });

  it("uses the table's name where no alias is given", async () => {
    const { db, bobCtx } = await setUp(databases);
    expect((await db.sql(bobCtx)`select ${cols(Job)} from ${table(Job)} where job.done = ${true}`.all({ job: Job })).map(({ job }) => job.jobTitle)).toEqual(["bobs"]);
  });

  it("gives plain rows with the columns' own names and the driver's values", async () => {
    const { db, aliceCtx } = await setUp(databases);
    const rows = await db.sql(aliceCtx)`select job_title, done, due_at, constructor, j.place as "a b", "first" as last from
      (select *, 1 as constructor, 2 as first from ${table(Job, "i")}) as j order by job_id limit 1`.rows<{ job_title: string }>();
    expect(rows).toEqual([{ job_title: "first", done: 0, due_at: MOMENT.toISOString(), constructor: 1, "a b": "x", last: 2 }]);
    expect(await db.sql(aliceCtx)`select ${cols(Place, "p")}, 1 as n from ${table(Place, "p")}`.rows()).toEqual([{ "p.code": "x", "p.name": "Xanten", n: 1 }]);
    expect(await db.sql(aliceCtx)`select job_title from ${table(Job)} where 1 = 0`.rows()).toEqual([]);
  });

  it("leaves out of * what select: false hides, and gives it by name", async () => {
    const { db, bobCtx } = await setUp(databases);
    const [row] = await db.sql(bobCtx)`select * from ${table(Job, "j")}`.rows();
    expect(Object.keys(row!)).toEqual(["job_id", "user_id", "job_title", "done", "due_at", "size", "data", "place"]);
    expect(await db.sql(bobCtx)`select j.secret from ${table(Job, "j")}`.rows()).toEqual([{ secret: "b" }]);
  });

  it("stores no value in the text, whatever its type", async () => {
    const { db, aliceCtx } = await setUp(databases);
    const rows = async (where: ReturnType<typeof sql>): Promise<unknown[]> =>
      (await db.sql(aliceCtx)`select job_title from ${table(Job, "j")} where ${where} order by job_id`.rows<{ job_title: string }>()).map((row) => row.job_title);
    expect(await rows(sql`j.job_title = ${"first"}`)).toEqual(["first"]);
    expect(await rows(sql`j.job_title = ${"' or 1 = 1 --"}`)).toEqual([]);
    expect(await rows(sql`j.done = ${true}`)).toEqual(["second"]);
    expect(await rows(sql`j.size = ${BIG}`)).toEqual(["first"]);
    expect(await rows(sql`j.due_at = ${MOMENT} and j.job_id > ${0.5}`)).toEqual(["first", "second"]);
    expect(await rows(sql`j.data = ${Buffer.from([1, 2])}`)).toEqual(["first"]);
    expect(await rows(databases.dialect === "sqlite" ? sql`j.data is ${null}` : sql`j.data is not distinct from ${null}`)).toEqual(["second"]);
    expect(await rows(sql`j.job_title in ${list(["first", "x"])}`)).toEqual(["first"]);
    expect(await rows(sql`j.job_title in ${list([])}`)).toEqual([]);
    expect(await rows(sql`j.job_title not in ${list([])} and (${sql`j.done = ${false}`} or ${sql`j.size = ${1}`})`)).toEqual(["first", "second"]);
    expect(await db.sql(aliceCtx)`select ${7} / ${2} as whole, ${7.5} as half, ${true} as yes, ${-0} as zero`.rows()).toEqual([{ whole: 3, half: 7.5, yes: 1, zero: 0 }]);
    const event = databases.events.filter(({ operation }) => operation === "sql").at(-1)!;
    expect(event).toMatchObject({ parameterCount: 6, scope: { kind: "user" }, rowCount: 1 });
    expect(databases.events.some(({ sql: text }) => text.includes("or 1 = 1"))).toBe(false);
  });

  it("reads plain columns as the types that they are given", async () => {
    const { db, aliceCtx } = await setUp(databases);
    const [day, tree] = databases.dialect === "sqlite" ? [sql`date(due_at)`, sql`json_object('a', 1)`] : [sql`cast(due_at as date)`, sql`json_build_object('a', 1)`];
    const query = db.sql(aliceCtx)`select done, due_at, cast(size as text) as size, ${day} as day, ${tree} as tree, data, null as nothing
      from ${table(Job, "j")} order by job_id limit ${1}`;
    expect(await query.all({ done: "boolean", due_at: "datetime", size: "bigint", day: "date", tree: "json", data: "blob", nothing: "real" }))
      .toEqual([{ done: false, due_at: MOMENT, size: BIG, day: "2026-03-01", tree: { a: 1 }, data: Buffer.from([1, 2]), nothing: null }]);
    const error = await failure(DataError, () => db.sql(aliceCtx)`select j.job_title as n from ${table(Job, "j")}`.all({ n: "integer" }));
    expect(error.message).toBe("The column n of db.sql holds a string of 5 characters where a whole number within ±(2^53 − 1) is wanted.");
  });

  it("asks for a mapping that fits", async () => {
    const { db, aliceCtx } = await setUp(databases);
    const query = db.sql(aliceCtx)`select ${cols(Job, "j")}, ${cols(Place, "p")}, 1 as n from ${table(Job, "j")} left join ${table(Place, "p")} on p.code = j.place`;
    const refusal = async (mapping: object): Promise<string> => (await failure(InvalidQueryError, () => query.all(mapping as { j: typeof Job }))).message;
    expect(await refusal({ j: Job })).toContain("says nothing of p and n");
    expect(await refusal({ j: Job, p: Place, n: "integer", m: "text" })).toContain("needs a column m");
    expect(await refusal({ j: Place, p: Place, n: "integer" })).toContain('needs cols(Place, "j")');
    expect(await refusal({ j: Job, p: Place, n: "number" })).toContain("one of the types integer, bigint");
    expect(await refusal([])).toContain("an array of 0");
    expect(await refusal({ j: Job, p: Place, n: "integer" })).toContain("write all({ p: optional(Place) })");
  });

  it("refuses values that are none", async () => {
    const { db, aliceCtx } = await setUp(databases);
    for (const bad of [{}, [], ["a"], NaN, Infinity, 2n ** 64n, new Date(NaN), "a\u0000b", "\ud800", () => 1, Symbol("x"), new Map(), { toString: () => "x" }]) {
      await failure(ValidationError, () => db.sql(aliceCtx)`select ${bad} as x`);
      await failure(ValidationError, () => db.sql(aliceCtx)`select 1 as x where 1 in ${list([1, bad])}`);
    }
    expect((await failure(InvalidQueryError, () => db.sql(aliceCtx)`select ${1} as x, ${undefined} as y`)).message).toBe("The value 2 of db.sql is undefined: use null for NULL.");
    await failure(InvalidQueryError, () => db.sql(aliceCtx)`select 1 as x limit ${"1"}`);
    await failure(InvalidQueryError, () => db.sql(aliceCtx)`select 1 as x limit ${-1}`);
    await failure(InvalidQueryError, () => db.sql(aliceCtx)`select 1 as x where 1 in ${list(Array.from({ length: 70_000 }, () => 1))}`);
    await failure(InvalidQueryError, () => list("a" as never));
    await failure(InvalidQueryError, () => table("task" as never));
    await failure(InvalidQueryError, () => cols(Job, "a b"));
    await failure(InvalidQueryError, () => optional(undefined as never));
  });

  it("is a tag, not a function of text", async () => {
    const { db, aliceCtx } = await setUp(databases);
    const tag = db.sql(aliceCtx) as unknown as (...given: unknown[]) => unknown;
    for (const given of ["select 1 as x", ["select 1 as x"], { raw: ["select 1 as x"] }, undefined, Object.assign(["a", "b"], { raw: ["a", "b"] })]) {
      expect((await failure(InvalidQueryError, () => tag(given))).message).toContain("written in front of a template");
    }
    expect(() => db.sql(aliceCtx)`select \u as x`).toThrow(InvalidQueryError);
  });

  it("needs a context, and entities of its own", async () => {
    const { db, aliceCtx } = await setUp(databases);
    for (const none of [undefined, null, {}, 1, { owner: User, key: 1 }, { ...aliceCtx }]) await failure(ContextRequiredError, () => db.sql(none as never));
    const other = await databases.open(model);
    await failure(ContextRequiredError, () => db.sql(other.system("spec")));
    expect((await failure(ModelError, () => db.sql(aliceCtx)`select 1 as x from ${table(Stranger)}`)).message).toContain("Stranger");
    await failure(ModelError, () => db.sql(aliceCtx)`select ${cols(Stranger)}`);
    await failure(ContextRequiredError, () => db.sql(UserContext.forKey(Place, "x"))`select 1 as x from ${table(Job)}`);
  });

  it("tells what it does not take, where, and how to mend it", async () => {
    const { db, aliceCtx } = await setUp(databases);
    expect((await failure(InvalidQueryError, () => db.sql(aliceCtx)`select ${1} as x
      from job`)).message).toBe('db.sql does not take "job" at line 2, column 12: rows come from table(…) holes, names that WITH gives before, and derived tables: '
      + 'for a table write ${table(Entity, "alias")}. Hand-written SQL is one SELECT over table(…) holes, WITH names and derived tables.');
    expect((await failure(InvalidQueryError, () => db.sql(aliceCtx)`select`)).message).toContain("the end of the text");
    expect((await failure(InvalidQueryError, () => db.sql(aliceCtx)`select 1 as a, 2 as b, 3 as a`)).message).toContain("more than one column a");
    expect((await failure(InvalidQueryError, () => db.sql(aliceCtx)`select count(*) from ${table(Job)}`)).message).toContain("needs a name");
  });

  it("passes on what the engine says of the text", async () => {
    const { db, aliceCtx } = await setUp(databases);
    const words = async (query: { rows(): Promise<unknown> }): Promise<string> => (await failure(InvalidQueryError, () => query.rows())).message;
    const [name, ambiguous, wrong] = databases.dialect === "sqlite"
      ? ["no such column: nope", "ambiguous column name: job_id", "wrong number of arguments"]
      : ['column "nope" does not exist', 'column reference "job_id" is ambiguous', "function lower() does not exist"];
    expect((await failure(InvalidQueryError, () => db.sql(aliceCtx)`select j.nope from ${table(Job, "j")}`.rows())).message).toContain("j has no column nope");
    expect(await words(db.sql(aliceCtx)`select "nope" as n from ${table(Job, "j")}`)).toContain(name);
    expect(await words(db.sql(aliceCtx)`select job_id from ${table(Job, "a")} join ${table(Job, "b")} on 1 = 1`)).toContain(ambiguous);
    expect(await words(db.sql(aliceCtx)`select lower() as n`)).toContain(wrong);
    // What is wrong with a value is told without the value.
    const value = "oops";
    const refused = await failure(InvalidQueryError, () => (databases.dialect === "sqlite"
      ? db.sql(aliceCtx)`select json_extract('[]', ${`$[${value}`}) as n` : db.sql(aliceCtx)`select cast(cast(${value} as text) as integer) as n`).rows());
    expect(refused.message).not.toContain(value);
    if (databases.dialect === "sqlite") expect(await words(db.sql(aliceCtx)`select json_extract('x', '$') as n`)).toContain("malformed JSON");
    expect(databases.events.at(-1)).toMatchObject({ operation: "sql", error: "INVALID_QUERY" });
  });

  it("gives no more rows than allowed, and says so", async () => {
    const { db, aliceCtx } = await setUp(databases);
    const count = (options: SqlOptions) => db.sql(aliceCtx, options)`with recursive r(n) as (select 1 union all select n + 1 from r where n < 20) select n from r`.rows();
    expect(await count({ maxRows: 20 })).toHaveLength(20);
    expect((await failure(InvalidQueryError, () => count({ maxRows: 19 }))).message).toContain("more than 19 rows");
    // A limit of its own keeps an endless text within bounds.
    expect(await db.sql(aliceCtx)`with recursive r(n) as (select 1 union all select n + 1 from r) select n from r limit 3 offset 1`.rows()).toEqual([{ n: 2 }, { n: 3 }, { n: 4 }]);
    for (const bad of [{ maxRows: 0 }, { maxRows: 1.5 }, { timeoutMs: -1 }, { timeoutMs: Infinity }, { rows: 1 }, { signal: {} }, null]) {
      await failure(InvalidQueryError, () => db.sql(aliceCtx, bad as never));
    }
    const reason = new Error("enough");
    await expect(db.sql(aliceCtx, { signal: AbortSignal.abort(reason) })`select 1 as x`.rows()).rejects.toBe(reason);
  });

  it("sees what its transaction wrote, and can itself write nothing there", async () => {
    const { db, aliceCtx, jobs } = await setUp(databases);
    await db.transaction(async (tx) => {
      await jobs.update(aliceCtx, { jobTitle: "first" }, { jobTitle: "changed" });
      expect(await tx.sql(aliceCtx)`select job_title from ${table(Job)} where done = ${false}`.rows()).toEqual([{ job_title: "changed" }]);
      expect(await db.sql(aliceCtx)`select job_title from ${table(Job)} where done = ${false}`.rows()).toEqual([{ job_title: "changed" }]);
      await failure(InvalidQueryError, () => tx.sql(aliceCtx)`select nope from ${table(Job)}`.rows());
      expect(await jobs.update(aliceCtx, { jobTitle: "changed" }, { jobTitle: "again" })).toBe(1);
    });
    expect(await jobs.count(aliceCtx, { jobTitle: "again" })).toBe(1);
    await Promise.all([1, 2, 3, 4].flatMap((n) => [
      db.sql(aliceCtx)`select ${n} as n`.rows(), jobs.update(aliceCtx, { jobTitle: "again" }, { size: BigInt(n) }),
    ]));
  });

  it("takes anything from the system, across owners and writing, and logs it with the reason", async () => {
    const { db, system, bob } = await setUp(databases);
    expect(await db.sql(system)`select count(*) as n from ${table(Job)}`.rows()).toEqual([{ n: 3 }]);
    expect(await db.sql(system)`select ${cols(Job, "j")}, ${cols(Place, "p")} from job as j join place as p on p.code = j.place where j.user_id = ${bob.user_id}`.all({ j: Job, p: Place }))
      .toMatchObject([{ j: { jobTitle: "bobs" }, p: { name: "Xanten" } }]);
    const catalogue = databases.dialect === "sqlite" ? sql`select name from sqlite_master where name = ${"job"}`
      : sql`select tablename as name from pg_tables where schemaname = current_schema() and tablename = ${"job"}`;
    expect(await db.sql(system)`${catalogue}`.rows()).toEqual([{ name: "job" }]);
    expect(await db.sql(system)`update ${table(Job)} set place = ${null} where place in ${list(["x"])}`.run()).toEqual({ changes: 2 });
    expect(await db.sql(system)`delete from ${table(Job)} where done = ${true} returning job_title`.rows()).toEqual([{ job_title: "second" }, { job_title: "bobs" }]);
    expect(databases.events.at(-1)).toMatchObject({ operation: "sql", scope: { kind: "system", reason: "spec" }, sql: expect.stringContaining("delete from") });
    await failure(InvalidQueryError, () => db.sql(system)`delete from ${table(Job)}; delete from ${table(Place)}`);
    for (const control of [sql`begin`, sql`COMMIT`, sql`rollback`, sql`savepoint x`]) await failure(InvalidQueryError, () => db.sql(system)`${control}`);
    await failure(InvalidQueryError, () => db.sql(system)`nonsense`.run());
  });

  it("refuses run() in a user's name", async () => {
    const { db, aliceCtx } = await setUp(databases);
    const query = db.sql(aliceCtx)`select 1 as x` as unknown as { run(): Promise<unknown> };
    expect((await failure(InvalidQueryError, () => query.run())).message).toContain("need a system context");
  });

  it("keeps nothing of a context for the next", async () => {
    const { db, aliceCtx, bobCtx } = await setUp(databases);
    const mine = sql`select job_title from ${table(Job, "j")} order by 1`;
    const titles = async (ctx: UserContext) => (await db.sql(ctx)`${mine}`.rows<{ job_title: string }>()).map((row) => row.job_title);
    expect(await Promise.all([titles(aliceCtx), titles(bobCtx), titles(aliceCtx)])).toEqual([["first", "second"], ["bobs"], ["first", "second"]]);
    expect(Database).toBeDefined();
  });
});

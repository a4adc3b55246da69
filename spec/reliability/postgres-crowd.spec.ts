import { Database, FreeholdError, postgres, User, UserContext } from "freehold";
import { onEveryPostgres } from "../support/databases";
import { server } from "../support/engines";
import { profile, type Profile } from "../support/documents";
import { findPgBouncer, startPgBouncer } from "../support/postgres/pgbouncer";
import { plainPostgres } from "../support/postgres/plain-postgres";
import { Project, worldModel } from "../isolation/world";

const CLIENTS = 200;
const TURNS = 8;
const POOL = 5;

/** So that no name comes twice. */
let count = 0;

interface Outcome {
  readonly foreign: readonly string[];
  readonly failed: readonly unknown[];
  readonly done: number;
}

/** One client's turns: reads and writes, by themselves and in transactions, every row that comes back looked at. */
async function visit(db: Database, context: UserContext, client: number): Promise<Outcome> {
  const projects = db.repository(Project);
  const foreign: string[] = [];
  const failed: unknown[] = [];
  let done = 0;
  const look = (rows: readonly Project[]): void => {
    for (const row of rows) if (row.user_id !== context.key || !row.name.startsWith(`${context.key}:`)) foreign.push(`client ${client} saw ${row.name} of ${row.user_id}`);
  };
  const turns: readonly (() => Promise<void>)[] = [
    async () => look(await projects.find(context)),
    async () => look([await projects.insert(context, { name: `${context.key}:${count += 1}` })]),
    async () => look([await projects.upsert(context, { name: `${context.key}:shared`, budget: client }, { on: ["name"] })]),
    async () => db.transaction(async () => {
      look(await projects.find(context, {}, { limit: 5 }));
      await db.repository(User).count();
      look(await projects.update(context, { name: `${context.key}:shared` }, { budget: done }, { returning: true }));
    }),
    async () => look((await projects.paginate(context, {}, { first: 3, orderBy: { name: "asc" } })).items),
  ];
  for (let turn = 0; turn < TURNS; turn += 1) {
    try {
      await turns[(turn + client) % turns.length]!();
      done += 1;
    } catch (error) {
      failed.push(error);
    }
  }
  return { foreign, failed, done };
}

interface Place {
  /** What the library connects to. */
  readonly url: string;
  /** The same database past everything. */
  readonly adminUrl: string;
  readonly prepare: boolean;
}

/** Lets 200 clients of 20 users loose on a pool of five; `during` disturbs them. */
async function crowd({ url, adminUrl, prepare }: Place, rls: boolean, during: (admin: Awaited<ReturnType<typeof plainPostgres>>) => Promise<void>): Promise<{ readonly outcomes: readonly Outcome[]; readonly after: readonly Outcome[] }> {
  const db = await Database.open({ ...worldModel, driver: postgres({ connectionString: url, rls, prepare, pool: { max: POOL } }), logger: () => undefined });
  const admin = await plainPostgres(adminUrl);
  try {
    await db.schema.ensure();
    const users = await db.repository(User<Profile>).insertMany(Array.from({ length: 20 }, (_, index) => ({ info: profile(`U${index}`) })));
    const contexts = users.map((user) => UserContext.of(user));
    const everybody = (): Promise<Outcome[]> => Promise.all(Array.from({ length: CLIENTS }, (_, client) => visit(db, contexts[client % contexts.length]!, client)));
    const disturbed = during(admin);
    const outcomes = await everybody();
    await disturbed;
    // Whatever happened, the pool is whole again.
    const after = await everybody();
    const rows = await db.repository(Project).find(db.system("spec"));
    expect(rows.filter((row) => !row.name.startsWith(`${row.user_id}:`))).toEqual([]);
    return { outcomes, after };
  } finally {
    await admin.end();
    await db.close();
  }
}

function expectOwnRows(outcomes: readonly Outcome[]): void {
  expect(outcomes.flatMap(({ foreign }) => foreign)).toEqual([]);
}

function expectAllDone(outcomes: readonly Outcome[]): void {
  expect(outcomes.flatMap(({ failed }) => failed)).toEqual([]);
  expect(outcomes.reduce((sum, { done }) => sum + done, 0)).toBe(outcomes.length * TURNS);
}

/** Kills connections of the database in the middle of it, a few at a time. */
async function kill(admin: Awaited<ReturnType<typeof plainPostgres>>): Promise<void> {
  for (let round = 0; round < 8; round += 1) {
    await new Promise((resolve) => { setTimeout(resolve, 60); });
    await admin.query(`select pg_terminate_backend(pid) from (select pid from pg_stat_activity
      where datname = current_database() and usename = '${server().login}' order by random() limit 2) as victims`);
  }
}

function expectSaid(outcomes: readonly Outcome[]): void {
  const failed = outcomes.flatMap((outcome) => outcome.failed);
  expect(failed.length).toBeGreaterThan(0);
  for (const error of failed) {
    expect(error).toBeInstanceOf(FreeholdError);
    expect(["CONNECTION_ERROR", "TRANSACTION_ERROR"]).toContain((error as FreeholdError).code);
  }
  expect(outcomes.reduce((sum, { done }) => sum + done, 0) + failed.length).toBe(CLIENTS * TURNS);
}

onEveryPostgres(`${CLIENTS} clients on a pool of ${POOL}`, (databases) => {
  const direct = (): Place => {
    const place = databases.newPlace();
    const admin = new URL(server().adminUrl());
    return { url: server().url(place), adminUrl: admin.href, prepare: true };
  };

  async function prepared(): Promise<Place> {
    const place = direct();
    await server().createSchema(new URL(place.url).searchParams.get("options")!.split("=")[1]!);
    return place;
  }

  it("see their own rows alone", async () => {
    const { outcomes, after } = await crowd(await prepared(), databases.rls, async () => undefined);
    expectOwnRows([...outcomes, ...after]);
    expectAllDone([...outcomes, ...after]);
  }, 120_000);

  it("see their own rows alone while connections are killed, and every call that failed says so", async () => {
    const { outcomes, after } = await crowd(await prepared(), databases.rls, kill);
    expectOwnRows([...outcomes, ...after]);
    expectSaid(outcomes);
    expectAllDone(after);
  }, 120_000);

  const { missing } = findPgBouncer();
  const throughPgBouncer = missing === null ? it : it.skip;
  const why = missing === null ? "" : ` (SKIPPED: ${missing})`;

  throughPgBouncer(`see their own rows alone through PgBouncer in transaction mode${why}`, async () => {
    const bouncer = await startPgBouncer({ serverConnections: 3 });
    try {
      const place = { url: bouncer.url, adminUrl: bouncer.adminUrl, prepare: false };
      const calm = await crowd(place, databases.rls, async () => undefined);
      expectOwnRows([...calm.outcomes, ...calm.after]);
      expectAllDone([...calm.outcomes, ...calm.after]);
    } finally {
      await bouncer.stop();
    }
  }, 120_000);

  throughPgBouncer(`see their own rows alone through PgBouncer while connections are killed${why}`, async () => {
    const bouncer = await startPgBouncer({ serverConnections: 3 });
    try {
      const { outcomes, after } = await crowd({ url: bouncer.url, adminUrl: bouncer.adminUrl, prepare: false }, databases.rls, kill);
      expectOwnRows([...outcomes, ...after]);
      expectSaid(outcomes);
      expectAllDone(after);
    } finally {
      await bouncer.stop();
    }
  }, 120_000);
});

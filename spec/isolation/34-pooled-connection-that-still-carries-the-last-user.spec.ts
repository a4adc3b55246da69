import { all, Database, TransactionError, UniqueViolationError, User, UserContext } from "freehold";
import type { Connection, Pool } from "../../lib/driver/driver";
import { failure, onEveryEngine, type TestEngine } from "../support/databases";
import { profile, type Profile } from "../support/documents";
import { rawSqlite } from "../support/raw-sqlite";
import { Project, worldModel } from "./world";

const USERS = 12;
const TURNS = 8;

/** What a connection may carry from one call into the next: settings, temporary tables, an open transaction. */
async function stateOf(connection: Connection, { dialect }: TestEngine): Promise<unknown> {
  const rows = async (sql: string) => (await connection.execute({ sql, readOnly: true, returnsRows: true }, [])).rows;
  if (dialect === "postgres") {
    return {
      // Every setting that is not as the server or the connection's own address has it, and those that only policies know.
      settings: await rows("select name, setting from pg_settings where source = 'session' order by name"),
      user: await rows("select current_user = session_user as own, nullif(current_setting('freehold.user_id', true), '') as key"),
      temporary: await rows("select relname from pg_class where relpersistence = 't'"),
      locks: await rows("select locktype, mode from pg_locks where pid = pg_backend_pid() and locktype in ('advisory', 'tuple')"),
    };
  }
  const pragmas = ["query_only", "foreign_keys", "ignore_check_constraints", "defer_foreign_keys", "recursive_triggers", "reverse_unordered_selects", "read_uncommitted", "case_sensitive_like", "temp_store"];
  const settings: unknown[] = [];
  for (const name of pragmas) settings.push([name, name === "case_sensitive_like" ? await rows("select 'a' like 'A'") : await rows(`pragma ${name}`)]);
  return { settings, temporary: await rows("select name from sqlite_temp_master"), databases: (await rows("pragma database_list")).map((row) => row[1]) };
}

/** The same of the writer and of every reader of a pool. */
async function statesOf(pool: Pool, engine: TestEngine): Promise<readonly unknown[]> {
  const leases = [await pool.acquire("write")];
  const readers = engine.storage === "memory" ? 0 : engine.driverName === "betterSqlite3" ? 1 : 4;
  while (leases.length <= readers) leases.push(await pool.acquire("read"));
  const found: unknown[] = [];
  for (const lease of leases) found.push(await stateOf(lease.connection, engine));
  for (const lease of leases) lease.release();
  return found;
}

/**
 * A statement carries its owner in a parameter, and on SQLite a connection knows of no user at all; row-level security on PostgreSQL
 * asks for the user as a setting of each statement's own transaction. What is shown here is that nothing else stays on it either, and that calls of many users on few connections, however they end, see their own rows.
 */
onEveryEngine("34 pooled connection that still carries the last user", (databases) => {
  let db: Database;
  let people: readonly UserContext[];
  let name: (index: number) => string;

  beforeEach(async () => {
    db = await databases.open(worldModel);
    const users = await db.repository(User<Profile>).insertMany(Array.from({ length: USERS }, (_, index) => ({ info: profile(`U${index}`) })));
    people = users.map((user) => UserContext.of(user));
    name = (index) => `project of ${index}`;
    for (const [index, context] of people.entries()) await db.repository(Project).insert(context, { name: name(index) });
    databases.forget();
  });

  const look = async (index: number): Promise<readonly string[]> => (await db.repository(Project).find(people[index]!)).map((project) => project.name);
  const everybodySeesTheirOwn = async (): Promise<void> =>
    expect(await Promise.all(people.map((_, index) => look(index)))).toEqual(people.map((_, index) => [name(index)]));

  it("would show the last user's rows if the user were state of the connection", () => {
    const raw = rawSqlite(":memory:");
    raw.exec("create table project (owner int, name text); insert into project values (1, 'alice'), (2, 'bob'); create temp table session (owner int)");
    raw.exec("create temp view mine as select name from project where owner = (select owner from session)");
    raw.exec("insert into session values (1)");
    expect(raw.prepare("select name from mine").all()).toEqual([{ name: "alice" }]);
    // The next user's call on the same connection: whoever forgets to say so is still the last one.
    expect(raw.prepare("select name from mine").all()).toEqual([{ name: "alice" }]);
    // So it is with settings: what one caller changes, the next one finds.
    raw.exec("pragma case_sensitive_like = on");
    expect(raw.prepare("select name from project where name like 'ALICE'").all()).toEqual([]);
    raw.close();
  });

  it("leaves the connections as they were, after calls that succeed, fail, are aborted, rolled back or timed out", async () => {
    const driver = databases.driver();
    let pool: Pool | undefined;
    const own = await Database.open({ ...worldModel, driver: { ...driver, open: async () => pool = await driver.open() }, logger: () => undefined });
    await own.schema.ensure();
    const [first, second] = (await own.repository(User<Profile>).insertMany([{ info: profile("A") }, { info: profile("B") }])).map((user) => UserContext.of(user));
    const before = await statesOf(pool!, databases);
    const projects = own.repository(Project);
    await projects.insert(first!, { name: "one" });
    await Promise.all(Array.from({ length: 20 }, (_, index) => projects.find(index % 2 === 0 ? first! : second!)));
    await failure(UniqueViolationError, () => projects.insertMany(first!, [{ name: "two" }, { name: "two" }]));
    const controller = new AbortController();
    const aborted = projects.find(first!, {}, { signal: controller.signal });
    controller.abort(new Error("enough"));
    await failure(Error, () => aborted);
    await failure(Error, () => own.transaction(async () => {
      await projects.update(first!, all, { budget: 9 });
      throw new Error("undo");
    }));
    await failure(TransactionError, () => own.transaction(async () => {
      await projects.update(first!, all, { budget: 9 });
      await new Promise((resolve) => { setTimeout(resolve, 60); });
      await projects.find(first!);
    }, { timeoutMs: 20 }));
    expect(await projects.find(second!)).toEqual([]);
    expect(await projects.find(first!)).toMatchObject([{ name: "one", budget: 0 }]);
    const after = await statesOf(pool!, databases);
    await own.close();
    expect(after).toEqual(before);
  });

  it("gives interleaved users on few connections their own rows", async () => {
    await Promise.all(people.map(async (context, index) => {
      for (let turn = 0; turn < TURNS; turn += 1) {
        expect(await look(index)).toEqual([name(index)]);
        expect(await db.repository(Project).update(context, all, { budget: turn })).toBe(1);
        expect(await db.repository(Project).count(context)).toBe(1);
      }
    }));
    // The same texts for everybody: only the parameters tell one user's call from another's.
    for (const operation of ["find", "update", "count"]) {
      const events = databases.events.filter((event) => event.operation === operation);
      expect(new Set(events.map((event) => event.sql)).size).toBe(1);
      expect(new Set(events.map((event) => JSON.stringify(event.scope))).size).toBe(USERS);
      for (const event of events) expect(event.parameters).toContain(databases.sent((event.scope as { key: number }).key));
    }
  });

  it("leaves nothing of an aborted call", async () => {
    const reason = new Error("enough");
    await Promise.all(people.map(async (context, index) => {
      const controller = new AbortController();
      const pending = db.repository(Project).find(context, {}, { signal: controller.signal });
      if (index % 2 === 0) controller.abort(reason);
      expect(await pending.then((rows) => rows.map((row) => row.name), (error: unknown) => error)).toEqual(index % 2 === 0 ? reason : [name(index)]);
      const next = (index + 1) % USERS;
      expect(await look(next)).toEqual([name(next)]);
    }));
    await everybodySeesTheirOwn();
  });

  it("leaves nothing of a failed statement", async () => {
    await Promise.all(people.map(async (context, index) => {
      await failure(UniqueViolationError, () => db.repository(Project).insertMany(context, [{ name: "new" }, { name: name(index) }]));
      expect(await look((index + 1) % USERS)).toEqual([name((index + 1) % USERS)]);
    }));
    await everybodySeesTheirOwn();
  });

  it("leaves nothing of a transaction that is rolled back, or whose time runs out", async () => {
    const undo = new Error("undo");
    await Promise.all(people.map(async (context, index) => {
      const rollBack = db.transaction(async () => {
        await db.repository(Project).update(context, all, { name: "changed" });
        expect(await look(index)).toEqual(["changed"]);
        if (index % 4 === 0) await failure(UniqueViolationError, () => db.repository(Project).insert(context, { name: "changed" }));
        throw undo;
      });
      expect(await failure(Error, () => rollBack)).toBe(undo);
      expect(await look((index + 1) % USERS)).toEqual([name((index + 1) % USERS)]);
    }));
    await everybodySeesTheirOwn();
    let late = Promise.resolve<unknown>(undefined);
    const slow = db.transaction(async () => {
      await db.repository(Project).update(people[0]!, all, { name: "late" });
      late = new Promise((resolve) => { setTimeout(resolve, 60); }).then(() => failure(TransactionError, () => look(0)));
      await late;
    }, { timeoutMs: 20 });
    await failure(TransactionError, () => slow);
    await everybodySeesTheirOwn();
    // The overdue callback's next call finds its transaction ended, instead of a connection that somebody else has by now.
    await late;
    await everybodySeesTheirOwn();
  });
});

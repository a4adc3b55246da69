import { ConnectionError, Database, postgres, UniqueViolationError, User, UserContext, type PostgresOptions } from "freehold";
import { failure, onEveryPostgres } from "../support/databases";
import { server } from "../support/engines";
import { profile, type Profile } from "../support/documents";
import { startOwnServer } from "../support/postgres/own-server";
import { plainPostgres } from "../support/postgres/plain-postgres";
import { startProxy, type Proxy } from "../support/postgres/proxy";
import { Project, worldModel } from "../isolation/world";

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

onEveryPostgres("faults of server and network", (databases) => {
  const opened: Database[] = [];
  const proxies: Proxy[] = [];
  let place: string;
  let context: UserContext;

  /** A database with options of its own, on the test's schema. */
  async function open(options: Partial<PostgresOptions> = {}, url = server().url(place)): Promise<Database> {
    const db = await Database.open({ ...worldModel, driver: postgres({ connectionString: url, rls: databases.rls, ...options }), logger: () => undefined });
    opened.push(db);
    return db;
  }

  async function proxied(): Promise<Proxy> {
    const proxy = await startProxy(server().url(place));
    proxies.push(proxy);
    return proxy;
  }

  /** What the server's catalogue says, asked past the library. */
  async function asAdmin(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const admin = await plainPostgres(server().adminUrl());
    try {
      return (await admin.query(sql)).rows;
    } finally {
      await admin.end();
    }
  }

  const ours = (): string => `usename = '${server().login}' and datname = '${server().database}' and pid <> pg_backend_pid()`;
  const terminate = (): Promise<unknown> => asAdmin(`select pg_terminate_backend(pid) from pg_stat_activity where ${ours()}`);
  const sleepers = async (): Promise<number> =>
    (await asAdmin(`select from pg_stat_activity where ${ours()} and state = 'active' and query like '%pg_sleep%'`)).length;
  const sleep = (db: Database, seconds: number): Promise<unknown> => db.sql(db.system("spec"))`select pg_sleep(${seconds})`.run();
  const aborted = (call: Promise<unknown>): Promise<unknown> => call.then(() => "not aborted", (error: unknown) => error);
  const names = async (db: Database): Promise<readonly string[]> => (await db.repository(Project).find(context)).map(({ name }) => name);

  beforeEach(async () => {
    place = databases.newPlace();
    const db = await databases.openPlace(place, worldModel);
    await db.schema.ensure();
    context = UserContext.of(await db.repository(User<Profile>).insert({ info: profile("Alice") }));
    await db.repository(Project).insert(context, { name: "kept" });
    await db.close();
  });

  afterEach(async () => {
    for (const db of opened.splice(0)) await db.close();
    for (const proxy of proxies.splice(0)) await proxy.stop();
  });

  it("a connection that is killed while a statement runs: retryable, and the next call works", async () => {
    const db = await open();
    const running = failure(ConnectionError, () => sleep(db, 20));
    while (await sleepers() === 0) await pause(20);
    await terminate();
    const error = await running;
    expect(error.retryable).toBe(true);
    expect(error.message).toContain("57P01");
    expect(await names(db)).toEqual(["kept"]);
  });

  it("connections that are killed while nobody uses them are replaced without a word", async () => {
    const db = await open({ pool: { max: 4 } });
    await Promise.all(Array.from({ length: 4 }, () => names(db)));
    await terminate();
    await pause(200);
    expect(await Promise.all(Array.from({ length: 8 }, () => names(db)))).toEqual(Array.from({ length: 8 }, () => ["kept"]));
  });

  it("a connection that is killed inside a transaction takes all of it along", async () => {
    const db = await open();
    const error = await failure(ConnectionError, () => db.transaction(async () => {
      await db.repository(Project).insert(context, { name: "half" });
      await terminate();
      await pause(100);
      await db.repository(Project).insert(context, { name: "whole" });
    }));
    expect(error.retryable).toBe(true);
    expect(await names(db)).toEqual(["kept"]);
    let attempts = 0;
    await db.transaction(async () => {
      attempts += 1;
      await db.repository(Project).insert(context, { name: `attempt ${attempts}` });
      if (attempts === 1) await terminate();
      await pause(50);
      await db.repository(Project).count(context);
    }, { retries: 2 });
    expect(await names(db)).toEqual(["kept", "attempt 2"]);
  });

  it("a pool that is exhausted: retryable after the time for waiting, and nothing leaks", async () => {
    const db = await open({ pool: { max: 2, acquireTimeoutMs: 150 } });
    let free = (): void => undefined;
    const held = new Promise<void>((resolve) => { free = resolve; });
    const holders = [0, 1].map(() => db.transaction(async () => held));
    const error = await failure(ConnectionError, () => names(db));
    expect(error).toMatchObject({ retryable: true });
    expect(error.message).toContain("of 2 at most");
    const signal = AbortSignal.timeout(50);
    expect(await aborted(db.repository(Project).find(context, {}, { signal }))).toBe(signal.reason);
    free();
    await Promise.all(holders);
    expect(await Promise.all(Array.from({ length: 20 }, () => names(db)))).toEqual(Array.from({ length: 20 }, () => ["kept"]));
    expect((await asAdmin(`select from pg_stat_activity where ${ours()}`)).length).toBeLessThanOrEqual(2);
  });

  it("a server that is slow: the statement is cancelled there after statementTimeoutMs", async () => {
    const db = await open({ statementTimeoutMs: 100, pool: { max: 1 } });
    const error = await failure(ConnectionError, () => sleep(db, 20));
    expect(error).toMatchObject({ retryable: true });
    expect(error.message).toContain("100 ms (statementTimeoutMs)");
    expect(await sleepers()).toBe(0);
    expect(await names(db)).toEqual(["kept"]);
  });

  it("a signal that aborts: the statement is cancelled in the server, reads and writes alike", async () => {
    const db = await open({ pool: { max: 1 } });
    const reason = new Error("nobody waits any more");
    const abort = new AbortController();
    const running = db.sql(db.system("spec"), { signal: abort.signal })`insert into project (user_id, name, budget) select ${context.key}, 'slow', 0 from pg_sleep(20)`.run();
    while (await sleepers() === 0) await pause(20);
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(await sleepers()).toBe(0);
    expect(await names(db)).toEqual(["kept"]);
  });

  it("a transaction that is left idle is ended by the server: retryable, and the connection is not used again", async () => {
    const url = new URL(server().url(place));
    url.searchParams.set("options", `${url.searchParams.get("options")} -c idle_in_transaction_session_timeout=100`);
    const db = await open({ pool: { max: 1 } }, url.href);
    const error = await failure(ConnectionError, () => db.transaction(async () => {
      await db.repository(Project).insert(context, { name: "idle" });
      await pause(400);
      await db.repository(Project).insert(context, { name: "late" });
    }));
    expect(error.retryable).toBe(true);
    expect(await names(db)).toEqual(["kept"]);
  });

  it("a network that goes silent: an aborted call comes back, and its connection is given up", async () => {
    const proxy = await proxied();
    const db = await open({ pool: { max: 1, acquireTimeoutMs: 1_000 } }, proxy.url);
    await names(db);
    proxy.freeze();
    const began = Date.now();
    const signal = AbortSignal.timeout(100);
    expect(await aborted(db.repository(Project).find(context, {}, { signal }))).toBe(signal.reason);
    expect(Date.now() - began).toBeLessThan(15_000);
    expect((await failure(ConnectionError, () => names(db))).retryable).toBe(true);
  });

  it("a connection that breaks before the answer to a COMMIT, or to a write by itself: nobody knows, so that it is not retryable", async () => {
    const proxy = await proxied();
    const db = await open({ pool: { max: 1 } }, proxy.url);
    await names(db);
    proxy.cutAfter("COMMIT");
    let attempts = 0;
    const commit = await failure(ConnectionError, () => db.transaction(async () => {
      attempts += 1;
      await db.repository(Project).insert(context, { name: "committed" });
    }, { retries: 3 }));
    expect(commit).toMatchObject({ retryable: false });
    expect(commit.message).toContain("look before doing it again");
    expect(attempts).toBe(1);
    proxy.cutAfter("insert into");
    expect(await failure(ConnectionError, () => db.repository(Project).insert(context, { name: "written" }))).toMatchObject({ retryable: false });
    proxy.cutAfter("select \"project\"");
    expect(await failure(ConnectionError, () => db.repository(Project).find(context, { name: "x" }))).toMatchObject({ retryable: true });
    // The server did what it was told; only the answer was lost.
    expect(await names(db)).toEqual(["kept", "committed", "written"]);
  });

  it("a pooler in between that lost its server tells so in its own words: the same", async () => {
    const proxy = await proxied();
    const db = await open({ pool: { max: 1 } }, proxy.url);
    await names(db);
    proxy.cutAfter("COMMIT", "08P01");
    let attempts = 0;
    const error = await failure(ConnectionError, () => db.transaction(async () => {
      attempts += 1;
      await db.repository(Project).insert(context, { name: "committed" });
    }, { retries: 3 }));
    expect([error.retryable, attempts]).toEqual([false, 1]);
    proxy.cutAfter("select \"project\"", "08P01");
    expect(await failure(ConnectionError, () => db.repository(Project).find(context, { name: "x" }))).toMatchObject({ retryable: true });
    expect(await names(db)).toEqual(["kept", "committed"]);
  });

  it("a write whose answer never comes is not said to have changed nothing when its time is over", async () => {
    const proxy = await proxied();
    const db = await open({ pool: { max: 1 }, statementTimeoutMs: 300 }, proxy.url);
    await names(db);
    // What the server answers is lost, and so is what it is told then.
    proxy.freezeAfter("insert into");
    const error = await failure(ConnectionError, () => db.repository(Project).insert(context, { name: "written" }));
    expect(error).toMatchObject({ retryable: false });
    expect(error.message).toContain("look before doing it again");
  });

  it("a time limit of the server's own is told as what it is", async () => {
    const url = new URL(server().url(place));
    url.searchParams.set("options", `${url.searchParams.get("options")} -c statement_timeout=100`);
    const db = await open({ pool: { max: 1 } }, url.href);
    expect(await failure(ConnectionError, () => sleep(db, 20))).toMatchObject({ retryable: true });
    expect(await names(db)).toEqual(["kept"]);
  });

  it("a cancel that comes late hits nobody else: its connection is not lent again", async () => {
    const proxy = await proxied();
    const db = await open({ pool: { max: 1 } }, proxy.url);
    await names(db);
    proxy.holdBack(60);
    let stopped = 0;
    for (let round = 0; round < 10; round += 1) {
      const abort = new AbortController();
      const first = aborted(db.sql(db.system("spec"), { signal: abort.signal })`select pg_sleep(0.02)`.run());
      setTimeout(() => abort.abort(new Error("enough")), 10);
      if (await first !== "not aborted") stopped += 1;
      // Whoever comes next was told nothing.
      expect(await names(db)).toEqual(["kept"]);
      await db.transaction(async () => {
        await db.repository(Project).count(context);
        await sleep(db, 0.08);
      });
    }
    expect(stopped).toBeLessThan(10);
  }, 60_000);

  it("a server that lets one in and then says nothing: retryable after the time for waiting, aborted by a signal, and no close hangs", async () => {
    const silent = await proxied();
    silent.freezeAfter("set timezone");
    const late = await failure(ConnectionError, () => open({ pool: { acquireTimeoutMs: 300 } }, silent.url));
    expect(late).toMatchObject({ retryable: true });
    const proxy = await proxied();
    const db = await open({ pool: { max: 2, acquireTimeoutMs: 20_000 } }, proxy.url);
    let free = (): void => undefined;
    const held = db.transaction(async () => new Promise<void>((resolve) => { free = resolve; }));
    await pause(100);
    // The only connection is in use: the next one has to be made.
    proxy.freezeAfter("set timezone");
    const signal = AbortSignal.timeout(300);
    expect(await aborted(db.repository(Project).find(context, {}, { signal }))).toBe(signal.reason);
    free();
    await proxy.stop();
    await aborted(held);
  });

  it("COPY under a system context is refused and hangs nobody", async () => {
    const db = await open({ pool: { max: 1 } });
    await failure(Error, () => db.sql(db.system("spec"))`copy project from stdin`.run());
    expect(await names(db)).toEqual(["kept"]);
  });

  it("an error in another language ends no connection", async () => {
    const proxy = await proxied();
    const db = await open({ pool: { max: 1 } }, proxy.url);
    proxy.translate("SERROR\0", "SFEHLR\0");
    await db.transaction(async () => {
      await failure(UniqueViolationError, () => db.transaction(async () => db.repository(Project).insert(context, { name: "kept" })));
      await db.repository(Project).insert(context, { name: "after" });
    });
    expect(await names(db)).toEqual(["kept", "after"]);
  });

  it("connection strings that are no URL are refused, and of one that is written wrongly no part is shown", async () => {
    const refused = await failure(ConnectionError, async () => postgres({ connectionString: "host=127.0.0.1 password=hunter2secret dbname=x" }));
    expect(refused.message).not.toContain("hunter2");
    const error = await failure(ConnectionError, () => open({}, "postgres://u:p@ss/hunter2@127.0.0.1:5432/x"));
    expect(JSON.stringify([error.message, String(error.cause)])).not.toContain("hunter2");
  });

  it("a server that is not there, or lets nobody in, is told apart; no message holds the password", async () => {
    const wrong = new URL(server().url(place));
    wrong.password = "not-the-password";
    const refused = await failure(ConnectionError, () => open({}, wrong.href));
    expect(refused).toMatchObject({ retryable: false });
    expect(refused.message).toContain("28P01");
    expect(JSON.stringify([refused.message, refused.stack, String(refused.cause)])).not.toContain("not-the-password");
    const absent = new URL(server().url(place));
    absent.pathname = "/no_such_database";
    expect(await failure(ConnectionError, () => open({}, absent.href))).toMatchObject({ retryable: false });
    const gone = new URL(server().url(place));
    gone.port = "1";
    expect(await failure(ConnectionError, () => open({}, gone.href))).toMatchObject({ retryable: true });
  });

  it("connections that nobody uses are closed after idleTimeoutMs, and opened again when needed", async () => {
    const db = await open({ pool: { max: 4, idleTimeoutMs: 100 } });
    await Promise.all(Array.from({ length: 4 }, () => names(db)));
    await pause(500);
    expect(await asAdmin(`select from pg_stat_activity where ${ours()}`)).toHaveLength(0);
    expect(await names(db)).toEqual(["kept"]);
  });

  it("close waits for what runs, and refuses what comes later", async () => {
    const db = await open({ pool: { max: 2 } });
    const running = Array.from({ length: 6 }, () => names(db));
    await db.close();
    expect(await Promise.all(running)).toEqual(Array.from({ length: 6 }, () => ["kept"]));
    await expect(names(db)).rejects.toMatchObject({ code: "DATABASE_CLOSED" });
  });
});

describe("a server that restarts under load", () => {
  it("fails calls with what they can be judged by, keeps transactions whole, and is used again", async () => {
    const own = await startOwnServer();
    try {
      const db = await Database.open({ ...worldModel, driver: postgres({ connectionString: own.url, pool: { max: 5 } }), logger: () => undefined });
      await db.schema.ensure();
      const users = await db.repository(User<Profile>).insertMany(Array.from({ length: 10 }, (_, index) => ({ info: profile(`U${index}`) })));
      const projects = db.repository(Project);
      const told: string[] = [];
      const unsure: string[] = [];
      const faults: unknown[] = [];
      let stop = false;
      const workers = users.map(async (user, worker) => {
        for (let turn = 0; !stop; turn += 1) {
          const name = `${worker}-${turn}`;
          try {
            await db.transaction(async () => {
              await projects.insert(UserContext.of(user), { name: `${name}-a` });
              await projects.insert(UserContext.of(user), { name: `${name}-b` });
            });
            told.push(name);
          } catch (error) {
            if (!(error instanceof ConnectionError)) throw error;
            faults.push(error);
            if (!error.retryable) unsure.push(name);
            await pause(20);
          }
        }
      });
      await pause(300);
      await own.restart();
      await pause(1_000);
      stop = true;
      await Promise.all(workers);
      expect(faults.length).toBeGreaterThan(0);
      const found = new Set((await projects.find(db.system("spec"))).map((project) => project.name));
      const whole = new Set([...found].map((name) => name.slice(0, -2)));
      for (const name of whole) expect([...["a", "b"].map((half) => found.has(`${name}-${half}`))]).toEqual([true, true]);
      expect(told.filter((name) => !whole.has(name))).toEqual([]);
      const said = new Set([...told, ...unsure]);
      expect([...whole].filter((name) => !said.has(name))).toEqual([]);
      await db.close();
    } finally {
      await own.stop();
    }
  }, 60_000);
});


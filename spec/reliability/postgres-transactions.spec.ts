import { Database, postgres, TransactionError, UniqueViolationError, User, UserContext, type TransactionOptions } from "freehold";
import { failure, onEveryPostgres } from "../support/databases";
import { server } from "../support/engines";
import { profile, type Profile } from "../support/documents";
import { Project, Task, worldModel } from "../isolation/world";

/** What only PostgreSQL's transactions do: levels of isolation, several writers, locks on rows. */
onEveryPostgres("transactions of a server", (databases) => {
  let db: Database;
  let place: string;
  let context: UserContext;
  const one = { name: "one" };

  beforeEach(async () => {
    place = databases.newPlace();
    db = await databases.openPlace(place, { ...worldModel, logger: () => undefined });
    await db.schema.ensure();
    context = UserContext.of(await db.repository(User<Profile>).insert({ info: profile("Alice") }));
    await db.repository(Project).insertMany(context, [{ name: "one" }, { name: "two" }, { name: "three" }]);
  });

  const shown = async (setting: string): Promise<unknown> =>
    ((await db.sql(db.system("spec"))`select current_setting(${setting}) as it`.rows())[0] as { it: unknown }).it;
  const budgetOf = async (name: string): Promise<number | undefined> => (await db.repository(Project).findOne(context, { name }))?.budget;

  /** Waits in several callbacks until all have come as far. */
  function meeting(count: number): () => Promise<void> {
    let go = (): void => undefined;
    let left = count;
    const all = new Promise<void>((resolve) => { go = resolve; });
    return async () => {
      left -= 1;
      if (left === 0) go();
      await all;
    };
  }

  it.each([
    [{}, "read committed"], [{ isolation: "read committed" }, "read committed"], [{ isolation: "repeatable read" }, "repeatable read"],
    [{ isolation: "serializable" }, "serializable"],
  ] satisfies readonly (readonly [TransactionOptions, string])[])("run with %j at the level %s", async (options, level) => {
    await db.transaction(async () => expect(await shown("transaction_isolation")).toBe(level), options);
  });

  it("that only read are refused writes", async () => {
    await db.transaction(async () => {
      expect(await budgetOf("one")).toBe(0);
      await failure(TransactionError, () => db.repository(Project).update(context, one, { budget: 1 }));
    }, { readOnly: true });
    expect(await budgetOf("one")).toBe(0);
  });

  it("lose no update where rows are read with a lock", async () => {
    await Promise.all(Array.from({ length: 30 }, () => db.transaction(async () => {
      const row = await db.repository(Project).findOneOrFail(context, one, { lock: "update" });
      await db.repository(Project).save(context, Object.assign(row, { budget: row.budget + 1 }));
    })));
    expect(await budgetOf("one")).toBe(30);
  });

  it("share rows out without waiting where locked ones are skipped", async () => {
    const meet = meeting(3);
    const taken = await Promise.all([0, 1, 2].map(() => db.transaction(async () => {
      const row = await db.repository(Project).findOne(context, {}, { lock: "skipLocked", orderBy: { project_id: "asc" } });
      await meet();
      return row?.name;
    })));
    expect([...taken].sort()).toEqual(["one", "three", "two"]);
  });

  it("that conflict when serializable fail as retryable, and are run again by themselves with retries", async () => {
    const transfer = (meet: () => Promise<void>, retries: number): Promise<void> => db.transaction(async () => {
      const [a, b] = [await budgetOf("one"), await budgetOf("two")];
      await meet();
      await db.repository(Project).update(context, retries === 0 ? one : { name: "two" }, { budget: (a ?? 0) + (b ?? 0) + 1 });
    }, { isolation: "serializable", retries });
    const meet = meeting(2);
    const first = transfer(meet, 0).catch((error: unknown) => error);
    // The other one meets only once: when it runs again nobody waits for it.
    const second = transfer(meet, 3).catch((error: unknown) => error);
    const outcomes = await Promise.all([first, second]);
    expect(outcomes[1]).toBeUndefined();
    if (outcomes[0] !== undefined) expect(outcomes[0]).toMatchObject({ code: "TRANSACTION_ERROR", retryable: true });
    // One after the other, whichever came first: 1, then the sum of both and 1.
    const sum = [await budgetOf("one"), await budgetOf("two")].sort();
    expect(outcomes[0] === undefined ? [[1, 2]] : [[0, 1]]).toContainEqual(sum);
  });

  it("that wait for each other are told apart from the rest: one is ended as retryable, and retries bring it through", async () => {
    const rename = (order: readonly string[], meet: () => Promise<void>, retries: number): Promise<void> => db.transaction(async () => {
      await db.repository(Project).update(context, { name: order[0]! }, { budget: 1 });
      await meet();
      await db.repository(Project).update(context, { name: order[1]! }, { budget: 2 });
    }, { retries });
    const plain = meeting(2);
    const outcomes = await Promise.allSettled([rename(["one", "two"], plain, 0), rename(["two", "one"], plain, 0)]);
    const [rejected] = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    expect(rejected?.reason).toMatchObject({ code: "TRANSACTION_ERROR", retryable: true });
    expect((rejected?.reason as Error).message).toContain("deadlock");
    const again = meeting(2);
    await Promise.all([rename(["one", "two"], again, 3), rename(["two", "one"], again, 3)]);
  }, 30_000);

  it("go on after a failing statement in a savepoint, and refuse everything after one without", async () => {
    await db.transaction(async () => {
      await failure(UniqueViolationError, () => db.transaction(async () => db.repository(Project).insert(context, one)));
      await db.repository(Project).insert(context, { name: "four" });
    });
    expect(await budgetOf("four")).toBe(0);
    const error = await failure(TransactionError, () => db.transaction(async () => {
      await db.repository(Project).insert(context, { name: "five" });
      await failure(UniqueViolationError, () => db.repository(Project).insert(context, one));
      expect((await failure(TransactionError, () => db.repository(Project).count(context))).message).toContain("savepoint");
    }));
    // The server would have answered the COMMIT with a ROLLBACK, and no error.
    expect(error.message).toContain("A statement of this transaction failed before");
    expect(await budgetOf("five")).toBeUndefined();
  });

  it("keep the user of each statement, through savepoints that are rolled back and system contexts in between", async () => {
    const bob = UserContext.of(await db.repository(User<Profile>).insert({ info: profile("Bob") }));
    const [projects, tasks] = [db.repository(Project), db.repository(Task)];
    await db.transaction(async () => {
      await projects.insert(bob, { name: "bob's" });
      expect(await projects.count(context)).toBe(3);
      await failure(Error, () => db.transaction(async () => {
        expect(await projects.count(db.system("spec"))).toBe(4);
        expect(await projects.count(bob)).toBe(1);
        throw new Error("undo");
      }));
      expect((await projects.find(context)).map(({ name }) => name)).toEqual(["one", "two", "three"]);
      expect(await db.repository(User).count()).toBe(2);
      await tasks.insert(bob, { project_id: (await projects.findOneOrFail(bob, {})).project_id, title: "t" });
      expect(await tasks.count(context)).toBe(0);
    });
    expect(await tasks.count(bob)).toBe(1);
  });

  it("that take too long are cancelled in the server and rolled back, and their connection is used again", async () => {
    const narrow = await Database.open({ ...worldModel, driver: postgres({ connectionString: server().url(place), rls: databases.rls, pool: { max: 1 } }), logger: () => undefined });
    try {
      const error = await failure(TransactionError, () => narrow.transaction(async () => {
        await narrow.repository(Project).update(context, one, { budget: 9 });
        await narrow.sql(narrow.system("spec"))`select pg_sleep(20)`.run();
      }, { timeoutMs: 150 }));
      expect(error.message).toContain("timeoutMs of 150 ms");
      expect((await narrow.repository(Project).findOneOrFail(context, one)).budget).toBe(0);
      const reason = new Error("enough");
      const abort = new AbortController();
      setTimeout(() => abort.abort(reason), 100);
      const outcome = await narrow.transaction(async () => {
        await narrow.repository(Project).update(context, one, { budget: 9 });
        await narrow.sql(narrow.system("spec"))`select pg_sleep(20)`.run();
      }, { signal: abort.signal }).catch((failed: unknown) => failed);
      expect(outcome).toBe(reason);
      expect((await narrow.repository(Project).findOneOrFail(context, one)).budget).toBe(0);
    } finally {
      await narrow.close();
    }
  });

  it("let the schema be looked at and made as the log-in's own, whatever ran before in them", async () => {
    const system = db.system("spec");
    await db.transaction(async () => {
      await db.repository(Project).count(system);
      expect(await db.schema.check()).toEqual([]);
      await db.repository(Project).count(system);
      expect(await db.schema.ensure()).toEqual([]);
      await db.repository(Project).count(system);
      await db.schema.drop({ confirm: true });
      await db.schema.create();
      expect(await db.schema.check()).toEqual([]);
    });
    const owners = await databases.outside(place, [["select distinct tableowner as owner from pg_tables where schemaname = current_schema()"]]);
    expect(owners).toEqual([[{ owner: server().login }]]);
  });

  it("take ids along that an import brings, and the next ones come behind them, under load too", async () => {
    const system = db.system("import");
    const owner = Number(context.key);
    await Promise.all([
      ...Array.from({ length: 10 }, (_, index) => db.repository(Project).insert(context, { name: `before ${index}` })),
      db.repository(Project).insertMany(system, [{ project_id: 1_000, user_id: owner, name: "imported" }]),
      ...Array.from({ length: 10 }, (_, index) => db.repository(Project).insert(context, { name: `after ${index}` })),
    ]);
    const { project_id } = await db.repository(Project).insert(context, { name: "next" });
    expect(project_id).toBeGreaterThan(1_000);
    expect(await db.repository(Project).count(context)).toBe(25);
  });
});

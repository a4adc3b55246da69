import { ContextRequiredError, InvalidQueryError, lte, TransactionError, User, type Database, type UserContext } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Project, Tag, Task, trackerModel } from "../support/tracker";

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

onEveryEngine("stream", (databases) => {
  let db: Database;
  let ctx: UserContext;
  let bobCtx: UserContext;

  beforeEach(async () => {
    db = await databases.open(trackerModel);
    ({ aliceCtx: ctx, bobCtx } = await twoUsers(db));
  });

  const tasks = () => db.repository(Task);
  const some = async (count: number, context = ctx): Promise<Task[]> =>
    tasks().insertMany(context, Array.from({ length: count }, (_, index) => ({ title: `t${index % 7}`, effort: index % 5 === 0 ? null : index % 5 })));

  it.each([1, 2, 7, 500])("gives what find gives, by chunks of %i", async (chunkSize) => {
    await some(23);
    await some(5, bobCtx);
    const orderBy = [{ effort: { dir: "desc", nulls: "first" } }, { title: "asc" }] as const;
    const before = databases.events.length;
    const rows = await collect(tasks().stream(ctx, { effort: lte(3) }, { orderBy, chunkSize }));
    expect(databases.events.length - before).toBe(Math.floor(14 / chunkSize) + 1);
    expect(rows.map((task) => task.id)).toEqual((await tasks().find(ctx, { effort: lte(3) }, { orderBy })).map((task) => task.id));
    expect(rows[0]).toBeInstanceOf(Task);
    const limited = await collect(tasks().stream(ctx, {}, { chunkSize, limit: 10 }));
    expect(limited.map((task) => task.id)).toEqual((await tasks().find(ctx, {}, { limit: 10 })).map((task) => task.id));
    expect(await collect(tasks().stream(ctx, {}, { limit: 0 }))).toEqual([]);
  });

  it("loads relations of each chunk, and only selected columns", async () => {
    const project = await db.repository(Project).insert(ctx, { name: "P" });
    await tasks().insertMany(ctx, Array.from({ length: 5 }, () => ({ title: "t", projectId: project.id })));
    const rows = await collect(tasks().stream(ctx, {}, { chunkSize: 2, select: ["title"], with: { project: { select: ["name"] } } }));
    expect(rows.map((task) => [task.title, task.project?.name])).toEqual(Array.from({ length: 5 }, () => ["t", "P"]));
    expect(await collect(db.repository(User).stream({}, { limit: 1 }))).toHaveLength(1);
    expect(await collect(db.repository(Tag).stream())).toEqual([]);
  });

  it("tells how far it is, and begins anew each time", async () => {
    await some(5);
    const progress: number[] = [];
    const rows = tasks().stream(ctx, {}, { chunkSize: 2, onProgress: (count) => progress.push(count) });
    expect(progress).toEqual([]);
    expect(await collect(rows)).toHaveLength(5);
    expect(await collect(rows)).toHaveLength(5);
    expect(progress).toEqual([2, 4, 5, 2, 4, 5]);
  });

  it("may be left at any row, by break or an error, with the database writable at once", async () => {
    await some(30);
    let seen = 0;
    for await (const task of tasks().stream(ctx, {}, { chunkSize: 20 })) {
      seen += 1;
      await tasks().update(ctx, { id: task.id }, { done: true });
      if (seen === 10) break;
    }
    await tasks().update(ctx, { done: true }, { title: "seen" });
    expect(await tasks().count(ctx, { title: "seen" })).toBe(10);
    await expect(async () => {
      for await (const task of tasks().stream(ctx)) throw new Error(`stop at ${task.id}`);
    }).rejects.toThrow("stop at");
    await db.transaction(async () => tasks().delete(ctx, { done: true }));
    expect(await tasks().count(ctx)).toBe(20);
  });

  it("sees what happens behind it, and nothing twice", async () => {
    const stored = await some(6);
    const seen: number[] = [];
    for await (const task of tasks().stream(ctx, {}, { chunkSize: 2 })) {
      seen.push(task.id);
      if (seen.length === 2) {
        await tasks().delete(ctx, { id: stored[3]?.id ?? 0 });
        await tasks().insert(ctx, { title: "new" });
      }
    }
    expect(seen).toHaveLength(6);
    expect(new Set(seen).size).toBe(6);
  });

  it("stays in the transaction in which it was asked for, and ends with it", async () => {
    await some(4);
    let kept: AsyncIterable<Task> | undefined;
    await db.transaction(async () => {
      await tasks().insert(ctx, { title: "in here" });
      kept = tasks().stream(ctx, {}, { chunkSize: 2 });
      expect(await collect(kept)).toHaveLength(5);
      throw new Error("back");
    }).catch((error: Error) => expect(error.message).toBe("back"));
    expect(await collect(tasks().stream(ctx))).toHaveLength(4);
    await failure(TransactionError, () => collect(kept as AsyncIterable<Task>));
  });

  it("ends when its signal is aborted", async () => {
    await some(10);
    const controller = new AbortController();
    const seen: number[] = [];
    await expect((async () => {
      for await (const task of tasks().stream(ctx, {}, { chunkSize: 4, signal: controller.signal })) {
        seen.push(task.id);
        if (seen.length === 2) controller.abort(new Error("enough"));
      }
    })()).rejects.toThrow("enough");
    expect(seen).toHaveLength(2);
  });

  it("refuses bad arguments at the call, before anybody iterates", async () => {
    const before = databases.events.length;
    expect(() => tasks().stream(undefined as never)).toThrow(ContextRequiredError);
    for (const options of [{ chunkSize: 0 }, { chunkSize: 10_001 }, { chunkSize: "5" }, { offset: 1 }, { limit: -1 }, { onProgress: 5 }, { first: 1 },
      { orderBy: { project: { name: "asc" } } }, { with: { nothing: true } }]) {
      expect(() => tasks().stream(ctx, {}, options as never)).toThrow(InvalidQueryError);
    }
    expect(() => tasks().stream(ctx, { nothing: 1 } as never)).toThrow(InvalidQueryError);
    tasks().stream(ctx);
    expect(databases.events.length).toBe(before);
  });

  const ROWS = process.env["FREEHOLD_LONG"] === "1" ? 1_000_000 : 50_000;
  if (databases.shared) {
    it(`reads ${ROWS} rows in constant memory`, async () => {
      const place = databases.newPlace();
      const long = await databases.openPlace(place, { ...trackerModel, logger: () => undefined });
      await long.schema.ensure();
      const people = await twoUsers(long);
      await databases.outside(place, [[`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${ROWS})
        insert into task (user_id, title, done, effort) select ${people.alice.user_id}, 'task number ' || i, i % 2 = 1, i % 100 from n`]]);
      global.gc?.();
      const start = process.memoryUsage();
      let peak = 0;
      let count = 0;
      for await (const task of long.repository(Task).stream(people.aliceCtx, {}, { chunkSize: 1000 })) {
        count += task.id > 0 ? 1 : 0;
        if (count % 10_000 === 0) {
          const now = process.memoryUsage();
          peak = Math.max(peak, now.heapUsed - start.heapUsed);
        }
      }
      expect(count).toBe(ROWS);
      expect(peak).toBeLessThan(64 * 1024 * 1024);
    }, 300_000);
  }
});

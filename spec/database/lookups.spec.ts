import { DataError, User, UserContext, type Database } from "freehold";
import { onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Note, plannerModel, Setting, Tag, Task } from "../support/planner";

onEveryEngine("look-ups by key in one turn", (databases) => {
  let db: Database;
  let people: Awaited<ReturnType<typeof twoUsers>>;
  let mine: readonly Task[];
  let theirs: readonly Task[];

  beforeEach(async () => {
    db = await databases.open(plannerModel);
    people = await twoUsers(db);
    const rows = (word: string) => Array.from({ length: 20 }, (_, index) => ({ title: `${word} ${index}` }));
    mine = await db.repository(Task).insertMany(people.aliceCtx, rows("alice"));
    theirs = await db.repository(Task).insertMany(people.bobCtx, rows("bob"));
    databases.forget();
  });

  const statements = (): number => databases.events.length;

  it("share one statement, and each gets an instance of its own", async () => {
    const tasks = db.repository(Task);
    const found = await Promise.all([...mine, mine[0]!, mine[0]!].map(({ id }) => tasks.findById(people.aliceCtx, id)));
    expect(statements()).toBe(1);
    expect(found.map((task) => task?.title)).toEqual([...mine, mine[0]!, mine[0]!].map(({ title }) => title));
    expect(found[0]).not.toBe(found[20]);
    expect(found[20]).not.toBe(found[21]);
    expect(found[0]).toEqual(found[20]);
    expect(found[0]).toBeInstanceOf(Task);
    expect(databases.events[0]).toMatchObject({ operation: "findById", entity: "Task", rowCount: 20 });
  });

  it("are alone where they are asked for one after the other", async () => {
    for (const { id } of mine.slice(0, 3)) await db.repository(Task).findById(people.aliceCtx, id);
    expect(statements()).toBe(3);
  });

  it("give null for what is missing and for what is another's, as they do alone", async () => {
    const ids = [mine[0]!.id, theirs[0]!.id, 999_999, mine[1]!.id];
    const found = await Promise.all(ids.map((id) => db.repository(Task).findById(people.aliceCtx, id)));
    expect(found.map((task) => task?.title ?? null)).toEqual(["alice 0", null, null, "alice 1"]);
    expect(statements()).toBe(1);
    const [orFail] = await Promise.allSettled([db.repository(Task).findByIdOrFail(people.aliceCtx, theirs[0]!.id), db.repository(Task).findById(people.aliceCtx, mine[0]!.id)]);
    expect(orFail).toMatchObject({ status: "rejected", reason: { code: "NOT_FOUND" } });
  });

  it("are never shared by two contexts, nor with the system, nor by two entities", async () => {
    const tasks = db.repository(Task);
    const again = UserContext.of(people.alice);
    const [a, b, c, d, tag] = await Promise.all([
      tasks.findById(people.aliceCtx, mine[0]!.id), tasks.findById(people.bobCtx, mine[0]!.id), tasks.findById(again, mine[0]!.id),
      tasks.findById(db.system("spec"), mine[0]!.id), db.repository(User).findById(people.alice.user_id),
    ]);
    expect([a?.title, b, c?.title, d?.title, tag?.user_id]).toEqual(["alice 0", null, "alice 0", "alice 0", people.alice.user_id]);
    expect(statements()).toBe(5);
  });

  it("stay in their own transaction", async () => {
    const tasks = db.repository(Task);
    const undo = new Error("undo");
    await db.transaction(async (tx) => {
      await tasks.update(people.aliceCtx, { id: mine[0]!.id }, { title: "changed" });
      databases.forget();
      const inside = await Promise.all(mine.slice(0, 5).map(({ id }) => tasks.findById(people.aliceCtx, id)));
      expect(inside[0]?.title).toBe("changed");
      expect(statements()).toBe(1);
      const explicit = await Promise.all(mine.slice(0, 2).map(({ id }) => tx.repository(Task).findById(people.aliceCtx, id)));
      expect(explicit[0]?.title).toBe("changed");
      throw undo;
    }).catch((error: unknown) => { if (error !== undo) throw error; });
    expect((await tasks.findById(people.aliceCtx, mine[0]!.id))?.title).toBe("alice 0");
  });

  it("are sent before what is asked for after them, awaited or not", async () => {
    const tasks = db.repository(Task);
    await db.transaction(async () => {
      const before = [mine[0]!, mine[1]!].map(({ id }) => tasks.findById(people.aliceCtx, id));
      const changed = tasks.update(people.aliceCtx, { id: mine[0]!.id }, { title: "later" });
      expect((await before[0])?.title).toBe("alice 0");
      expect(await changed).toBe(1);
      expect((await tasks.findById(people.aliceCtx, mine[0]!.id))?.title).toBe("later");
    });
    const last = tasks.findById(people.aliceCtx, mine[2]!.id);
    await db.close();
    expect((await last)?.title).toBe("alice 2");
  });

  it("fail for themselves: a row that cannot be read is its caller's error alone", async () => {
    // Longer ago than the model knows years.
    const moment = databases.dialect === "sqlite" ? "long ago" : "0044-03-15 12:00:00+00 BC";
    await databases.past(db, ["update task set due = ? where id = ?", moment, mine[1]!.id]);
    const tasks = db.repository(Task);
    databases.forget();
    const outcomes = await Promise.allSettled(mine.slice(0, 3).map(({ id }) => tasks.findById(people.aliceCtx, id)));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((outcomes[1] as PromiseRejectedResult).reason).toBeInstanceOf(DataError);
    expect(statements()).toBe(1);
    await expect(Promise.all([tasks.findById(people.aliceCtx, "x"), tasks.findById(people.aliceCtx, mine[0]!.id)])).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
  });

  it("work for keys of every kind, one for each owner or all, and in lists longer than a statement takes", async () => {
    const notes = await db.repository(Note).insertMany(people.aliceCtx, Array.from({ length: 3 }, (_, index) => ({ text: `n${index}` })));
    await db.repository(Setting).insertMany(people.aliceCtx, ["a", "b"].map((key) => ({ key, value: `alice's ${key}` })));
    await db.repository(Setting).insertMany(people.bobCtx, ["a", "b"].map((key) => ({ key, value: `bob's ${key}` })));
    const tags = await db.repository(Tag).insertMany(Array.from({ length: 1_500 }, (_, index) => ({ label: `t${index}` })));
    databases.forget();
    expect((await Promise.all(notes.map(({ id }) => db.repository(Note).findById(people.aliceCtx, id.toUpperCase())))).map((note) => note?.text)).toEqual(["n0", "n1", "n2"]);
    expect((await Promise.all(["b", "a", "A"].map((key) => db.repository(Setting).findById(people.bobCtx, key)))).map((row) => row?.value)).toEqual(["bob's b", "bob's a", undefined]);
    expect(statements()).toBe(2);
    expect((await Promise.all(tags.map(({ id }) => db.repository(Tag).findById(id)))).map((tag) => tag?.label)).toEqual(tags.map(({ label }) => label));
    expect(statements()).toBe(4);
  });

  it("with a signal, relations or a lock go by themselves", async () => {
    const tasks = db.repository(Task);
    const { signal } = new AbortController();
    await Promise.all(mine.slice(0, 3).map(({ id }) => tasks.findById(people.aliceCtx, id, { signal })));
    expect(statements()).toBe(3);
    const aborted = AbortSignal.abort(new Error("too late"));
    await expect(tasks.findById(people.aliceCtx, mine[0]!.id, { signal: aborted })).rejects.toThrow("too late");
  });
});

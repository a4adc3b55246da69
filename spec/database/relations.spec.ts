import {
  and, ContextRequiredError, InvalidQueryError, ModelError, none, not, or, some, TransactionError, ValidationError, type Database, type UserContext, type Where,
} from "freehold";
import { Author } from "../support/circular/author";
import { Book } from "../support/circular/book";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Blocking, Client, Note, Project, Tag, Task, TaskTag, trackerModel } from "../support/tracker";

onEveryEngine("relations", (databases) => {
  let db: Database;
  let ctx: UserContext;
  let bobCtx: UserContext;

  beforeEach(async () => {
    db = await databases.open(trackerModel);
    ({ aliceCtx: ctx, bobCtx } = await twoUsers(db));
  });

  const projects = () => db.repository(Project);
  const tasks = () => db.repository(Task);
  const sent = async (work: () => Promise<unknown>): Promise<number> => {
    const before = databases.events.length;
    await work();
    return databases.events.length - before;
  };

  it("loads every kind, in both directions, null and empty where there is nothing", async () => {
    const red = await db.repository(Tag).insert({ name: "red" });
    await projects().insert(ctx, {
      name: "P", client: { code: "c", name: "C" },
      tasks: [{ title: "a", note: { text: "n" }, subtasks: [{ title: "b" }] }, { title: "d" }],
    });
    const [a, d, b] = await tasks().find(ctx);
    await db.repository(TaskTag).insertMany(ctx, [{ taskId: a?.id ?? 0, tagId: red.id }, { taskId: b?.id ?? 0, tagId: red.id }]);
    await db.repository(Blocking).insert(ctx, { blockerId: d?.id ?? 0, blockedId: a?.id ?? 0 });
    const found = await tasks().find(ctx, {}, { with: { project: true, parent: true, subtasks: true, note: true, tags: true, blockers: true, blocked: true } });
    expect(found.map((task) => [
      task.title, task.project?.name, task.parent?.title, task.subtasks.map((one) => one.title), task.note?.text, task.tags.map((one) => one.name),
      task.blockers.map((one) => one.title), task.blocked.map((one) => one.title),
    ])).toEqual([
      ["a", "P", undefined, ["b"], "n", ["red"], ["d"], []],
      ["d", "P", undefined, [], undefined, [], [], ["a"]],
      ["b", undefined, "a", [], undefined, ["red"], [], []],
    ]);
    expect([found[2]?.project, found[1]?.note, found[0]?.parent]).toEqual([null, null, null]);
    const [tag] = await db.repository(Tag).as(ctx).find({}, { with: { tasks: { orderBy: { title: "desc" } }, parent: true, children: true, uses: { with: { task: true } } } });
    expect([tag?.tasks.map((one) => one.title), tag?.parent, tag?.children, tag?.uses.map((one) => one.task?.title)]).toEqual([["b", "a"], null, [], ["a", "b"]]);
    expect((await db.repository(Note).findOneOrFail(ctx, { text: "n" }, { with: { task: { with: { note: true } } } })).task?.note?.text).toBe("n");
    // The same row by two ways is one object.
    expect(found[0]?.project).toBe(found[1]?.project);
    // What was not asked for is not there.
    const [plain] = await tasks().find(ctx);
    expect(plain?.project).toBeUndefined();
  });

  it("takes one statement for each relation and level, however many rows there are", async () => {
    await projects().insertMany(ctx, Array.from({ length: 1_000 }, (_, index) => ({
      name: `P${index}`, tasks: [{ title: `t${index}`, subtasks: [{ title: `s${index}`, note: { text: `n${index}` } }] }],
    })));
    let found: { tasks: { subtasks: { note: { text: string } | null }[] }[] }[] = [];
    const three = { tasks: { with: { subtasks: { with: { note: true } } } } } as const;
    expect(await sent(async () => { found = await projects().find(ctx, {}, { with: three }); })).toBe(4);
    expect(found.map((project) => project.tasks[0]?.subtasks[0]?.note?.text)).toEqual(Array.from({ length: 1_000 }, (_, index) => `n${index}`));
    expect(await sent(() => projects().find(ctx, {}, { with: { tasks: { with: { tags: true, blockers: true } } } }))).toBe(4);
    // A statement for each length of list would fill the cache: lists of many lengths share few texts.
    const before = databases.events.length;
    for (let limit = 1; limit <= 70; limit += 1) await projects().find(ctx, {}, { limit, with: { tasks: true } });
    expect(new Set(databases.events.slice(before).filter(({ entity }) => entity === "Task").map(({ sql }) => sql)).size).toBeLessThanOrEqual(8);
    expect(await sent(() => projects().find(ctx, { name: "none" }, { with: three }))).toBe(1);
    expect(await sent(() => projects().find(ctx, {}, { limit: 3, with: { tasks: { limit: 0 }, client: true } }))).toBe(1);
  });

  it("selects, filters, orders and limits each relation for itself", async () => {
    await projects().insertMany(ctx, ["P", "Q"].map((name) => ({ name, tasks: [3, 1, 2].map((effort) => ({ title: `${name}${effort}`, effort, done: effort === 2 })) })));
    const found = await projects().find(ctx, {}, {
      select: ["name"], with: { tasks: { select: ["title"], where: { done: false }, orderBy: { effort: "desc" }, limit: 1, with: { project: { select: { name: true }, where: { name: "P" } } } } },
    });
    expect(found.map((project) => project.tasks.map((task) => [task.title, task.project?.name ?? null]))).toEqual([[["P3", "P"]], [["Q3", null]]]);
    // Columns that only the join needs are not on the entity.
    expect(Object.entries(found[0]?.tasks[0] ?? {}).filter(([, value]) => value !== undefined).map(([name]) => name).sort()).toEqual(["id", "project", "title"]);
    expect(found[0]?.tasks[0]).toBeInstanceOf(Task);
    expect(found[0]?.tasks[0]?.label()).toBe("P3");
    expect((await projects().find(ctx, {}, { with: { tasks: undefined, client: false } as never }))[0]?.tasks).toBeUndefined();
  });

  it("follows keys that are one per owner, under a SystemContext for all owners at once", async () => {
    for (const context of [ctx, bobCtx]) {
      await db.repository(Client).insertMany(context, ["a", "b"].map((code) => ({ code, name: `${code} of ${String(context.key)}` })));
      await projects().insertMany(context, ["a", "b", null].map((clientCode) => ({ name: `${String(clientCode)} of ${String(context.key)}`, clientCode })));
    }
    const system = db.system("look");
    const all = await projects().find(system, {}, { with: { client: true } });
    expect(all.map((project) => [project.name, project.client?.name])).toEqual([1, 2].flatMap((key) =>
      [[`a of ${key}`, `a of ${key}`], [`b of ${key}`, `b of ${key}`], [`null of ${key}`, undefined]]));
    const clients = await db.repository(Client).find(system, { projects: some({ name: "a of 2" }) }, { with: { projects: { limit: 1 } } });
    expect(clients.map((client) => [client.name, client.projects.map((project) => project.name)])).toEqual([["a of 2", ["a of 2"]]]);
  });

  it("fills relations of entities in hand: one, a list, none, in a transaction", async () => {
    const project = await projects().insert(ctx, { name: "P" });
    await tasks().insertMany(ctx, [{ title: "a", projectId: project.id }, { title: "b" }]);
    const list = await tasks().find(ctx);
    const loaded = await db.load(ctx, list, { project: { with: { tasks: { where: { title: "a" } } } } });
    expect(loaded).toBe(list);
    expect(loaded.map((task) => task.project?.tasks.length ?? null)).toEqual([1, null]);
    expect((await db.load(ctx, project, { tasks: true })).tasks.map((task) => task.title)).toEqual(["a"]);
    expect(await sent(() => db.load(ctx, [] as Task[], { project: true }))).toBe(0);
    await db.transaction(async (tx) => {
      await tx.repository(Task).insert(ctx, { title: "c", projectId: project.id });
      expect((await tx.load(ctx, project, { tasks: true })).tasks).toHaveLength(2);
      throw new Error("back");
    }).catch((error: Error) => expect(error.message).toBe("back"));
    let late: (() => Promise<unknown>) | undefined;
    await db.transaction(async (tx) => { late = () => tx.load(ctx, project, { tasks: true }); });
    await failure(TransactionError, () => late?.());
    const half = await tasks().find(ctx, {}, { select: ["title"] });
    const error = await failure(InvalidQueryError, () => db.load(ctx, half as Task[], { project: true }));
    expect(error.message).toContain("Task.user_id");
    await failure(InvalidQueryError, () => db.load(ctx, [...list, project] as never, { project: true } as never));
    for (const wrong of [{}, null, 5, new Date(), new (class Other {})()]) await failure(ModelError, () => db.load(ctx, wrong as never, {} as never));
  });

  it("files of entities may import each other", async () => {
    const books = await databases.open({ entities: [Author, Book] });
    const author = await books.repository(Author).insert({ name: "A", books: [{ title: "one" }, { title: "two" }] });
    const found = await books.repository(Book).find({ author: { name: "A", books: some({ title: "two" }) } }, { with: { author: { with: { books: true } } } });
    expect(found.map((book) => [book.title, book.author?.name, book.author?.books.length])).toEqual([["one", "A", 2], ["two", "A", 2]]);
    expect(await books.repository(Author).count({ books: none() })).toBe(0);
    expect(author.id).toBe(1);
  });

  it("refuses what is no relation, before any SQL", async () => {
    const wrong: readonly object[] = [
      { with: { nothing: true } }, { with: { title: true } }, { with: [] }, { with: "project" }, { with: { project: 1 } }, { with: { project: { limit: 1 } } },
      { with: { project: { orderBy: { name: "asc" } } } }, { with: { tags: { first: 1 } } }, { with: { tags: { limit: -1 } } }, { with: { tags: { where: { nothing: 1 } } } },
      { with: { tags: { select: ["nothing"] } } }, { with: { tags: { with: { nothing: true } } } }, { with: { tags: { orderBy: { tasks: { title: "asc" } } } } },
      { orderBy: { project: "asc" } }, { orderBy: { tags: { name: "asc" } } }, { orderBy: { project: { nothing: "asc" } } },
    ];
    const before = databases.events.length;
    for (const options of wrong) await failure(InvalidQueryError, () => tasks().find(ctx, {}, options as never));
    for (const where of [{ project: 1 }, { project: [] }, { project: some() }, { tags: { name: "x" } }, { tags: null }, { tags: 1 }, { tags: some({ nothing: 1 }) }, { project: undefined },
      { tags: undefined }, { tags: some(undefined) }, { tags: none(undefined) }, { project: { nothing: 1 } }, { tags: { kind: "some", condition: {} } }]) {
      await failure(InvalidQueryError, () => tasks().find(ctx, where as never));
    }
    await failure(ValidationError, () => tasks().find(ctx, { project: { rank: "1" } } as never));
    await failure(ContextRequiredError, () => db.repository(Tag).find({ tasks: some() } as never));
    await failure(ContextRequiredError, () => db.repository(Tag).update({ tasks: some() } as never, { name: "x" }));
    await failure(ContextRequiredError, () => db.repository(Tag).find({}, { orderBy: { favourite: { reason: "asc" } } } as never));
    expect(databases.events.length).toBe(before);
  });

  it("takes thousands of conditions, and refuses those that are too many or too deep for any engine", async () => {
    const [task] = await tasks().insertMany(ctx, [{ title: "t77" }, { title: "x" }]);
    const many = (count: number) => or<Task>(...Array.from({ length: count }, (_, index): Where<Task> => ({ title: `t${index}`, done: false })));
    expect((await tasks().find(ctx, many(5_000))).map(({ id }) => id)).toEqual([task?.id]);
    expect(await tasks().count(ctx, and<Task>(...Array.from({ length: 3_000 }, (): Where<Task> => ({ done: false }))))).toBe(2);
    const nested = (depth: number): Where<Task> => depth === 0 ? { title: "x" } : { parent: nested(depth - 1) };
    expect(await tasks().count(ctx, nested(16))).toBe(0);
    expect(await tasks().count(ctx, { tags: some({ tasks: some({ tags: some({ tasks: some({ tags: some() }) }) }) }) })).toBe(0);
    expect(await tasks().find(ctx, { title: "none" }, { orderBy: Array.from({ length: 16 }).reduce<object>((inner) => ({ parent: inner }), { title: "asc" }) })).toEqual([]);
    const before = databases.events.length;
    const circle: { parent?: unknown } = {};
    circle.parent = circle;
    const deep = Array.from({ length: 5_000 }).reduce<Where<Task>>((inner) => not<Task>(inner), { title: "x" });
    type Steps = { readonly [name: string]: unknown };
    const along = (name: string, depth: number, end: unknown): Steps => Array.from({ length: depth }).reduce<Steps>((inner) => ({ [name]: inner }), end as Steps);
    const loads = (depth: number): Steps => depth === 0 ? {} : { parent: { with: loads(depth - 1) } };
    const tagged = (depth: number): Where<Task> => depth === 0 ? {} : { tags: some<Tag>({ tasks: some<Task>(tagged(depth - 1)) }) };
    for (const options of [{ orderBy: along("parent", 17, { title: "asc" }) }, { with: loads(33) }]) await failure(InvalidQueryError, () => tasks().find(ctx, {}, options as never));
    for (const where of [tagged(5), many(40_000), nested(17), nested(5_000), circle, deep]) await failure(InvalidQueryError, () => tasks().count(ctx, where as never));
    expect(databases.events.length).toBe(before);
  });

  it("tells the logger of every load, and ends with its signal", async () => {
    await projects().insert(ctx, { name: "P", tasks: [{ title: "a" }] });
    const before = databases.events.length;
    await projects().find(ctx, {}, { with: { tasks: true } });
    expect(databases.events.slice(before).map(({ operation, entity, scope }) => [operation, entity, scope.kind])).toEqual([["find", "Project", "user"], ["load", "Task", "user"]]);
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    await expect(projects().find(ctx, {}, { with: { tasks: true }, signal: controller.signal })).rejects.toThrow("enough");
  });
});

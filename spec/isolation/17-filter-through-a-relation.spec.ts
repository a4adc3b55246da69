import { all, contains, ContextRequiredError, every, isNull, none, not, or, some, startsWith, type Context, type Where } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { Client, Note, Project, Tag, Task, TaskTag } from "../support/tracker";
import { corrupt, relationWorld, type RelationWorld } from "./relation-world";
import { trackerWorld } from "./tracker-world";
import { plainSql, SECRET } from "./world";

onEveryEngine("17 filter through a relation", (databases) => {
  const probes: readonly Where<Tag>[] = [
    { tasks: some({ title: startsWith(SECRET) }) },
    { tasks: some({ project: { name: contains(SECRET) } }) },
    { tasks: some({ project: { client: { projects: some({ name: startsWith(SECRET) }) } } }) },
    { tasks: some({ note: { text: startsWith(SECRET) } }) },
    { uses: some({ task: { blockers: some({ title: startsWith(SECRET) }) } }) },
    not<Tag>({ tasks: none({ title: startsWith(SECRET) }) }),
    not<Tag>({ tasks: every({ title: startsWith("bob") }) }),
    or<Tag>({ name: "nothing" }, { uses: some({ task: { title: startsWith(SECRET) } }) }),
  ];

  it("asks of the context's own rows alone: her titles cannot be guessed through a public entity", async () => {
    const { db, bobCtx, aliceCtx, system } = await trackerWorld(databases);
    const tags = db.repository(Tag);
    for (const probe of probes) {
      const answers = async (context: Context) => [await tags.as(context).count(probe), (await tags.as(context).find(probe)).length, await tags.as(context).exists(probe)];
      // In both orders: a statement made for one kind of context never serves the other.
      expect(await answers(bobCtx)).toEqual([0, 0, false]);
      expect(await answers(system)).toEqual([1, 1, true]);
      expect(await answers(aliceCtx)).toEqual([1, 1, true]);
      expect(await answers(bobCtx)).toEqual([0, 0, false]);
      await failure(ContextRequiredError, () => tags.count(probe as never));
      await failure(ContextRequiredError, () => tags.delete(probe as never));
    }
  });

  it("updates and deletes meet the context's rows alone", async () => {
    const { db, bobCtx, aliceCtx } = await trackerWorld(databases);
    const tasks = db.repository(Task);
    expect(await tasks.update(bobCtx, { project: { name: contains("project") } }, { effort: 9 })).toBe(2);
    expect(await tasks.increment(bobCtx, { tags: some() }, { effort: 1 })).toBe(2);
    expect(await tasks.delete(bobCtx, { parent: isNull(false), tags: some({ tasks: some({ title: contains("") }) }) })).toBe(1);
    expect((await tasks.find(aliceCtx)).map(({ title, effort }) => [title, effort])).toEqual([[`${SECRET}-task`, 1], [`${SECRET}-second`, null]]);
  });

  it("a key that both have filters by each one's own row", async () => {
    const { db, bobCtx } = await trackerWorld(databases);
    expect(await db.repository(Project).count(bobCtx, { client: { name: startsWith(SECRET) } })).toBe(0);
    expect(await db.repository(Project).count(bobCtx, { client: { code: "c" } })).toBe(1);
    expect(await db.repository(Client).count(bobCtx, { projects: every({ name: startsWith("bob") }) })).toBe(1);
    expect((await db.repository(Task).aggregate(bobCtx, { where: { project: { client: { name: contains("client") } } }, count: true })).count).toBe(2);
  });

  if (databases.shared) {
    it("a reference across owners matches nothing", async () => {
      const { db, bobCtx, hers, his, corrupt } = await trackerWorld(databases);
      await corrupt(`update task set project_id = ${hers.project.id} where id = ${his.task.id}; update note set task_id = ${his.task.id} where id = '${hers.note.id}'`);
      const tasks = db.repository(Task);
      expect(await tasks.count(bobCtx, { project: { name: startsWith(SECRET) } })).toBe(0);
      expect(await tasks.count(bobCtx, { project: null })).toBe(1);
      expect(await tasks.count(bobCtx, { note: { text: startsWith(SECRET) } })).toBe(0);
    });
  }
});

/** Conditions that only rows of Alice's meet, on each entity. */
const onTask: readonly Where<Task>[] = [
  { project: { name: `${SECRET} house` } }, { project: { client: { name: startsWith(SECRET) } } }, { parent: { title: contains(SECRET) } },
  { subtasks: some({ title: contains(SECRET) }) }, { note: { text: contains(SECRET) } }, { tags: some({ tasks: some({ title: contains(SECRET) }) }) },
  { tags: some({ uses: some({ task: { title: contains(SECRET) } }) }) }, { blockers: some({ title: contains(SECRET) }) },
  { blockers: some({ note: { text: contains(SECRET) } }) }, not<Task>({ tags: none({ tasks: some({ title: contains(SECRET) }) }) }),
  not<Task>({ tags: every({ tasks: none({ title: contains(SECRET) }) }) }), or<Task>({ project: { tasks: some({ title: contains(SECRET) }) } }, { parent: { project: { name: contains(SECRET) } } }),
];

onEveryEngine("17 filter through a relation, where both have the same rows", (databases) => {
  const tagNames = async ({ db }: RelationWorld, context: Context, where: Where<Tag>) =>
    (await db.repository(Tag).as(context).find(where)).map((tag) => tag.name);

  it("would find what the other has without the guard", async () => {
    const w = await relationWorld(databases);
    const { db, system, plain } = w;
    for (const where of onTask) expect(await db.repository(Task).exists(system, where)).toBe(true);
    expect(await tagNames(w, system, { tasks: some({ title: startsWith(SECRET) }) })).toEqual(["red", "green"]);
    const found = await plainSql(plain, "select name from project where user_id = 2 and exists (select 1 from client where code = client_code and name like ?)", `${SECRET}%`);
    if (found !== null) expect(found).toEqual([{ name: "bob house" }]);
  });

  it("finds, counts, changes and deletes by the context's rows alone", async () => {
    const { db, aliceCtx, bobCtx } = await relationWorld(databases);
    const tasks = db.repository(Task);
    for (const where of onTask) {
      expect(await tasks.find(bobCtx, where)).toEqual([]);
      expect([await tasks.count(bobCtx, where), await tasks.exists(bobCtx, where), await tasks.findOne(bobCtx, where)]).toEqual([0, false, null]);
      expect(await tasks.update(bobCtx, where, { done: true })).toBe(0);
      expect(await tasks.delete(bobCtx, where)).toBe(0);
      expect((await tasks.paginate(bobCtx, where, { first: 5 })).items).toEqual([]);
      expect(await tasks.exists(aliceCtx, where)).toBe(true);
    }
    expect([await tasks.count(aliceCtx, { done: true }), await tasks.count(aliceCtx)]).toEqual([0, 4]);
    // The same natural key is no way across.
    expect(await db.repository(Project).count(bobCtx, { client: { code: "acme", name: startsWith(SECRET) } })).toBe(0);
    expect(await db.repository(Client).count(bobCtx, { projects: some({ name: startsWith(SECRET) }) })).toBe(0);
    expect(await db.repository(Client).count(bobCtx, { projects: some({ name: "bob house" }) })).toBe(1);
    expect(await db.repository(Project).find(bobCtx, {}, { with: { tasks: { where: onTask[4] } } })).toMatchObject([{ tasks: [] }, { tasks: [] }]);
  });

  it("tells of no other's rows under a public entity, whether asked for some, none or every", async () => {
    const w = await relationWorld(databases);
    const { db, aliceCtx, bobCtx } = w;
    const answers = async (): Promise<unknown> => [
      await tagNames(w, bobCtx, { tasks: some() }), await tagNames(w, bobCtx, { tasks: none() }), await tagNames(w, bobCtx, { tasks: every({ title: startsWith("bob") }) }),
      await tagNames(w, bobCtx, { uses: none() }), await tagNames(w, bobCtx, { children: some({ tasks: none({ title: "bob sell" }) }) }),
      await db.repository(Tag).as(bobCtx).count({ tasks: some({ title: startsWith(SECRET) }) }), await db.repository(Task).count(bobCtx, { tags: some({ tasks: every({ title: startsWith("bob") }) }) }),
    ];
    const before = await answers();
    expect(before).toEqual([["red", "green"], ["colour"], ["colour", "red", "green"], ["colour"], ["colour"], 0, 2]);
    await db.repository(TaskTag).delete(aliceCtx, all);
    expect(await answers()).toEqual(before);
    await db.repository(TaskTag).insertMany(aliceCtx, Object.values(w.tags).map(({ id }) => ({ taskId: w.hers.loose.id, tagId: id })));
    expect(await answers()).toEqual(before);
    // A public row that is changed by such a condition: only that of the context's rows.
    expect(await db.repository(Tag).as(bobCtx).update({ tasks: some({ title: startsWith(SECRET) }) }, { name: "taken" })).toBe(0);
  });

  it("is refused without a context, before any SQL", async () => {
    const { db } = await relationWorld(databases);
    const tags = db.repository(Tag);
    for (const where of [{ tasks: some() }, { tasks: none() }, { tasks: every({ done: true }) }, { uses: some() }, { parent: { tasks: some() } }, or<Tag>({ name: "red" }, { tasks: some() })]) {
      await failure(ContextRequiredError, () => tags.find(where as never));
      await failure(ContextRequiredError, () => tags.count(where as never));
      await failure(ContextRequiredError, () => tags.update(where as never, { name: "x" }));
    }
    expect(databases.events).toEqual([]);
  });

  it("meets no row of another's that a damaged database hangs on one's own", async () => {
    const w = await relationWorld(databases);
    const { db, bobCtx, hers, his, tags } = w;
    if (!await corrupt(w,
      ["update task set project_id = ?, parent_id = ? where id = ?", hers.house.id, hers.paint.id, his.loose.id],
      ["update task set parent_id = ?, project_id = ? where id = ?", his.sand.id, his.empty.id, hers.loose.id],
      ["update note set task_id = ? where id = ?", his.sell.id, hers.note.id],
      ["insert into task_tag (user_id, task_id, tag_id) values (?, ?, ?)", bobCtx.key, hers.loose.id, tags.green.id],
      ["update blocking set blocker_id = ? where user_id = ? and blocker_id = ?", hers.paint.id, bobCtx.key, his.paint.id],
    )) return;
    const leading = "select count(*) as n from task inner join task other on other.id = task.parent_id where task.user_id <> other.user_id";
    expect(await plainSql(w.plain, leading)).toEqual([{ n: 2 }]);
    const tasks = db.repository(Task);
    for (const where of onTask) expect(await tasks.count(bobCtx, where)).toBe(0);
    const found = async (where: Where<Task>) => (await tasks.find(bobCtx, where)).map((task) => task.title);
    expect(await found({ title: "bob loose", project: isNull(false) })).toEqual([]);
    expect(await found({ title: "bob loose", project: null, parent: null })).toEqual(["bob loose"]);
    expect(await found({ subtasks: some() })).toEqual(["bob paint"]);
    expect(await found({ note: isNull(false) })).toEqual(["bob paint"]);
    expect(await found({ blockers: some({ title: contains("paint") }) })).toEqual([]);
    expect(await db.repository(Project).count(bobCtx, { name: "bob empty", tasks: none() })).toBe(1);
    expect(await tagNames(w, bobCtx, { name: "green", tasks: every({ title: "bob paint" }) })).toEqual(["green"]);
    expect(await db.repository(Note).count(bobCtx, { task: isNull(false) })).toBe(1);
    expect(await db.repository(Client).count(bobCtx, { projects: some({ tasks: some({ title: contains(SECRET) }) }) })).toBe(0);
  });
});

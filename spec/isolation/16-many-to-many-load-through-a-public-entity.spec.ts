import { ContextRequiredError, type Context } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { Tag, Task } from "../support/tracker";
import { corrupt, everythingSeen, relationWorld, type RelationWorld } from "./relation-world";
import { textOf, trackerWorld } from "./tracker-world";
import { plainSql, SECRET } from "./world";

onEveryEngine("16 many-to-many load through a public entity", (databases) => {
  const through = { tags: { with: { tasks: { with: { tags: true, blockers: true } } } }, blockers: true, blocked: true } as const;

  it("leads back to the context's own rows, there and back again", async () => {
    const { db, aliceCtx, bobCtx, system } = await trackerWorld(databases);
    const tasks = db.repository(Task);
    expect(textOf(await tasks.find(system, {}, { with: through }))).toContain(SECRET);
    expect(textOf(await tasks.find(aliceCtx, {}, { with: through }))).toContain(SECRET);
    const found = await tasks.find(bobCtx, {}, { with: through });
    expect(textOf(found)).not.toContain(SECRET);
    expect(found.map((task) => task.tags[0]?.tasks.map((one) => one.title))).toEqual(Array(2).fill(["bob-task", "bob-second"]));
    expect(found.map((task) => [task.blockers.map((one) => one.title), task.blocked.map((one) => one.title)])).toEqual([[["bob-second"], []], [[], ["bob-task"]]]);
  });

  it("from the public side, with limits and orders, each context sees its own", async () => {
    const { db, aliceCtx, bobCtx, system } = await trackerWorld(databases);
    const titles = async (context: Context): Promise<readonly string[]> => {
      const [tag] = await db.repository(Tag).as(context).find({}, { with: { tasks: { orderBy: { title: "desc" }, limit: 3 } } });
      return tag?.tasks.map((task) => task.title) ?? [];
    };
    expect(await titles(system)).toEqual(["bob-task", "bob-second", `${SECRET}-task`]);
    expect(await titles(bobCtx)).toEqual(["bob-task", "bob-second"]);
    expect(await titles(aliceCtx)).toEqual([`${SECRET}-task`, `${SECRET}-second`]);
  });

  it("needs a context before any SQL", async () => {
    const { db } = await trackerWorld(databases);
    const tags = db.repository(Tag);
    const before = databases.events.length;
    // None of it compiles.
    for (const loaded of [{ tasks: true }, { uses: true }, { children: { with: { tasks: true } } }, { favourite: true }]) {
      const options: object = { with: loaded };
      for (const call of [() => tags.find({}, options), () => tags.findById(1, options), () => tags.findOne({}, options), () => tags.paginate({}, options),
        () => tags.stream({}, options), () => tags.findAndCount({}, options)]) await failure(ContextRequiredError, call);
    }
    for (const context of [undefined, null, {}, { owner: 1, key: 1 }]) await failure(ContextRequiredError, () => db.load(context as never, [], { tasks: true } as never));
    expect(databases.events.length).toBe(before);
  });

  if (databases.shared) {
    it("a link of hers between rows of his connects nothing for him, nor one of his with rows of hers", async () => {
      const { db, bobCtx, alice, bob, tag, his, hers, corrupt } = await trackerWorld(databases);
      await db.repository(Tag).insert({ name: "other" });
      await corrupt(`insert into task_tag (user_id, task_id, tag_id) values (${alice.user_id}, ${his.task.id}, ${tag.id + 1}), (${bob.user_id}, ${hers.task.id}, ${tag.id + 1})`);
      const task = await db.repository(Task).findByIdOrFail(bobCtx, his.task.id, { with: { tags: true } });
      expect(task.tags.map((one) => one.name)).toEqual(["shared"]);
      const other = await db.repository(Tag).as(bobCtx).findOneOrFail({ name: "other" }, { with: { tasks: true, uses: { with: { task: true } } } });
      expect(other.tasks).toEqual([]);
      expect(other.uses.map((use) => use.task)).toEqual([null]);
    });
  }
});

onEveryEngine("16 many-to-many load through a public entity, where both have the same rows", (databases) => {
  const titles = async ({ db }: RelationWorld, context: Context) =>
    (await db.repository(Tag).as(context).find({}, { with: { tasks: true } })).map((tag) => tag.tasks.map((task) => task.title));

  it("would show everybody's rows under a tag without the guard", async () => {
    const w = await relationWorld(databases);
    expect(await titles(w, w.system)).toEqual([[], [`${SECRET} paint`, `${SECRET} sell`, "bob paint", "bob sell"], [`${SECRET} paint`, "bob paint"]]);
    const found = await plainSql(w.plain, "select count(*) as n from task_tag join task on task.id = task_tag.task_id where tag_id = ?", w.tags.red.id);
    if (found !== null) expect(found).toEqual([{ n: 4 }]);
  });

  it("gives the rows of the context alone, from the tag, from a task by way of its tags, and through the link", async () => {
    const w = await relationWorld(databases);
    const { db, bobCtx, aliceCtx, tags } = w;
    expect(await titles(w, bobCtx)).toEqual([[], ["bob paint", "bob sell"], ["bob paint"]]);
    expect(await titles(w, aliceCtx)).toEqual([[], [`${SECRET} paint`, `${SECRET} sell`], [`${SECRET} paint`]]);
    const round = await db.repository(Task).find(bobCtx, {}, { with: { tags: { with: { tasks: { with: { tags: { with: { uses: { with: { task: true } } } } } } } } } });
    expect(JSON.stringify(round)).toContain("bob sell");
    expect(JSON.stringify(round)).not.toContain(SECRET);
    const red = await db.repository(Tag).as(bobCtx).findByIdOrFail(tags.red.id, { with: { tasks: { orderBy: { title: "asc" }, limit: 1 }, uses: true } });
    expect([red.tasks.map((task) => task.title), red.uses.map((use) => use.user_id)]).toEqual([["bob paint"], [bobCtx.key, bobCtx.key]]);
    // A tag is everybody's, and so is the entity that holds it: whose context loads, theirs are the rows.
    const tag = await db.repository(Tag).findByIdOrFail(tags.green.id);
    for (const [context, title] of [[aliceCtx, `${SECRET} paint`], [bobCtx, "bob paint"], [aliceCtx, `${SECRET} paint`]] as const) {
      expect((await db.load(context, tag, { tasks: true })).tasks.map((task) => task.title)).toEqual([title]);
    }
  });

  it("does not depend on how many links others have", async () => {
    const w = await relationWorld(databases);
    const before = await titles(w, w.bobCtx);
    await w.db.repository(Task).insertMany(w.aliceCtx, Array.from({ length: 20 }, (_, index) => ({ title: `a ${index}` })));
    expect(await titles(w, w.bobCtx)).toEqual(before);
    await w.db.repository(Tag).as(w.system).update({ id: w.tags.green.id }, { parentId: null });
    expect(await titles(w, w.bobCtx)).toEqual(before);
  });

  it("is refused without a context, before any SQL", async () => {
    const { db, tags } = await relationWorld(databases);
    const repository = db.repository(Tag);
    const open = repository.find.bind(repository) as (where: object, options: object) => Promise<unknown>;
    for (const relations of [{ tasks: true }, { uses: true }, { parent: { with: { tasks: true } } }, { tasks: { limit: 0 } }]) {
      await failure(ContextRequiredError, () => open({}, { with: relations }));
      await failure(ContextRequiredError, () => open({}, { with: relations, limit: 0 }));
      await failure(ContextRequiredError, () => db.load(undefined as never, tags.red, relations as never));
    }
    expect(databases.events).toEqual([]);
  });

  it("passes over links of a damaged database that lead across owners", async () => {
    const w = await relationWorld(databases);
    const { db, aliceCtx, bobCtx, hers, his, tags } = w;
    if (!await corrupt(w,
      // Bob's link to Alice's task, and Alice's link to Bob's.
      ["insert into task_tag (user_id, task_id, tag_id) values (?, ?, ?)", bobCtx.key, hers.loose.id, tags.green.id],
      ["insert into task_tag (user_id, task_id, tag_id) values (?, ?, ?)", aliceCtx.key, his.loose.id, tags.green.id],
      ["update blocking set blocker_id = ? where user_id = ? and blocker_id = ?", hers.paint.id, bobCtx.key, his.paint.id],
      ["update blocking set user_id = ? where user_id = ? and blocker_id = ?", aliceCtx.key, bobCtx.key, his.sand.id],
    )) return;
    expect(await plainSql(w.plain, "select count(*) as n from task_tag join task on task.id = task_tag.task_id where tag_id = ?", tags.green.id)).toEqual([{ n: 4 }]);
    expect(await titles(w, bobCtx)).toEqual([[], ["bob paint", "bob sell"], ["bob paint"]]);
    expect(await titles(w, aliceCtx)).toEqual([[], [`${SECRET} paint`, `${SECRET} sell`], [`${SECRET} paint`]]);
    const tasks = await db.repository(Task).find(bobCtx, {}, { with: { tags: true, blockers: true, blocked: true } });
    expect(tasks.map((task) => [task.tags.length, task.blockers.length, task.blocked.length])).toEqual([[2, 0, 0], [0, 0, 0], [1, 0, 0], [0, 0, 0]]);
    expect(await everythingSeen(w, bobCtx)).not.toContain(SECRET);
    expect(await everythingSeen(w, aliceCtx)).not.toContain("bob");
  });
});

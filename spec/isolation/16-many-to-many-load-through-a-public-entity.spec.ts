import { ContextRequiredError, type Context } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { Tag, Task } from "../support/tracker";
import { textOf, trackerWorld } from "./tracker-world";
import { SECRET } from "./world";

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

  if (databases.storage === "file") {
    it("a link of hers between rows of his connects nothing for him, nor one of his with rows of hers", async () => {
      const { db, bobCtx, alice, bob, tag, his, hers, corrupt } = await trackerWorld(databases);
      await db.repository(Tag).insert({ name: "other" });
      corrupt(`insert into task_tag (user_id, task_id, tag_id) values (${alice.user_id}, ${his.task.id}, ${tag.id + 1}), (${bob.user_id}, ${hers.task.id}, ${tag.id + 1})`);
      const task = await db.repository(Task).findByIdOrFail(bobCtx, his.task.id, { with: { tags: true } });
      expect(task.tags.map((one) => one.name)).toEqual(["shared"]);
      const other = await db.repository(Tag).as(bobCtx).findOneOrFail({ name: "other" }, { with: { tasks: true, uses: { with: { task: true } } } });
      expect(other.tasks).toEqual([]);
      expect(other.uses.map((use) => use.task)).toEqual([null]);
    });
  }
});

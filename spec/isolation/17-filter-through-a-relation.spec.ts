import { contains, ContextRequiredError, every, isNull, none, not, or, some, startsWith, type Context, type Where } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { Client, Project, Tag, Task } from "../support/tracker";
import { trackerWorld } from "./tracker-world";
import { SECRET } from "./world";

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

  if (databases.storage === "file") {
    it("a reference across owners matches nothing", async () => {
      const { db, bobCtx, hers, his, corrupt } = await trackerWorld(databases);
      corrupt(`update task set project_id = ${hers.project.id} where id = ${his.task.id}; update note set task_id = ${his.task.id} where id = '${hers.note.id}'`);
      const tasks = db.repository(Task);
      expect(await tasks.count(bobCtx, { project: { name: startsWith(SECRET) } })).toBe(0);
      expect(await tasks.count(bobCtx, { project: null })).toBe(1);
      expect(await tasks.count(bobCtx, { note: { text: startsWith(SECRET) } })).toBe(0);
    });
  }
});

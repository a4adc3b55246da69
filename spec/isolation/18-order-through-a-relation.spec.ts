import { isNull, startsWith, type Context } from "freehold";
import { onEveryEngine } from "../support/databases";
import { Favourite, Note, Project, Tag, Task } from "../support/tracker";
import { trackerWorld } from "./tracker-world";
import { SECRET } from "./world";

onEveryEngine("18 order through a relation", (databases) => {
  const orderings = [{ project: { name: "asc" } }, { project: { client: { name: "desc" } } }, { parent: { title: "asc" } }, { note: { text: "desc" } }] as const;

  it("orders by the context's own rows: what others change changes nothing", async () => {
    const { db, aliceCtx, bobCtx, his } = await trackerWorld(databases);
    const [more] = await db.repository(Project).insertMany(bobCtx, [{ name: "a-project" }]);
    await db.repository(Task).insert(bobCtx, { title: "bob-third", projectId: more?.id ?? 0, parentId: his.task.id });
    const orders = async (): Promise<unknown> => Promise.all(orderings.map(async (orderBy) => (await db.repository(Task).find(bobCtx, {}, { orderBy })).map((task) => task.title)));
    const before = await orders();
    expect(before).toEqual([
      ["bob-third", "bob-task", "bob-second"], ["bob-task", "bob-second", "bob-third"], ["bob-second", "bob-third", "bob-task"], ["bob-task", "bob-second", "bob-third"],
    ]);
    for (const name of ["", "zzz"]) {
      await db.repository(Project).update(aliceCtx, { rank: 1 }, { name });
      await db.repository(Note).update(aliceCtx, { task: { effort: 1 } }, { text: name });
      expect(await orders()).toEqual(before);
    }
  });

  it("orders what is nobody's by the context's own rows, and loads those", async () => {
    const { db, aliceCtx, bobCtx, system, tag } = await trackerWorld(databases);
    const other = await db.repository(Tag).insert({ name: "other" });
    const favourites = db.repository(Favourite);
    await favourites.insertMany(aliceCtx, [{ tagId: tag.id, reason: `${SECRET} 1` }, { tagId: other.id, reason: `${SECRET} 2` }]);
    await favourites.insertMany(bobCtx, [{ tagId: tag.id, reason: "b" }, { tagId: other.id, reason: "a" }]);
    const seen = async (context: Context) => (await db.repository(Tag).as(context).find({}, { orderBy: { favourite: { reason: "asc" } }, with: { favourite: true } }))
      .map(({ name, favourite }) => [name, favourite?.reason]);
    expect(await seen(bobCtx)).toEqual([["other", "a"], ["shared", "b"]]);
    expect(await seen(aliceCtx)).toEqual([["shared", `${SECRET} 1`], ["other", `${SECRET} 2`]]);
    // Without the guard there are several, and hers are among them.
    expect(await seen(system)).toEqual([["shared", `${SECRET} 1`], ["other", `${SECRET} 2`]]);
    await favourites.delete(bobCtx, { tagId: tag.id });
    expect(await seen(bobCtx)).toEqual([["other", "a"], ["shared", undefined]]);
    expect(await db.repository(Tag).as(bobCtx).count({ favourite: isNull(false) })).toBe(1);
    expect(await db.repository(Tag).as(bobCtx).count({ favourite: { reason: startsWith(SECRET) } })).toBe(0);
  });

  if (databases.storage === "file") {
    it("a reference across owners gives no value to order by", async () => {
      const { db, bobCtx, system, hers, his, corrupt } = await trackerWorld(databases);
      const first = await db.repository(Task).insert(bobCtx, { title: "bob-none" });
      corrupt(`update task set project_id = ${hers.project.id} where id = ${his.task.id}; update project set name = 'aaa' where id = ${hers.project.id}`);
      const titles = async (context: Context) => (await db.repository(Task).find(context, { user_id: his.task.user_id }, { orderBy: { project: { name: "asc" } } })).map((task) => task.title);
      // Her project would come first; seen as no project at all, the task stands among those without one, by its key.
      expect(await titles(bobCtx)).toEqual(["bob-second", "bob-task", first.title]);
      // The schema's own key holds the owner, so not even the system is led astray.
      expect(await titles(system)).toEqual(["bob-second", "bob-task", first.title]);
    });
  }
});

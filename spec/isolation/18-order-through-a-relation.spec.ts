import { all, isNull, startsWith, type Context, type FindOptions } from "freehold";
import { onEveryEngine } from "../support/databases";
import { Client, Favourite, Note, Project, Tag, Task } from "../support/tracker";
import { corrupt, relationWorld, type RelationWorld } from "./relation-world";
import { trackerWorld } from "./tracker-world";
import { plainSql, SECRET } from "./world";

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

  if (databases.shared) {
    it("a reference across owners gives no value to order by", async () => {
      const { db, bobCtx, system, hers, his, corrupt } = await trackerWorld(databases);
      const first = await db.repository(Task).insert(bobCtx, { title: "bob-none" });
      await corrupt(`update task set project_id = ${hers.project.id} where id = ${his.task.id}; update project set name = 'aaa' where id = ${hers.project.id}`);
      const titles = async (context: Context) => (await db.repository(Task).find(context, { user_id: his.task.user_id }, { orderBy: { project: { name: "asc" } } })).map((task) => task.title);
      // Her project would come first; seen as no project at all, the task stands among those without one, by its key.
      expect(await titles(bobCtx)).toEqual(["bob-second", "bob-task", first.title]);
      // The schema's own key holds the owner, so not even the system is led astray.
      expect(await titles(system)).toEqual(["bob-second", "bob-task", first.title]);
    });
  }
});

type Order = NonNullable<FindOptions<Task>["orderBy"]>;
const orders: readonly Order[] = [
  [{ project: { name: "asc" } }, { title: "desc" }], { project: { client: { name: "desc" } } }, [{ parent: { title: { dir: "desc", nulls: "first" } } }, { title: "desc" }],
  { note: { text: { dir: "asc", nulls: "first" } } }, [{ parent: { note: { text: "asc" } } }, { effort: "desc" }], [{ project: { rank: "desc" } }, { parent: { project: { name: "desc" } } }],
];

onEveryEngine("18 order through a relation, where both have the same rows", (databases) => {
  const titles = async ({ db }: RelationWorld, context: Context, orderBy: Order) =>
    (await db.repository(Task).find(context, {}, { orderBy })).map((task) => task.title);
  const everyOrder = async (w: RelationWorld) => {
    const found: unknown[] = [];
    for (const orderBy of orders) found.push(await titles(w, w.bobCtx, orderBy), (await w.db.repository(Task).findOneOrFail(w.bobCtx, {}, { orderBy, offset: 1 })).title);
    return found;
  };

  it("would follow the other's values without the guard", async () => {
    const w = await relationWorld(databases);
    // By a natural key alone, Bob's projects would be ordered by Alice's client.
    const named = async (name: string) => (await plainSql(w.plain, `select project.name, (select max(client.name) from client where client.code = project.client_code) as by
      from project where user_id = ? and client_code is not null`, w.bobCtx.key))?.map((row) => (row as { by: string }).by === name);
    if (w.plain !== null) {
      expect(await named("bob acme")).toEqual([true]);
      await w.db.repository(Client).update(w.aliceCtx, all, { name: "zzz" });
      expect(await named("zzz")).toEqual([true]);
    }
    const both = await w.db.repository(Task).find(w.system, {}, { orderBy: [{ project: { client: { name: "desc" } } }] });
    expect(new Set(both.map((task) => task.user_id)).size).toBe(2);
  });

  it("does not depend on the other's rows", async () => {
    const w = await relationWorld(databases);
    const { db, aliceCtx } = w;
    const before = await everyOrder(w);
    expect(before[0]).toEqual(["bob sell", "bob sand", "bob paint", "bob loose"]);
    for (const name of ["aaa", "zzz"]) {
      await db.repository(Client).update(aliceCtx, all, { name });
      await db.repository(Project).update(aliceCtx, all, { name, rank: name === "aaa" ? -9 : 9 });
      await db.repository(Task).update(aliceCtx, all, { title: name });
      await db.repository(Note).update(aliceCtx, all, { text: name });
      expect(await everyOrder(w)).toEqual(before);
    }
    await db.repository(Task).delete(aliceCtx, all);
    await db.repository(Project).delete(aliceCtx, all);
    await db.repository(Client).delete(aliceCtx, all);
    expect(await everyOrder(w)).toEqual(before);
  });

  it("does not depend on them in a collection's order and limit either", async () => {
    const w = await relationWorld(databases);
    const { db, aliceCtx, bobCtx } = w;
    const read = async () => [
      (await db.repository(Project).find(bobCtx, {}, { with: { tasks: { orderBy: [{ parent: { title: "asc" } }, { note: { text: "desc" } }], limit: 2 } } })).map((project) => project.tasks.map((task) => task.title)),
      (await db.repository(Tag).as(bobCtx).find({}, { with: { tasks: { orderBy: { project: { client: { name: "asc" } } }, limit: 1 } } })).map((tag) => tag.tasks.map((task) => task.title)),
    ];
    const before = await read();
    expect(before).toEqual([[["bob sand", "bob paint"], []], [[], ["bob paint"], ["bob paint"]]]);
    await db.repository(Client).update(aliceCtx, all, { name: "zzz" });
    await db.repository(Task).update(aliceCtx, all, { title: "aaa" });
    expect(await read()).toEqual(before);
  });

  it("counts a row as missing where a damaged database leads to another's", async () => {
    const w = await relationWorld(databases);
    const { aliceCtx, bobCtx, hers, his, db } = w;
    if (!await corrupt(w,
      ["update task set project_id = ?, parent_id = ? where id = ?", hers.house.id, hers.sand.id, his.loose.id],
      ["update task set project_id = ? where id = ?", hers.empty.id, his.sell.id],
      ["update note set task_id = ? where id = ?", his.sand.id, hers.note.id],
    )) return;
    expect(await plainSql(w.plain, "select count(*) as n from task join project on project.id = task.project_id where task.user_id <> project.user_id")).toEqual([{ n: 2 }]);
    const byProject: Order = [{ project: { name: { dir: "asc", nulls: "first" } } }];
    expect(await titles(w, bobCtx, byProject)).toEqual(["bob sell", "bob loose", "bob paint", "bob sand"]);
    expect(await titles(w, bobCtx, [{ project: { name: { dir: "desc", nulls: "last" } } }])).toEqual(["bob paint", "bob sand", "bob sell", "bob loose"]);
    expect(await titles(w, bobCtx, [{ note: { text: { dir: "asc", nulls: "last" } } }])).toEqual(["bob paint", "bob sand", "bob sell", "bob loose"]);
    const before = await everyOrder(w);
    for (const name of ["aaa", "zzz"]) {
      await db.repository(Project).update(aliceCtx, all, { name, rank: name === "aaa" ? -9 : 9 });
      await db.repository(Task).update(aliceCtx, all, { title: name });
      await db.repository(Note).update(aliceCtx, all, { text: name });
      expect(await everyOrder(w)).toEqual(before);
    }
    expect(JSON.stringify(before)).not.toContain(SECRET);
  });
});

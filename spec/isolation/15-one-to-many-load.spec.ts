import { all, User, type Context } from "freehold";
import { onEveryEngine } from "../support/databases";
import { Client, Project, Tag, Task } from "../support/tracker";
import { corrupt, everythingSeen, relationWorld } from "./relation-world";
import { textOf, trackerWorld } from "./tracker-world";
import { plainSql, SECRET } from "./world";

onEveryEngine("15 one-to-many load", (databases) => {
  const everything = { tasks: { with: { subtasks: true, note: true, tags: true } }, client: { with: { projects: true } } } as const;

  it("loads the context's own rows alone, with a limit for each row too", async () => {
    const { db, bobCtx, aliceCtx, system } = await trackerWorld(databases);
    const projects = db.repository(Project);
    expect(textOf(await projects.find(system, {}, { with: everything }))).toContain(`${SECRET}-second`);
    expect(textOf(await projects.find(aliceCtx, {}, { with: everything }))).toContain(`${SECRET}-second`);
    const [project] = await projects.find(bobCtx, {}, { with: everything });
    expect(textOf(project)).not.toContain(SECRET);
    expect(project?.tasks.map((task) => task.title)).toEqual(["bob-task", "bob-second"]);
    expect(project?.client?.projects.map((one) => one.name)).toEqual(["bob-project"]);
    const [limited] = await projects.find(bobCtx, {}, { with: { tasks: { limit: 5, orderBy: { title: "asc" } } } });
    expect(limited?.tasks.map((task) => task.title)).toEqual(["bob-second", "bob-task"]);
    expect(textOf(await db.repository(Client).find(bobCtx, {}, { with: { projects: { with: everything } } }))).not.toContain(SECRET);
  });

  it("from rows that are nobody's, each context loads its own", async () => {
    const { db, bobCtx, aliceCtx, system, tag } = await trackerWorld(databases);
    const tags = db.repository(Tag);
    const uses = async (context: typeof bobCtx | typeof system) => (await tags.as(context).findByIdOrFail(tag.id, { with: { uses: { with: { task: true } } } })).uses
      .map((use) => use.task?.title);
    expect(await uses(system)).toHaveLength(4);
    // Whichever comes first: a statement made for one kind of context never serves the other.
    expect(await uses(bobCtx)).toEqual(["bob-task", "bob-second"]);
    expect(await uses(aliceCtx)).toEqual([`${SECRET}-task`, `${SECRET}-second`]);
    expect(await uses(system)).toHaveLength(4);
    expect(await uses(bobCtx)).toEqual(["bob-task", "bob-second"]);
    expect(await db.repository(User).as(bobCtx).count()).toBe(2);
  });

  if (databases.shared) {
    it("leaves out a row that says it belongs to the context's row but has another owner", async () => {
      const { db, bobCtx, his, hers, corrupt } = await trackerWorld(databases);
      await corrupt(`update task set project_id = ${his.project.id} where id = ${hers.task.id}`);
      const project = await db.repository(Project).findByIdOrFail(bobCtx, his.project.id, { with: { tasks: true } });
      expect(project.tasks.map((task) => task.title)).toEqual(["bob-task", "bob-second"]);
      expect(await db.repository(Task).count(bobCtx, { project: { id: his.project.id } })).toBe(2);
    });
  }
});

onEveryEngine("15 one-to-many load, where both have the same rows", (databases) => {
  it("would show the other's rows without the guard", async () => {
    const { db, system, hers, plain } = await relationWorld(databases);
    const forged: Project = Object.assign(new Project(), { id: hers.house.id, user_id: hers.house.user_id });
    expect((await db.load(system, forged, { tasks: true })).tasks.map((task) => task.title)).toEqual([`${SECRET} paint`, `${SECRET} sand`, `${SECRET} sell`]);
    const found = await plainSql(plain, "select name from project where client_code = 'acme' order by name");
    if (found !== null) expect(found).toEqual([{ name: `${SECRET} house` }, { name: "bob house" }]);
  });

  it("gives the rows of the context alone, under the same natural key, within the limit and its order", async () => {
    const w = await relationWorld(databases);
    const { db, aliceCtx, bobCtx } = w;
    const read = async (context: Context) => (await db.repository(Client).find(context, {}, {
      with: { projects: { orderBy: { name: "desc" }, limit: 1, with: { tasks: { orderBy: { title: "asc" }, limit: 2 } } } },
    })).map((client) => client.projects.map((project) => [project.name, project.tasks.map((task) => task.title)]));
    expect(await read(bobCtx)).toEqual([[["bob house", ["bob paint", "bob sand"]]]]);
    // Rows of Alice's that would come first in the order, and push Bob's over the limit.
    await db.repository(Project).insertMany(aliceCtx, Array.from({ length: 5 }, (_, index) => ({ name: `z${index}`, clientCode: "acme" })));
    await db.repository(Task).insertMany(aliceCtx, Array.from({ length: 5 }, (_, index) => ({ title: `a${index}`, projectId: w.hers.house.id })));
    expect(await read(bobCtx)).toEqual([[["bob house", ["bob paint", "bob sand"]]]]);
    expect(await read(w.system)).toEqual([[["z4", []]], [["bob house", ["bob paint", "bob sand"]]]]);
    const one = await db.repository(Task).find(bobCtx, {}, { with: { note: true, subtasks: true } });
    expect(one.map((task) => [task.note?.text ?? null, task.subtasks.map((sub) => sub.title)])).toEqual([["bob note", ["bob sand"]], [null, []], [null, []], [null, []]]);
    expect(await everythingSeen(w, bobCtx)).not.toContain(SECRET);
  });

  it("is empty for an entity that Alice's context read, or that Bob has made up", async () => {
    const { db, aliceCtx, bobCtx, hers, his } = await relationWorld(databases);
    const project = await db.repository(Project).findByIdOrFail(aliceCtx, hers.house.id, { with: { tasks: true } });
    expect(project.tasks).toHaveLength(3);
    expect((await db.load(bobCtx, project, { tasks: true })).tasks).toEqual([]);
    for (const user_id of [bobCtx.key, aliceCtx.key, 99]) {
      const forged: Project = Object.assign(new Project(), { id: hers.house.id, user_id, clientCode: "acme" });
      expect((await db.load(bobCtx, forged, { tasks: true })).tasks).toEqual([]);
      const task = Object.assign(new Task(), { id: hers.paint.id, user_id });
      expect(await db.load(bobCtx, task, { subtasks: true, note: true, blocked: true, tags: true })).toMatchObject({ subtasks: [], note: null, blocked: [], tags: [] });
    }
    // A natural key of Bob's own leads to his rows, whoever's entity holds it.
    const client = Object.assign(new Client(), { code: "acme", user_id: bobCtx.key });
    expect((await db.load(bobCtx, client, { projects: true })).projects.map((one) => one.id)).toEqual([his.house.id]);
    expect((await db.load(bobCtx, Object.assign(client, { user_id: aliceCtx.key }), { projects: true })).projects).toEqual([]);
  });

  it("leaves out another's rows that a damaged database hangs on one's own", async () => {
    const w = await relationWorld(databases);
    const { db, aliceCtx, bobCtx, hers, his } = w;
    if (!await corrupt(w,
      ["update task set project_id = ?, parent_id = ? where id in (?, ?)", his.house.id, his.paint.id, hers.sand.id, hers.loose.id],
      ["update note set task_id = ? where id = ?", his.sell.id, hers.note.id],
    )) return;
    expect(await plainSql(w.plain, "select count(*) as n from task where project_id = ?", his.house.id)).toEqual([{ n: 5 }]);
    const house = await db.repository(Project).findByIdOrFail(bobCtx, his.house.id, { with: { tasks: { orderBy: { title: "asc" }, limit: 3, with: { subtasks: true, note: true } } } });
    expect(house.tasks.map((task) => [task.title, task.subtasks.map((sub) => sub.title), task.note?.text ?? null]))
      .toEqual([["bob paint", ["bob sand"], "bob note"], ["bob sand", [], null], ["bob sell", [], null]]);
    expect((await db.load(bobCtx, house, { tasks: { where: all } })).tasks).toHaveLength(3);
    // Nor are they Alice's to be found there.
    expect((await db.load(aliceCtx, hers.house, { tasks: true })).tasks.map((task) => task.title)).toEqual([`${SECRET} paint`, `${SECRET} sell`]);
    expect(await everythingSeen(w, bobCtx)).not.toContain(SECRET);
    expect(await everythingSeen(w, aliceCtx)).not.toContain("bob");
  });
});

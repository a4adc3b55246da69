import type { Context } from "freehold";
import { onEveryEngine } from "../support/databases";
import { Client, Note, Project, Task, TaskTag } from "../support/tracker";
import { corrupt, everythingSeen, relationWorld } from "./relation-world";
import { textOf, trackerWorld } from "./tracker-world";
import { plainSql, SECRET } from "./world";

onEveryEngine("14 many-to-one load", (databases) => {
  const everything = { project: { with: { client: true, owner: true } }, parent: { with: { project: true } }, note: true } as const;

  it("loads the row at the other end in the context's name alone", async () => {
    const { db, aliceCtx, bobCtx, system } = await trackerWorld(databases);
    const tasks = db.repository(Task);
    // The same load crosses owners under a SystemContext, and is right in her own name.
    expect(textOf(await tasks.find(system, {}, { with: everything }))).toContain(`${SECRET}-client`);
    expect(textOf(await tasks.find(aliceCtx, {}, { with: everything }))).toContain(`${SECRET}-client`);
    const found = await tasks.find(bobCtx, {}, { with: everything, orderBy: { id: "asc" } });
    expect(textOf(found)).not.toContain(SECRET);
    expect(found.map((task) => [task.project?.name, task.project?.client?.name, task.parent?.title])).toEqual([
      ["bob-project", "bob-client", undefined], ["bob-project", "bob-client", "bob-task"],
    ]);
    expect(textOf(await db.repository(TaskTag).find(bobCtx, {}, { with: { task: { with: everything }, tag: true } }))).not.toContain(SECRET);
    expect(textOf(await db.repository(Note).find(bobCtx, {}, { with: { task: { with: everything } } }))).not.toContain(SECRET);
  });

  it("a key that both have leads each to their own row, under a SystemContext too", async () => {
    const { db, bobCtx, system } = await trackerWorld(databases);
    const names = async (context: Context) =>
      (await db.repository(Project).find(context, {}, { with: { client: true } })).map((project) => [project.name, project.client?.name]);
    expect(await names(bobCtx)).toEqual([["bob-project", "bob-client"]]);
    expect(await names(system)).toEqual([[`${SECRET}-project`, `${SECRET}-client`], ["bob-project", "bob-client"]]);
  });

  it("db.load gives nothing for an entity that is somebody else's, real or made up", async () => {
    const { db, bobCtx, system, hers, alice, bob } = await trackerWorld(databases);
    const herTask = await db.repository(Task).findByIdOrFail(system, hers.task.id);
    expect((await db.load(system, herTask, { project: true })).project?.name).toBe(`${SECRET}-project`);
    const loaded = await db.load(bobCtx, await db.repository(Task).findByIdOrFail(system, hers.task.id), { project: true, parent: true, note: true, subtasks: true, tags: true });
    expect([loaded.project, loaded.parent, loaded.note, loaded.subtasks, loaded.tags]).toEqual([null, null, null, [], []]);
    for (const user_id of [alice.user_id, bob.user_id]) {
      const forged = Object.assign(new Task(), { id: hers.task.id, user_id, projectId: hers.project.id, parentId: hers.task.id });
      expect(textOf(await db.load(bobCtx, forged, { project: true, parent: true, note: true, subtasks: true, tags: true, blockers: true }))).not.toContain(SECRET);
    }
    const client = Object.assign(new Client(), { code: "c", user_id: alice.user_id, name: "x" });
    expect((await db.load(bobCtx, client, { projects: true })).projects).toEqual([]);
  });

  if (databases.shared) {
    it("shows nothing through a reference that points across owners although the schema forbids it", async () => {
      const { db, bobCtx, hers, his, corrupt } = await trackerWorld(databases);
      await corrupt(`update task set project_id = ${hers.project.id}, parent_id = ${hers.task.id} where id = ${his.task.id}`);
      const task = await db.repository(Task).findByIdOrFail(bobCtx, his.task.id, { with: { project: true, parent: true } });
      expect([task.projectId, task.project, task.parent]).toEqual([hers.project.id, null, null]);
    });
  }
});

onEveryEngine("14 many-to-one load, where both have the same rows", (databases) => {
  it("would show the other's row without the guard", async () => {
    const { db, system, his, hers, plain } = await relationWorld(databases);
    // Alice's row, as Bob would hold it if he had guessed its key.
    const forged: Task = Object.assign(new Task(), { id: 99, user_id: hers.house.user_id, projectId: hers.house.id });
    expect((await db.load(system, forged, { project: true })).project?.name).toBe(`${SECRET} house`);
    // The natural key of Bob's own project is also that of Alice's client.
    const found = await plainSql(plain, "select client.name from project join client on client.code = project.client_code where project.id = ? order by client.name", his.house.id);
    if (found !== null) expect(found).toEqual([{ name: `${SECRET} acme` }, { name: "bob acme" }]);
  });

  it("leads to the rows of the context alone, whatever the keys of others", async () => {
    const w = await relationWorld(databases);
    const names = async (context: Context) => [
      ...(await w.db.repository(Project).find(context, {}, { with: { client: true } })).map((project) => project.client?.name ?? null),
      ...(await w.db.repository(Task).find(context, {}, { with: { project: { with: { client: true } }, parent: true } }))
        .map((task) => [task.project?.name, task.project?.client?.name, task.parent?.title]),
      ...(await w.db.repository(Note).find(context, {}, { with: { task: true } })).map((note) => note.task?.title),
      ...(await w.db.repository(TaskTag).find(context, {}, { with: { task: true } })).map((use) => use.task?.title),
    ];
    const [hers, his] = [await names(w.aliceCtx), await names(w.bobCtx)];
    expect(JSON.stringify(his)).toBe(JSON.stringify(hers).replaceAll(SECRET, "bob"));
    expect(await everythingSeen(w, w.bobCtx)).not.toContain(SECRET);
    // Without Alice's client, Bob's is still found, and without his own there is none.
    await w.db.repository(Project).update(w.bobCtx, { id: w.his.house.id }, { clientCode: null });
    await w.db.repository(Client).delete(w.bobCtx, { code: "acme" });
    expect((await w.db.repository(Project).find(w.bobCtx, {}, { with: { client: true } })).map((project) => project.client)).toEqual([null, null]);
  });

  it("finds nothing for an entity that Alice's context read, or that Bob has made up", async () => {
    const w = await relationWorld(databases);
    const { db, bobCtx, aliceCtx, hers, his } = w;
    const [task] = await db.repository(Task).find(aliceCtx, { id: hers.sand.id });
    expect(await db.load(aliceCtx, task as Task, { project: true, parent: true })).toMatchObject({ project: { id: hers.house.id }, parent: { id: hers.paint.id } });
    expect(await db.load(bobCtx, task as Task, { project: true, parent: true })).toMatchObject({ project: null, parent: null });
    for (const user_id of [bobCtx.key, aliceCtx.key, 99]) {
      const forged = Object.assign(new Task(), { id: his.paint.id, user_id, projectId: hers.house.id, parentId: hers.paint.id });
      expect(await db.load(bobCtx, forged, { project: { with: { client: true } }, parent: true })).toMatchObject({ project: null, parent: null });
      const note = Object.assign(new Note(), { id: his.note.id, user_id, taskId: hers.paint.id });
      expect(await db.load(bobCtx, note, { task: true })).toMatchObject({ task: null });
    }
    // Beside an entity of his own, whose relations are found.
    const mixed: readonly Task[] = [hers.sand, his.sand].map(({ id, user_id, projectId }) => Object.assign(new Task(), { id, user_id, projectId }));
    expect((await db.load(bobCtx, mixed, { project: true })).map((one) => one.project?.name ?? null)).toEqual([null, "bob house"]);
  });

  it("is null where a damaged database leads to another's row", async () => {
    const w = await relationWorld(databases);
    const { db, bobCtx, hers, his } = w;
    if (!await corrupt(w,
      ["update task set project_id = ?, parent_id = ? where id = ?", hers.house.id, hers.paint.id, his.paint.id],
      ["update note set task_id = ? where id = ?", hers.sell.id, his.note.id],
      ["update client set code = 'gone' where user_id = ?", bobCtx.key],
    )) return;
    const joined = await plainSql(w.plain, "select project.name from task join project on project.id = task.project_id where task.id = ?", his.paint.id);
    expect(joined).toEqual([{ name: `${SECRET} house` }]);
    const task = await db.repository(Task).findByIdOrFail(bobCtx, his.paint.id, { with: { project: { with: { client: true } }, parent: true } });
    expect([task.project, task.parent]).toEqual([null, null]);
    expect(await db.load(bobCtx, task, { project: true, parent: true })).toMatchObject({ project: null, parent: null });
    expect(await db.repository(Note).findById(bobCtx, his.note.id, { with: { task: true } })).toMatchObject({ task: null });
    expect(await db.repository(Project).findById(bobCtx, his.house.id, { with: { client: true } })).toMatchObject({ client: null });
    // The system's own reads keep owners apart, too: a reference holds the owner.
    expect(await db.repository(Task).findOne(w.system, { id: his.paint.id }, { with: { project: true } })).toMatchObject({ project: null });
    expect(await everythingSeen(w, bobCtx)).not.toContain(SECRET);
    expect(await everythingSeen(w, w.aliceCtx)).not.toContain("bob");
  });
});

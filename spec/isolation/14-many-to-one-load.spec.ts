import type { Context } from "freehold";
import { onEveryEngine } from "../support/databases";
import { Client, Note, Project, Task, TaskTag } from "../support/tracker";
import { textOf, trackerWorld } from "./tracker-world";
import { SECRET } from "./world";

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

  if (databases.storage === "file") {
    it("shows nothing through a reference that points across owners although the schema forbids it", async () => {
      const { db, bobCtx, hers, his, corrupt } = await trackerWorld(databases);
      corrupt(`update task set project_id = ${hers.project.id}, parent_id = ${hers.task.id} where id = ${his.task.id}`);
      const task = await db.repository(Task).findByIdOrFail(bobCtx, his.task.id, { with: { project: true, parent: true } });
      expect([task.projectId, task.project, task.parent]).toEqual([hers.project.id, null, null]);
    });
  }
});

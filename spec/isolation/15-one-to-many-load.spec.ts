import { User } from "freehold";
import { onEveryEngine } from "../support/databases";
import { Client, Project, Tag, Task } from "../support/tracker";
import { textOf, trackerWorld } from "./tracker-world";
import { SECRET } from "./world";

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

  if (databases.storage === "file") {
    it("leaves out a row that says it belongs to the context's row but has another owner", async () => {
      const { db, bobCtx, his, hers, corrupt } = await trackerWorld(databases);
      corrupt(`update task set project_id = ${his.project.id} where id = ${hers.task.id}`);
      const project = await db.repository(Project).findByIdOrFail(bobCtx, his.project.id, { with: { tasks: true } });
      expect(project.tasks.map((task) => task.title)).toEqual(["bob-task", "bob-second"]);
      expect(await db.repository(Task).count(bobCtx, { project: { id: his.project.id } })).toBe(2);
    });
  }
});

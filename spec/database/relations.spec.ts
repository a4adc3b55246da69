import { none, some } from "freehold";
import { onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Project, Tag, Task, TaskTag, trackerModel } from "../support/tracker";

onEveryEngine("relations", (databases) => {
  it("loads what `with` asks for, in one statement for each relation", async () => {
    const db = await databases.open(trackerModel);
    const { aliceCtx: ctx } = await twoUsers(db);
    const projects = db.repository(Project);
    const tasks = db.repository(Task);
    const project = await projects.insert(ctx, { name: "P" });
    const [first, , third] = await tasks.insertMany(ctx, [{ title: "a", projectId: project.id }, { title: "b", projectId: project.id }, { title: "c" }]);
    const red = await db.repository(Tag).insert({ name: "red" });
    await db.repository(TaskTag).insertMany(ctx, [{ taskId: first?.id ?? 0, tagId: red.id }, { taskId: third?.id ?? 0, tagId: red.id }]);
    const before = databases.events.length;
    const [found] = await projects.find(ctx, {}, { with: { tasks: { with: { tags: true, project: true, note: true } }, owner: true } });
    expect(databases.events.length - before).toBe(6);
    expect(found?.tasks.map((task) => [task.title, task.tags.map((tag) => tag.name), task.project?.name, task.note]))
      .toEqual([["a", ["red"], "P", null], ["b", [], "P", null]]);
    expect(found?.owner?.info).toMatchObject({ name: "Alice" });
    const others = await tasks.find(ctx, { project: { name: "P", tasks: some({ title: "b" }) }, tags: none({ name: "red" }) });
    expect(others.map((task) => task.title)).toEqual(["b"]);
    const loaded = await db.load(ctx, others, { project: true });
    expect(loaded[0]?.project?.name).toBe("P");
    expect(loaded[0]).toBe(others[0]);
  });
});

import { connect, type Connect, type Database, type UserContext } from "freehold";
import { Project, Tag, Task } from "../support/tracker";

export async function nested(db: Database, ctx: UserContext): Promise<void> {
  const projects = db.repository(Project);
  await projects.insert(ctx, { name: "x", tasks: [{ title: "a", tags: [{ name: "red" }, connect(1)] }, connect(2)], client: { code: "c", name: "d" } });
  // @ts-expect-error no such property of a task
  await projects.insert(ctx, { name: "x", tasks: [{ titel: "a" }] });
  // @ts-expect-error a number for a text, two levels down
  await projects.insert(ctx, { name: "x", tasks: [{ title: "a", tags: [{ name: 1 }] }] });
  // @ts-expect-error a collection takes a list
  await projects.insert(ctx, { name: "x", tasks: { title: "a" } });
  // @ts-expect-error a single row takes no list
  await projects.insert(ctx, { name: "x", client: [{ code: "c", name: "d" }] });
  const likeOne = { id: 1 } as object;
  // @ts-expect-error an object that looks like one is none
  const made: Connect = likeOne;
  void made;
}

/** What was read can be saved and inserted as it is. */
export async function instances(db: Database, ctx: UserContext): Promise<void> {
  const tasks = db.repository(Task);
  const loaded = await tasks.findOneOrFail(ctx, { title: "x" }, { with: { project: true, tags: true } });
  await tasks.save(ctx, loaded);
  await tasks.insert(ctx, loaded);
  await tasks.insert(ctx, new Task());
  // @ts-expect-error update changes columns
  await tasks.update(ctx, { title: "x" }, { project: connect(1) });
  // @ts-expect-error tasks are owned, and this repository has no context
  await db.repository(Tag).insert({ name: "x", tasks: [{ title: "a" }] });
  await db.repository(Tag).insert({ name: "x", children: [{ name: "y" }] });
  await db.repository(Tag).as(ctx).insert({ name: "x", tasks: [{ title: "a" }] });
}

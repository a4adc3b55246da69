import type { Database, UserContext } from "freehold";
import { Blocking, Client, Note, Project, Tag, Task, TaskTag } from "./tracker";

/** What {@link trackerRows} has stored. */
export interface TrackerRows {
  readonly client: Client;
  readonly house: Project;
  readonly empty: Project;
  /** Of the house: `paint` with a note, two tags and the subtask `sand`; `sell`, blocked by both. */
  readonly paint: Task;
  readonly sand: Task;
  readonly sell: Task;
  /** Of nothing. */
  readonly loose: Task;
  readonly note: Note;
}

/** Public tags: `red` and `green` under `colour`. */
export async function trackerTags(db: Database): Promise<Readonly<Record<"colour" | "red" | "green", Tag>>> {
  const tags = db.repository(Tag);
  const colour = await tags.insert({ name: "colour" });
  return { colour, red: await tags.insert({ name: "red", parentId: colour.id }), green: await tags.insert({ name: "green", parentId: colour.id }) };
}

/** The same rows for each owner, natural keys included; texts begin with `who`. */
export async function trackerRows(db: Database, ctx: UserContext, who: string, tags: Readonly<Record<"red" | "green", Tag>>): Promise<TrackerRows> {
  const client = await db.repository(Client).insert(ctx, { code: "acme", name: `${who} acme` });
  const house = await db.repository(Project).insert(ctx, { name: `${who} house`, rank: 1, clientCode: "acme" });
  const empty = await db.repository(Project).insert(ctx, { name: `${who} empty` });
  const tasks = db.repository(Task);
  const paint = await tasks.insert(ctx, { title: `${who} paint`, effort: 3, projectId: house.id });
  const sand = await tasks.insert(ctx, { title: `${who} sand`, effort: 1, projectId: house.id, parentId: paint.id });
  const sell = await tasks.insert(ctx, { title: `${who} sell`, projectId: house.id });
  const loose = await tasks.insert(ctx, { title: `${who} loose` });
  const note = await db.repository(Note).insert(ctx, { text: `${who} note`, taskId: paint.id });
  await db.repository(TaskTag).insertMany(ctx, [
    { taskId: paint.id, tagId: tags.green.id }, { taskId: paint.id, tagId: tags.red.id }, { taskId: sell.id, tagId: tags.red.id },
  ]);
  await db.repository(Blocking).insertMany(ctx, [{ blockerId: paint.id, blockedId: sell.id }, { blockerId: sand.id, blockedId: sell.id }]);
  return { client, house, empty, paint, sand, sell, loose, note };
}

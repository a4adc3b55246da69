import { startsWith, type Database, type UserContext } from "freehold";
import { onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { searchesOf } from "../support/searches";
import { Project, Task, trackerModel } from "../support/tracker";

/** So many that SQLite, which knows nothing of the rows, takes the order for the greater gain. */
const NAMES = [..."ABCDEFGHIJKL"];

onEveryEngine("the rows of a relation", (databases) => {
  let place: string;
  let db: Database;
  let ctx: UserContext;

  beforeEach(async () => {
    place = databases.newPlace();
    db = await databases.openPlace(place, trackerModel);
    await db.schema.ensure();
    ({ aliceCtx: ctx } = await twoUsers(db));
    for (const name of NAMES) {
      await db.repository(Project).insert(ctx, { name, tasks: [{ title: `${name}2` }, { title: `${name}1`, subtasks: [{ title: `${name}3` }] }] });
    }
  });

  it("are searched by their foreign key, in the order of their keys and in any other", async () => {
    const before = databases.events.length;
    const found = await db.repository(Project).find(ctx, {}, { with: { tasks: true } });
    const sorted = await db.repository(Project).find(ctx, {}, { with: { tasks: { orderBy: { title: "asc" } } } });
    const subtasks = await db.load(ctx, await db.repository(Task).find(ctx, { title: startsWith("B") }), { subtasks: true });
    expect(found.map(({ tasks }) => tasks.map(({ title }) => title))).toEqual(NAMES.map((name) => [`${name}2`, `${name}1`]));
    expect(sorted.map(({ tasks }) => tasks.map(({ title }) => title))).toEqual(NAMES.map((name) => [`${name}1`, `${name}2`]));
    expect(subtasks.map((task) => [task.title, task.subtasks.map(({ title }) => title)])).toEqual([["B2", []], ["B1", ["B3"]], ["B3", []]]);
    const loads = databases.events.slice(before).filter(({ operation }) => operation === "load");
    expect(loads).toHaveLength(3);
    // The plans are asked for on a second connection, and only a file has one.
    if (databases.storage !== "file") return;
    expect(await searchesOf(databases, place, "task", loads)).toEqual(["user_id=? AND project_id=?", "user_id=? AND project_id=?", "user_id=? AND parent_id=?"]);
  });
});

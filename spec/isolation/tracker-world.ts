import { User, UserContext, type Database, type SystemContext } from "freehold";
import type { TestDatabases } from "../support/databases";
import { profile, type Profile } from "../support/documents";
import { Blocking, Client, Note, Project, Tag, Task, TaskTag, trackerModel } from "../support/tracker";
import { plainOn, SECRET } from "./world";

/** Alice's and Bob's rows in a model with every kind of relation; what is Alice's says so. */
export interface TrackerWorld {
  readonly db: Database;
  readonly alice: User;
  readonly bob: User;
  readonly aliceCtx: UserContext;
  readonly bobCtx: UserContext;
  readonly system: SystemContext;
  /** Nobody's, and used by both. */
  readonly tag: Tag;
  readonly hers: { readonly project: Project; readonly task: Task; readonly note: Note };
  readonly his: { readonly project: Project; readonly task: Task; readonly note: Note };
  /** Runs plain SQL past the library, foreign keys off: rows that no statement of ours can make. */
  corrupt(sql: string): Promise<void>;
}

export async function trackerWorld(databases: TestDatabases): Promise<TrackerWorld> {
  const db = await databases.open(trackerModel);
  const plain = plainOn(databases, databases.placeOf(db));
  const [alice, bob] = await db.repository(User<Profile>).insertMany(["Alice", "Bob"].map((name) => ({ info: profile(name) })));
  if (alice === undefined || bob === undefined) throw new Error("no users");
  const tag = await db.repository(Tag).insert({ name: "shared" });
  const rowsOf = async (user: User, mark: string) => {
    const ctx = UserContext.of(user);
    // The same key for both: it is one per owner.
    await db.repository(Client).insert(ctx, { code: "c", name: `${mark}-client` });
    const project = await db.repository(Project).insert(ctx, { name: `${mark}-project`, clientCode: "c", rank: 1 });
    const task = await db.repository(Task).insert(ctx, { title: `${mark}-task`, projectId: project.id, effort: 1 });
    const second = await db.repository(Task).insert(ctx, { title: `${mark}-second`, projectId: project.id, parentId: task.id });
    await db.repository(TaskTag).insertMany(ctx, [{ taskId: task.id, tagId: tag.id }, { taskId: second.id, tagId: tag.id }]);
    await db.repository(Blocking).insert(ctx, { blockerId: second.id, blockedId: task.id });
    const note = await db.repository(Note).insert(ctx, { text: `${mark}-note`, taskId: task.id });
    return { project, task, note };
  };
  const hers = await rowsOf(alice, SECRET);
  const his = await rowsOf(bob, "bob");
  return {
    db, alice, bob, tag, hers, his, aliceCtx: UserContext.of(alice), bobCtx: UserContext.of(bob), system: db.system("spec"),
    corrupt: async (sql) => {
      if (plain === null) throw new Error("a database in memory cannot be reached past the library");
      for (const changes of await plain(sql.split(";").map((one) => [one]), { foreignKeys: false })) expect(changes).toBeGreaterThan(0);
    },
  };
}

/** Everything that a result holds, as text: nothing of Alice's may be in it. */
export function textOf(value: unknown): string {
  return JSON.stringify(value);
}

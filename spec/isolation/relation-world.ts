import type { Context, Database, SystemContext, UserContext } from "freehold";
import type { PlainStatement, TestDatabases } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Client, Note, Project, Tag, Task, TaskTag, trackerModel } from "../support/tracker";
import { trackerRows, trackerTags, type TrackerRows } from "../support/tracker-rows";
import { plainOn, SECRET, type Plain } from "./world";

export interface RelationWorld {
  readonly db: Database;
  readonly plain: Plain;
  readonly aliceCtx: UserContext;
  readonly bobCtx: UserContext;
  /** What an attack would do without a guard is shown under this one. */
  readonly system: SystemContext;
  readonly tags: Readonly<Record<"colour" | "red" | "green", Tag>>;
  /** Alice's rows: their texts begin with {@link SECRET}. */
  readonly hers: TrackerRows;
  /** Bob's rows, with the same natural keys. */
  readonly his: TrackerRows;
}

/** A database with relations of every kind, in which Alice and Bob have the same rows under the same public tags. */
export async function relationWorld(databases: TestDatabases): Promise<RelationWorld> {
  const db = await databases.open(trackerModel);
  const { aliceCtx, bobCtx } = await twoUsers(db);
  const tags = await trackerTags(db);
  const [hers, his] = [await trackerRows(db, aliceCtx, SECRET, tags), await trackerRows(db, bobCtx, "bob", tags)];
  databases.forget();
  return { db, plain: plainOn(databases, databases.placeOf(db)), aliceCtx, bobCtx, system: db.system("spec"), tags, hers, his };
}

/** Rows that no database of ours would take: plain SQL writes them with foreign keys off. False where there is no outside. */
export async function corrupt({ plain }: RelationWorld, ...statements: readonly PlainStatement[]): Promise<boolean> {
  if (plain === null) return false;
  for (const changes of await plain(statements, { foreignKeys: false })) expect(changes).toBeGreaterThan(0);
  return true;
}

/** All that a context's reads with every relation of every entity give, as text. */
export async function everythingSeen({ db }: RelationWorld, context: Context): Promise<string> {
  const seen = [
    await db.repository(Task).find(context, {}, {
      with: {
        project: { with: { client: true, tasks: true } }, parent: { with: { project: true, note: true } }, subtasks: { with: { tags: true } },
        tags: { with: { tasks: true, uses: { with: { task: true } } } }, blockers: { with: { note: true } }, blocked: true, note: true,
      },
    }),
    await db.repository(Project).find(context, {}, { with: { client: { with: { projects: true } }, tasks: { with: { parent: true, note: true } } } }),
    await db.repository(Client).find(context, {}, { with: { projects: { with: { tasks: true } } } }),
    await db.repository(Note).find(context, {}, { with: { task: { with: { project: true } } } }),
    await db.repository(TaskTag).find(context, {}, { with: { task: true, tag: { with: { tasks: true } } } }),
    await db.repository(Tag).as(context).find({}, { with: { tasks: { with: { project: true } }, uses: { with: { task: true } }, children: { with: { tasks: true } } } }),
  ];
  return JSON.stringify(seen);
}

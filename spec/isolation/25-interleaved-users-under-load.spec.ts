import { all, gt, User, UserContext, type Database, type Repository } from "freehold";
import { onEveryEngine } from "../support/databases";
import { profile, type Profile } from "../support/documents";
import { Project, Task, worldModel } from "./world";

const USERS = 50;
/** Databases in memory have no readers beside the writer: there is less to be mixed up, and less to be tried. */
const OPERATIONS = { file: 200, memory: 40, server: 100 } as const;

interface Row { readonly user_id: number; readonly name?: string; readonly title?: string }

/** One operation of many, chosen by its number; gives every row that the call returned. */
async function operate(projects: Repository<Project>, tasks: Repository<Task>, user: number, step: number): Promise<readonly Row[]> {
  const name = `u${user}-${step % 7}`;
  switch (step % 10) {
    case 0: return [await projects.upsert({ name, budget: step }, { on: ["name"] })];
    case 1: return projects.find({ budget: gt(-1) }, { orderBy: { budget: "desc" }, limit: 5 });
    case 2: return projects.update(all, { budget: step }, { returning: true });
    case 3: {
      const project = await projects.upsert({ name, budget: step }, { on: ["name"] });
      return [project, await tasks.insert({ project_id: project.project_id, title: `u${user}` })];
    }
    case 4: return tasks.find();
    case 5: return projects.insertMany([{ name: `${name}-${step}-a` }, { name: `${name}-${step}-b` }]);
    case 6: return tasks.delete({ title: `u${user}` }, { returning: true });
    case 7: {
      const first = await projects.findOne({}, { orderBy: { project_id: "desc" } });
      return first === null ? [] : [await projects.save(Object.assign(first, { budget: step })), await projects.findByIdOrFail(first.project_id)];
    }
    case 8: return await projects.count() === (await projects.find()).length ? projects.find() : [];
    default: return projects.delete({ name: `${name}-${step - 4}-a` }, { returning: true });
  }
}

async function live(db: Database, user: User, number: number, operations: number): Promise<readonly string[]> {
  const context = UserContext.of(user);
  const faults: string[] = [];
  const check = (rows: readonly Row[], step: number): void => {
    for (const row of rows) {
      const text = row.name ?? row.title ?? "";
      if (row.user_id !== user.user_id || !(`${text}-`).startsWith(`u${number}-`)) faults.push(`step ${step} of user ${number} gave a row of ${row.user_id}: ${text}`);
    }
  };
  for (let step = 0; step < operations; step += 1) {
    if (step % 4 === 3) {
      // In a transaction, every other one rolled back with everything that it did.
      const end = new Error("rolled back");
      await db.transaction(async (tx) => {
        check(await operate(tx.repository(Project).as(context), db.repository(Task).as(context), number, step), step);
        if (step % 8 === 7) throw end;
      }).catch((error: unknown) => { if (error !== end) throw error; });
    } else {
      check(await operate(db.repository(Project).as(context), db.repository(Task).as(context), number, step), step);
    }
  }
  return faults;
}

onEveryEngine("25 interleaved users under load", (databases) => {
  const operations = OPERATIONS[databases.storage];

  it(`gives ${USERS} users with ${operations} operations each nobody's rows but their own`, async () => {
    const db = await databases.open({ ...worldModel, logger: () => undefined });
    const users = await db.repository(User<Profile>).insertMany(Array.from({ length: USERS }, (_, index) => ({ info: profile(`U${index}`) })));
    const faults = await Promise.all(users.map((user, number) => live(db, user, number, operations)));
    expect(faults.flat()).toEqual([]);
    const system = db.system("spec");
    const rows = await db.repository(Project).find(system);
    // Without a guard each call would have returned rows of all: there are enough of them.
    expect(new Set(rows.map((row) => row.user_id)).size).toBe(USERS);
    for (const [number, user] of users.entries()) {
      const own = rows.filter((row) => row.user_id === user.user_id);
      expect(own.length).toBeGreaterThan(5);
      expect(own.filter((row) => !row.name.startsWith(`u${number}-`))).toEqual([]);
      expect(await db.repository(Project).count(UserContext.of(user))).toBe(own.length);
    }
  });
});

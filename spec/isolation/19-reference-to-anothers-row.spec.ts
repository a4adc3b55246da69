import { AccessViolationError, all, Column, connect, Entity, ForeignKey, ForeignKeyViolationError, ModelError, PrimaryKey, type Driver } from "freehold";
import { Database } from "../../lib/database";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { rawSqlite } from "../support/raw-sqlite";
import * as tracker from "../support/tracker";
import { aliceRows, plainSql, Project, Task, world, worldModel } from "./world";

/** Nobody's, and pointing at somebody's: its rows would show the other's keys to all. */
@Entity()
class Showcase {
  @PrimaryKey() showcase_id!: number;
  @ForeignKey("Project.project_id") project_id!: number;
  @Column() title!: string;
}

/** The columns of each foreign key of `task`, in order. */
const FOREIGN_KEYS = {
  sqlite: "pragma foreign_key_list(task)",
  postgres: `select target.relname as "table", own.attname as "from", other.attname as "to"
    from pg_constraint, unnest(conkey, confkey) with ordinality as pair (own_number, other_number, place), pg_class target, pg_attribute own, pg_attribute other
    where conrelid = 'task'::regclass and contype = 'f' and target.oid = confrelid
      and own.attrelid = conrelid and own.attnum = own_number and other.attrelid = confrelid and other.attnum = other_number
    order by conname, place`,
} as const;

onEveryEngine("19 reference to another's row", (databases) => {
  it("would be stored if the key did not hold the owner", async () => {
    // A key of the reference alone, as other frameworks make it: the owner of the target does not matter.
    const raw = rawSqlite(":memory:");
    raw.exec("create table project (id integer primary key, owner int); create table task (owner int, project int references project (id))");
    raw.exec("insert into project values (1, 1); insert into task values (2, 1)");
    expect(raw.prepare("select task.owner, project.owner as of from task join project on id = project").all()).toEqual([{ owner: 2, of: 1 }]);
    raw.close();
    const { db, system, aliceCtx, rows, plain, bob } = await world(databases);
    // The reference itself is good: its owner may store it.
    await db.repository(Task).insert(aliceCtx, { project_id: rows.project.project_id, title: "mine" });
    // Here not even the system and plain SQL get it past the database with another owner.
    await failure(ForeignKeyViolationError, () =>
      db.repository(Task).insert(system, { user_id: bob.user_id, project_id: rows.project.project_id, title: "x" }));
    if (plain !== null) {
      await expect(plainSql(plain, "insert into task (user_id, project_id, title) values (?, ?, 'x') returning title", bob.user_id, rows.project.project_id))
        .rejects.toThrow(/foreign key constraint/i);
      const keys = await plainSql(plain, FOREIGN_KEYS[databases.dialect]) as readonly { table: string; from: string; to: string }[];
      expect(keys.filter((key) => key.table === "project").map((key) => [key.from, key.to])).toEqual([["user_id", "user_id"], ["project_id", "project_id"]]);
    }
  });

  it("is refused to Bob as a reference to nothing is, whichever way he writes", async () => {
    const w = await world(databases);
    const { db, bobCtx } = w;
    const mine = await db.repository(Project).insert(bobCtx, { name: "bob" });
    const task = await db.repository(Task).insert(bobCtx, { project_id: mine.project_id, title: "mine" });
    const before = await aliceRows(w);
    const answers: string[][] = [];
    for (const project_id of [w.rows.project.project_id, 999_999]) {
      const messages: string[] = [];
      for (const attack of [
        () => db.repository(Task).insert(bobCtx, { project_id, title: "x" }),
        () => db.repository(Task).insertMany(bobCtx, [{ project_id: mine.project_id, title: "fine" }, { project_id, title: "x" }]),
        () => db.repository(Task).update(bobCtx, all, { project_id }),
        () => db.repository(Task).save(bobCtx, { task_id: task.task_id, project_id }),
        () => db.repository(Project).update(bobCtx, all, { parent_id: project_id }),
        () => db.repository(Project).insert(bobCtx, { name: "child", parent_id: project_id }),
        () => db.repository(Project).upsert(bobCtx, { name: "bob", parent_id: project_id }, { on: ["name"] }),
        () => db.transaction(async () => { await db.repository(Task).insert(bobCtx, { project_id, title: "x" }); }),
      ]) {
        const error = await failure(ForeignKeyViolationError, attack);
        messages.push(`${error.code} ${error.message} ${String(error.cause)}`);
      }
      answers.push(messages);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(await db.repository(Task).find(bobCtx)).toEqual([task]);
    expect(await db.repository(Project).find(bobCtx)).toEqual([mine]);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("is refused to Bob in connect as a reference to nothing is, at either end and through a row between", async () => {
    const db = await databases.open(tracker.trackerModel);
    const { aliceCtx, bobCtx } = await twoUsers(db);
    const [projects, tasks, tags] = [db.repository(tracker.Project), db.repository(tracker.Task), db.repository(tracker.Tag)];
    const made = await projects.insert(aliceCtx, { name: "P", client: { code: "c", name: "C" } });
    const theirs = await tasks.insert(aliceCtx, { title: "t", project: connect(made.id), note: { text: "n" }, tags: [{ name: "red" }] });
    const note = await db.repository(tracker.Note).findOneOrFail(aliceCtx, { taskId: theirs.id });
    const mine = await tasks.insert(bobCtx, { title: "mine" });
    const look = async () => projects.find(aliceCtx, {}, { with: { client: true, tasks: { with: { note: true, tags: true, blockers: true, blocked: true } } } });
    const before = await look();
    // The references are good ones: their owner may use them.
    const own = await tasks.insert(aliceCtx, { title: "own", project: connect(made.id), parent: connect(theirs.id) });
    await tasks.remove(aliceCtx, own);
    const answers: string[][] = [];
    for (const [task, project, client, noted] of [
      [theirs.id, made.id, "c", note.id], [999_999, 999_999, "none", "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f"],
    ] as const) {
      const messages: string[] = [];
      for (const [type, attack] of [
        [ForeignKeyViolationError, () => tasks.insert(bobCtx, { title: "x", project: connect(project) })],
        [ForeignKeyViolationError, () => tasks.insert(bobCtx, { title: "x", parent: connect({ id: task }) })],
        [ForeignKeyViolationError, () => projects.insert(bobCtx, { name: "x", client: connect(client) })],
        [ForeignKeyViolationError, () => tasks.insert(bobCtx, { title: "x", blockers: [connect(mine.id), connect(task)] })],
        [ForeignKeyViolationError, () => tags.as(bobCtx).insert({ name: "x", tasks: [connect(task)] })],
        [ForeignKeyViolationError, () => projects.insert(bobCtx, { name: "x", tasks: [{ title: "y", subtasks: [{ title: "z", blocked: [connect(task)] }] }] })],
        [AccessViolationError, () => projects.insert(bobCtx, { name: "x", tasks: [connect(mine.id), connect(task)] })],
        [AccessViolationError, () => projects.insertMany(bobCtx, [{ name: "x", tasks: [connect(mine.id)] }, { name: "y", tasks: [connect(task)] }])],
        [AccessViolationError, () => tasks.insert(bobCtx, { title: "x", note: connect(noted) })],
        [AccessViolationError, () => tags.as(bobCtx).insert({ name: "x", uses: [connect({ taskId: task, tagId: 1 })] })],
      ] as const) {
        const error = await failure<ForeignKeyViolationError | AccessViolationError>(type, attack);
        messages.push(`${error.code} ${error.message} ${String(error.cause)}`);
      }
      answers.push(messages);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(await look()).toEqual(before);
    expect([await tasks.find(bobCtx), await projects.count(bobCtx), await tags.count()]).toEqual([[mine], 0, 1]);
  });

  it("does not open from an entity that nobody owns", async () => {
    const driver: Driver = databases.driver();
    const error = await failure(ModelError, () => Database.open({ driver, entities: [...worldModel.entities, Showcase], jsonTypes: worldModel.jsonTypes }));
    expect(error.faults).toMatchObject([{ entity: "Showcase", property: "project_id" }]);
  });
});

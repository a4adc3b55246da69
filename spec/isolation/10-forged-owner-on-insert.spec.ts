import { AccessViolationError, all, connect } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import * as tracker from "../support/tracker";
import { aliceRows, Project, Setting, world } from "./world";

onEveryEngine("10 forged owner on insert", (databases) => {
  it("would plant a row with the other without the guard", async () => {
    const { db, system, aliceCtx, alice } = await world(databases);
    await db.repository(Project).insert(system, { name: "planted", user_id: alice.user_id });
    expect(await db.repository(Project).exists(aliceCtx, { name: "planted" })).toBe(true);
  });

  it("is refused to Bob, whichever way he inserts", async () => {
    const w = await world(databases);
    const projects = w.db.repository(Project);
    const before = await aliceRows(w);
    for (const user_id of [w.alice.user_id, 999_999, 0, null, "1", [w.alice.user_id]]) {
      const body = { name: "planted", user_id } as { name: string; user_id: number };
      for (const attack of [
        () => projects.insert(w.bobCtx, body),
        () => projects.insert(w.bobCtx, Object.assign(new Project(), body)),
        () => projects.insertMany(w.bobCtx, [{ name: "fine" }, body]),
        () => projects.save(w.bobCtx, body),
        () => projects.saveMany(w.bobCtx, [{ name: "fine" }, body]),
        () => projects.upsert(w.bobCtx, body, { on: ["name"] }),
        () => projects.as(w.bobCtx).insert(body),
        () => w.db.repository(Setting).insert(w.bobCtx, { name: "planted", value: "x", user_id: body.user_id }),
      ]) expect(await failure(AccessViolationError, attack)).toMatchObject({ code: "ACCESS_VIOLATION", property: "user_id" });
    }
    expect(await aliceRows(w)).toEqual(before);
    expect(await projects.count(w.system, all)).toBe(1);
  });

  it("stamps the context's owner whatever instance is given", async () => {
    const { db, bobCtx, bob } = await world(databases);
    const entity = db.repository(Project).create({ name: "bob" });
    expect(await db.repository(Project).insert(bobCtx, entity)).toBe(entity);
    expect(entity.user_id).toBe(bob.user_id);
    expect((await db.repository(Project).findOneOrFail(bobCtx, { name: "bob" })).user_id).toBe(bob.user_id);
  });

  it("is refused within graphs, on every level, before anything is written", async () => {
    const db = await databases.open(tracker.trackerModel);
    const { alice, aliceCtx, bobCtx } = await twoUsers(db);
    const system = db.system("spec");
    const [projects, tasks, tags] = [db.repository(tracker.Project), db.repository(tracker.Task), db.repository(tracker.Tag)];
    // Without a guard the row is planted.
    await projects.insert(system, { name: "shown", user_id: alice.user_id, tasks: [{ title: "planted", user_id: alice.user_id }] });
    expect(await tasks.exists(aliceCtx, { title: "planted" })).toBe(true);
    const before = databases.events.length;
    for (const user_id of [alice.user_id, 999_999, null as never, "1" as never]) {
      const forged = { title: "planted", user_id };
      const instance = Object.assign(new tracker.Task(), forged);
      for (const attack of [
        () => projects.insert(bobCtx, { name: "P", tasks: [{ title: "fine" }, forged] }),
        () => projects.insert(bobCtx, { name: "P", tasks: [instance] }),
        () => projects.insertMany(bobCtx, [{ name: "fine" }, { name: "P", tasks: [{ title: "fine", subtasks: [forged] }] }]),
        () => projects.insert(bobCtx, { name: "P", client: { code: "c", name: "C", user_id } }),
        () => tasks.insert(bobCtx, { title: "t", blockers: [forged] }),
        () => tasks.insert(bobCtx, { title: "t", note: { text: "n", user_id } }),
        () => tasks.insert(bobCtx, { title: "t", project: { name: "P", tasks: [forged] } }),
        () => tags.as(bobCtx).insert({ name: "tag", tasks: [forged] }),
      ]) expect(await failure(AccessViolationError, attack)).toMatchObject({ code: "ACCESS_VIOLATION", property: "user_id" });
      // The owner itself is no row that could come along, or be chosen.
      await failure(AccessViolationError, () => projects.insert(bobCtx, { name: "P", owner: { info: alice.info } }));
    }
    expect(databases.events.length).toBe(before);
    await failure(AccessViolationError, () => projects.insert(bobCtx, { name: "P", owner: connect(alice.user_id) }));
    expect([await projects.count(system), await tasks.count(system), await tags.count()]).toEqual([1, 1, 0]);
  });
});

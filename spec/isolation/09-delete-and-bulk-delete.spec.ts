import { AccessViolationError, all, ContextRequiredError, gt, User } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { aliceRows, Project, Setting, Task, Token, world } from "./world";

onEveryEngine("9 delete and bulk delete", (databases) => {
  it("would delete the rows without the guard", async () => {
    const { db, system, rows } = await world(databases);
    await db.repository(Task).remove(system, { task_id: rows.task.task_id });
    expect(await db.repository(Project).delete(system, all)).toBe(1);
    expect(await db.repository(Project).count(system)).toBe(0);
  });

  it("deletes Bob's rows alone", async () => {
    const w = await world(databases);
    const { db, bobCtx, rows } = w;
    const before = await aliceRows(w);
    await db.repository(Project).insertMany(bobCtx, [{ name: "a" }, { name: "b" }, { name: "c" }]);
    for (const attack of [
      () => db.repository(Project).remove(bobCtx, { project_id: rows.project.project_id }),
      () => db.repository(Project).remove(bobCtx, rows.project),
      () => db.repository(Task).as(bobCtx).remove({ task_id: rows.task.task_id }),
      () => db.repository(Token).remove(bobCtx, { token_id: rows.token.token_id }),
      () => db.repository(Setting).remove(bobCtx, { name: rows.setting.name }),
    ]) await failure(AccessViolationError, attack);
    expect(await db.repository(Project).delete(bobCtx, { project_id: rows.project.project_id })).toBe(0);
    expect(await db.repository(Project).delete(bobCtx, { project_id: rows.project.project_id }, { returning: true })).toEqual([]);
    expect((await db.repository(Project).delete(bobCtx, { name: "a" }, { returning: true })).map((row) => row.name)).toEqual(["a"]);
    expect(await db.repository(Project).delete(bobCtx, { project_id: gt(0) })).toBe(2);
    for (const entity of [Project, Task, Token, Setting]) expect(await db.repository(entity as typeof Project).delete(bobCtx, all)).toBe(0);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("answers as for a row that does not exist", async () => {
    const { db, bobCtx, rows } = await world(databases);
    const [other, absent] = await Promise.all([rows.project.project_id, 999_999].map((project_id) =>
      failure(AccessViolationError, () => db.repository(Project).remove(bobCtx, { project_id }))));
    expect(other!.message).toBe(absent!.message);
  });

  it("leaves owners to the system: deleting one would tell of its rows, or take them along", async () => {
    const w = await world(databases);
    const before = await aliceRows(w);
    const users = w.db.repository(User);
    for (const attack of [
      () => users.delete({ user_id: w.alice.user_id }), () => users.delete(all), () => users.remove(w.alice), () => users.as(w.bobCtx).remove(w.alice),
    ]) await failure(ContextRequiredError, attack);
    expect(await aliceRows(w)).toEqual(before);
    await users.as(w.system).remove(w.bob);
    expect(await users.count()).toBe(1);
  });
});

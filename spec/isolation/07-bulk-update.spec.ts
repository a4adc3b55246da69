import { all, gt, like, or } from "freehold";
import { onEveryEngine } from "../support/databases";
import { aliceRows, Project, Task, Token, world } from "./world";

onEveryEngine("7 bulk update", (databases) => {
  it("would change the other's rows without the guard", async () => {
    const { db, system, bobCtx, rows } = await world(databases);
    await db.repository(Project).insert(bobCtx, { name: "bob" });
    expect(await db.repository(Project).update(system, all, { budget: 1 })).toBe(2);
    expect(await db.repository(Project).findById(system, rows.project.project_id)).toMatchObject({ budget: 1 });
    await db.repository(Project).increment(system, { project_id: rows.project.project_id }, { budget: 41 });
    expect(await db.repository(Project).findById(system, rows.project.project_id)).toMatchObject({ budget: 42 });
  });

  it("changes and returns Bob's rows alone", async () => {
    const w = await world(databases);
    const projects = w.db.repository(Project);
    await projects.insertMany(w.bobCtx, [{ name: "a", budget: 5 }, { name: "b", budget: 6 }]);
    const before = await aliceRows(w);
    expect(await projects.update(w.bobCtx, all, { budget: 7 })).toBe(2);
    expect(await projects.update(w.bobCtx, { budget: gt(0) }, { budget: 8 })).toBe(2);
    expect(await projects.update(w.bobCtx, or({ name: like("%") }, { user_id: w.alice.user_id }), { budget: 9 })).toBe(2);
    const changed = await projects.update(w.bobCtx, all, { country: "at" }, { returning: true });
    expect(changed.map((row) => [row.name, row.user_id, row.budget, row.country]).sort()).toEqual([["a", w.bob.user_id, 9, "at"], ["b", w.bob.user_id, 9, "at"]]);
    expect(await w.db.repository(Task).update(w.bobCtx, all, { title: "x" })).toBe(0);
    expect(await w.db.repository(Token).update(w.bobCtx, all, { label: "x" })).toBe(0);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("adds to Bob's rows alone, and tells him nothing of sums that only Alice's rows could not hold", async () => {
    const w = await world(databases);
    const projects = w.db.repository(Project);
    await projects.update(w.system, { project_id: w.rows.project.project_id }, { budget: Number.MAX_SAFE_INTEGER });
    await projects.insertMany(w.bobCtx, [{ name: "a", budget: 5 }, { name: "b", budget: 6 }]);
    const before = await aliceRows(w);
    expect(await projects.increment(w.bobCtx, all, { budget: 1 })).toBe(2);
    expect(await projects.increment(w.bobCtx, or({ name: like("%") }, { user_id: w.alice.user_id }), { budget: 1 })).toBe(2);
    expect(await projects.increment(w.bobCtx, { project_id: w.rows.project.project_id }, { budget: 1 })).toBe(0);
    const changed = await projects.increment(w.bobCtx, all, { budget: 1 }, { returning: true });
    expect(changed.map((row) => [row.name, row.user_id, row.budget])).toEqual([["a", w.bob.user_id, 8], ["b", w.bob.user_id, 9]]);
    for (const user_id of [w.alice.user_id, w.bob.user_id]) {
      await expect(projects.increment(w.bobCtx, all, { user_id })).rejects.toThrow();
    }
    expect(await aliceRows(w)).toEqual(before);
  });
});

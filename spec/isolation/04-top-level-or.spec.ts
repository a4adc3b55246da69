import { all, and, gt, isNull, not, notOneOf, or, type Where } from "freehold";
import { onEveryEngine } from "../support/databases";
import { aliceRows, Project, SECRET, world } from "./world";

/** Conditions that hold for every row, or would make the owner's guard optional if it stood beside their parts. */
const wide = (alice: number): readonly Where<Project>[] => [
  or({ name: "bob" }, { name: `${SECRET}-project` }), or({ user_id: alice }, { project_id: gt(0) }), or({ name: "bob" }, {}),
  or(or({ budget: gt(-1) }), and({ parent_id: null })), not({ name: "nobody" }), not(and({ name: "a" }, { name: "b" })),
  or({ parent_id: isNull() }, { parent_id: isNull(false) }), { name: notOneOf([]) }, or(all, { name: "bob" }), not(or()), and(), {},
];

onEveryEngine("4 top-level or", (databases) => {
  it("would show the other's row without the guard, and stays within Bob's rows with it", async () => {
    const w = await world(databases);
    const projects = w.db.repository(Project);
    const own = await projects.insert(w.bobCtx, { name: "bob" });
    const before = await aliceRows(w);
    for (const where of wide(w.alice.user_id)) {
      const names = (await projects.find(w.system, where)).map((row) => row.name);
      expect(names).toContain(`${SECRET}-project`);
      expect(await projects.find(w.bobCtx, where)).toEqual([own]);
      expect(await projects.count(w.bobCtx, where)).toBe(1);
      expect(await projects.exists(w.bobCtx, and(where, { name: `${SECRET}-project` }))).toBe(false);
    }
    for (const where of [or<Project>({ name: "bob" }, { user_id: w.alice.user_id }), or<Project>({ budget: gt(-1) }, { user_id: gt(0) }), not<Project>({ name: "nobody" })]) {
      expect(await projects.update(w.bobCtx, where, { budget: 1 })).toBe(1);
    }
    expect(await projects.delete(w.bobCtx, or({ name: "bob" }, { user_id: w.alice.user_id }))).toBe(1);
    expect(await aliceRows(w)).toEqual(before);
  });
});

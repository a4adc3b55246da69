import { all, oneOf, UserContext, type Context } from "freehold";
import { onEveryEngine } from "../support/databases";
import { Project, SECRET, world, type World } from "./world";

onEveryEngine("23 caches", (databases) => {
  const names = async ({ db }: World, context: Context) => (await db.repository(Project).find(context)).map((row) => row.name);

  it("would show the row if a statement made for the system served a user", async () => {
    const w = await world(databases);
    expect(await names(w, w.system)).toEqual([`${SECRET}-project`]);
  });

  it("never serve a statement of the system to a user, whichever ran first", async () => {
    for (const systemFirst of [true, false]) {
      const w = await world(databases);
      const projects = w.db.repository(Project);
      const { project_id } = w.rows.project;
      const calls: readonly ((context: Context) => Promise<unknown>)[] = [
        (context) => projects.find(context), (context) => projects.count(context), (context) => projects.exists(context, all),
        (context) => projects.findById(context, project_id), (context) => projects.find(context, { project_id: oneOf([project_id, 0]) }),
        (context) => projects.update(context, { project_id }, { budget: 100 }, { returning: true }),
      ];
      for (const call of calls) {
        const contexts = systemFirst ? [w.system, w.bobCtx, w.system, w.bobCtx] : [w.bobCtx, w.system, w.bobCtx, w.system];
        const answers: unknown[] = [];
        for (const context of contexts) answers.push(await call(context));
        const [system, bob] = systemFirst ? [answers[0], answers[1]] : [answers[1], answers[0]];
        expect([[], 0, false, null]).toContainEqual(bob);
        expect([[], 0, false, null]).not.toContainEqual(system);
        expect(answers.slice(2)).toEqual(answers.slice(0, 2));
      }
      expect(await projects.delete(w.bobCtx, { project_id })).toBe(0);
      expect(await projects.delete(w.system, { project_id })).toBe(1);
    }
  });

  it("never carry one user's key or values into another's call", async () => {
    const w = await world(databases);
    await w.db.repository(Project).insert(w.bobCtx, { name: "bob" });
    for (let turn = 0; turn < 20; turn += 1) {
      expect(await names(w, w.aliceCtx)).toEqual([`${SECRET}-project`]);
      expect(await names(w, w.bobCtx)).toEqual(["bob"]);
    }
    const [hers, his] = await Promise.all([w.aliceCtx, w.bobCtx].map((context) =>
      Promise.all(Array.from({ length: 20 }, () => names(w, context)))));
    expect([new Set(hers!.flat()), new Set(his!.flat())]).toEqual([new Set([`${SECRET}-project`]), new Set(["bob"])]);
  });

  it("keep the text apart from the values: one statement serves all users, with each one's key as a parameter", async () => {
    const w = await world(databases);
    for (const context of [w.aliceCtx, w.bobCtx]) await w.db.repository(Project).find(context, { name: "same" });
    await w.db.repository(Project).find(w.system, { name: "same" });
    const [hers, his, system] = databases.events.slice(-3);
    expect(hers!.sql).toBe(his!.sql);
    expect([hers!.parameters, his!.parameters]).toEqual([[w.alice.user_id, "same"], [w.bob.user_id, "same"]]);
    expect(system!.sql).not.toBe(his!.sql);
    expect(hers!.sql).not.toContain("same");
  });

  it("give each call its own instances", async () => {
    const w = await world(databases);
    const [first, second] = [await w.db.repository(Project).find(w.aliceCtx), await w.db.repository(Project).find(UserContext.of(w.alice))];
    expect(first).toEqual(second);
    expect(first[0]).not.toBe(second[0]);
    first[0]!.name = "changed in memory";
    expect(await names(w, w.aliceCtx)).toEqual([`${SECRET}-project`]);
  });
});

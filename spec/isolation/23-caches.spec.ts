import { all, ContextRequiredError, every, oneOf, some, startsWith, UserContext, type Context } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { Tag, Task } from "../support/tracker";
import { relationWorld, type RelationWorld } from "./relation-world";
import { Project, SECRET, world, type World } from "./world";

/** The same calls on a public root that reaches owned tables: only the reach tells their statements apart. */
const throughPublic: readonly ((w: RelationWorld, context: Context) => Promise<unknown>)[] = [
  async ({ db }, context) => (await db.repository(Tag).as(context).find({}, { with: { tasks: true } })).flatMap((tag) => tag.tasks.map((task) => task.title)),
  async ({ db, tags }, context) => (await db.load(context, Object.assign(new Tag(), { id: tags.red.id }), { tasks: { orderBy: { title: "asc" }, limit: 3 } })).tasks.map((task) => task.title),
  ({ db }, context) => db.repository(Tag).as(context).count({ tasks: some({ title: `${SECRET} sell` }) }),
  ({ db }, context) => db.repository(Tag).as(context).exists({ children: some({ tasks: some({ title: `${SECRET} sell` }) }) }),
  async ({ db }, context) => (await db.repository(Tag).as(context).find({ tasks: every({ title: startsWith("bob") }) })).map((tag) => tag.name),
  ({ db }, context) => db.repository(Tag).as(context).update({ tasks: some({ title: `${SECRET} sell` }) }, { parentId: null }),
];

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
    expect([hers!.parameters, his!.parameters]).toEqual([[databases.sent(w.alice.user_id), "same"], [databases.sent(w.bob.user_id), "same"]]);
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

  it("never serve a public root's statement to another kind of scope, whichever ran first", async () => {
    const answers: unknown[][] = [];
    for (const order of ["system, bob, alice", "bob, system, alice", "alice, bob, system"]) {
      const w = await relationWorld(databases);
      const scopes: Readonly<Record<string, Context>> = { system: w.system, alice: w.aliceCtx, bob: w.bobCtx };
      const given: Record<string, unknown[]> = { system: [], alice: [], bob: [] };
      for (const call of throughPublic) for (const name of [...order.split(", "), ...order.split(", ")]) given[name]!.push(await call(w, scopes[name]!));
      answers.push([given["system"], given["alice"], given["bob"]]);
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    const [system, alice, bob] = answers[0]!.map((answer) => JSON.stringify(answer));
    expect(system).toContain(SECRET);
    expect(system).toContain("bob");
    expect(alice).not.toContain("bob");
    expect(bob).not.toContain(SECRET);
    expect(JSON.parse(bob!)).toEqual([...Array(2).fill(["bob paint", "bob sell", "bob paint"]), ...Array(2).fill(["bob paint", "bob sell"]), 0, 0, false, false, ...Array(2).fill(["colour", "red", "green"]), 0, 0]);
  });

  it("never serve a user's statement on a public root to a call without a context", async () => {
    const { db, bobCtx, system } = await relationWorld(databases);
    const tags = db.repository(Tag);
    const open = tags.find.bind(tags) as (where: object, options?: object) => Promise<unknown>;
    for (const context of [bobCtx, system]) {
      await tags.as(context).find({ tasks: some() }, { with: { tasks: true } });
      databases.forget();
      await failure(ContextRequiredError, () => open({ tasks: some() }));
      await failure(ContextRequiredError, () => open({}, { with: { tasks: true } }));
      expect(databases.events).toEqual([]);
    }
    const texts: string[] = [];
    for (const repository of [tags, tags.as(bobCtx), tags.as(system)]) {
      await repository.find({ parent: { name: "colour" } }, { with: { parent: true } });
      texts.push(databases.events.at(-1)!.sql);
    }
    // Where nothing owned is reached, the statements say the same.
    expect(new Set(texts).size).toBe(1);
  });

  it("never give a load the rows of the context that read its entities", async () => {
    const { db, aliceCtx, bobCtx, system } = await relationWorld(databases);
    for (const reader of [aliceCtx, system]) {
      const tasks = await db.repository(Task).find(reader, {}, { with: { project: true, tags: true, subtasks: true, note: true } });
      expect(JSON.stringify(tasks.map((task) => task.project))).toContain(SECRET);
      const again = await db.load(bobCtx, tasks, { project: true, subtasks: true, note: true, blockers: true });
      const found = JSON.stringify(again.map((task) => [task.project, task.subtasks, task.note, task.blockers]));
      expect(found).not.toContain(SECRET);
      expect(found.includes("bob")).toBe(reader === system);
    }
  });
});

import { InvalidQueryError, UserContext, type Context } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { plainSql, Project, SECRET, Task, world, type World } from "./world";

onEveryEngine("35 cursors from another user", (databases) => {
  async function filled(): Promise<World> {
    const w = await world(databases);
    await w.db.repository(Project).insertMany(w.aliceCtx, Array.from({ length: 9 }, (_, index) => ({ name: `${SECRET}-${index}`, budget: index })));
    await w.db.repository(Project).insertMany(w.bobCtx, Array.from({ length: 9 }, (_, index) => ({ name: `bob-${index}`, budget: index })));
    return w;
  }
  const order = { orderBy: { budget: "asc" }, first: 3 } as const;

  it("would lead into her rows without the guard", async () => {
    const { db, system, plain } = await filled();
    const page = await db.repository(Project).paginate(system, {}, order);
    const next = await db.repository(Project).paginate(system, {}, { ...order, after: page.nextCursor });
    expect([...page.items, ...next.items].some((project) => project.name.startsWith(SECRET))).toBe(true);
    const found = await plainSql(plain, "select count(*) as n from project where (budget, project_id) > (2, 0) and name like ?", `${SECRET}%`);
    if (found !== null) expect(found).toEqual([{ n: 8 }]);
  });

  it("a cursor of Alice's is none of Bob's, and the other way round", async () => {
    const { db, aliceCtx, bobCtx, system } = await filled();
    const projects = db.repository(Project);
    const cursors = await Promise.all([aliceCtx, bobCtx, system].map(async (context: Context) => (await projects.paginate(context, {}, order)).nextCursor));
    expect(new Set(cursors).size).toBe(3);
    const texts = new Set<string>();
    for (const [from, cursor] of cursors.entries()) {
      for (const [to, context] of [aliceCtx, bobCtx, system].entries()) {
        if (from === to) expect((await projects.paginate(context, {}, { ...order, after: cursor })).items).toHaveLength(3);
        else texts.add((await failure(InvalidQueryError, () => projects.paginate(context, {}, { ...order, after: cursor }))).message);
      }
    }
    // One text for all, the same as for any other text that is no cursor.
    texts.add((await failure(InvalidQueryError, () => projects.paginate(bobCtx, {}, { ...order, after: "x" }))).message);
    expect(texts.size).toBe(1);
  });

  it("a cursor holds for its owner and not for the context object: a new context of the same user goes on", async () => {
    const { db, alice, aliceCtx, bob } = await filled();
    const { nextCursor } = await db.repository(Project).paginate(aliceCtx, {}, order);
    const same = UserContext.of(alice, { actor: "support" });
    expect((await db.repository(Project).paginate(same, {}, { ...order, after: nextCursor })).items).toHaveLength(3);
    const other = UserContext.of(bob, { actor: alice.user_id });
    await failure(InvalidQueryError, () => db.repository(Project).paginate(other, {}, { ...order, after: nextCursor }));
  });

  it("pages hold Bob's rows alone from whatever place he starts, and say nothing of hers", async () => {
    const { db, bobCtx } = await filled();
    const seen: string[] = [];
    let pages = 0;
    for (let after: string | null | undefined; after !== null; pages += 1) {
      const page: { items: Project[]; nextCursor: string | null } = await db.repository(Project).paginate(bobCtx, {}, { ...order, after });
      seen.push(...page.items.map((project) => project.name));
      after = page.nextCursor;
    }
    expect([pages, seen.length, seen.filter((name) => name.startsWith(SECRET))]).toEqual([3, 9, []]);
    expect(await db.repository(Task).paginate(bobCtx, {})).toEqual({ items: [], nextCursor: null, previousCursor: null });
  });
});

import { AccessViolationError, all } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { aliceRows, plainSql, Project, world, type World } from "./world";

onEveryEngine("8 changing the owner (mass assignment)", (databases) => {
  const owners = async ({ db, system }: World) => (await db.repository(Project).find(system, all)).map((row) => [row.name, row.user_id]);

  it("would give the row away without the guard", async () => {
    const w = await world(databases);
    const own = await w.db.repository(Project).insert(w.bobCtx, { name: "bob" });
    expect(await w.db.repository(Project).update(w.system, { project_id: own.project_id }, { user_id: w.alice.user_id })).toBe(1);
    expect(await owners(w)).toContainEqual(["bob", w.alice.user_id]);
    await plainSql(w.plain, "update project set user_id = ? where name = 'bob' returning name", w.bob.user_id);
    if (w.plain !== null) expect(await owners(w)).toContainEqual(["bob", w.bob.user_id]);
  });

  it("is refused to Bob, whatever he writes and whichever way", async () => {
    const w = await world(databases);
    const projects = w.db.repository(Project);
    const own = await projects.insert(w.bobCtx, { name: "bob" });
    const [before, owned] = [await aliceRows(w), await owners(w)];
    const { project_id } = own;
    for (const user_id of [w.alice.user_id, 999_999, 0, -1, null, "2", String(w.bob.user_id), [w.bob.user_id], { valueOf: () => w.bob.user_id }]) {
      const body = { user_id } as { user_id: number };
      const attacks: readonly (() => Promise<unknown>)[] = [
        () => projects.update(w.bobCtx, all, body),
        () => projects.update(w.bobCtx, { project_id }, { ...body, name: "given" }),
        () => projects.update(w.bobCtx, { project_id }, { ...body, name: "given" }, { returning: true }),
        () => projects.save(w.bobCtx, { ...body, project_id, name: "given" }),
        () => projects.save(w.bobCtx, Object.assign(new Project(), own, body)),
        () => projects.saveMany(w.bobCtx, [{ ...body, project_id }]),
        () => projects.upsert(w.bobCtx, { ...body, name: "bob", budget: 1 }, { on: ["name"] }),
        () => projects.remove(w.bobCtx, { ...body, project_id }),
      ];
      for (const attack of attacks) expect(await failure(AccessViolationError, attack)).toMatchObject({ entity: "Project", property: "user_id" });
    }
    expect(await owners(w)).toEqual(owned);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("lets Bob say what is so anyway", async () => {
    const w = await world(databases);
    const projects = w.db.repository(Project);
    const own = await projects.insert(w.bobCtx, { name: "bob", user_id: w.bob.user_id });
    expect(await projects.update(w.bobCtx, { project_id: own.project_id }, { user_id: w.bob.user_id, budget: 3 })).toBe(1);
    expect(await projects.save(w.bobCtx, own)).toBe(own);
    expect(await owners(w)).toContainEqual(["bob", w.bob.user_id]);
  });

  it("reads a payload once: a property that answers differently the second time changes nothing", async () => {
    const w = await world(databases);
    let reads = 0;
    const shifty = { name: "shifty", get user_id() { reads += 1; return reads === 1 ? w.bob.user_id : w.alice.user_id; } };
    const stored = await w.db.repository(Project).insert(w.bobCtx, shifty);
    expect(stored.user_id).toBe(w.bob.user_id);
    expect(await owners(w)).toContainEqual(["shifty", w.bob.user_id]);
  });
});

import { AccessViolationError, all } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
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
});

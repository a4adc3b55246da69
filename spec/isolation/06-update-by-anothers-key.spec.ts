import { AccessViolationError } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { aliceRows, Project, SECRET, Setting, Token, world } from "./world";

onEveryEngine("6 update by another's key", (databases) => {
  it("would change the row without the guard", async () => {
    const { db, system, rows } = await world(databases);
    await db.repository(Project).save(system, { project_id: rows.project.project_id, budget: 1 });
    expect(await db.repository(Project).update(system, { project_id: rows.project.project_id }, { name: "taken" })).toBe(1);
    expect(await db.repository(Project).findById(system, rows.project.project_id)).toMatchObject({ name: "taken", budget: 1 });
  });

  it("changes nothing in Bob's name, by a key of any kind", async () => {
    const w = await world(databases);
    const { db, bobCtx, rows } = w;
    const before = await aliceRows(w);
    const project = { project_id: rows.project.project_id, name: "taken" };
    const attacks: readonly (() => Promise<unknown>)[] = [
      () => db.repository(Project).save(bobCtx, project),
      () => db.repository(Project).save(bobCtx, Object.assign(new Project(), project)),
      () => db.repository(Project).saveMany(bobCtx, [{ name: "mine" }, project]),
      () => db.repository(Project).as(bobCtx).save(project),
      () => db.repository(Project).save(bobCtx, { project_id: rows.project.project_id }),
      () => db.repository(Token).save(bobCtx, { token_id: rows.token.token_id, label: "taken" }),
      () => db.repository(Setting).save(bobCtx, { name: rows.setting.name, value: "taken" }),
      // The entity as Alice loaded it: it names her as its owner.
      () => db.repository(Project).save(bobCtx, rows.project),
    ];
    for (const attack of attacks) expect((await failure(AccessViolationError, attack)).message).not.toContain(SECRET);
    expect(await db.repository(Project).update(bobCtx, { project_id: rows.project.project_id }, { name: "taken" })).toBe(0);
    expect(await db.repository(Project).update(bobCtx, { project_id: rows.project.project_id }, { name: "taken" }, { returning: true })).toEqual([]);
    expect(await aliceRows(w)).toEqual(before);
    // What came before the refused row of the list went with it.
    expect(await db.repository(Project).count(bobCtx)).toBe(0);
  });

  it("answers as for a row that does not exist", async () => {
    const { db, bobCtx, rows } = await world(databases);
    const [other, absent] = await Promise.all([rows.project.project_id, 999_999].map((project_id) =>
      failure(AccessViolationError, () => db.repository(Project).save(bobCtx, { project_id, name: "taken" }))));
    expect(other!.message).toBe(absent!.message);
    expect(Object.keys(other!).sort()).toEqual(Object.keys(absent!).sort());
  });
});

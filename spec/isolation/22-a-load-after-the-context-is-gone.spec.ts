import { AccessViolationError, all, TransactionError, User, UserContext, type Repository } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { aliceRows, Project, Setting, Task, Token, world } from "./world";

onEveryEngine("22 a load after the context is gone", (databases) => {
  it("would show the row in the context that loaded it", async () => {
    const { db, aliceCtx, rows } = await world(databases);
    const bound = db.repository(Project).as(aliceCtx);
    expect(await bound.findById(rows.project.project_id)).toEqual(rows.project);
  });

  it("an entity in hand carries no right: what Alice loaded cannot be used in Bob's name", async () => {
    const w = await world(databases);
    const { db, aliceCtx, bobCtx, rows } = w;
    const loaded = await db.repository(Project).findByIdOrFail(aliceCtx, rows.project.project_id);
    const before = await aliceRows(w);
    loaded.name = "taken";
    await failure(AccessViolationError, () => db.repository(Project).save(bobCtx, loaded));
    await failure(AccessViolationError, () => db.repository(Project).insert(bobCtx, loaded));
    await failure(AccessViolationError, () => db.repository(Project).remove(bobCtx, loaded));
    await failure(AccessViolationError, () => db.repository(Project).upsert(bobCtx, loaded, { on: ["name"] }));
    expect(await aliceRows(w)).toEqual(before);
  });

  it("a transaction's repository does not outlive it, bound or not", async () => {
    const { db, aliceCtx, rows } = await world(databases);
    let kept: Repository<Project> | undefined;
    let unbound: (() => Promise<unknown>) | undefined;
    await db.transaction(async (tx) => {
      kept = tx.repository(Project).as(aliceCtx);
      unbound = () => tx.repository(Project).find(aliceCtx);
      expect(await kept.findById(rows.project.project_id)).toEqual(rows.project);
    });
    await failure(TransactionError, () => kept!.findById(rows.project.project_id));
    await failure(TransactionError, () => unbound!());
  });

  it("a context shows nothing once its owner is gone, and nothing of whoever comes next", async () => {
    const w = await world(databases);
    const { db, system, alice, bobCtx } = w;
    const before = await aliceRows(w);
    const gone = w.bobCtx;
    await db.repository(Project).insert(bobCtx, { name: "bob" });
    await db.repository(Project).delete(bobCtx, all);
    await db.repository(User).as(system).remove(w.bob);
    const next = await db.repository(User).insert({ info: w.alice.info });
    expect(next.user_id).not.toBe(gone.key);
    await db.repository(Project).insert(UserContext.of(next), { name: "next" });
    for (const entity of [Project, Task, Token, Setting]) expect(await db.repository(entity as typeof Project).find(gone)).toEqual([]);
    expect(await db.repository(Project).update(gone, all, { budget: 1 })).toBe(0);
    expect(alice.user_id).not.toBe(gone.key);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("a bound repository stays bound to its own context", async () => {
    const { db, aliceCtx, bobCtx, rows } = await world(databases);
    const [hers, his] = [db.repository(Project).as(aliceCtx), db.repository(Project).as(bobCtx)];
    expect(await his.find()).toEqual([]);
    expect(await hers.as(bobCtx).find()).toEqual([]);
    expect(await hers.find()).toEqual([rows.project]);
    expect(Reflect.ownKeys(his)).toEqual([]);
  });
});

import { all, and, eq, gt, not, oneOf, or, type Context, type Where } from "freehold";
import { onEveryEngine } from "../support/databases";
import { aliceRows, Project, SECRET, world } from "./world";

onEveryEngine("3 where naming another owner", (databases) => {
  const naming = (owner: number): readonly Where<Project>[] => [
    { user_id: owner }, { user_id: eq(owner) }, { user_id: oneOf([owner]) }, and({ user_id: owner }), or({ user_id: owner }),
    not(not({ user_id: owner })), { user_id: owner, name: `${SECRET}-project` }, { user_id: gt(0) },
  ];

  it("would find the row without the guard, and finds nothing in Bob's name", async () => {
    const w = await world(databases);
    const projects = w.db.repository(Project);
    const before = await aliceRows(w);
    for (const where of naming(w.alice.user_id)) {
      expect(await projects.find(w.system, where)).toMatchObject([{ name: `${SECRET}-project` }]);
      expect(await projects.find(w.bobCtx, where)).toEqual([]);
      expect(await projects.findOne(w.bobCtx, where)).toBeNull();
      expect(await projects.count(w.bobCtx, where)).toBe(0);
      expect(await projects.exists(w.bobCtx, where)).toBe(false);
      expect(await projects.update(w.bobCtx, where, { budget: 0 })).toBe(0);
      expect(await projects.delete(w.bobCtx, where)).toBe(0);
    }
    expect(await aliceRows(w)).toEqual(before);
  });

  it("lets each name its own rows", async () => {
    const { db, aliceCtx, bobCtx, alice, bob } = await world(databases);
    const projects = db.repository(Project);
    await projects.insert(bobCtx, { name: "bob" });
    const names = async (context: Context, owner: number) => (await projects.find(context, { user_id: owner })).map((row) => row.name);
    expect(await names(bobCtx, bob.user_id)).toEqual(["bob"]);
    expect(await names(aliceCtx, alice.user_id)).toEqual([`${SECRET}-project`]);
    expect((await projects.find(bobCtx, all)).map((row) => row.user_id)).toEqual([bob.user_id]);
  });
});

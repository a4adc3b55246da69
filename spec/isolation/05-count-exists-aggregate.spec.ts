import { all, gt, like } from "freehold";
import { onEveryEngine } from "../support/databases";
import { Project, SECRET, Setting, Task, Token, world } from "./world";

onEveryEngine("5 count, exists, aggregate", (databases) => {
  it("would tell of the rows without the guard, and counts Bob's alone with it", async () => {
    const { db, system, bobCtx } = await world(databases);
    for (const entity of [Project, Task, Token, Setting]) {
      const repository = db.repository(entity as typeof Project);
      expect(await repository.count(system)).toBe(1);
      expect(await repository.exists(system, all)).toBe(true);
      expect(await repository.count(bobCtx)).toBe(0);
      expect(await repository.count(bobCtx, {})).toBe(0);
      expect(await repository.count(bobCtx, all)).toBe(0);
      expect(await repository.exists(bobCtx, all)).toBe(false);
      expect(await repository.exists(bobCtx, {})).toBe(false);
    }
    expect(await db.repository(Project).exists(system, { name: like(`${SECRET}%`) })).toBe(true);
    expect(await db.repository(Project).exists(bobCtx, { name: like(`${SECRET}%`) })).toBe(false);
    expect(await db.repository(Project).count(bobCtx, { budget: gt(0) })).toBe(0);
  });

  it("counts what Bob has, however many rows Alice has", async () => {
    const { db, aliceCtx, bobCtx } = await world(databases);
    const projects = db.repository(Project);
    await projects.insertMany(bobCtx, [{ name: "a", budget: 1 }, { name: "b", budget: 2 }]);
    const counts = async () => [await projects.count(bobCtx), await projects.count(bobCtx, { budget: gt(1) }), await projects.exists(bobCtx, { budget: 100 })];
    const before = await counts();
    expect(before).toEqual([2, 1, false]);
    await projects.insertMany(aliceCtx, Array.from({ length: 20 }, (_, index) => ({ name: `x${index}`, budget: 100 })));
    expect(await counts()).toEqual(before);
  });

  it("sums, extremes and groups hold Bob's rows alone", async () => {
    const { db, aliceCtx, bobCtx, system } = await world(databases);
    const projects = db.repository(Project);
    await projects.insertMany(bobCtx, [{ name: "a", budget: 1 }, { name: "b", budget: 2 }]);
    const whole = { count: true, sum: ["budget"], avg: ["budget"], min: ["name"], max: ["name", "budget"], countDistinct: ["name"] } as const;
    const groups = { groupBy: ["budget"], count: true, max: ["name"], having: { count: gt(0) }, orderBy: { max: { name: "desc" } } } as const;
    const seen = async () => [await projects.aggregate(bobCtx, whole), await projects.aggregate(bobCtx, groups), await projects.findAndCount(bobCtx, all, { limit: 1 })];
    const before = await seen();
    expect(before[0]).toMatchObject({ count: 2, sum: { budget: 3 }, max: { name: "b", budget: 2 } });
    await projects.insertMany(aliceCtx, Array.from({ length: 5 }, (_, index) => ({ name: `${SECRET}-${index}`, budget: index })));
    // Without the guard, the very same requests tell of her rows.
    expect((await projects.aggregate(system, whole)).max.budget).toBe(100);
    expect((await projects.aggregate(system, groups)).map(({ max: { name } }) => name)).toContain(`${SECRET}-4`);
    expect(await seen()).toEqual(before);
  });

  it("pages through Bob's rows alone", async () => {
    const { db, aliceCtx, bobCtx } = await world(databases);
    const projects = db.repository(Project);
    for (const name of ["a", "b", "c"]) {
      await projects.insert(bobCtx, { name });
      await projects.insert(aliceCtx, { name });
    }
    const page = async (offset: number) => (await projects.find(bobCtx, {}, { orderBy: { name: "desc" }, limit: 2, offset })).map((row) => row.name);
    expect([await page(0), await page(2), await page(3)]).toEqual([["c", "b"], ["a"], []]);
  });
});

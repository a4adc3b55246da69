import * as fc from "fast-check";
import {
  AccessViolationError, all, CheckViolationError, ContextRequiredError, gte, InvalidQueryError, UniqueViolationError, ValidationError, type Database, type UserContext,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Country, Handle, plannerModel, Rate, Setting, Tag } from "../support/planner";
import { Sample } from "../support/samples";
import { Task, trackerModel } from "../support/tracker";

onEveryEngine("upsertMany", (databases) => {
  let db: Database;
  let ctx: UserContext;
  let bobCtx: UserContext;

  beforeEach(async () => {
    db = await databases.open(plannerModel);
    ({ aliceCtx: ctx, bobCtx } = await twoUsers(db));
  });

  it("inserts and updates in one statement for rows that name the same properties", async () => {
    const settings = db.repository(Setting);
    await settings.insertMany(ctx, [{ key: "a", value: "old", weight: 7 }, { key: "c", value: "old" }]);
    const before = databases.events.length;
    const stored = await settings.upsertMany(ctx, ["c", "b", "a"].map((key) => ({ key, value: `new ${key}` })), { on: ["key"] });
    expect(databases.events.length - before).toBe(1);
    expect(stored.map(({ key, value }) => [key, value])).toEqual([["c", "new c"], ["b", "new b"], ["a", "new a"]]);
    expect(stored[2]?.weight).toBe(7);
    expect(await settings.find(ctx)).toEqual([...stored].sort((one, other) => (one.key < other.key ? -1 : 1)));
    expect(await settings.upsertMany(ctx, [], { on: ["key"] })).toEqual([]);
  });

  it("agrees with a plain map, whichever properties each entry names", async () => {
    const entry = fc.record({ code: fc.constantFrom("a", "b", "c", "d", "e"), name: fc.constantFrom("x", "y"), area: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }) });
    const lists = fc.array(fc.uniqueArray(entry, { selector: ({ code }) => code, maxLength: 5 }), { maxLength: 4 });
    await fc.assert(fc.asyncProperty(lists, async (calls) => {
      const countries = db.repository(Country);
      await countries.as(db.system("begin anew")).delete(all);
      const model = new Map<string, { code: string; name: string; area: number | null }>();
      for (const list of calls) {
        const stored = await countries.upsertMany(list, { on: ["code"] });
        for (const { code, name, area } of list) model.set(code, { code, name, area: area ?? model.get(code)?.area ?? null });
        expect(stored).toEqual(list.map(({ code }) => model.get(code)));
      }
      expect(await countries.find()).toEqual([...model.values()].sort((a, b) => (a.code < b.code ? -1 : 1)));
    }), { numRuns: 40 });
  });

  it("works on unique keys of every kind, and fills instances", async () => {
    const tags = db.repository(Tag);
    const tag = tags.create({ label: "b", note: "n" });
    const stored = await tags.upsertMany([{ label: "a" }, tag], { on: ["label"] });
    expect(stored[1]).toBe(tag);
    expect(tag.id).toBeGreaterThan(0);
    const rates = db.repository(Rate);
    await rates.upsertMany([{ currency: "EUR", day: "2026-01-01", value: "1" }, { currency: "EUR", day: "2026-01-02", value: "2" }], { on: ["day", "currency"] });
    await rates.upsertMany([{ currency: "EUR", day: "2026-01-02", value: "3" }], { on: ["currency", "day"] });
    expect((await rates.find()).map(({ value }) => value)).toEqual(["1.0000", "3.0000"]);
    // A null meets nothing: such rows are always new.
    const settings = db.repository(Setting);
    const before = await settings.count(ctx);
    await settings.upsertMany(ctx, [{ key: "x", value: "1" }, { key: "y", value: "2" }], { on: ["alias"] });
    await failure(UniqueViolationError, () => settings.upsertMany(ctx, [{ key: "x", value: "1" }], { on: ["alias"] }));
    expect(await settings.count(ctx)).toBe(before + 2);
  });

  it("is all or nothing, and refuses two entries for one row before any SQL", async () => {
    const settings = db.repository(Setting);
    await settings.insert(ctx, { key: "taken", value: "v", alias: "x" });
    const list = [{ key: "a", value: "1" }, { key: "b", value: "2", alias: "x" }];
    await failure(UniqueViolationError, () => settings.upsertMany(ctx, list, { on: ["key"] }));
    expect(await settings.count(ctx)).toBe(1);
    const before = databases.events.length;
    const error = await failure(ValidationError, () => settings.upsertMany(ctx, [{ key: "a", value: "1" }, { key: "b", value: "2" }, { key: "a", value: "3" }], { on: ["key"] }));
    expect(error.message).toContain("0 and 2");
    await failure(AccessViolationError, () => settings.upsertMany(ctx, [{ key: "a", value: "1", user_id: bobCtx.key as never }], { on: ["key"] }));
    await failure(ValidationError, () => settings.upsertMany(ctx, [{ key: "a", value: "1" }, { value: "2" }], { on: ["key"] }));
    for (const wrong of [undefined, {}, { on: [] }, { on: ["value"] }, { on: ["key"], onProgress: 1 }, { on: ["key"], returning: true }]) {
      await failure(InvalidQueryError, () => settings.upsertMany(ctx, [{ key: "a", value: "1" }], wrong as never));
    }
    for (const wrong of [undefined, null, {}, "x"]) await failure(InvalidQueryError, () => settings.upsertMany(ctx, wrong as never, { on: ["key"] }));
    await failure(ContextRequiredError, () => settings.upsertMany(undefined as never, [], { on: ["key"] }));
    expect(databases.events.length).toBe(before);
  });

  it("never touches another owner's row", async () => {
    const handles = db.repository(Handle);
    await handles.insert(bobCtx, { handle: "bob", motto: "mine" });
    const settings = db.repository(Setting);
    await settings.insert(bobCtx, { key: "theme", value: "bob's" });
    await settings.upsertMany(ctx, [{ key: "theme", value: "alice's" }, { key: "other", value: "x" }], { on: ["key"] });
    expect((await settings.find(bobCtx)).map(({ key, value }) => [key, value])).toEqual([["theme", "bob's"]]);
  });
});

onEveryEngine("increment", (databases) => {
  let db: Database;
  let ctx: UserContext;
  let bobCtx: UserContext;

  beforeEach(async () => {
    db = await databases.open({ ...trackerModel, entities: [...trackerModel.entities, Sample] });
    ({ aliceCtx: ctx, bobCtx } = await twoUsers(db));
  });

  it("adds to every number type in the rows of the context alone, leaves null, and loses no change", async () => {
    const tasks = db.repository(Task);
    const mine = await tasks.insertMany(ctx, [1, null, 5].map((effort) => ({ title: "t", effort })));
    const his = await tasks.insert(bobCtx, { title: "t", effort: 1 });
    expect(await tasks.increment(ctx, { title: "t" }, { effort: -2 })).toBe(3);
    expect((await tasks.find(ctx)).map(({ effort }) => effort)).toEqual([-1, null, 3]);
    await Promise.all(Array.from({ length: 20 }, () => tasks.increment(ctx, all, { effort: 1 })));
    const rows = await tasks.increment(ctx, { title: "t" }, { effort: 1 }, { returning: true });
    expect(rows.map(({ id, effort }) => [id, effort])).toEqual(mine.map(({ id }, index) => [id, [20, null, 24][index]]));
    expect(rows[0]).toBeInstanceOf(Task);
    expect(await tasks.findByIdOrFail(bobCtx, his.id)).toEqual(his);
    const samples = db.repository(Sample);
    await samples.insert({ bigint: 2n ** 53n, real: 0.25, integer: 5 });
    await samples.increment({ id: 1 }, { bigint: 1n, real: 0.5, integer: -10 });
    expect(await samples.findById(1)).toMatchObject({ bigint: 2n ** 53n + 1n, real: 0.75, integer: -5 });
  });

  it("fails as a whole where a sum is more than the type holds", async () => {
    const samples = db.repository(Sample);
    const most = Number.MAX_SAFE_INTEGER;
    await samples.insertMany([{ integer: 1, bigint: 1n, real: 1 }, { integer: most, bigint: 2n ** 63n - 1n, real: Number.MAX_VALUE }, { integer: -most, bigint: -(2n ** 63n), real: -Number.MAX_VALUE }]);
    const before = await samples.find();
    for (const amounts of [{ integer: 1 }, { integer: -1 }, { bigint: 1n }, { bigint: -1n }, { real: Number.MAX_VALUE }, { real: -1e300 }]) {
      const error = await failure(CheckViolationError, () => samples.increment(all, amounts));
      expect(error.message).toContain("increment would take Sample.");
      expect(await samples.find()).toEqual(before);
    }
    await samples.increment({ id: 2 }, { integer: -most });
    expect((await samples.findById(2))?.integer).toBe(0);
  });

  it("refuses what cannot be added to, before any SQL", async () => {
    const tasks = db.repository(Task);
    const samples = db.repository(Sample);
    const before = databases.events.length;
    for (const amounts of [{ title: 1 }, { done: 1 }, { due: 1 }, { projectId: 1 }, {}]) {
      await failure(/* either */ Error, () => tasks.increment(ctx, { title: "t" }, amounts as never));
    }
    // SQLite keeps decimals as text, to which it cannot add.
    if (databases.dialect === "sqlite") await failure(InvalidQueryError, () => samples.increment({ id: 1 }, { money: "1" } as never));
    for (const amounts of [{ id: 1 }, { effort: "1" }, { effort: 1.5 }, { effort: null }, { effort: NaN }, { nothing: 1 }, { effort: 1n }]) {
      await failure(ValidationError, () => tasks.increment(ctx, { title: "t" }, amounts as never));
    }
    await failure(AccessViolationError, () => tasks.increment(ctx, { title: "t" }, { user_id: bobCtx.key } as never));
    for (const where of [{}, undefined]) await failure(InvalidQueryError, () => tasks.increment(ctx, where as never, { effort: 1 }));
    await failure(ContextRequiredError, () => tasks.increment(undefined as never, { title: "t" }, { effort: 1 }));
    expect(databases.events.length).toBe(before);
  });
});

onEveryEngine("writing long lists", (databases) => {
  let db: Database;
  let ctx: UserContext;

  beforeEach(async () => {
    db = await databases.open(trackerModel);
    ({ aliceCtx: ctx } = await twoUsers(db));
  });

  const LONG = process.env["FREEHOLD_LONG"] === "1" ? 100_000 : 5_000;

  it(`stores ${LONG} rows in few statements, tells how far it is, and lets others have a turn`, async () => {
    const tasks = db.repository(Task);
    const progress: number[] = [];
    let turns = 0;
    const timer = setInterval(() => { turns += 1; }, 1);
    // A step is as long here as on a slow machine: after ten milliseconds the next turn is somebody else's.
    const step = (rows: number): void => {
      progress.push(rows);
      for (const began = performance.now(); performance.now() - began < 15;);
    };
    const before = databases.events.length;
    const stored = await tasks.insertMany(ctx, Array.from({ length: LONG }, (_, index) => ({ title: `t${index}`, effort: index % 9 })), { onProgress: step });
    clearInterval(timer);
    expect(stored).toHaveLength(LONG);
    expect(databases.events.length - before).toBe(LONG / 500);
    expect([progress[0], progress.at(-1), progress.length]).toEqual([500, LONG, LONG / 500]);
    // After each step but the last, whatever the machine is at.
    expect(turns).toBeGreaterThanOrEqual(LONG / 500 - 1);
    for (const at of [0, 499, 500, LONG - 1]) expect(await tasks.findById(ctx, stored[at]?.id ?? 0)).toMatchObject({ title: `t${at}` });
  }, 60_000);

  it("stores nothing when the last row fails, or the signal is aborted on the way", async () => {
    const tasks = db.repository(Task);
    const list = (last: object) => [...Array.from({ length: 1_200 }, (_, index) => ({ title: `t${index}` })), last as { title: string }];
    await failure(Error, () => tasks.insertMany(ctx, list({ title: "x", projectId: 999 })));
    expect(await tasks.count(ctx)).toBe(0);
    const controller = new AbortController();
    const aborted = tasks.insertMany(ctx, list({ title: "x" }), { signal: controller.signal, onProgress: () => controller.abort(new Error("enough")) });
    await expect(aborted).rejects.toThrow("enough");
    expect(await tasks.count(ctx)).toBe(0);
    await expect(tasks.insertMany(ctx, list({ title: "x" }), { onProgress: () => { throw new Error("broken"); } })).rejects.toThrow("broken");
    expect(await tasks.count(ctx)).toBe(0);
    await failure(InvalidQueryError, () => tasks.insertMany(ctx, [{ title: "x" }], { onProgress: 5 } as never));
    const seen: number[] = [];
    await tasks.saveMany(ctx, [{ title: "a" }, { title: "b" }], { onProgress: (rows) => seen.push(rows) });
    expect(seen).toEqual([2]);
  });

  it("returns written rows in the order of their keys", async () => {
    const tasks = db.repository(Task);
    await tasks.insertMany(ctx, Array.from({ length: 12 }, (_, index) => ({ title: `t${(index * 7) % 12}`, effort: index })));
    const ids = (rows: readonly Task[]): readonly number[] => rows.map(({ id }) => id);
    const wanted = ids(await tasks.find(ctx, { effort: gte(2) }));
    expect(ids(await tasks.update(ctx, { effort: gte(2) }, { done: true }, { returning: true }))).toEqual(wanted);
    expect(ids(await tasks.delete(ctx, { effort: gte(2) }, { returning: true }))).toEqual(wanted);
  });
});

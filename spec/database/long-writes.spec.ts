import * as fc from "fast-check";
import { all, eq, gte, oneOf, ValidationError, type Database, type UserContext } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { plannerModel, Setting, Tag } from "../support/planner";
import { Sample, sampleModel } from "../support/samples";

onEveryEngine("long writes", (databases) => {
  let db: Database;
  let ctx: UserContext;

  beforeEach(async () => {
    db = await databases.open(plannerModel);
    ({ aliceCtx: ctx } = await twoUsers(db));
  });

  const settingsOf = (count: number) => Array.from({ length: count }, (_, index) => ({ key: `k${index}`, value: "v", weight: index }));

  /** Each long write of 6,000 settings, some of which are there already. */
  const longWrites = (): Readonly<Record<string, (signal: AbortSignal) => Promise<unknown>>> => {
    const settings = db.repository(Setting);
    const tags = db.repository(Tag);
    return {
      insertMany: (signal) => settings.insertMany(ctx, settingsOf(6_000).map((row) => ({ ...row, key: `new ${row.key}` })), { signal }),
      upsertMany: (signal) => settings.upsertMany(ctx, settingsOf(6_000), { on: ["key"], signal }),
      "saveMany, known": async (signal) => settings.saveMany(ctx, settingsOf(2_000).map((row) => ({ ...row, value: "w" })), { signal }),
      "saveMany, new": (signal) => tags.saveMany(Array.from({ length: 6_000 }, (_, index) => ({ label: `l${index}` })), { signal }),
    };
  };

  it("lets the event loop turn on every driver, so that an abort comes through, and then stores nothing", async () => {
    const settings = db.repository(Setting);
    await settings.insertMany(ctx, settingsOf(2_000));
    const before = [await settings.find(ctx), await db.repository(Tag).find()];
    for (const [name, write] of Object.entries(longWrites())) {
      const controller = new AbortController();
      const reason = new Error(`${name}: enough`);
      setImmediate(() => controller.abort(reason));
      expect(await failure(Error, () => write(controller.signal))).toBe(reason);
      expect([await settings.find(ctx), await db.repository(Tag).find()]).toEqual(before);
    }
  });

  it("runs nothing under a signal that has been aborted", async () => {
    const reason = new Error("stop");
    const signal = AbortSignal.abort(reason);
    const settings = db.repository(Setting);
    const before = databases.events.length;
    const calls = [
      ...Object.values(longWrites()).map((write) => () => write(signal)),
      () => settings.update(ctx, all, { value: "x" }, { signal, returning: true }),
      () => settings.increment(ctx, all, { weight: 1 }, { signal }),
      () => settings.delete(ctx, all, { signal, returning: true }),
    ];
    for (const call of calls) expect(await failure(Error, call)).toBe(reason);
    expect(databases.events).toHaveLength(before);
  });

  it("writes what the entries held at the call, whatever becomes of them meanwhile", async () => {
    const tags = db.repository(Tag);
    const settings = db.repository(Setting);
    const labels = (name: string) => Array.from({ length: 600 }, (_, index) => ({ label: `${name} ${index}`, note: null as string | null }));
    const changedMeanwhile = async <T extends object>(list: T[], change: Partial<T>, write: (list: T[]) => Promise<unknown>): Promise<void> => {
      const writing = write(list);
      for (const entry of list) Object.assign(entry, change);
      list.length = 0;
      await writing;
    };
    await changedMeanwhile(labels("insert"), { note: "changed" }, (list) => tags.insertMany(list));
    await changedMeanwhile(labels("save"), { note: "changed" }, (list) => tags.saveMany(list));
    await changedMeanwhile(labels("upsert"), { note: "changed" }, (list) => tags.upsertMany(list, { on: ["label"] }));
    await changedMeanwhile(settingsOf(600), { value: "changed" }, (list) => settings.insertMany(ctx, list));
    expect([await tags.count(), await tags.count({ note: "changed" })]).toEqual([1_800, 0]);
    expect([await settings.count(ctx), await settings.count(ctx, { value: "changed" })]).toEqual([600, 0]);
  });

  it("saveMany checks the whole list before any SQL, then inserts new rows together and in the list's order", async () => {
    const tags = db.repository(Tag);
    const [known] = await tags.insertMany([{ label: "known" }]);
    const before = databases.events.length;
    const fresh = tags.create({ label: "b" });
    await failure(ValidationError, () => tags.saveMany([known as Tag, { label: "a" }, { label: 5 as never }]));
    expect(databases.events).toHaveLength(before);
    const seen: number[] = [];
    const list = [{ label: "a" }, fresh, Object.assign(known as Tag, { note: "n" }), { label: "c" }, fresh];
    const saved = await tags.saveMany(list, { onProgress: (rows) => seen.push(rows) });
    expect(saved.map(({ label }) => label)).toEqual(["a", "b", "known", "c", "b"]);
    expect([saved[1], saved[4]]).toEqual([fresh, fresh]);
    expect(saved[4]).toBe(fresh);
    expect(seen).toEqual([2, 3, 4]);
    expect(databases.events.slice(before).map(({ operation, rowCount }) => [operation, rowCount])).toEqual([["insert", 2], ["save", 1], ["insert", 1]]);
    expect((await tags.find({}, { orderBy: { id: "asc" } })).map(({ label }) => label)).toEqual(["known", "a", "b", "c"]);
    expect(await tags.find({ id: oneOf(saved.map(({ id }) => id)) })).toEqual([saved[2], saved[0], saved[1], saved[3]]);
  });

  it("upsertMany on a counted key never gives a new entry the id that another entry names", async () => {
    const tags = db.repository(Tag);
    const stored = await tags.upsertMany([{ label: "new" }, { id: 1, label: "named" }, { label: "newer" }], { on: ["id"] });
    expect(stored.map(({ label }) => label)).toEqual(["new", "named", "newer"]);
    expect(stored[1]?.id).toBe(1);
    expect(await tags.find({}, { orderBy: { label: "asc" } })).toEqual([stored[1], stored[0], stored[2]]);
  });
});

onEveryEngine("random long writes", (databases) => {
  const most = Number.MAX_SAFE_INTEGER;
  const row = fc.record({
    integer: fc.option(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(most, -most, most - 1))),
    bigint: fc.option(fc.oneof(fc.bigInt({ min: -5n, max: 5n }), fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n)))),
    text: fc.option(fc.string()),
    datetime: fc.option(fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true })),
  });
  const step = fc.oneof(
    fc.record({ kind: fc.constant("insert" as const), rows: fc.array(row, { maxLength: 6 }) }),
    fc.record({
      kind: fc.constant("increment" as const), from: fc.integer({ min: 0, max: 6 }),
      by: fc.record({ integer: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(most, -most)), bigint: fc.bigInt({ min: -3n, max: 3n }) }),
    }),
    fc.record({ kind: fc.constant("delete" as const), id: fc.integer({ min: 1, max: 12 }) }),
  );

  it("insertMany, increment and delete agree with a plain list", async () => {
    const db = await databases.open(sampleModel);
    const samples = db.repository(Sample);
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      await samples.delete(all);
      let last = (await samples.insert({})).id;
      await samples.delete({ id: last });
      const offset = last;
      let model: Pick<Sample, "id" | "integer" | "bigint" | "text" | "datetime">[] = [];
      const holds = (value: Pick<Sample, "integer" | "bigint">): boolean => (value.integer === null || Number.isSafeInteger(value.integer))
        && (value.bigint === null || BigInt.asIntN(64, value.bigint) === value.bigint);
      for (const now of steps) {
        if (now.kind === "insert") {
          const stored = await samples.insertMany(now.rows);
          const wanted = now.rows.map((data) => ({ ...data, id: last += 1 }));
          expect(stored).toMatchObject(wanted);
          model = [...model, ...wanted];
        } else if (now.kind === "delete") {
          const gone = await samples.delete({ id: eq(offset + now.id) }, { returning: true });
          expect(gone).toMatchObject(model.filter(({ id }) => id === offset + now.id));
          model = model.filter(({ id }) => id !== offset + now.id);
        } else {
          const after = model.map((held) => held.id < offset + now.from ? held : {
            ...held, integer: held.integer === null ? null : held.integer + now.by.integer, bigint: held.bigint === null ? null : held.bigint + now.by.bigint,
          });
          const adding = samples.increment({ id: gte(offset + now.from) }, now.by, { returning: true });
          if (after.every(holds)) {
            model = after;
            expect(await adding).toMatchObject(after.filter(({ id }) => id >= offset + now.from));
          } else {
            await expect(adding).rejects.toMatchObject({ code: "CHECK_VIOLATION" });
          }
        }
        expect(await samples.find()).toMatchObject(model);
      }
    }), { numRuns: 40 });
  });
});

import * as fc from "fast-check";
import { between, contains, DataError, gt, gte, InvalidQueryError, lte, ne, ValidationError, type Database, type UserContext } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { compare } from "../support/reference-where";
import { Sample, sampleModel } from "../support/samples";
import { Task, trackerModel } from "../support/tracker";

const RUNS = 100;

const row = fc.record({
  title: fc.constantFrom("a", "b", "A"), done: fc.boolean(), effort: fc.option(fc.integer({ min: -3, max: 5 }), { nil: null }),
  due: fc.option(fc.constantFrom("2025-12-31T23:59:59.999Z", "2026-01-01T00:00:00.000Z", "2026-01-31T10:00:00.000Z").map((text) => new Date(text)), { nil: null }),
});
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

const PARTS = { day: 10, month: 7, year: 4 } as const;
const group = fc.oneof(
  fc.constantFrom("title", "done", "effort", "due").map((property) => ({ property, part: null })),
  fc.constantFrom<keyof typeof PARTS>("day", "month", "year").map((part) => ({ property: "due", part })),
);
const request = fc.record({
  groups: fc.uniqueArray(group, { minLength: 1, maxLength: 3, selector: (one) => one.property }),
  least: fc.integer({ min: 0, max: 3 }),
  top: fc.constantFrom("count", "sum", "none"),
  limit: fc.option(fc.nat(4), { nil: undefined }),
});

/** What one group must be, in plain JavaScript. */
function measured(rows: readonly Row[]) {
  const efforts = rows.flatMap(({ effort }) => effort ?? []);
  const times = rows.flatMap(({ due }) => due === null ? [] : [due.getTime()]);
  const total = efforts.reduce((sum, effort) => sum + effort, 0);
  return {
    count: rows.length,
    countDistinct: { title: new Set(rows.map(({ title }) => title)).size, due: new Set(times).size },
    sum: { effort: efforts.length === 0 ? null : total },
    avg: { effort: efforts.length === 0 ? null : total / efforts.length },
    min: { due: times.length === 0 ? null : new Date(Math.min(...times)), title: rows.map(({ title }) => title).sort(compare)[0] ?? null },
    max: { effort: efforts.length === 0 ? null : Math.max(...efforts), done: rows.length === 0 ? null : rows.some(({ done }) => done) },
  };
}

const ALL = { count: true, countDistinct: ["title", "due"], sum: ["effort"], avg: ["effort"], min: ["due", "title"], max: ["effort", "done"] } as const;

onEveryEngine("aggregate", (databases) => {
  let db: Database;
  let ctx: UserContext;
  let bobCtx: UserContext;

  beforeEach(async () => {
    db = await databases.open(trackerModel);
    ({ aliceCtx: ctx, bobCtx } = await twoUsers(db));
  });

  const tasks = () => db.repository(Task);

  it(`computes what plain JavaScript does (${RUNS} requests)`, async () => {
    await tasks().insertMany(bobCtx, Array.from({ length: 9 }, (_, index) => ({ title: "a", effort: 1000 + index, due: new Date(0) })));
    await fc.assert(fc.asyncProperty(fc.array(row, { maxLength: 12 }), request, async (rows, { groups, least, top, limit }) => {
      await tasks().delete(ctx, { id: gte(0) });
      await tasks().insertMany(ctx, rows);
      expect(await tasks().aggregate(ctx, ALL)).toEqual(measured(rows));
      const some = rows.filter(({ effort }) => effort !== null && effort <= 1);
      expect(await tasks().aggregate(ctx, { ...ALL, where: { effort: lte(1) } })).toEqual(measured(some));

      const keyOf = (one: Row): readonly unknown[] => groups.map(({ property, part }) => {
        const value = one[property as keyof Row];
        return part === null || value === null ? value : (value as Date).toISOString().slice(0, PARTS[part]);
      });
      const parts = new Map<string, Row[]>();
      for (const one of rows) parts.set(JSON.stringify(keyOf(one)), [...parts.get(JSON.stringify(keyOf(one))) ?? [], one]);
      const wanted = [...parts.values()].map((list) => {
        const key = keyOf(list[0] as Row);
        const named: Readonly<Record<string, unknown>> = Object.fromEntries(groups.map(({ property }, index) => [property, key[index]]));
        return { ...measured(list), group: named };
      }).filter((one) => one.count >= least).sort((a, b) => {
        if (top !== "none") {
          const [left, right] = top === "count" ? [a.count, b.count] : [a.sum.effort, b.sum.effort];
          if (left === null || right === null ? left !== right : left !== right) return left === null ? 1 : right === null ? -1 : right - left;
        }
        for (const { property } of groups) {
          const [left, right] = [a.group[property], b.group[property]];
          if (left === null || right === null) {
            if (left !== right) return left === null ? 1 : -1;
          } else if (compare(left, right) !== 0) return compare(left, right);
        }
        return 0;
      }).slice(0, limit);
      const got = await tasks().aggregate(ctx, {
        ...ALL, groupBy: groups.map(({ property, part }) => part === null ? property : { [property]: part }) as never,
        having: { count: gte(least) }, ...(top === "none" ? {} : { orderBy: top === "count" ? { count: "desc" } : { sum: { effort: "desc" } } }),
        ...(limit === undefined ? {} : { limit }),
      });
      expect(got).toEqual(wanted);
    }), { numRuns: RUNS });
  }, 60_000);

  it("chooses groups by every measure, asked for or not", async () => {
    await tasks().insertMany(ctx, [["a", 1], ["a", 5], ["b", 2], ["c", 9], ["c", null]].map(([title, effort]) => ({ title: title as string, effort: effort as number | null })));
    const titles = async (having: object): Promise<unknown[]> =>
      (await tasks().aggregate(ctx, { groupBy: ["title"], having })).map(({ group: { title } }) => title);
    expect(await titles({ count: 2 })).toEqual(["a", "c"]);
    expect(await titles({ sum: { effort: gt(5) } })).toEqual(["a", "c"]);
    expect(await titles({ avg: { effort: between(2, 3) } })).toEqual(["a", "b"]);
    expect(await titles({ max: { effort: ne(5) }, min: { effort: gt(1) } })).toEqual(["b", "c"]);
    expect(await titles({ countDistinct: { effort: 1 } })).toEqual(["b", "c"]);
    expect(await titles({ min: { title: contains("b") } })).toEqual(["b"]);
    const sorted = await tasks().aggregate(ctx, { groupBy: ["title"], orderBy: [{ max: { effort: "desc" } }, { group: { title: "desc" } }] });
    expect(sorted.map(({ group: one }) => one)).toEqual([{ title: "c" }, { title: "a" }, { title: "b" }]);
    expect(Object.keys(sorted[0] ?? {})).toEqual(["group"]);
    const paged = await tasks().aggregate(ctx, { groupBy: ["title"], count: true, limit: 1, offset: 1 });
    expect(paged).toEqual([{ group: { title: "b" }, count: 1 }]);
    expect((await tasks().aggregate(ctx, { groupBy: ["title"], count: true, offset: 2 })).map((one) => one.group.title)).toEqual(["c"]);
  });

  it("is exact in sums, or an error, and keeps every type", async () => {
    const samples = (await databases.open(sampleModel)).repository(Sample);
    const most = Number.MAX_SAFE_INTEGER;
    await samples.insertMany([{ integer: most, bigint: 2n ** 62n, real: 0.1, boolean: true, date: "2026-01-31", uuid: "00000000-0000-7000-8000-00000000000a" },
      { integer: -1, bigint: 2n ** 61n + 1n, real: 0.2, boolean: false, date: "2026-02-01", uuid: "00000000-0000-7000-8000-00000000000b" }]);
    const result = await samples.aggregate({ sum: ["integer", "bigint", "real"], avg: ["real"], min: ["date", "uuid", "boolean", "bigint"], max: ["date", "bigint"] });
    expect(result).toEqual({
      sum: { integer: most - 1, bigint: 2n ** 62n + 2n ** 61n + 1n, real: 0.1 + 0.2 }, avg: { real: (0.1 + 0.2) / 2 },
      min: { date: "2026-01-31", uuid: "00000000-0000-7000-8000-00000000000a", boolean: false, bigint: 2n ** 61n + 1n },
      max: { date: "2026-02-01", bigint: 2n ** 62n },
    });
    expect(await samples.aggregate({ groupBy: ["bigint", { date: "year" }], having: { sum: { integer: gt(0) } } })).toEqual([{ group: { bigint: 2n ** 62n, date: "2026" } }]);
    await samples.insert({ integer: 2, bigint: 2n ** 62n });
    await failure(DataError, () => samples.aggregate({ sum: ["integer"] }));
    // PostgreSQL adds up whole numbers of any length.
    if (databases.dialect === "sqlite") await failure(DataError, () => samples.aggregate({ sum: ["bigint"] }));
    else expect(await samples.aggregate({ sum: ["bigint"] })).toEqual({ sum: { bigint: 2n ** 63n + 2n ** 61n + 1n } });
    expect(await samples.aggregate({ where: { integer: 5 }, sum: ["integer"], count: true })).toEqual({ sum: { integer: null }, count: 0 });
    // SQLite keeps decimals as text, which it can neither add up nor put in order.
    const decimals = [{ sum: ["money"] }, { max: ["money"] }] as const;
    if (databases.dialect === "postgres") {
      await samples.insertMany([{ money: "9.50" }, { money: "10" }]);
      expect(await samples.aggregate({ sum: ["money"], max: ["money"] } as never)).toEqual({ sum: { money: "19.50" }, max: { money: "10.00" } });
    }
    for (const wrong of [...databases.dialect === "sqlite" ? decimals : [], { avg: ["text"] }, { min: ["json"] }, { countDistinct: ["json"] }, { groupBy: ["json"] }, { groupBy: [{ text: "day" }] }]) {
      await failure(InvalidQueryError, () => samples.aggregate(wrong as never));
    }
  });

  it("refuses what is no request, before any SQL", async () => {
    const before = databases.events.length;
    for (const wrong of [undefined, null, [], {}, { groupBy: [] }, { groupBy: "title" }, { groupBy: ["titel"] }, { groupBy: [{ due: "week" }] }, { groupBy: ["due", { due: "day" }] },
      { count: 1 }, { sum: "effort" }, { sum: ["nothing"] }, { median: ["effort"] }, { count: true, having: { count: 1 } }, { count: true, orderBy: { count: "asc" } },
      { count: true, limit: 1 }, { groupBy: ["title"], limit: -1 }, { groupBy: ["title"], orderBy: { group: { effort: "asc" } } }, { groupBy: ["title"], orderBy: { median: {} } },
      { groupBy: ["title"], orderBy: { count: "up" } }, { groupBy: ["title"], having: { median: 1 } }, { groupBy: ["title"], having: 5 }, { groupBy: ["title"], having: { count: undefined } }]) {
      await failure(InvalidQueryError, () => tasks().aggregate(ctx, wrong as never));
    }
    await failure(ValidationError, () => tasks().aggregate(ctx, { groupBy: ["title"], having: { count: { operator: ">", value: 1 } as never } }));
    expect(databases.events.length).toBe(before);
  });

  it("finds rows and their number at one moment, in a transaction and outside", async () => {
    await tasks().insertMany(ctx, ["a", "b", "b", "c"].map((title) => ({ title })));
    await tasks().insert(bobCtx, { title: "b" });
    const [rows, total] = await tasks().findAndCount(ctx, { title: "b" }, { limit: 1, orderBy: { id: "desc" } });
    expect([rows.map((task) => task.title), total]).toEqual([["b"], 2]);
    await db.transaction(async (tx) => {
      await tasks().insert(ctx, { title: "b" });
      expect((await tasks().findAndCount(ctx, { title: "b" }, { limit: 0 }))[1]).toBe(3);
      expect((await tx.repository(Task).findAndCount(ctx))[1]).toBe(5);
    });
    expect(await tasks().as(ctx).findAndCount({ title: "none" })).toEqual([[], 0]);
  });
});

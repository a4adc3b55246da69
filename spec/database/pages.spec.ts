import * as fc from "fast-check";
import { Column, Database, Entity, gte, InvalidQueryError, PrimaryKey, type Page, type UserContext } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Sample, sampleModel } from "../support/samples";
import { byOrder, type OrderPlan } from "../support/reference-graph";
import { Project, Task, trackerModel } from "../support/tracker";

const TABLES = 125;

const order: fc.Arbitrary<readonly OrderPlan[]> = fc.uniqueArray(fc.record({
  path: fc.constantFrom("title", "done", "due", "effort").map((name) => [name]),
  dir: fc.constantFrom("asc", "desc"), nulls: fc.constantFrom("first", "last"),
}), { maxLength: 3, selector: (one) => one.path[0] });

const row = fc.record({
  title: fc.constantFrom("a", "b", "A"), done: fc.boolean(),
  due: fc.option(fc.constantFrom(new Date(0), new Date(1e12)), { nil: null }), effort: fc.option(fc.integer({ min: 0, max: 2 }), { nil: null }),
});

const table = fc.record({
  rows: fc.array(row, { maxLength: 14 }),
  late: fc.array(row, { maxLength: 4 }),
  size: fc.integer({ min: 1, max: 5 }),
  order,
});

/** One table as it was, and as it is declared now. */
@Entity({ table: "code" })
class Wide {
  @PrimaryKey() id!: number;
  @Column({ length: 3 }) code!: string;
}

@Entity({ table: "code" })
class Narrow {
  @PrimaryKey() id!: number;
  @Column({ length: 2 }) code!: string;
}

onEveryEngine("paginate", (databases) => {
  let db: Database;
  let ctx: UserContext;

  beforeEach(async () => {
    db = await databases.open(trackerModel);
    ({ aliceCtx: ctx } = await twoUsers(db));
  });

  const tasks = () => db.repository(Task);
  const idsOf = (rows: readonly { readonly id: number }[]): readonly number[] => rows.map(({ id }) => id);

  it(`gives every row once and in order, forwards and back, while rows come and go (${TABLES} tables)`, async () => {
    await fc.assert(fc.asyncProperty(table, async ({ rows, late, size, order: orders }) => {
      await tasks().delete(ctx, { id: gte(0) });
      const stored = await tasks().insertMany(ctx, rows);
      const orderBy = orders.map(({ path, dir, nulls }) => ({ [path[0] ?? ""]: { dir, nulls } })) as never;
      const sorted = [...stored].sort(byOrder(orders, "task", "id", {} as never));

      const forwards: number[] = [];
      let page: Page<Task> = await tasks().paginate(ctx, {}, { orderBy, first: size });
      let last = page;
      expect(page.previousCursor).toBeNull();
      for (;;) {
        expect(page.items.length).toBeLessThanOrEqual(size);
        forwards.push(...idsOf(page.items));
        last = page;
        if (page.nextCursor === null) break;
        expect(page.items).toHaveLength(size);
        page = await tasks().paginate(ctx, {}, { orderBy, first: size, after: page.nextCursor });
      }
      expect(forwards).toEqual(idsOf(sorted));

      const back = [...idsOf(last.items)].reverse();
      for (let at: string | null = last.previousCursor; at !== null;) {
        const previous: Page<Task> = await tasks().paginate(ctx, {}, { orderBy, last: size, before: at });
        back.push(...[...idsOf(previous.items)].reverse());
        at = previous.previousCursor;
      }
      expect([...back].reverse()).toEqual(forwards);

      // Between pages, every second row goes and others come: those that stay are seen once each.
      const seen: number[] = [];
      const leaving = new Set(idsOf(stored.filter((_, index) => index % 2 === 1)));
      const coming = [...late];
      for (let after: string | null | undefined; after !== null;) {
        const next: Page<Task> = await tasks().paginate(ctx, {}, { orderBy, first: size, after });
        seen.push(...idsOf(next.items));
        const [gone] = leaving;
        if (gone !== undefined) {
          leaving.delete(gone);
          await tasks().delete(ctx, { id: gone });
        }
        const come = coming.pop();
        if (come !== undefined) await tasks().insert(ctx, come);
        after = next.nextCursor;
      }
      expect(new Set(seen).size).toBe(seen.length);
      const stayed = idsOf(sorted.filter((_, index) => stored.indexOf(sorted[index] as Task) % 2 === 0));
      expect(seen.filter((id) => stayed.includes(id))).toEqual(stayed);
    }), { numRuns: TABLES });
  }, 120_000);

  it("begins at the end with `last` alone", async () => {
    const stored = await tasks().insertMany(ctx, ["a", "b", "c"].map((title) => ({ title })));
    const page = await tasks().paginate(ctx, {}, { last: 2 });
    expect(idsOf(page.items)).toEqual(idsOf(stored.slice(1)));
    expect(page.nextCursor).toBeNull();
    const first = await tasks().paginate(ctx, {}, { last: 2, before: page.previousCursor });
    expect([idsOf(first.items), first.previousCursor]).toEqual([idsOf(stored.slice(0, 1)), null]);
  });

  it("finds the way back from a page that has become empty", async () => {
    const stored = await tasks().insertMany(ctx, ["a", "b", "c"].map((title) => ({ title })));
    const page = await tasks().paginate(ctx, {}, { first: 2 });
    await tasks().delete(ctx, { title: "c" });
    const empty = await tasks().paginate(ctx, {}, { first: 2, after: page.nextCursor });
    expect([empty.items, empty.nextCursor]).toEqual([[], null]);
    const back = await tasks().paginate(ctx, {}, { last: 2, before: empty.previousCursor });
    expect(idsOf(back.items)).toEqual(idsOf(stored.slice(0, 2)));
  });

  it("takes conditions, selections and relations, and twenty rows unless told otherwise", async () => {
    const project = await db.repository(Project).insert(ctx, { name: "P" });
    await tasks().insertMany(ctx, Array.from({ length: 25 }, (_, index) => ({ title: `t${index % 3}`, projectId: project.id })));
    expect((await tasks().paginate(ctx, {})).items).toHaveLength(20);
    const page = await tasks().paginate(ctx, { title: "t1" }, { first: 3, orderBy: { due: "desc" }, select: ["title"], with: { project: true } });
    expect(page.items.map((task) => [task.title, task.project?.name])).toEqual([["t1", "P"], ["t1", "P"], ["t1", "P"]]);
    expect(Object.values(page.items[0] ?? {}).filter((value) => value !== undefined)).toHaveLength(3);
  });

  it("refuses what is no page", async () => {
    const before = databases.events.length;
    for (const options of [{ first: 0 }, { first: 1.5 }, { first: "3" }, { last: -1 }, { first: 1, last: 1 }, { first: 1, before: "x" }, { limit: 3 },
      { offset: 3 }, { after: "" }, { after: "x" }, { after: 5 }, { after: {} }, { before: "x".repeat(100_000) }, { orderBy: { project: { name: "asc" } } },
      { orderBy: { tags: { name: "asc" } } }, { orderBy: { nothing: "asc" } }]) {
      await failure(InvalidQueryError, () => tasks().paginate(ctx, {}, options as never));
    }
    expect(databases.events.length).toBe(before);
  });

  it("refuses a cursor with any character changed, and one of another order, entity or database", async () => {
    await tasks().insertMany(ctx, ["a", "b", "c"].map((title) => ({ title })));
    await db.repository(Project).insertMany(ctx, ["a", "b", "c"].map((name) => ({ name })));
    const { nextCursor } = await tasks().paginate(ctx, {}, { orderBy: { title: "asc" }, first: 1 });
    const cursor = nextCursor ?? "";
    for (let index = 0; index < cursor.length; index += 1) {
      const changed = `${cursor.slice(0, index)}${cursor[index] === "A" ? "B" : "A"}${cursor.slice(index + 1)}`;
      await failure(InvalidQueryError, () => tasks().paginate(ctx, {}, { orderBy: { title: "asc" }, after: changed }));
    }
    for (const wrong of [`${cursor}A`, cursor.slice(1), ` ${cursor}`, cursor.toUpperCase()]) {
      await failure(InvalidQueryError, () => tasks().paginate(ctx, {}, { orderBy: { title: "asc" }, after: wrong }));
    }
    for (const orderBy of [{}, { title: "desc" }, { title: { dir: "asc", nulls: "first" } }, [{ title: "asc" }, { done: "asc" }]]) {
      await failure(InvalidQueryError, () => tasks().paginate(ctx, {}, { orderBy: orderBy as never, after: cursor }));
    }
    await failure(InvalidQueryError, () => db.repository(Project).paginate(ctx, {}, { orderBy: { name: "asc" }, after: cursor }));
    const other = await databases.open({ ...trackerModel, cursorSecret: "another secret of some length" });
    const { aliceCtx } = await twoUsers(other);
    await failure(InvalidQueryError, () => other.repository(Task).paginate(aliceCtx, {}, { orderBy: { title: "asc" }, after: cursor }));
  });

  it("keeps values of every type exact in a cursor", async () => {
    const samples = (await databases.open(sampleModel)).repository(Sample);
    const values = {
      integer: [-(2 ** 53) + 1, 7], bigint: [-9_223_372_036_854_775_808n, 9_007_199_254_740_993n], real: [0.1 + 0.2, 1e300], boolean: [false, true],
      text: ["\"\\", "\u{1F600}"], uuid: ["00000000-0000-7000-8000-000000000000", "ffffffff-0000-7000-8000-000000000000"],
      blob: [Buffer.from([0, 255]), Buffer.from([1])], datetime: [new Date("0001-01-01T00:00:00.001Z"), new Date()], date: ["0001-01-01", "9999-12-31"],
    };
    for (const [property, pair] of Object.entries(values)) {
      const stored = await samples.insertMany([pair[0], pair[0], pair[1], null].map((value) => ({ [property]: value })));
      const seen: number[] = [];
      for (let after: string | null | undefined; after !== null;) {
        const page: Page<Sample> = await samples.paginate({ id: gte(stored[0]?.id ?? 0) }, { orderBy: { [property]: "asc" } as never, first: 1, after });
        seen.push(...idsOf(page.items));
        after = page.nextCursor;
      }
      expect({ property, seen }).toEqual({ property, seen: idsOf(stored) });
    }
  });

  it("gives out no cursor that it would not take back: an order by longer texts is refused where it needs one", async () => {
    await tasks().insertMany(ctx, ["a", "b", "c"].map((letter) => ({ title: letter.repeat(20_000) })));
    const byTitle = { orderBy: { title: "asc" } } as const;
    const { message } = await failure(InvalidQueryError, () => tasks().paginate(ctx, {}, { ...byTitle, first: 1 }));
    expect(message).toContain("title");
    expect(message).not.toContain("aa");
    expect((await tasks().paginate(ctx, {}, { ...byTitle, first: 3 })).items).toHaveLength(3);
    expect((await tasks().paginate(ctx, {}, { first: 1 })).nextCursor).not.toBeNull();
    await tasks().insertMany(ctx, ["d", "e"].map((letter) => ({ title: letter.repeat(10_000) })));
    const page = await tasks().paginate(ctx, { id: gte(4) }, { ...byTitle, first: 1 });
    expect((await tasks().paginate(ctx, { id: gte(4) }, { ...byTitle, first: 1, after: page.nextCursor })).items).toHaveLength(1);
  });

  it("goes on behind a text that is longer than the model lets in by now", async () => {
    if (!databases.shared) return;
    const place = databases.newPlace();
    const [wide, narrow] = [await databases.openPlace(place, { entities: [Wide] }), (await databases.openPlace(place, { entities: [Narrow] })).repository(Narrow)];
    await wide.schema.ensure();
    await wide.repository(Wide).insertMany(["aaa", "bbb"].map((code) => ({ code })));
    const page = await narrow.paginate({}, { orderBy: { code: "asc" }, first: 1 });
    expect((await narrow.paginate({}, { orderBy: { code: "asc" }, first: 1, after: page.nextCursor })).items.map(({ code }) => code)).toEqual(["bbb"]);
  });

  it("gives equal pages equal cursors, which show nothing of the row", async () => {
    await tasks().insertMany(ctx, ["find me here", "b"].map((title) => ({ title })));
    const [one, two] = [await tasks().paginate(ctx, {}, { orderBy: { title: "desc" }, first: 1 }), await tasks().paginate(ctx, {}, { orderBy: { title: "desc" }, first: 1 })];
    expect(one.nextCursor).toBe(two.nextCursor);
    expect(Buffer.from(one.nextCursor ?? "", "base64url").toString("latin1")).not.toContain("find");
  });
});

it.each(["short", "", 5, {}])("a cursorSecret must be a text of some length, not %p", async (cursorSecret) => {
  const { sqlite3 } = await import("freehold");
  const open = () => Database.open({ driver: sqlite3({ file: ":memory:" }), entities: trackerModel.entities, cursorSecret: cursorSecret as never });
  await expect(open()).rejects.toThrow("cursorSecret");
});

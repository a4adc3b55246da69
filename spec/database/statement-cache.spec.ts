import { between, not, oneOf, or, type Database, type SystemContext, type Where } from "freehold";
import { onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Handle, plannerModel, Setting, Tag, Task } from "../support/planner";
import { Sample, sampleModel } from "../support/samples";

onEveryEngine("the statement cache", (databases) => {
  let db: Database;
  let people: Awaited<ReturnType<typeof twoUsers>>;
  let system: SystemContext;

  beforeEach(async () => {
    db = await databases.open({ ...plannerModel, entities: [...plannerModel.entities, Sample] });
    people = await twoUsers(db);
    system = db.system("compare");
    for (const [ctx, owner] of [[people.aliceCtx, "alice"], [people.bobCtx, "bob"]] as const) {
      await db.repository(Handle).insertMany(ctx, [{ handle: `${owner} 1`, motto: "m" }, { handle: `${owner} 2`, motto: "m" }]);
    }
  });

  /** The texts of the statements that the work sends. */
  async function sqlOf(work: () => Promise<unknown>): Promise<readonly string[]> {
    const before = databases.events.length;
    await work();
    return databases.events.slice(before).map((event) => event.sql);
  }

  it.each([["system first", true], ["user first", false]] as const)("never serves one kind of scope with another's statement: %s", async (_, systemFirst) => {
    const handles = db.repository(Handle);
    const { aliceCtx, bobCtx } = people;
    const scopes = systemFirst ? [system, aliceCtx, bobCtx] : [aliceCtx, bobCtx, system];
    const counts = new Map<unknown, number>([[system, 4], [aliceCtx, 2], [bobCtx, 2]]);
    for (let round = 0; round < 3; round += 1) {
      for (const scope of scopes) {
        const wanted = counts.get(scope) ?? 0;
        expect(await handles.find(scope)).toHaveLength(wanted);
        expect(await handles.find(scope, { motto: "m" }, { orderBy: { handle: "desc" }, limit: 10 })).toHaveLength(wanted);
        expect(await handles.count(scope, { motto: "m" })).toBe(wanted);
        expect(await handles.update(scope, { motto: "m" }, { motto: "m" })).toBe(wanted);
        expect(await handles.exists(scope, { handle: "alice 1" })).toBe(scope !== bobCtx);
        expect((await handles.findById(scope, 1)) === null).toBe(scope === bobCtx);
        expect(await handles.delete(scope, { handle: "nobody's" })).toBe(0);
      }
    }
  });

  it("guards every statement of a user, and none of the system", async () => {
    const work = (scope: typeof people.aliceCtx | SystemContext) => async (): Promise<void> => {
      const handles = db.repository(Handle);
      await handles.find(scope);
      await handles.count(scope, { motto: "m" });
      await handles.findById(scope, 1);
      await handles.update(scope, { id: 1 }, { motto: "n" });
      await handles.delete(scope, { id: 99 });
    };
    for (const sql of await sqlOf(work(people.aliceCtx))) expect(sql).toMatch(/where (\()?"handle"\."user_id" = (\?|\$\d+)/);
    for (const sql of await sqlOf(work(system))) expect(sql).not.toMatch(/"user_id" = /);
  });

  it("sends one text for one shape, whatever the values and owners", async () => {
    const handles = db.repository(Handle);
    const [first, second] = [people.aliceCtx, people.bobCtx].map((ctx, index) => () => handles.find(ctx,
      or({ handle: `x${index}` }, { id: between(index, 10 + index) }, not({ motto: oneOf(["a", `b${index}`]) })), { limit: index + 1, offset: index }));
    const [sql] = await sqlOf(first ?? (async () => undefined));
    expect(await sqlOf(second ?? (async () => undefined))).toEqual([sql]);
    const insert = (label: string) => sqlOf(() => db.repository(Tag).insert({ label }));
    expect(await insert("a")).toEqual(await insert("b"));
    const save = (key: string) => sqlOf(() => db.repository(Setting).upsert(people.aliceCtx, { key, value: "v" }, { on: ["key"] }));
    expect(await save("a")).toEqual(await save("b"));
  });

  it("shares statements among lists of about one length, and finds what is in each", async () => {
    const tags = db.repository(Tag);
    await tags.insertMany(Array.from({ length: 300 }, (_, index) => ({ id: index + 1, label: `l${index + 1}` })));
    const texts = new Map<number, string>();
    for (const length of [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 64, 65, 100, 300]) {
      const list = Array.from({ length }, (_, index) => index + 1);
      const [sql = ""] = await sqlOf(async () => expect(await tags.find({ id: oneOf(list) })).toHaveLength(length));
      texts.set(length, sql);
      expect(await tags.count({ id: oneOf(list) })).toBe(length);
    }
    for (const [a, b] of [[3, 4], [5, 8], [7, 8], [9, 16], [33, 64], [65, 100], [100, 300]] as const) expect(texts.get(a)).toBe(texts.get(b));
    expect(texts.get(4)).not.toBe(texts.get(5));
    expect(new Set(texts.values()).size).toBe(8);
  });

  it("keeps conditions, selections, orders and options apart that differ in anything", async () => {
    const tags = db.repository(Tag);
    await tags.insertMany([{ label: "a", note: "b" }, { label: "b", note: "a" }]);
    const variants: readonly (readonly [Where<Tag>, object, string])[] = [
      [{ label: "a" }, {}, "a"], [{ note: "a" }, {}, "b"], [{ label: "a", note: "a" }, {}, ""], [or({ label: "a" }, { note: "a" }), {}, "ab"],
      [not({ label: "a" }), {}, "b"], [{}, { orderBy: { label: "desc" } }, "ba"], [{}, { orderBy: { label: "asc" } }, "ab"],
      [{}, { orderBy: { note: "asc" } }, "ba"], [{}, { limit: 1 }, "a"], [{}, { offset: 1 }, "b"], [{}, { select: ["label"] }, "ab"],
      [or({ label: "a" }), {}, "a"], [or(), {}, ""],
    ];
    for (let round = 0; round < 2; round += 1) {
      for (const [where, options, wanted] of variants) expect((await tags.find(where, options)).map((tag) => tag.label).join("")).toBe(wanted);
    }
    expect(Object.keys((await tags.find({}, { select: ["label"] }))[0] ?? {}).sort()).toEqual(["id", "label"]);
    expect(Object.keys((await tags.find())[0] ?? {}).sort()).toEqual(["createdAt", "id", "label", "note"]);
  });

  it("never mixes up the values of calls that run side by side", async () => {
    const handles = db.repository(Handle);
    const calls = Array.from({ length: 200 }, async (_, index) => {
      const [ctx, owner] = index % 2 === 0 ? [people.aliceCtx, "alice"] as const : [people.bobCtx, "bob"] as const;
      const number = (index % 4 < 2) ? 1 : 2;
      const found = await handles.find(ctx, { handle: oneOf(["alice 1", "alice 2", "bob 1", "bob 2"].filter((handle) => handle.endsWith(String(number)))) });
      expect(found.map((row) => row.handle)).toEqual([`${owner} ${number}`]);
    });
    await Promise.all(calls);
    expect(new Set(databases.events.filter((event) => event.operation === "find").map((event) => event.sql)).size).toBe(1);
  });

  it("goes on after more than 500 shapes, the first ones included", async () => {
    const other = await databases.open(sampleModel);
    const samples = other.repository(Sample);
    const row = { integer: 1, real: 1.5, text: "t", code: "c", boolean: true, date: "2026-01-01", money: "1.00", color: "red" as const, decimal: "1" };
    const names = Object.keys(row) as (keyof typeof row)[];
    await samples.insertMany([row, {}]);
    const shapes = Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((_name, index) => (bits & (1 << index)) !== 0));
    const texts = new Set<string>();
    for (let round = 0; round < 2; round += 1) {
      for (const shape of [...shapes, ...shapes.slice(0, 40)]) {
        const where = Object.fromEntries(shape.map((name) => [name, row[name]]));
        expect(await samples.count(where)).toBe(shape.length === 0 ? 2 : 1);
        if (shape.length > 0) expect(await samples.count(not(where))).toBe(0);
      }
    }
    for (const event of databases.events) if (event.operation === "count" && event.entity === "Sample") texts.add(event.sql);
    expect(texts.size).toBeGreaterThan(1_000);
  }, 60_000);

  it("does not keep a user's statement for an entity of the same shape", async () => {
    const { aliceCtx } = people;
    await db.repository(Setting).insert(aliceCtx, { key: "k", value: "v" });
    await db.repository(Task).insert(aliceCtx, { title: "t" });
    expect([await db.repository(Setting).count(aliceCtx), await db.repository(Task).count(aliceCtx), await db.repository(Handle).count(aliceCtx)]).toEqual([1, 1, 2]);
  });
});

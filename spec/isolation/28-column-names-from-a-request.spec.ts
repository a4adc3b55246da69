import { InvalidQueryError, ValidationError, type Data, type FindOptions, type Where } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { aliceRows, plainSql, Project, SECRET, world } from "./world";

const names: readonly string[] = [
  "name\" or 1=1 --", "name = '' or 1=1; --", "1=1", "1", "(select name from project limit 1)", "name, user_id", "*", "rowid", "_rowid_", "oid", "project.name", "\"name\"",
  "Name", "NAME", "name ", " name", "name\u0000", "user_id = 1 or name", "case when (select count(*) from project) > 0 then 1 else 2 end", "random()", "password", "", "toString", "__proto__", "constructor",
];

onEveryEngine("28 column names from a request", (databases) => {
  it("would read the other's rows if a name became SQL", async () => {
    const { db, plain, system, bob } = await world(databases);
    expect(await db.repository(Project).count(system)).toBe(1);
    const read = await plainSql(plain, `select name from project where user_id = ? and "name" = '' or 1=1 --" = 'x'`, bob.user_id);
    if (read !== null) expect(read).toEqual([{ name: `${SECRET}-project` }]);
  });

  it.each(names)("is refused before any SQL: %j", async (name) => {
    const w = await world(databases);
    const projects = w.db.repository(Project);
    const before = await aliceRows(w);
    const named = <T>(value: unknown): T => Object.defineProperty({}, name, { value, enumerable: true }) as T;
    const sent = databases.events.length;
    for (const context of [w.bobCtx, w.aliceCtx]) {
      for (const call of [
        () => projects.find(context, named<Where<Project>>("x")),
        () => projects.count(context, named<Where<Project>>(1)),
        () => projects.find(context, {}, { orderBy: named<FindOptions<Project>["orderBy"] & object>("asc") }),
        () => projects.find(context, {}, { orderBy: [named<FindOptions<Project>["orderBy"] & object>({ dir: "desc" })] as never }),
        () => projects.find(context, {}, { select: [name] as never }),
        () => projects.find(context, {}, { select: named(true) }),
        () => projects.upsert(context, { name: "x" }, { on: [name] as never }),
        () => projects.findById(context, named(1)),
      ]) {
        const error = await failure(InvalidQueryError, call);
        expect(error.message).not.toContain(SECRET);
      }
      await failure(ValidationError, () => projects.insert(context, named<Data<Project>>("x")));
      await failure(ValidationError, () => projects.update(context, { name: "x" }, named<Data<Project>>("x")));
      expect(() => projects.create(named<Data<Project>>("x"))).toThrow(ValidationError);
    }
    expect(databases.events.length).toBe(sent);
    expect(await aliceRows(w)).toEqual(before);
  });

  it.each<[string, unknown]>([
    ["a direction of SQL", { name: "asc; drop table project" }], ["a direction in capitals", { name: "DESC" }], ["nulls of SQL", { name: { nulls: "last, 1" } }],
    ["a text", "name desc"], ["a list of texts", ["name"]], ["a number", 1], ["a null direction", { name: null }],
  ])("takes no %s for an order", async (_, orderBy) => {
    const { db, bobCtx } = await world(databases);
    await failure(InvalidQueryError, () => db.repository(Project).find(bobCtx, {}, { orderBy: orderBy as never }));
  });

  it.each<[string, unknown]>([["text", "1"], ["SQL", "1; drop table project"], ["negative", -1], ["a fraction", 1.5], ["NaN", NaN], ["infinite", Infinity], ["an object", { valueOf: () => 1 }], ["null", null]])(
    "takes no limit or offset that is %s", async (_, value) => {
      const { db, bobCtx } = await world(databases);
      await failure(InvalidQueryError, () => db.repository(Project).find(bobCtx, {}, { limit: value as number }));
      await failure(InvalidQueryError, () => db.repository(Project).find(bobCtx, {}, { offset: value as number }));
    });

  it("keeps values out of the text, whatever they say", async () => {
    const w = await world(databases);
    const text = "'; drop table project; --";
    await w.db.repository(Project).insert(w.bobCtx, { name: text });
    expect(await w.db.repository(Project).find(w.bobCtx, { name: text })).toHaveLength(1);
    expect(databases.events.every((event) => !event.sql.includes("drop"))).toBe(true);
  });
});

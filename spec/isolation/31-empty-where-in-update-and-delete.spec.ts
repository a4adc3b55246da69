import { all, and, InvalidQueryError, not, notOneOf, or, type Where } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { aliceRows, Country, Project, world } from "./world";

/** Conditions that hold for every row without saying so. */
const empty: readonly (readonly [string, unknown])[] = [
  ["{}", {}], ["an object without a prototype", Object.create(null)], ["and()", and<Project>()], ["and({})", and<Project>({})], ["and({}, {})", and<Project>({}, {})],
  ["or({})", or<Project>({})], ["or with one empty side", or<Project>({ name: "x" }, {})], ["not(or())", not<Project>(or())],
  ["not(not({}))", not<Project>(not({}))], ["and(all)", and<Project>(all)], ["notOneOf([])", { name: notOneOf<string>([]) }],
  ["undefined", undefined], ["null", null], ["a list", []], ["a text", "all"], ["a look-alike of all", { kind: "all" }], ["a copy of all", { ...all }],
];

onEveryEngine("31 empty where in update and delete", (databases) => {
  it("would touch every row if it meant no condition", async () => {
    const { db, system } = await world(databases);
    expect(await db.repository(Project).update(system, all, { budget: 1 })).toBe(1);
  });

  it.each(empty)("is refused before any SQL: %s", async (_, given) => {
    const w = await world(databases);
    const projects = w.db.repository(Project);
    const before = await aliceRows(w);
    const where = given as Where<Project>;
    const sent = databases.events.length;
    for (const context of [w.aliceCtx, w.bobCtx, w.system]) {
      for (const call of [
        () => projects.update(context, where, { budget: 1 }), () => projects.update(context, where, { budget: 1 }, { returning: true }),
        () => projects.delete(context, where), () => projects.delete(context, where, { returning: true }), () => projects.as(context).delete(where),
      ]) await failure(InvalidQueryError, call);
    }
    expect(databases.events.length).toBe(sent);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("says what to pass, and with it means the context's rows", async () => {
    const { db, aliceCtx, bobCtx } = await world(databases);
    const error = await failure(InvalidQueryError, () => db.repository(Project).delete(aliceCtx, {}));
    expect(error.message).toContain("pass `all`");
    await db.repository(Project).insert(bobCtx, { name: "bob" });
    expect(await db.repository(Project).update(bobCtx, all, { budget: 3 })).toBe(1);
    expect(await db.repository(Project).delete(bobCtx, all)).toBe(1);
    expect(await db.repository(Project).count(aliceCtx)).toBe(1);
  });

  it("is refused for an entity that nobody owns as well", async () => {
    const { db } = await world(databases);
    await failure(InvalidQueryError, () => db.repository(Country).update({}, { name: "x" }));
    expect(await db.repository(Country).findById("at")).toMatchObject({ name: "Austria" });
  });
});

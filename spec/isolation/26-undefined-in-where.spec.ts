import { and, between, eq, gt, InvalidQueryError, ne, not, notOneOf, oneOf, or, type Where } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { aliceRows, Project, world } from "./world";

const nothing = undefined as unknown as string;
const conditions: readonly (readonly [string, Where<Project>])[] = [
  ["a property", { name: undefined }], ["beside another", { budget: 0, name: undefined }], ["the owner", { user_id: undefined }],
  ["the key", { project_id: undefined }], ["eq", { name: eq(nothing) }], ["ne", { name: ne(nothing) }], ["gt", { name: gt(nothing) }],
  ["oneOf", { name: oneOf(["a", nothing]) }], ["notOneOf", { name: notOneOf([nothing]) }], ["between", { name: between("a", nothing) }],
  ["and", and({ name: undefined })], ["or", or({ budget: 0 }, { name: undefined })], ["not", not({ name: undefined })],
  ["a nested condition", and({ budget: 0 }, or(not({ name: undefined })))], ["a condition", or(undefined as unknown as Where<Project>)],
];

onEveryEngine("26 undefined in where", (databases) => {
  it("would mean every row if undefined meant no condition", async () => {
    const { db, system, aliceCtx } = await world(databases);
    expect(await db.repository(Project).find(system, {})).toHaveLength(1);
    expect(await db.repository(Project).find(aliceCtx, {})).toHaveLength(1);
  });

  it.each(conditions)("is refused before any SQL in %s", async (_, where) => {
    const w = await world(databases);
    const projects = w.db.repository(Project);
    const before = await aliceRows(w);
    for (const context of [w.aliceCtx, w.bobCtx, w.system]) {
      for (const call of [
        () => projects.find(context, where), () => projects.findOne(context, where), () => projects.count(context, where), () => projects.exists(context, where),
        () => projects.update(context, where, { budget: 1 }), () => projects.delete(context, where), () => projects.as(context).delete(where),
      ]) {
        const sent = databases.events.length;
        await failure(InvalidQueryError, call);
        expect(databases.events.length).toBe(sent);
      }
    }
    expect(await aliceRows(w)).toEqual(before);
  });

  it("is refused as a key and where a condition is needed", async () => {
    const { db, bobCtx } = await world(databases);
    const projects = db.repository(Project);
    for (const id of [undefined, null, {}, { project_id: undefined }]) await failure(InvalidQueryError, () => projects.findById(bobCtx, id as unknown as number));
    const where = undefined as unknown as Where<Project>;
    for (const call of [
      () => projects.exists(bobCtx, where), () => projects.update(bobCtx, where, { budget: 1 }), () => projects.delete(bobCtx, where),
      () => projects.count(bobCtx, null as unknown as Where<Project>), () => projects.find(bobCtx, null as unknown as Where<Project>),
    ]) await failure(InvalidQueryError, call);
  });
});

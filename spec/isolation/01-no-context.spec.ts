import { ContextRequiredError, type Context } from "freehold";
import { OwnedRepository } from "../../lib/repository/owned-repository";
import { failure, onEveryEngine } from "../support/databases";
import { aliceRows, everyCall, Project, SECRET, world } from "./world";

/** What JavaScript, or a cast, may put in the context's place. */
const missing: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined], ["null", null], ["a condition", { name: `${SECRET}-project` }], ["an empty object", {}],
  ["a key", 1], ["true", true], ["an object with a context's fields", { key: 1, owner: Object, actor: 1 }],
];

onEveryEngine("1 no context", (databases) => {
  it("would show the row if a call could go without a guard", async () => {
    const { db, rows, system } = await world(databases);
    expect(await everyCall(db, rows.project)["find"]!(system)).toMatchObject([{ name: `${SECRET}-project` }]);
  });

  it("knows every method", async () => {
    const { db, rows } = await world(databases);
    const methods = Object.getOwnPropertyNames(OwnedRepository.prototype).filter((name) => !["constructor", "create", "inContext"].includes(name));
    expect(Object.keys(everyCall(db, rows.project)).sort()).toEqual(methods.sort());
  });

  it.each(missing)("is refused by every method before any SQL: %s", async (_, given) => {
    const w = await world(databases);
    const before = await aliceRows(w);
    for (const [name, call] of Object.entries(everyCall(w.db, w.rows.project))) {
      const sent = databases.events.length;
      const error = await failure(ContextRequiredError, () => call(given as Context));
      expect([name, error.code, error.entity, databases.events.length - sent]).toEqual([name, "CONTEXT_REQUIRED", "Project", 0]);
      expect(error.message).not.toContain(SECRET);
    }
    expect(await aliceRows(w)).toEqual(before);
  });

  it("is refused in a transaction and by its repositories", async () => {
    const { db, rows } = await world(databases);
    const nobody = undefined as unknown as Context;
    await db.transaction(async (tx) => {
      await failure(ContextRequiredError, () => tx.repository(Project).findById(nobody, rows.project.project_id));
      await failure(ContextRequiredError, () => db.repository(Project).find(nobody));
    });
  });
});

import { FreeholdError, InvalidQueryError, ValidationError, type Where } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { aliceRows, Project, world } from "./world";

/** Bodies as other frameworks read operators from them. */
const values: readonly string[] = [
  '{"gt":0}', '{"$gt":0}', '{"$ne":null}', '{"ne":""}', '{"not":null}', '{"in":[1,2,3]}', '{"$in":[1]}', '{"like":"%"}', '{"contains":""}',
  '{"kind":"comparison","name":"gt","operator":">","value":0}', '{"kind":"null","name":"isNull","negated":true}', '{"_type":"gt","_value":0}', '{"@instanceof":"FindOperator"}',
  "[1,2]", "[]", "{}", "true", '{"toString":"1"}', '{"valueOf":1}', '{"$raw":"1=1"}', '{"sql":"1=1"}',
];
const bodies: readonly string[] = [
  '{"$or":[{}]}', '{"OR":[{}]}', '{"or":[{}]}', '{"and":[]}', '{"not":{}}', '{"kind":"all"}', '{"kind":"or","conditions":[]}', '{"$where":"1=1"}', '{"$nor":[]}',
  "[]", '[{"name":"a"}]', '"1=1"', "1", "true", '{"1=1":1}', '{"":1}',
];

onEveryEngine("27 operators from a request body", (databases) => {
  it("would match every row if they were operators", async () => {
    const { db, system } = await world(databases);
    expect(await db.repository(Project).find(system)).toHaveLength(1);
  });

  it.each(values)("is no operator: %s", async (body) => {
    const w = await world(databases);
    const projects = w.db.repository(Project);
    const before = await aliceRows(w);
    for (const property of ["name", "project_id", "user_id", "budget", "parent_id", "country"]) {
      const where = JSON.parse(`{"${property}":${body}}`) as Where<Project>;
      for (const context of [w.aliceCtx, w.bobCtx]) {
        const error = await failure(ValidationError, () => projects.find(context, where));
        expect([error.entity, error.property]).toEqual(["Project", property]);
        await failure(ValidationError, () => projects.count(context, where));
        await failure(ValidationError, () => projects.update(context, where, { budget: 1 }));
        await failure(ValidationError, () => projects.delete(context, where));
      }
    }
    // As a key it is a bad value, or an object that is no key.
    expect(await failure(Error, () => projects.findById(w.bobCtx, JSON.parse(body) as number))).toBeInstanceOf(FreeholdError);
    expect(await aliceRows(w)).toEqual(before);
  });

  it.each(bodies)("is no condition: %s", async (body) => {
    const w = await world(databases);
    const projects = w.db.repository(Project);
    const before = await aliceRows(w);
    const where = JSON.parse(body) as Where<Project>;
    for (const context of [w.aliceCtx, w.bobCtx]) {
      for (const call of [() => projects.find(context, where), () => projects.exists(context, where), () => projects.update(context, where, { budget: 1 }), () => projects.delete(context, where)]) {
        await failure(InvalidQueryError, call);
      }
    }
    expect(await aliceRows(w)).toEqual(before);
  });
});

import { InvalidQueryError, ValidationError, type Data, type Where } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { aliceRows, Project, SECRET, Setting, world, type World } from "./world";

const NAMES = ["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "__defineGetter__", "toJSON"];

onEveryEngine("29 __proto__, constructor and the like in payloads", (databases) => {
  /** What a body may try to smuggle in under such a name. */
  const smuggled = ({ alice }: World): string => JSON.stringify({ user_id: alice.user_id, project_id: 1, name: `${SECRET}-project` });

  it("would name another owner if a body's __proto__ became a prototype", async () => {
    const w = await world(databases);
    const merged = Object.assign({}, { name: "x" });
    Object.setPrototypeOf(merged, JSON.parse(smuggled(w)) as object);
    expect((merged as { user_id?: number }).user_id).toBe(w.alice.user_id);
  });

  it.each(NAMES)("is an unknown property in data: %s", async (name) => {
    const w = await world(databases);
    const before = await aliceRows(w);
    for (const value of [smuggled(w), "1", "null", '"x"']) {
      const body = JSON.parse(`{"name":"x","${name}":${value}}`) as Data<Project>;
      for (const call of [
        () => w.db.repository(Project).insert(w.bobCtx, body), () => w.db.repository(Project).insertMany(w.bobCtx, [body]),
        () => w.db.repository(Project).save(w.bobCtx, body), () => w.db.repository(Project).update(w.bobCtx, { name: "x" }, body),
        () => w.db.repository(Project).upsert(w.bobCtx, body, { on: ["name"] }), () => w.db.repository(Project).create(body),
      ]) {
        const error = await failure(ValidationError, call);
        expect(error.faults).toMatchObject([{ property: name, constraint: "unknown" }]);
      }
    }
    expect(await aliceRows(w)).toEqual(before);
    expect(await w.db.repository(Project).count(w.bobCtx)).toBe(0);
  });

  it.each(NAMES)("is an unknown property in a condition, an order, a selection and a key: %s", async (name) => {
    const w = await world(databases);
    const projects = w.db.repository(Project);
    for (const value of [smuggled(w), "1", "null"]) {
      const where = JSON.parse(`{"${name}":${value}}`) as Where<Project>;
      for (const call of [
        () => projects.find(w.aliceCtx, where), () => projects.delete(w.aliceCtx, where), () => projects.update(w.aliceCtx, where, { budget: 1 }),
        () => projects.find(w.aliceCtx, {}, { orderBy: JSON.parse(`{"${name}":"asc"}`) as never }),
        () => projects.find(w.aliceCtx, {}, { select: [name] as never }),
        () => projects.find(w.aliceCtx, {}, { select: JSON.parse(`{"${name}":true}`) as never }),
        () => projects.findById(w.aliceCtx, JSON.parse(`{"project_id":1,"${name}":${value}}`) as never),
        () => projects.find(w.aliceCtx, {}, JSON.parse(`{"${name}":${value}}`) as never),
      ]) await failure(InvalidQueryError, call);
    }
  });

  it("takes nothing from a prototype: neither conditions nor data nor options", async () => {
    const w = await world(databases);
    const projects = w.db.repository(Project);
    const inherits = (own: object, inherited: object): never => Object.assign(Object.create(inherited) as object, own) as never;
    await failure(InvalidQueryError, () => projects.find(w.aliceCtx, inherits({}, { name: "x" })));
    await failure(InvalidQueryError, () => projects.delete(w.aliceCtx, inherits({}, { name: "x" })));
    const stored = await projects.insert(w.bobCtx, inherits({ name: "bob" }, { budget: 7, user_id: w.alice.user_id, project_id: 1 }));
    expect(stored).toMatchObject({ user_id: w.bob.user_id, budget: 0 });
    expect(stored.project_id).not.toBe(1);
  });

  it("pollutes no prototype", async () => {
    const w = await world(databases);
    const text = `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`;
    await failure(ValidationError, () => w.db.repository(Setting).insert(w.bobCtx, JSON.parse(text) as never));
    await w.db.repository(Setting).insert(w.bobCtx, { name: "__proto__", value: text });
    expect(await w.db.repository(Setting).findById(w.bobCtx, "__proto__")).toMatchObject({ name: "__proto__", value: text });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

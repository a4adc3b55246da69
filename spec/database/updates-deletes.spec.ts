import { Equals } from "class-validator";
import {
  AccessViolationError, all, and, Column, ContextRequiredError, Entity, gt, InvalidQueryError, not, NotFoundError, oneOf, or, PrimaryKey, User, ValidationError,
  type Database,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { Profile, twoUsers } from "../support/documents";
import { Country, Note, plannerModel, Rate, Reading, Setting, Tag, Task } from "../support/planner";

/** With a rule on a property that is not stored. */
@Entity()
class Consent {
  @PrimaryKey() id!: number;
  @Column() note!: string;
  @Equals(true) confirmed?: boolean;
}

onEveryEngine("updating and deleting", (databases) => {
  let db: Database;
  let people: Awaited<ReturnType<typeof twoUsers>>;

  beforeEach(async () => {
    db = await databases.open(plannerModel);
    people = await twoUsers(db);
    const settings = db.repository(Setting);
    for (const ctx of [people.aliceCtx, people.bobCtx]) {
      await settings.insertMany(ctx, [
        { key: "a", value: "1", weight: 1 }, { key: "b", value: "2", weight: 2 }, { key: "c", value: "3" },
      ]);
    }
  });

  const values = async (who: "aliceCtx" | "bobCtx"): Promise<string> =>
    (await db.repository(Setting).find(people[who])).map((row) => `${row.key}${row.value}`).join(" ");

  it("changes the context's rows that meet the condition and returns their number", async () => {
    const settings = db.repository(Setting);
    expect(await settings.update(people.aliceCtx, { key: oneOf(["a", "c"]) }, { value: "x" })).toBe(2);
    expect(await settings.update(people.aliceCtx, { weight: gt(5) }, { value: "y" })).toBe(0);
    expect(await values("aliceCtx")).toBe("ax b2 cx");
    expect(await values("bobCtx")).toBe("a1 b2 c3");
    expect(await settings.as(people.bobCtx).update(all, { value: "z" })).toBe(3);
    expect(await values("aliceCtx")).toBe("ax b2 cx");
    expect(await values("bobCtx")).toBe("az bz cz");
    await db.repository(Tag).insert({ label: "t" });
    expect(await db.repository(Tag).update({ label: "t" }, { note: "n" })).toBe(1);
    await db.repository(Rate).insert({ currency: "EUR", day: "2026-01-01", value: "1" });
    expect(await db.repository(Rate).update({ currency: "EUR" }, { value: "2" })).toBe(1);
  });

  it("returns the rows as written, or as they were when deleted", async () => {
    const settings = db.repository(Setting).as(people.aliceCtx);
    const changed = await settings.update({ key: "b" }, { value: "x", weight: null }, { returning: true });
    expect(changed[0]).toBeInstanceOf(Setting);
    expect(changed).toEqual([{ user_id: people.alice.user_id, key: "b", value: "x", alias: null, weight: null }]);
    expect(await settings.update({ key: "z" }, { value: "x" }, { returning: true })).toEqual([]);
    expect(await settings.delete({ key: "b" }, { returning: true })).toEqual(changed);
    expect(await settings.delete({ key: "b" }, { returning: true })).toEqual([]);
    expect(await settings.delete({ key: "a" }, { returning: false })).toBe(1);
    await failure(InvalidQueryError, () => settings.delete({ key: "c" }, { returning: 1 } as never));
    expect(await values("aliceCtx")).toBe("c3");
  });

  it("leaves undefined untouched and sets null", async () => {
    const settings = db.repository(Setting).as(people.aliceCtx);
    expect(await settings.update({ key: "a" }, { value: undefined, weight: null })).toBe(1);
    expect(await settings.findById("a")).toMatchObject({ value: "1", weight: null });
    const before = databases.events.length;
    for (const changes of [{}, { value: undefined }]) {
      expect(await failure(InvalidQueryError, () => settings.update({ key: "a" }, changes))).toMatchObject({ entity: "Setting" });
    }
    await failure(ValidationError, () => settings.update({ key: "a" }, { value: null as never }));
    expect(databases.events).toHaveLength(before);
  });

  it("refuses an empty condition in every guise: whoever means all says all", async () => {
    const settings = db.repository(Setting).as(people.aliceCtx);
    const before = databases.events.length;
    for (const where of [{}, and(), and({}), and(all), or(all, { key: "a" }), or({}), not(or()), { key: undefined }, undefined, null, "all", [], () => true]) {
      expect(await failure(InvalidQueryError, () => settings.delete(where as never))).toMatchObject({ entity: "Setting" });
      expect(await failure(InvalidQueryError, () => settings.update(where as never, { value: "x" }))).toMatchObject({ entity: "Setting" });
    }
    expect(databases.events).toHaveLength(before);
    expect(await settings.delete(or())).toBe(0);
    expect(await settings.delete(not(all))).toBe(0);
    expect(await settings.delete({ key: oneOf<string>([]) })).toBe(0);
    expect(await values("aliceCtx")).toBe("a1 b2 c3");
    expect(await settings.delete(all)).toBe(3);
    expect(await values("bobCtx")).toBe("a1 b2 c3");
  });

  it("validates only what is changed", async () => {
    const tasks = db.repository(Task).as(people.aliceCtx);
    await tasks.insert({ title: "t" });
    expect(await tasks.update({ title: "t" }, { rank: 5 })).toBe(1);
    const before = databases.events.length;
    const error = await failure(ValidationError, () => tasks.update({ title: "t" },
      { rank: 101, state: "gone" as never, labels: [Number.NaN] as never }));
    expect(error.faults.map((fault) => fault.property).sort()).toEqual(["labels", "rank", "state"]);
    const polite = await failure(ValidationError, () => tasks.update({ title: "t" }, { title: "rude" }));
    expect(polite.faults).toEqual([{ property: "title", constraint: "polite", message: "must be polite" }]);
    const json = await failure(ValidationError, () => db.repository(User<Profile>).update({ user_id: 1 },
      { info: Object.assign(new Profile(), { name: "x", email: "x" }) }));
    expect(json.property).toBe("info.email");
    expect(databases.events).toHaveLength(before);
  });

  it("asks an instance for what is not stored, and a bulk update for nothing of it", async () => {
    const other = await databases.open({ entities: [Consent] });
    const consents = other.repository(Consent);
    const consent = Object.assign(consents.create({ note: "n" }), { confirmed: false });
    expect(await failure(ValidationError, () => consents.insert(consent))).toMatchObject({ property: "confirmed" });
    consent.confirmed = true;
    await consents.insert(consent);
    expect(await consents.update({ id: consent.id }, { note: "m" })).toBe(1);
    consent.confirmed = false;
    await failure(ValidationError, () => consents.save(consent));
  });

  it("changes neither counted keys nor moments of creation nor, for a user, the owner", async () => {
    const tasks = db.repository(Task);
    await tasks.insert(people.aliceCtx, { title: "t" });
    const error = await failure(ValidationError, () => tasks.update(people.aliceCtx, { title: "t" }, { id: 9, createdAt: new Date() }));
    expect(error.faults.map((fault) => [fault.property, fault.constraint])).toEqual([["id", "readonly"], ["createdAt", "readonly"]]);
    await failure(ValidationError, () => db.repository(Note).update(people.aliceCtx, all, { id: "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f" }));
    await failure(AccessViolationError, () => tasks.update(people.aliceCtx, { title: "t" }, { userId: people.bob.user_id }));
    await failure(AccessViolationError, () => tasks.update(people.aliceCtx, { title: "t" }, { userId: null as never }));
    expect(await tasks.update(people.aliceCtx, { title: "t" }, { userId: people.alice.user_id, title: "u" })).toBe(1);
    expect(await db.repository(Setting).update(people.aliceCtx, { key: "a" }, { key: "d" })).toBe(1);
    expect(await values("aliceCtx")).toBe("b2 c3 d1");
    expect(await values("bobCtx")).toBe("a1 b2 c3");
  });

  it("deletes the context's rows that meet the condition", async () => {
    const settings = db.repository(Setting);
    expect(await settings.delete(people.aliceCtx, { key: "a" })).toBe(1);
    expect(await settings.delete(people.aliceCtx, { key: "a" })).toBe(0);
    expect(await settings.delete(people.aliceCtx, { user_id: people.bob.user_id })).toBe(0);
    expect(await values("aliceCtx")).toBe("b2 c3");
    expect(await values("bobCtx")).toBe("a1 b2 c3");
    await db.repository(Tag).insertMany([{ label: "a" }, { label: "b" }]);
    expect(await db.repository(Tag).delete({ label: "a" })).toBe(1);
    expect(await db.repository(Tag).delete(all)).toBe(1);
  });

  it("removes an entity by its key, the context's own", async () => {
    const settings = db.repository(Setting);
    const mine = await settings.findByIdOrFail(people.aliceCtx, "a");
    expect(await settings.remove(people.aliceCtx, mine)).toBeUndefined();
    expect(await values("bobCtx")).toBe("a1 b2 c3");
    const gone = await failure(AccessViolationError, () => settings.remove(people.aliceCtx, mine));
    const task = await db.repository(Task).insert(people.aliceCtx, { title: "t" });
    const foreign = await failure(AccessViolationError, () => db.repository(Task).remove(people.bobCtx, { id: task.id }));
    const missing = await failure(AccessViolationError, () => db.repository(Task).remove(people.bobCtx, { id: 99 }));
    expect(foreign.message).toBe(missing.message);
    expect(gone.entity).toBe("Setting");
    await failure(AccessViolationError, () => db.repository(Task).remove(people.bobCtx, task));
    expect(await db.repository(Task).count(people.aliceCtx)).toBe(1);
    await db.repository(Reading).insert(people.aliceCtx, { sensor: "s", day: "2026-01-01" });
    await db.repository(Reading).remove(people.aliceCtx, { sensor: "s", day: "2026-01-01" });
    expect(await db.repository(Reading).count(people.aliceCtx)).toBe(0);
    const tag = await db.repository(Tag).insert({ label: "t" });
    await db.repository(Tag).remove(tag);
    expect(await failure(NotFoundError, () => db.repository(Tag).remove(tag))).toMatchObject({ entity: "Tag" });
  });

  it("refuses to remove what has no key or is no entity, before any SQL", async () => {
    const before = databases.events.length;
    for (const entity of [{ label: "x" }, {}, new Tag()]) {
      expect(await failure(ValidationError, () => db.repository(Tag).remove(entity))).toMatchObject({ property: "id" });
    }
    for (const entity of [null, 5, new Setting(), [1]]) await failure(ValidationError, () => db.repository(Tag).remove(entity as never));
    await failure(InvalidQueryError, () => db.repository(Tag).remove({ id: 1 }, { returning: true } as never));
    expect(databases.events).toHaveLength(before);
  });

  it("deletes and re-keys public rows that owned ones may reference only under a system context", async () => {
    const countries = db.repository(Country);
    const users = db.repository(User<Profile>);
    await countries.insertMany([{ code: "PT", name: "Portugal" }, { code: "ES", name: "Spain" }]);
    await db.repository(Task).insert(people.aliceCtx, { title: "t", country: "PT" });
    const system = db.system("closing an account");
    const before = databases.events.length;
    for (const work of [
      () => countries.delete({ code: "ES" }), () => countries.delete({ code: "PT" }), () => countries.remove({ code: "ES" }),
      () => countries.as(people.aliceCtx).delete({ code: "ES" }), () => users.delete({ user_id: 99 }), () => users.remove(people.bob),
      () => countries.update({ code: "PT" }, { code: "P" }), () => countries.update({ code: "ES" }, { code: "E", name: "Spain" }),
    ]) {
      const error = await failure(ContextRequiredError, work);
      expect(error.message).toContain("Task");
    }
    expect(databases.events).toHaveLength(before);
    expect(await countries.update({ code: "ES" }, { name: "España" })).toBe(1);
    expect(await countries.as(system).delete({ code: "ES" })).toBe(1);
    const referenced = await failure(Error, () => countries.as(system).remove({ code: "PT" }));
    expect(referenced).toMatchObject({ code: "FOREIGN_KEY_VIOLATION", entity: "Country" });
    expect(referenced.message).toContain("still referenced");
    await db.repository(Setting).as(people.bobCtx).delete(all);
    await users.as(system).remove(people.bob);
    expect(await users.count()).toBe(1);
  });

  it("refuses unknown properties and aborted signals, before any SQL", async () => {
    const settings = db.repository(Setting).as(people.aliceCtx);
    const before = databases.events.length;
    expect((await failure(ValidationError, () => settings.update({ key: "a" }, { valeu: 1 } as never))).faults[0]).toMatchObject({ property: "valeu" });
    expect(await failure(InvalidQueryError, () => settings.update({ kei: "a" } as never, { value: "x" }))).toMatchObject({ property: "kei" });
    await failure(InvalidQueryError, () => settings.delete({ key: "a" }, { limit: 1 } as never));
    const reason = new Error("stop");
    const options = { signal: AbortSignal.abort(reason) };
    expect(await failure(Error, () => settings.update({ key: "a" }, { value: "x" }, options))).toBe(reason);
    expect(await failure(Error, () => settings.delete({ key: "a" }, options))).toBe(reason);
    expect(await failure(Error, () => settings.remove({ key: "a" }, options))).toBe(reason);
    expect(databases.events).toHaveLength(before);
  });
});

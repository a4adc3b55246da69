import {
  all, ContextRequiredError, InvalidQueryError, UniqueViolationError, User, ValidationError, type Database, type SystemContext,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Handle, Note, plannerModel, Reading, Setting, Tag, Task } from "../support/planner";

onEveryEngine("a system context", (databases) => {
  let db: Database;
  let people: Awaited<ReturnType<typeof twoUsers>>;
  let system: SystemContext;
  let alice: number;
  let bob: number;

  beforeEach(async () => {
    db = await databases.open(plannerModel);
    people = await twoUsers(db);
    [alice, bob] = [people.alice.user_id, people.bob.user_id];
    system = db.system("nightly import");
    for (const [ctx, value] of [[people.aliceCtx, "alice's"], [people.bobCtx, "bob's"]] as const) {
      await db.repository(Setting).insert(ctx, { key: "theme", value });
      await db.repository(Handle).insert(ctx, { handle: value });
    }
  });

  it("finds, counts, changes and deletes across owners", async () => {
    const settings = db.repository(Setting).as(system);
    expect((await settings.find()).map((row) => [row.user_id, row.value])).toEqual([[alice, "alice's"], [bob, "bob's"]]);
    expect((await settings.find({ user_id: bob })).map((row) => row.value)).toEqual(["bob's"]);
    expect(await settings.count()).toBe(2);
    expect(await settings.exists({ value: "bob's" })).toBe(true);
    expect(await db.repository(Handle).findById(system, 2)).toMatchObject({ handle: "bob's" });
    expect(await settings.update({ key: "theme" }, { weight: 7 })).toBe(2);
    expect(await settings.delete({ user_id: bob })).toBe(1);
    expect(await settings.delete(all)).toBe(1);
    await failure(InvalidQueryError, () => settings.delete({}));
  });

  it("must name the owner of what it inserts", async () => {
    const tasks = db.repository(Task);
    for (const data of [{ title: "t" }, { title: "t", userId: undefined }, { title: "t", userId: null as never }]) {
      expect(await failure(ValidationError, () => tasks.insert(system, data))).toMatchObject({ entity: "Task", property: "userId" });
    }
    await failure(ValidationError, () => tasks.insertMany(system, [{ title: "t", userId: alice }, { title: "u" }]));
    await failure(ValidationError, () => tasks.save(system, { title: "t" }));
    await failure(ValidationError, () => db.repository(Setting).upsert(system, { key: "k", value: "v" }, { on: ["key"] }));
    await failure(Error, () => tasks.insert(system, { title: "t", userId: 999 }));
    expect(await tasks.count(system)).toBe(0);
    expect(await tasks.insert(system, { title: "t", userId: bob })).toMatchObject({ userId: bob });
    expect(await tasks.count(people.bobCtx)).toBe(1);
  });

  it("keeps the keys that an import brings", async () => {
    const task = await db.repository(Task).insert(system, { id: 700, title: "t", userId: alice });
    expect(task.id).toBe(700);
    expect((await db.repository(Task).insert(people.bobCtx, { title: "u" })).id).toBe(701);
    const id = "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f";
    expect(await db.repository(Note).insert(system, { id, text: "n", userId: alice })).toMatchObject({ id });
    const taken = await failure(UniqueViolationError, () => db.repository(Task).insert(system, { id: 700, title: "v", userId: bob }));
    expect(taken.properties).toEqual(["id"]);
    expect(taken.message).not.toContain("same owner");
    const mixed = await db.repository(Handle).insertMany(system, [{ handle: "a", user_id: bob }, { id: 90, handle: "b", user_id: alice }]);
    expect(mixed.map((row) => row.id)).toEqual([3, 90]);
  });

  it("names a row by its whole key where keys are per owner", async () => {
    const settings = db.repository(Setting);
    const error = await failure(InvalidQueryError, () => settings.findById(system, "theme"));
    expect(error.message).toContain("user_id and key");
    await failure(InvalidQueryError, () => settings.findById(system, { key: "theme" }));
    expect(await settings.findById(system, { user_id: bob, key: "theme" })).toMatchObject({ value: "bob's" });
    const row = await settings.findByIdOrFail(system, { user_id: bob, key: "theme" });
    row.value = "changed";
    expect(await settings.save(system, row)).toBe(row);
    expect(await settings.findById(people.aliceCtx, "theme")).toMatchObject({ value: "alice's" });
    expect(await settings.findById(people.bobCtx, "theme")).toMatchObject({ value: "changed" });
    await failure(ValidationError, () => settings.remove(system, { key: "theme" }));
    await settings.remove(system, row);
    expect(await settings.count(people.aliceCtx)).toBe(1);
    expect(await settings.count(people.bobCtx)).toBe(0);
    await db.repository(Reading).insert(people.aliceCtx, { sensor: "s", day: "2026-01-01" });
    await failure(InvalidQueryError, () => db.repository(Reading).findById(system, { sensor: "s", day: "2026-01-01" }));
    expect(await db.repository(Reading).findById(system, { user_id: alice, sensor: "s", day: "2026-01-01" })).not.toBeNull();
  });

  it("may give a row to another owner", async () => {
    const handles = db.repository(Handle);
    expect(await handles.update(system, { handle: "alice's" }, { user_id: bob })).toBe(1);
    expect(await handles.count(people.aliceCtx)).toBe(0);
    const row = await handles.findOneOrFail(system, { handle: "alice's" });
    Object.assign(row, { user_id: alice });
    await handles.save(system, row);
    expect(await handles.find(people.aliceCtx)).toEqual([row]);
    await failure(ValidationError, () => handles.update(system, { id: row.id }, { user_id: null as never }));
    await failure(UniqueViolationError, () => db.repository(Setting).update(system, { user_id: alice }, { user_id: bob }));
  });

  it("upserts one owner's row, and never turns it into another's", async () => {
    const settings = db.repository(Setting);
    await settings.upsert(system, { user_id: bob, key: "theme", value: "new" }, { on: ["key"] });
    expect(await settings.findById(people.bobCtx, "theme")).toMatchObject({ value: "new" });
    expect(await settings.findById(people.aliceCtx, "theme")).toMatchObject({ value: "alice's" });
    const handles = db.repository(Handle);
    await failure(UniqueViolationError, () => handles.upsert(system, { user_id: bob, handle: "alice's", motto: "m" }, { on: ["handle"] }));
    expect(await handles.findOne(people.aliceCtx, { handle: "alice's" })).toMatchObject({ motto: null });
    await handles.upsert(system, { id: 1, user_id: alice, handle: "renamed" }, { on: ["id"] });
    expect(await handles.findById(people.aliceCtx, 1)).toMatchObject({ handle: "renamed" });
  });

  it("belongs to its database, and needs a reason", async () => {
    const other = await databases.open(plannerModel);
    const foreign = other.system("somewhere else");
    const before = databases.events.length;
    await failure(ContextRequiredError, () => db.repository(Setting).find(foreign));
    await failure(ContextRequiredError, () => db.repository(Setting).as(foreign));
    await failure(ContextRequiredError, () => db.repository(User).as(foreign));
    await failure(InvalidQueryError, () => db.repository(Tag).find(system as never));
    await failure(InvalidQueryError, () => db.repository(Tag).insert(system as never));
    for (const reason of ["", "  ", "two\nlines", "x".repeat(201), undefined, 5]) {
      expect(await failure(ValidationError, () => db.system(reason as never))).toMatchObject({ property: "reason" });
    }
    expect(databases.events).toHaveLength(before);
    expect(db.system("x".repeat(200)).reason).toHaveLength(200);
  });
});

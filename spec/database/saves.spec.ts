import { AccessViolationError, InvalidQueryError, UniqueViolationError, User, ValidationError, type Database } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { type Profile, twoUsers } from "../support/documents";
import { Country, Handle, Note, plannerModel, Rate, Reading, Setting, Tag, Task } from "../support/planner";

onEveryEngine("saving", (databases) => {
  let db: Database;
  let people: Awaited<ReturnType<typeof twoUsers>>;

  beforeEach(async () => {
    db = await databases.open(plannerModel);
    people = await twoUsers(db);
  });

  it("inserts what has no key, updates what has one, and returns the same instance", async () => {
    const tags = db.repository(Tag);
    const tag = tags.create({ label: "a" });
    expect(await tags.save(tag)).toBe(tag);
    expect(tag.id).toBe(1);
    tag.note = "changed";
    expect(await tags.save(tag)).toBe(tag);
    expect(await tags.find()).toEqual([tag]);

    const tasks = db.repository(Task);
    const task = await tasks.save(people.aliceCtx, tasks.create({ title: "t" }));
    expect(task.userId).toBe(people.alice.user_id);
    task.title = "u";
    expect(await tasks.save(people.aliceCtx, task)).toBe(task);
    expect(await tasks.find(people.aliceCtx)).toMatchObject([{ id: task.id, title: "u" }]);

    const notes = db.repository(Note).as(people.aliceCtx);
    const note = await notes.save(notes.create({ text: "n" }));
    note.text = "m";
    await notes.save(note);
    expect(await notes.find()).toEqual([note]);
  });

  it("inserts an un-owned row whose key nobody has", async () => {
    const countries = db.repository(Country);
    await countries.save({ code: "PT", name: "Portugal" });
    await countries.save({ code: "PT", name: "Portugal", area: 92 });
    expect(await countries.find()).toEqual([{ code: "PT", name: "Portugal", area: 92 }]);
    const rates = db.repository(Rate);
    const rate = rates.create({ currency: "EUR", day: "2026-01-31", value: "1" });
    expect(await rates.save(rate)).toBe(rate);
    await rates.save({ currency: "EUR", day: "2026-01-31", value: "2.0" });
    expect(await rates.find()).toEqual([{ currency: "EUR", day: "2026-01-31", value: "2.0000" }]);
  });

  it("tells missing and foreign rows apart to nobody", async () => {
    const settings = db.repository(Setting);
    const tasks = db.repository(Task);
    await settings.insert(people.aliceCtx, { key: "theme", value: "dark" });
    const task = await tasks.insert(people.aliceCtx, { title: "alice's" });
    const foreign = await failure(AccessViolationError, () => tasks.save(people.bobCtx, { id: task.id, title: "bob's" }));
    const missing = await failure(AccessViolationError, () => tasks.save(people.bobCtx, { id: 999, title: "bob's" }));
    expect(foreign.message).toBe(missing.message);
    await failure(AccessViolationError, () => tasks.save(people.bobCtx, task));
    const natural = await failure(AccessViolationError, () => settings.save(people.bobCtx, { key: "theme", value: "mine" }));
    expect(natural.message).toContain("use insert or upsert");
    await failure(AccessViolationError, () => db.repository(Reading).save(people.aliceCtx, { sensor: "s", day: "2026-01-01" }));
    await failure(AccessViolationError, () => tasks.save(people.bobCtx, { id: task.id }));
    expect(await tasks.find(people.aliceCtx)).toMatchObject([{ title: "alice's" }]);
    expect(await settings.find(people.bobCtx)).toEqual([]);
  });

  it("saves the context's own row where two owners have the same key", async () => {
    const settings = db.repository(Setting);
    const mine = await settings.insert(people.aliceCtx, { key: "theme", value: "dark" });
    await settings.insert(people.bobCtx, { key: "theme", value: "light" });
    mine.value = "blue";
    await settings.save(people.aliceCtx, mine);
    expect(await settings.findById(people.bobCtx, "theme")).toMatchObject({ value: "light" });
    expect(await settings.findById(people.aliceCtx, "theme")).toMatchObject({ value: "blue" });
    const readings = db.repository(Reading);
    for (const ctx of [people.aliceCtx, people.bobCtx]) await readings.insert(ctx, { sensor: "s", day: "2026-01-01", value: 1 });
    await readings.save(people.bobCtx, { sensor: "s", day: "2026-01-01", value: 2 });
    expect((await readings.find(people.aliceCtx)).map((row) => row.value)).toEqual([1]);
  });

  it("leaves undefined properties untouched, sets null, and gives plain data back as the whole row", async () => {
    const tasks = db.repository(Task).as(people.aliceCtx);
    const { id, token } = await tasks.insert({ title: "t", rank: 5, country: null });
    const saved = await tasks.save({ id, title: "u", rank: undefined });
    expect(saved).toBeInstanceOf(Task);
    expect(saved).toMatchObject({ id, title: "u", rank: 5, token, labels: ["new"] });
    expect(await tasks.save({ id, rank: null })).toMatchObject({ title: "u", rank: null });
    expect(await tasks.save({ id })).toEqual(await tasks.findById(id));
  });

  it("never changes the moment of creation, the key or the owner", async () => {
    const tasks = db.repository(Task);
    const task = await tasks.insert(people.aliceCtx, { title: "t" });
    const created = task.createdAt;
    await tasks.save(people.aliceCtx, { id: task.id, createdAt: new Date(0), title: "u" });
    expect((await tasks.findByIdOrFail(people.aliceCtx, task.id)).createdAt).toEqual(created);
    const error = await failure(AccessViolationError, () => tasks.save(people.aliceCtx, { id: task.id, userId: people.bob.user_id }));
    expect([error.entity, error.property]).toEqual(["Task", "userId"]);
    Object.assign(task, { userId: people.bob.user_id });
    await failure(AccessViolationError, () => tasks.save(people.aliceCtx, task));
    expect(await tasks.count(people.aliceCtx)).toBe(1);
  });

  it("keeps a property that was not loaded", async () => {
    const tasks = db.repository(Task).as(people.aliceCtx);
    const { id } = await tasks.insert({ title: "t", secret: "kept" });
    const part = await tasks.findByIdOrFail(id, { select: ["title"] });
    part.title = "u";
    await tasks.save(part);
    expect(await tasks.findById(id, { select: ["title", "secret", "state"] })).toEqual({ id, title: "u", secret: "kept", state: "open" });
  });

  it("validates the whole entity, and leaves it as it was when that fails", async () => {
    const tasks = db.repository(Task).as(people.aliceCtx);
    const task = await tasks.insert({ title: "t" });
    Object.assign(task, { title: "", rank: 101 });
    const error = await failure(ValidationError, () => tasks.save(task));
    expect(error.faults.map((fault) => fault.property).sort()).toEqual(["rank", "title"]);
    expect(task).toMatchObject({ title: "", rank: 101 });
    expect(await tasks.findById(task.id)).toMatchObject({ title: "t", rank: null });
    const person = await db.repository(User<Profile>).findByIdOrFail(people.alice.user_id);
    person.info.email = "nobody";
    const nested = await failure(ValidationError, () => db.repository(User<Profile>).save(person));
    expect(nested.property).toBe("info.email");
    const nothing = await failure(ValidationError, () => tasks.save({ id: task.id, title: null as never }));
    expect(nothing.faults[0]).toMatchObject({ property: "title", constraint: "required" });
  });

  it("saves many: all or nothing, and changes the instances only after everything is stored", async () => {
    const handles = db.repository(Handle);
    const old = await handles.insert(people.aliceCtx, { handle: "old" });
    await handles.insert(people.bobCtx, { handle: "taken" });
    old.motto = "new motto";
    const list = [old, handles.create({ handle: "fresh" }), handles.create({ handle: "taken" })];
    await failure(UniqueViolationError, () => handles.saveMany(people.aliceCtx, list));
    expect(list.map((row) => row.id)).toEqual([old.id, undefined, undefined]);
    expect(list[1]?.user_id).toBeUndefined();
    expect(await handles.find(people.aliceCtx)).toMatchObject([{ handle: "old", motto: null }]);
    list.pop();
    expect(await handles.saveMany(people.aliceCtx, list)).toEqual(list);
    expect(await handles.find(people.aliceCtx)).toEqual(list);
    expect(list[1]?.id).toBeGreaterThan(old.id);
    expect(await handles.saveMany(people.aliceCtx, [])).toEqual([]);
  });

  it("stores an instance that comes twice in a list once", async () => {
    const tags = db.repository(Tag);
    const tag = tags.create({ label: "a" });
    const [first, second] = await tags.saveMany([tag, tag]);
    expect([first, second]).toEqual([tag, tag]);
    expect(await tags.find()).toEqual([tag]);
  });

  it("refuses wrong arguments before any SQL", async () => {
    const tags = db.repository(Tag);
    const tag = await tags.insert({ label: "x" });
    const before = databases.events.length;
    await failure(InvalidQueryError, () => tags.saveMany({} as never));
    await failure(InvalidQueryError, () => tags.save(tag, { upsert: true } as never));
    await failure(ValidationError, () => tags.save({ id: "1" } as never));
    await failure(ValidationError, () => tags.save({ label: "x", ID: 1 } as never));
    await failure(ValidationError, () => tags.save(null as never));
    const reason = new Error("stop");
    expect(await failure(Error, () => tags.save(tag, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(await failure(Error, () => tags.saveMany([tag], { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(databases.events).toHaveLength(before);
  });
});

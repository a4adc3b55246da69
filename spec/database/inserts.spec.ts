import {
  AccessViolationError, CheckViolationError, InvalidQueryError, UniqueViolationError, User, ValidationError, type Database,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { profile, type Profile, twoUsers } from "../support/documents";
import { Contact, Country, Details, Handle, Note, plannerModel, Preferences, Rate, Reading, Setting, Tag, Task } from "../support/planner";

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

onEveryEngine("inserting", (databases) => {
  const moment = new Date("2026-03-04T05:06:07.089Z");
  let db: Database;
  let people: Awaited<ReturnType<typeof twoUsers>>;

  beforeEach(async () => {
    db = await databases.open({ ...plannerModel, clock: () => new Date(moment) });
    people = await twoUsers(db);
  });

  it("gives un-owned rows their keys, defaults and moments", async () => {
    const tags = db.repository(Tag);
    const first = await tags.insert({ label: "a" });
    const second = await tags.insert({ label: "b", note: "n" });
    expect(first).toBeInstanceOf(Tag);
    expect(first).toEqual({ id: 1, label: "a", note: null, createdAt: moment });
    expect(second).toEqual({ id: 2, label: "b", note: "n", createdAt: moment });
    expect(await tags.find()).toEqual([first, second]);
    const chosen = await tags.insert({ id: 40, label: "c", createdAt: new Date(5) });
    expect(await tags.findById(40)).toEqual(chosen);
    expect(chosen.createdAt).toEqual(new Date(5));
    expect((await tags.insert({ label: "d" })).id).toBe(41);
  });

  it("stores natural and composite keys as given, and asks for them", async () => {
    const country = await db.repository(Country).insert({ code: "PT", name: "Portugal" });
    expect(country).toEqual({ code: "PT", name: "Portugal", area: null });
    const rate = await db.repository(Rate).insert({ currency: "EUR", day: "2026-01-31", value: "1.5" });
    expect(await db.repository(Rate).findById({ currency: "EUR", day: "2026-01-31" })).toEqual(rate);
    expect(rate.value).toBe("1.5000");
    const error = await failure(ValidationError, () => db.repository(Rate).insert({ currency: "EUR" }));
    expect(error.faults.map((fault) => [fault.property, fault.constraint])).toEqual([["day", "required"], ["value", "required"]]);
  });

  it("writes the owner from the context and the defaults into an owned row", async () => {
    const tasks = db.repository(Task);
    const task = await tasks.insert(people.aliceCtx, { title: "write" });
    expect(task).toBeInstanceOf(Task);
    expect(task).toEqual({
      id: 1, userId: people.alice.user_id, title: "write", list: "inbox", state: "open", rank: null,
      token: expect.stringMatching(/^t-0\./), labels: ["new"], due: new Date("2030-01-01T00:00:00.000Z"),
      secret: null, country: null, details: null, createdAt: moment,
    });
    const { secret: _, ...visible } = task;
    expect(await tasks.findById(people.aliceCtx, task.id)).toEqual(visible);
    expect(await tasks.findById(people.bobCtx, task.id)).toBeNull();
    expect((await tasks.insert(people.aliceCtx, { title: "own", userId: people.alice.user_id })).userId).toBe(people.alice.user_id);
  });

  it("calls a default function for each row and shares no mutable default", async () => {
    const tasks = db.repository(Task).as(people.aliceCtx);
    const [first, second] = await tasks.insertMany([{ title: "a" }, { title: "b" }]);
    expect(first?.token).not.toBe(second?.token);
    expect(first?.labels).not.toBe(second?.labels);
    expect(first?.due).not.toBe(second?.due);
    first?.labels.push("changed");
    first?.due.setTime(0);
    const third = await tasks.insert({ title: "c" });
    expect([third.labels, third.due]).toEqual([["new"], new Date("2030-01-01T00:00:00.000Z")]);
    expect((await tasks.findByIdOrFail(second?.id ?? 0)).labels).toEqual(["new"]);
    const preferences = db.repository(Preferences);
    const mine = await preferences.insert(people.aliceCtx, {});
    expect(mine.details).toEqual(Object.assign(new Details(), { label: "standard" }));
    mine.details.label = "changed";
    expect((await preferences.insert(people.bobCtx, {})).details.label).toBe("standard");
  });

  it("takes undefined for the default and null for null", async () => {
    const tasks = db.repository(Task).as(people.aliceCtx);
    const task = await tasks.insert({ title: "t", list: undefined, rank: undefined, country: null });
    expect([task.list, task.rank, task.country]).toEqual(["inbox", null, null]);
    const error = await failure(ValidationError, () => tasks.insert({ title: "t", list: null as never, state: null as never }));
    expect(error.faults.map((fault) => [fault.property, fault.constraint])).toEqual([["list", "required"], ["state", "required"]]);
  });

  it("makes time-ordered uuid keys", async () => {
    const notes = db.repository(Note).as(people.aliceCtx);
    const stored = await notes.insertMany(Array.from({ length: 50 }, (_, index) => ({ text: `n${index}` })));
    const ids = stored.map((note) => note.id);
    for (const id of ids) expect(id).toMatch(UUID7);
    expect([...ids].sort()).toEqual(ids);
    expect(parseInt(ids[0]?.replace("-", "").slice(0, 12) ?? "", 16)).toBe(moment.getTime());
    expect(await notes.find()).toEqual(stored);
  });

  it("lets two owners use the same natural key, composite key and unique value, each once", async () => {
    const settings = db.repository(Setting);
    const readings = db.repository(Reading);
    for (const ctx of [people.aliceCtx, people.bobCtx]) {
      await settings.insert(ctx, { key: "theme", value: "dark", alias: "x" });
      await readings.insert(ctx, { sensor: "s", day: "2026-01-01", value: 1 });
    }
    expect(await settings.findById(people.bobCtx, "theme")).toMatchObject({ user_id: people.bob.user_id, value: "dark" });
    const byKey = await failure(UniqueViolationError, () => settings.insert(people.bobCtx, { key: "theme", value: "light" }));
    expect(byKey.properties).toEqual(["key"]);
    const byAlias = await failure(UniqueViolationError, () => settings.insert(people.bobCtx, { key: "other", value: "v", alias: "x" }));
    expect(byAlias.properties).toEqual(["alias"]);
    const composite = await failure(UniqueViolationError, () => readings.insert(people.aliceCtx, { sensor: "s", day: "2026-01-01" }));
    expect(composite.properties).toEqual(["sensor", "day"]);
    await db.repository(Handle).insert(people.aliceCtx, { handle: "ada" });
    await failure(UniqueViolationError, () => db.repository(Handle).insert(people.bobCtx, { handle: "ada" }));
    expect(await settings.count(people.bobCtx)).toBe(1);
  });

  it("refuses keys that it makes itself, whether or not the row exists", async () => {
    const tasks = db.repository(Task);
    const mine = await tasks.insert(people.bobCtx, { title: "bob's" });
    const taken = await failure(AccessViolationError, () => tasks.insert(people.aliceCtx, { id: mine.id, title: "x" }));
    const free = await failure(AccessViolationError, () => tasks.insert(people.aliceCtx, { id: 999, title: "x" }));
    expect(taken.message).toBe(free.message);
    await failure(AccessViolationError, () => db.repository(Note).insert(people.aliceCtx,
      { id: "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f", text: "x" }));
    expect(await tasks.count(people.aliceCtx)).toBe(0);
  });

  it("refuses data of another owner, unknown properties and what is no data, before any SQL", async () => {
    const tasks = db.repository(Task);
    const settings = db.repository(Setting);
    const before = databases.events.length;
    const forged = await failure(AccessViolationError, () => tasks.insert(people.aliceCtx, { title: "x", userId: people.bob.user_id }));
    expect([forged.entity, forged.property]).toEqual(["Task", "userId"]);
    await failure(AccessViolationError, () => tasks.insert(people.aliceCtx, { title: "x", userId: null as never }));
    const unknown = await failure(ValidationError, () => tasks.insert(people.aliceCtx, { title: "x", titel: "y" } as never));
    expect(unknown.faults).toEqual([expect.objectContaining({ property: "titel", constraint: "unknown" })]);
    expect(unknown.message).toContain("there are id, userId, title");
    const polluted: unknown = JSON.parse('{ "title": "x", "__proto__": { "list": "z" }, "constructor": 1 }');
    const names = await failure(ValidationError, () => tasks.insert(people.aliceCtx, polluted as never));
    expect(names.faults.map((fault) => fault.property)).toEqual(["__proto__", "constructor"]);
    const inherited = await failure(ValidationError, () => tasks.insert(people.aliceCtx, Object.create({ title: "inherited" }) as object));
    expect(inherited.faults[0]).toMatchObject({ property: "title", constraint: "required" });
    for (const data of [null, undefined, 5, "x", [], new Date(), Buffer.alloc(1), new Setting(), new User()]) {
      await failure(ValidationError, () => tasks.insert(people.aliceCtx, data as never));
    }
    await failure(InvalidQueryError, () => db.repository(Tag).insert(people.aliceCtx as never));
    await failure(InvalidQueryError, () => settings.insertMany(people.aliceCtx, { key: "k" } as never));
    await failure(InvalidQueryError, () => settings.insert(people.aliceCtx, { key: "k", value: "v" }, { retries: 1 } as never));
    expect(databases.events).toHaveLength(before);
  });

  it("returns the same instance and changes it only after success", async () => {
    const tasks = db.repository(Task);
    const task = tasks.create({ title: "same", labels: ["l"] });
    expect(task).toBeInstanceOf(Task);
    expect(task.id).toBeUndefined();
    const snapshot = { ...task };
    const pending = tasks.insert(people.aliceCtx, task);
    expect(task).toEqual(snapshot);
    expect(await pending).toBe(task);
    expect([task.id, task.userId, task.list]).toEqual([1, people.alice.user_id, "inbox"]);

    const twin = tasks.create({ title: "same" });
    await failure(UniqueViolationError, () => tasks.insert(people.aliceCtx, twin));
    expect(Object.values(twin).filter((value) => value !== undefined)).toEqual(["same"]);
    const invalid = tasks.create({ title: "" });
    await failure(ValidationError, () => tasks.insert(people.aliceCtx, invalid));
    expect(Object.values(invalid).filter((value) => value !== undefined)).toEqual([""]);
    const others = [tasks.create({ title: "fine" }), tasks.create({ title: "same" })];
    await failure(UniqueViolationError, () => tasks.insertMany(people.aliceCtx, others));
    expect(others.map((other) => [other.id, other.userId, other.state])).toEqual([[undefined, undefined, undefined], [undefined, undefined, undefined]]);
  });

  it("takes its copy at the call: what the caller changes afterwards is not stored", async () => {
    const tasks = db.repository(Task).as(people.aliceCtx);
    const data = { title: "first", due: new Date("2027-01-01T00:00:00.000Z"), labels: ["a"] };
    const pending = tasks.insert(data);
    data.title = "changed";
    data.due.setTime(Number.NaN);
    data.labels.push("b");
    const task = await pending;
    expect(await tasks.findByIdOrFail(task.id)).toMatchObject({ title: "first", due: new Date("2027-01-01T00:00:00.000Z"), labels: ["a"] });
    expect(task).toMatchObject({ title: "first", due: new Date("2027-01-01T00:00:00.000Z"), labels: ["a"] });
  });

  it("collects every fault, nested JSON and asynchronous constraints included", async () => {
    const contact = Object.assign(new Contact(), { email: "nobody" });
    const details = Object.assign(new Details(), { label: "much too long", contact });
    const error = await failure(ValidationError, () => db.repository(Task).insert(people.aliceCtx,
      { title: "rude", rank: 101, due: "soon" as never, state: "gone" as never, country: 5 as never, details }));
    expect(error.faults.map((fault) => `${fault.property} ${fault.constraint}`).sort()).toEqual([
      "country type", "details.contact.email isEmail", "details.label maxLength", "due type", "rank max", "state enum", "title polite",
    ]);
    expect(error.code).toBe("VALIDATION_ERROR");
    const twice = await failure(ValidationError, () => db.repository(Preferences).insert(people.aliceCtx, { details }));
    expect(twice.faults.map((fault) => fault.property).sort()).toEqual(["details.contact.email", "details.label"]);
    for (const fault of error.faults) expect(error.message).toContain(`Task.${fault.property} ${fault.message}`);
    expect(error.message).not.toContain("nobody");
    const person = Object.assign(profile("Carol"), { email: "carol" });
    const byUser = await failure(ValidationError, () => db.repository(User<Profile>).insert({ info: person }));
    expect(byUser.faults).toEqual([{ property: "info.email", constraint: "isEmail", message: "must be an email" }]);
    expect(byUser.property).toBe("info.email");
  });

  it("stores 3,000 rows in few statements, and ids belong to their rows", async () => {
    const handles = db.repository(Handle).as(people.aliceCtx);
    const before = databases.events.length;
    const list = Array.from({ length: 3_000 }, (_, index) => ({ handle: `h${(index * 7_919) % 3_000}` }));
    const stored = await handles.insertMany(list);
    expect(databases.events.slice(before).filter((event) => event.operation === "insertMany").length).toBeLessThanOrEqual(6);
    expect(stored.map((row) => row.handle)).toEqual(list.map((row) => row.handle));
    expect(new Map((await handles.find()).map((row) => [row.id, row.handle]))).toEqual(new Map(stored.map((row) => [row.id, row.handle])));
    expect(new Set(stored.map((row) => row.id)).size).toBe(3_000);
  });

  it("stores all rows or none: the last of 3,000 is refused by the database, or before it", async () => {
    const handles = db.repository(Handle);
    await handles.insert(people.bobCtx, { handle: "taken" });
    const rows = (last: object) => [...Array.from({ length: 2_999 }, (_, index) => handles.create({ handle: `r${index}` })), handles.create(last)];
    const list = rows({ handle: "taken" });
    await failure(UniqueViolationError, () => handles.insertMany(people.aliceCtx, list));
    expect(await handles.count(people.aliceCtx)).toBe(0);
    expect(list.filter((row) => row.id !== undefined || row.user_id !== undefined)).toEqual([]);
    const before = databases.events.length;
    await failure(ValidationError, () => handles.insertMany(people.aliceCtx, rows({})));
    expect(databases.events).toHaveLength(before);
    expect(await handles.count(people.aliceCtx)).toBe(0);
    expect(await handles.insertMany(people.aliceCtx, [])).toEqual([]);
  });

  it("keeps rows with and without a key in their order", async () => {
    const tags = await db.repository(Tag).insertMany([{ label: "a" }, { id: 10, label: "b" }, { label: "c" }, { label: "d" }, { id: 5, label: "e" }]);
    expect(tags.map((tag) => [tag.label, tag.id])).toEqual([["a", 1], ["b", 10], ["c", 11], ["d", 12], ["e", 5]]);
    expect((await db.repository(Tag).find()).map((tag) => tag.label)).toEqual(["a", "e", "b", "c", "d"]);
    expect((await db.repository(Tag).insert({ label: "f" })).id).toBe(13);
  });

  it("runs nothing under a signal that has been aborted", async () => {
    const reason = new Error("no longer wanted");
    const before = databases.events.length;
    const signal = AbortSignal.abort(reason);
    expect(await failure(Error, () => db.repository(Tag).insert({ label: "x" }, { signal }))).toBe(reason);
    expect(await failure(Error, () => db.repository(Task).insertMany(people.aliceCtx, [{ title: "x" }], { signal }))).toBe(reason);
    expect(databases.events).toHaveLength(before);
    await failure(InvalidQueryError, () => db.repository(Tag).insert({ label: "x" }, { signal: {} as never }));
    expect(await db.repository(Tag).count()).toBe(0);
  });

  it("lets the database's own constraints have the last word", async () => {
    const error = await failure(Error, () => db.repository(Task).insert(people.aliceCtx, { title: "x", country: "XX" }));
    expect(error).not.toBeInstanceOf(CheckViolationError);
    expect(error).toMatchObject({ code: "FOREIGN_KEY_VIOLATION", entity: "Task" });
  });
});

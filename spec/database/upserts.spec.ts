import { AccessViolationError, InvalidQueryError, UniqueViolationError, User, ValidationError, type Database } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Country, Handle, Note, plannerModel, Preferences, Rate, Reading, Setting, Tag, Task } from "../support/planner";

onEveryEngine("upserting", (databases) => {
  let db: Database;
  let people: Awaited<ReturnType<typeof twoUsers>>;

  beforeEach(async () => {
    db = await databases.open(plannerModel);
    people = await twoUsers(db);
  });

  it("inserts, then updates by a natural, a composite and a counted key", async () => {
    const countries = db.repository(Country);
    expect(await countries.upsert({ code: "PT", name: "Portugal" }, { on: ["code"] })).toEqual({ code: "PT", name: "Portugal", area: null });
    expect(await countries.upsert({ code: "PT", name: "República", area: 92 }, { on: ["code"] })).toBeInstanceOf(Country);
    expect(await countries.find()).toEqual([{ code: "PT", name: "República", area: 92 }]);
    const rates = db.repository(Rate);
    await rates.upsert({ currency: "EUR", day: "2026-01-01", value: "1" }, { on: ["day", "currency"] });
    await rates.upsert({ currency: "EUR", day: "2026-01-01", value: "2" }, { on: ["currency", "day"] });
    expect(await rates.find()).toMatchObject([{ value: "2.0000" }]);
    const tags = db.repository(Tag);
    const tag = await tags.insert({ label: "a" });
    expect(await tags.upsert({ id: tag.id, label: "b" }, { on: ["id"] })).toEqual({ ...tag, label: "b" });
    expect(await tags.count()).toBe(1);
  });

  it("updates by a unique key, keeps what was not given, and gives the stored row back", async () => {
    const tags = db.repository(Tag);
    const first = await tags.upsert({ label: "a", note: "kept" }, { on: ["label"] });
    const again = await tags.upsert({ label: "a" }, { on: ["label"] });
    expect(again).toEqual(first);
    expect(await tags.upsert({ label: "a", note: null, createdAt: new Date(0) }, { on: ["label"] })).toEqual({ ...first, note: null });
    const tasks = db.repository(Task).as(people.aliceCtx);
    const task = await tasks.insert({ title: "t", rank: 3 });
    const changed = await tasks.upsert({ title: "t", list: "inbox", state: "done" }, { on: ["list", "title"] });
    const { secret: _, ...visible } = task;
    expect(changed).toEqual({ ...visible, state: "done" });
    expect(await tasks.count()).toBe(1);
  });

  it("fills the caller's instance, and only after success", async () => {
    const tags = db.repository(Tag);
    const { id } = await tags.insert({ label: "a", note: "n" });
    const tag = tags.create({ label: "a" });
    expect(await tags.upsert(tag, { on: ["label"] })).toBe(tag);
    expect(tag).toMatchObject({ id, note: "n" });
    const settings = db.repository(Setting).as(people.aliceCtx);
    await settings.insertMany([{ key: "k", value: "v", weight: 1 }, { key: "l", value: "w", alias: "x" }]);
    const clash = settings.create({ key: "k", value: "new", alias: "x" });
    await failure(UniqueViolationError, () => settings.upsert(clash, { on: ["key"] }));
    expect([clash.user_id, clash.weight]).toEqual([undefined, undefined]);
    expect(await settings.findById("k")).toMatchObject({ value: "v", weight: 1 });
  });

  it("touches the context's own row alone", async () => {
    const settings = db.repository(Setting);
    await settings.insert(people.bobCtx, { key: "theme", value: "light", alias: "x" });
    await settings.upsert(people.aliceCtx, { key: "theme", value: "dark", alias: "x" }, { on: ["key"] });
    await settings.upsert(people.aliceCtx, { key: "theme", value: "blue", alias: "x" }, { on: ["alias"] });
    expect(await settings.find(people.bobCtx)).toMatchObject([{ key: "theme", value: "light" }]);
    expect(await settings.find(people.aliceCtx)).toMatchObject([{ user_id: people.alice.user_id, key: "theme", value: "blue" }]);
    const readings = db.repository(Reading);
    for (const [ctx, value] of [[people.aliceCtx, 1], [people.bobCtx, 2], [people.aliceCtx, 3]] as const) {
      await readings.upsert(ctx, { sensor: "s", day: "2026-01-01", value }, { on: ["sensor", "day"] });
    }
    expect((await readings.find(people.aliceCtx)).map((row) => row.value)).toEqual([3]);
    expect((await readings.find(people.bobCtx)).map((row) => row.value)).toEqual([2]);
    await failure(AccessViolationError, () => settings.upsert(people.aliceCtx,
      { user_id: people.bob.user_id, key: "theme", value: "stolen" }, { on: ["key"] }));
  });

  it("answers like an insert when a key over all owners is somebody else's", async () => {
    const handles = db.repository(Handle);
    await handles.insert(people.bobCtx, { handle: "ada", motto: "bob's" });
    const inserted = await failure(UniqueViolationError, () => handles.insert(people.aliceCtx, { handle: "ada" }));
    const upserted = await failure(UniqueViolationError, () => handles.upsert(people.aliceCtx, { handle: "ada", motto: "alice's" }, { on: ["handle"] }));
    expect(upserted.properties).toEqual(inserted.properties);
    expect(upserted.message).toBe(inserted.message);
    expect(await handles.find(people.bobCtx)).toMatchObject([{ motto: "bob's" }]);
    await handles.upsert(people.bobCtx, { handle: "ada", motto: "new" }, { on: ["handle"] });
    expect(await handles.find(people.bobCtx)).toMatchObject([{ motto: "new" }]);
  });

  it("meets an owner's only row by the owner, with nothing to change too", async () => {
    const preferences = db.repository(Preferences);
    for (const ctx of [people.aliceCtx, people.bobCtx]) await preferences.upsert(ctx, {}, { on: ["userId"] });
    expect(await preferences.upsert(people.aliceCtx, { theme: "dark" }, { on: ["userId"] })).toMatchObject({ id: 1, theme: "dark" });
    expect(await preferences.upsert(people.aliceCtx, {}, { on: ["userId"] })).toMatchObject({ id: 1, theme: "dark" });
    expect((await preferences.find(db.system("check"))).map((row) => row.theme)).toEqual(["dark", "light"]);
  });

  it("takes in `on` only the properties of a unique key, before any SQL", async () => {
    const settings = db.repository(Setting).as(people.aliceCtx);
    const data = { key: "k", value: "v" };
    const before = databases.events.length;
    for (const on of [undefined, "key", [], ["value"], ["key", "alias"], ["user_id"], ["kei"], [5], ["__proto__"]]) {
      expect(await failure(InvalidQueryError, () => settings.upsert(data, { on } as never))).toMatchObject({ entity: "Setting" });
    }
    await failure(InvalidQueryError, () => settings.upsert(data, undefined as never));
    await failure(InvalidQueryError, () => settings.upsert(data, { on: ["key"], update: ["value"] } as never));
    const wrong = await failure(InvalidQueryError, () => settings.upsert(data, { on: ["value"] }));
    expect(wrong.message).toContain("(key), (alias)");
    await failure(InvalidQueryError, () => db.repository(Task).upsert(people.aliceCtx, { title: "t" }, { on: ["id"] }));
    await failure(InvalidQueryError, () => db.repository(Note).upsert(people.aliceCtx, { text: "t" }, { on: ["id"] }));
    await failure(InvalidQueryError, () => db.repository(User).upsert({ info: {} }, { on: ["info"] }));
    expect(databases.events).toHaveLength(before);
  });

  it("validates as an insert does, before any SQL", async () => {
    const before = databases.events.length;
    const error = await failure(ValidationError, () => db.repository(Task).upsert(people.aliceCtx, { title: "", rank: -1 }, { on: ["title", "list"] }));
    expect(error.faults.map((fault) => fault.property).sort()).toEqual(["rank", "title"]);
    await failure(ValidationError, () => db.repository(Setting).upsert(people.aliceCtx, { key: "k" }, { on: ["key"] }));
    const reason = new Error("stop");
    expect(await failure(Error, () => db.repository(Tag).upsert({ label: "a" }, { on: ["label"], signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(databases.events).toHaveLength(before);
  });
});

import {
  ContextRequiredError, InvalidQueryError, NotFoundError, TransactionError, UserContext, ValidationError, type Database,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Country, Note, plannerModel, Rate, Reading, Setting, Tag, Task } from "../support/planner";

onEveryEngine("reading", (databases) => {
  let db: Database;
  let people: Awaited<ReturnType<typeof twoUsers>>;

  beforeEach(async () => {
    db = await databases.open(plannerModel);
    people = await twoUsers(db);
  });

  /** Titles a to e in the order of storing d b e a c, with ranks 2 null 1 null 2. */
  async function fiveTasks() {
    const tasks = db.repository(Task).as(people.aliceCtx);
    const ranks = [2, null, 1, null, 2];
    await tasks.insertMany([..."dbeac"].map((title, index) => ({ title, rank: ranks[index] ?? null })));
    await db.repository(Task).insert(people.bobCtx, { title: "aa", rank: 0 });
    return tasks;
  }

  it("finds by key: un-owned, owned, uuid, natural and composite", async () => {
    const { aliceCtx, bobCtx } = people;
    const tag = await db.repository(Tag).insert({ label: "a" });
    expect(await db.repository(Tag).findById(tag.id)).toEqual(tag);
    expect(await db.repository(Tag).findById({ id: tag.id })).toEqual(tag);
    expect(await db.repository(Tag).findById(99)).toBeNull();
    const note = await db.repository(Note).insert(aliceCtx, { text: "n" });
    expect(await db.repository(Note).findById(aliceCtx, note.id)).toEqual(note);
    expect(await db.repository(Note).findById(aliceCtx, note.id.toUpperCase())).toEqual(note);
    expect(await db.repository(Note).findById(bobCtx, note.id)).toBeNull();
    const setting = await db.repository(Setting).insert(aliceCtx, { key: "k", value: "v" });
    expect(await db.repository(Setting).findById(aliceCtx, "k")).toEqual(setting);
    expect(await db.repository(Setting).findById(bobCtx, "k")).toBeNull();
    expect(await db.repository(Setting).findById(aliceCtx, { key: "k", user_id: people.bob.user_id })).toBeNull();
    const reading = await db.repository(Reading).insert(aliceCtx, { sensor: "s", day: "2026-01-01" });
    expect(await db.repository(Reading).as(aliceCtx).findById({ sensor: "s", day: "2026-01-01" })).toEqual(reading);
    const rate = await db.repository(Rate).insert({ currency: "EUR", day: "2026-01-01", value: "1" });
    expect(await db.repository(Rate).findById({ day: "2026-01-01", currency: "EUR" })).toEqual(rate);
  });

  it("refuses what is no key, before any SQL", async () => {
    const tags = db.repository(Tag);
    const readings = db.repository(Reading).as(people.aliceCtx);
    const before = databases.events.length;
    for (const id of [undefined, null, {}, { id: undefined }, { id: null }, { id: 1, label: "a" }]) {
      expect(await failure(InvalidQueryError, () => tags.findById(id as never))).toMatchObject({ entity: "Tag" });
    }
    for (const id of ["1", 1.5, Number.NaN, 2 ** 53, true, [1], new Date(), { id: "1" }]) {
      expect(await failure(ValidationError, () => tags.findById(id as never))).toMatchObject({ entity: "Tag", property: "id" });
    }
    for (const id of ["s", { sensor: "s" }, { sensor: "s", day: "2026-01-01", value: 1 }]) {
      await failure(InvalidQueryError, () => readings.findById(id as never));
    }
    expect(databases.events).toHaveLength(before);
  });

  it("has forms that fail when there is nothing, and say nothing of other owners", async () => {
    const tasks = await fiveTasks();
    const missing = await failure(NotFoundError, () => tasks.findByIdOrFail(999));
    const foreign = await failure(NotFoundError, () => tasks.findByIdOrFail(6));
    expect(foreign.message).toBe(missing.message);
    expect(missing).toMatchObject({ code: "NOT_FOUND", entity: "Task" });
    await failure(NotFoundError, () => tasks.findOneOrFail({ title: "aa" }));
    await failure(NotFoundError, () => db.repository(Tag).findByIdOrFail(1));
    expect(await tasks.findByIdOrFail(1)).toMatchObject({ title: "d" });
    expect(await db.repository(Task).findByIdOrFail(people.bobCtx, 6)).toMatchObject({ title: "aa" });
    expect(await db.repository(Task).findOneOrFail(people.aliceCtx, { title: "e" })).toMatchObject({ id: 3 });
  });

  it("finds one: the first by order and then key", async () => {
    const tasks = await fiveTasks();
    expect(await tasks.findOne({ rank: 2 })).toMatchObject({ title: "d" });
    expect(await tasks.findOne({}, { orderBy: { title: "asc" } })).toMatchObject({ title: "a" });
    expect(await tasks.findOne({}, { orderBy: { title: "asc" }, offset: 1, select: ["title"] })).toEqual({ id: 2, title: "b" });
    expect(await tasks.findOne({ title: "z" })).toBeNull();
    await failure(InvalidQueryError, () => tasks.findOne(undefined as never));
    await failure(InvalidQueryError, () => tasks.findOne({}, { limit: 2 } as never));
  });

  it("counts, and tells whether there is any", async () => {
    const tasks = await fiveTasks();
    expect(await tasks.count()).toBe(5);
    expect(await tasks.count({ rank: 2 })).toBe(2);
    expect(await tasks.exists({ title: "a" })).toBe(true);
    expect(await tasks.exists({ title: "aa" })).toBe(false);
    expect(await db.repository(Task).count(people.bobCtx)).toBe(1);
    expect(await db.repository(Task).exists(people.bobCtx, { title: "aa" })).toBe(true);
    expect(await db.repository(Tag).count({ label: "x" })).toBe(0);
    await failure(InvalidQueryError, () => tasks.exists(undefined as never));
    await failure(InvalidQueryError, () => tasks.count({}, { limit: 1 } as never));
  });

  it("orders by several properties both ways, nulls last unless said otherwise, then by key", async () => {
    const tasks = await fiveTasks();
    const titles = async (orderBy?: object): Promise<string> =>
      (await tasks.find({}, { orderBy: orderBy as never })).map((task) => task.title).join("");
    expect(await titles()).toBe("dbeac");
    expect(await titles({ title: "desc" })).toBe("edcba");
    expect(await titles({ rank: "asc" })).toBe("edcba");
    expect(await titles({ rank: "desc" })).toBe("dceba");
    expect(await titles({ rank: { dir: "asc", nulls: "first" } })).toBe("baedc");
    expect(await titles({ rank: { dir: "desc", nulls: "first" } })).toBe("badce");
    expect(await titles({ rank: { nulls: "first" } })).toBe("baedc");
    expect(await titles([{ rank: "desc" }, { title: "asc" }])).toBe("cdeab");
    expect(await titles({ rank: "asc", id: "desc" })).toBe("ecdab");
    expect(await titles({ secret: "asc" })).toBe("dbeac");
  });

  it("passes over and limits", async () => {
    const tasks = await fiveTasks();
    const titles = async (options: object): Promise<string> => (await tasks.find({}, options)).map((task) => task.title).join("");
    expect(await titles({ limit: 2 })).toBe("db");
    expect(await titles({ limit: 2, offset: 1 })).toBe("be");
    expect(await titles({ offset: 3 })).toBe("ac");
    expect(await titles({ offset: 9 })).toBe("");
    expect(await titles({ limit: Number.MAX_SAFE_INTEGER, offset: 0 })).toBe("dbeac");
    expect(await titles({ limit: undefined, offset: undefined })).toBe("dbeac");
    const before = databases.events.length;
    expect(await titles({ limit: 0 })).toBe("");
    for (const bad of [-1, 1.5, Number.NaN, Infinity, 2 ** 53, "5", null, 5n]) {
      expect(await failure(InvalidQueryError, () => titles({ limit: bad }))).toMatchObject({ entity: "Task" });
      await failure(InvalidQueryError, () => titles({ offset: bad }));
    }
    expect(databases.events).toHaveLength(before);
  });

  it("reads only what is selected, the key besides; select: false only by name", async () => {
    const tasks = await fiveTasks();
    await tasks.update({ title: "a" }, { secret: "s" });
    const whole = await tasks.findOneOrFail({ title: "a" });
    expect("secret" in whole).toBe(false);
    const some = await tasks.findOneOrFail({ title: "a" }, { select: ["title", "secret"] });
    expect(some).toBeInstanceOf(Task);
    expect(Object.keys(some).sort()).toEqual(["id", "secret", "title"]);
    expect(some).toEqual({ id: 4, title: "a", secret: "s" });
    expect(await tasks.find({ title: "a" }, { select: { title: true, rank: false } })).toEqual([{ id: 4, title: "a" }]);
    expect(await tasks.findById(4, { select: [] })).toEqual({ id: 4 });
    expect(await tasks.count({ secret: "s" })).toBe(1);
    expect(await db.repository(Reading).find(people.aliceCtx, {}, { select: ["value"] })).toEqual([]);
    await db.repository(Setting).insert(people.aliceCtx, { key: "k", value: "v" });
    expect(await db.repository(Setting).find(people.aliceCtx, {}, { select: ["value"] })).toEqual([{ key: "k", value: "v" }]);
  });

  it("refuses unknown and odd options, before any SQL", async () => {
    const tasks = db.repository(Task).as(people.aliceCtx);
    const before = databases.events.length;
    const odd: readonly (readonly [string, object | string | null])[] = [
      ["unknown name", { order: { title: "asc" } }], ["misspelt", { Limit: 1 }], ["string", "limit"], ["null", null],
      ["orderBy unknown", { orderBy: { titel: "asc" } }], ["orderBy direction", { orderBy: { title: "ASC" } }],
      ["orderBy text", { orderBy: "title" }], ["orderBy undefined", { orderBy: { title: undefined } }],
      ["orderBy injection", { orderBy: { "title; drop table task": "asc" } }], ["orderBy json", { orderBy: { labels: "asc" } }],
      ["orderBy nulls", { orderBy: { rank: { nulls: "middle" } } }], ["orderBy misspelt", { orderBy: { rank: { direction: "desc" } } }],
      ["orderBy proto", { orderBy: JSON.parse('{ "__proto__": "asc" }') }], ["orderBy constructor", { orderBy: { constructor: "asc" } }],
      ["select unknown", { select: ["titel"] }], ["select text", { select: "title" }], ["select object", { select: { titel: true } }],
      ["select number", { select: { title: 1 } }], ["select mixed", { select: ["title", 5] }], ["select unknown off", { select: { titel: false } }],
      ["lock", { lock: "share" }], ["signal", { signal: "now" }],
    ];
    for (const [, options] of odd) {
      expect(await failure(InvalidQueryError, () => tasks.find({}, options as never))).toMatchObject({ code: "INVALID_QUERY", entity: "Task" });
    }
    const unknown = await failure(InvalidQueryError, () => tasks.find({}, { orderBy: { titel: "asc" } as never }));
    expect(unknown.property).toBe("titel");
    expect(unknown.message).toContain("it has id, userId, title");
    expect(await failure(InvalidQueryError, () => tasks.find({}, { select: ["titel" as never] }))).toMatchObject({ property: "titel" });
    await failure(InvalidQueryError, () => tasks.findById(1, { limit: 1 } as never));
    await failure(TransactionError, () => tasks.find({}, { lock: "update" }));
    await db.transaction(async () => expect(await tasks.find({}, { lock: "update" })).toEqual([]));
    expect(databases.events.length - before).toBe(1);
  });

  it("binds a repository to a context, and takes nothing else for one", async () => {
    await fiveTasks();
    const bound = db.repository(Task).as(people.bobCtx);
    expect((await bound.find()).map((task) => task.title)).toEqual(["aa"]);
    expect((await bound.as(people.aliceCtx).find()).map((task) => task.title).join("")).toBe("dbeac");
    expect(await db.repository(Country).as(people.aliceCtx).find()).toEqual([]);
    const lookAlike = { owner: people.aliceCtx.owner, key: 1, actor: 1 };
    for (const given of [undefined, null, {}, lookAlike, Object.create(UserContext.prototype)]) {
      await failure(ContextRequiredError, () => db.repository(Task).as(given as never));
      await failure(ContextRequiredError, () => db.repository(Country).as(given as never));
      await failure(ContextRequiredError, () => db.repository(Task).find(given as never));
      await failure(ContextRequiredError, () => db.repository(Task).findOne(given as never, undefined as never));
    }
  });

  it("runs nothing under a signal that has been aborted", async () => {
    const tasks = await fiveTasks();
    const before = databases.events.length;
    const reason = new Error("left");
    const options = { signal: AbortSignal.abort(reason) };
    for (const work of [
      () => tasks.find({}, options), () => tasks.findOne({}, options), () => tasks.findById(1, options), () => tasks.findByIdOrFail(1, options),
      () => tasks.findOneOrFail({}, options), () => tasks.count({}, options), () => tasks.exists({}, options),
    ]) expect(await failure(Error, work)).toBe(reason);
    expect(databases.events).toHaveLength(before);
    expect(await tasks.find({}, { signal: new AbortController().signal })).toHaveLength(5);
  });
});

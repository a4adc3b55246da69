import {
  all, connect, NotFoundError, StaleEntityError, User, UserContext, UserInfo, ValidationError, AccessViolationError, type Database,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { Folder, Note, noteModel, TestClock, Topic } from "../support/notes";

onEveryEngine("what the framework keeps", (databases) => {
  let db: Database;
  let clock: TestClock;
  let ctx: UserContext;
  let other: UserContext;

  beforeEach(async () => {
    clock = new TestClock();
    db = await databases.open({ ...noteModel, clock: clock.now });
    const users = await db.repository(User).insertMany([{ info: new UserInfo() }, { info: new UserInfo() }]);
    [ctx, other] = users.map((user) => UserContext.of(user)) as [UserContext, UserContext];
  });

  it("begins at version 1, with one moment for creation and change", async () => {
    const note = await db.repository(Note).insert(ctx, { title: "a" });
    expect(note).toMatchObject({ version: 1, created_at: clock.now(), updated_at: clock.now(), deleted_at: null });
    expect(await db.repository(Note).findById(ctx, note.note_id)).toEqual(note);
  });

  it("counts and dates every kind of change", async () => {
    const notes = db.repository(Note).as(ctx);
    const { note_id, created_at } = await notes.insert({ title: "a" });
    const folder = await db.repository(Folder).insert(ctx, { name: "f" });
    const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
      ["update", () => notes.update({ note_id }, { views: 1 })],
      ["increment", () => notes.increment({ note_id }, { views: 2 })],
      ["save", async () => notes.save({ note_id, title: "b" })],
      ["saveMany", async () => notes.saveMany([{ note_id, title: "c" }])],
      ["upsert", () => notes.upsert({ title: "c", views: 9 }, { on: ["title"] })],
      ["upsertMany", () => notes.upsertMany([{ title: "c", views: 10 }], { on: ["title"] })],
      ["connect", () => db.repository(Folder).insert(ctx, { name: "g", notes: [connect(note_id)] })],
      ["delete", () => notes.delete({ note_id })],
      ["restore", () => notes.restore({ note_id })],
    ];
    let version = 1;
    for (const [kind, change] of changes) {
      const moment = clock.forward();
      await change();
      version += 1;
      const row = await notes.findById(note_id, { withDeleted: true });
      expect([kind, row?.version, row?.updated_at, row?.created_at]).toEqual([kind, version, moment, created_at]);
    }
    expect(folder).not.toHaveProperty("version");
  });

  it("leaves rows alone that a call does not change", async () => {
    const notes = db.repository(Note).as(ctx);
    const [first, second] = await notes.insertMany([{ title: "a" }, { title: "b" }]) as [Note, Note];
    clock.forward();
    await notes.update({ title: "a" }, { views: 1 });
    await notes.upsert({ title: "b" }, { on: ["title"] });
    await notes.save({ note_id: second.note_id });
    expect(await notes.findById(second.note_id)).toEqual(second);
    expect(await notes.findById(first.note_id)).toMatchObject({ version: 2 });
  });

  it("gives the saved instance its new version and moment", async () => {
    const notes = db.repository(Note).as(ctx);
    const note = await notes.insert({ title: "a" });
    const moment = clock.forward();
    note.title = "b";
    expect(await notes.save(note)).toBe(note);
    expect(note).toMatchObject({ version: 2, updated_at: moment });
    await notes.save(note);
    expect(await notes.findById(note.note_id)).toEqual(note);
    expect(note.version).toBe(3);
  });

  it("lets exactly one of two writers win, and loses nothing", async () => {
    const notes = db.repository(Note).as(ctx);
    const { note_id } = await notes.insert({ title: "start" });
    for (let round = 0; round < 20; round += 1) {
      const writers = await Promise.all([notes.findByIdOrFail(note_id), notes.findByIdOrFail(note_id)]);
      const before = writers[0].version;
      const outcomes = await Promise.allSettled(writers.map(async (note, index) => {
        note.title = `round ${round} by ${index}`;
        note.views += 1;
        return notes.save(note);
      }));
      const won = outcomes.flatMap((outcome) => outcome.status === "fulfilled" ? [outcome.value] : []);
      const lost = outcomes.flatMap((outcome) => outcome.status === "rejected" ? [outcome.reason as unknown] : []);
      expect(won).toHaveLength(1);
      expect(lost).toEqual([expect.any(StaleEntityError)]);
      expect(await notes.findById(note_id)).toEqual(won[0]);
      expect(won[0]).toMatchObject({ version: before + 1, views: round + 1 });
    }
  });

  it("changes neither the row nor the instance of the writer that came too late", async () => {
    const notes = db.repository(Note).as(ctx);
    const { note_id } = await notes.insert({ title: "a" });
    const [early, late] = [await notes.findByIdOrFail(note_id), await notes.findByIdOrFail(note_id)];
    await notes.save(Object.assign(early, { title: "early" }));
    late.title = "late";
    const copy = { ...late };
    const error = await failure(StaleEntityError, () => notes.save(late));
    expect(error).toMatchObject({ code: "STALE_ENTITY", entity: "Note" });
    expect({ ...late }).toEqual(copy);
    expect((await notes.findById(note_id))?.title).toBe("early");
    await failure(StaleEntityError, () => notes.saveMany([{ title: "new" }, late]));
    expect(await notes.count()).toBe(1);
    await failure(StaleEntityError, () => notes.remove(late));
    await failure(StaleEntityError, () => notes.remove(late, { hard: true }));
    expect(await notes.count()).toBe(1);
  });

  it("asks no version of data that has none", async () => {
    const notes = db.repository(Note).as(ctx);
    const { note_id } = await notes.insert({ title: "a" });
    await notes.save({ note_id, title: "b" });
    expect(await notes.save({ note_id, title: "c" })).toMatchObject({ title: "c", version: 3 });
  });

  it("tells a row that is not there, or another's, as always", async () => {
    const note = await db.repository(Note).insert(ctx, { title: "a" });
    const foreign = db.repository(Note).as(other);
    const data = { note_id: note.note_id, title: "mine now", version: note.version };
    await failure(AccessViolationError, () => foreign.save(data));
    await failure(AccessViolationError, () => foreign.remove(data));
    const topics = db.repository(Topic);
    const topic = await topics.insert({ code: "x", label: "X" });
    await topics.delete({ code: "x" }, { hard: true });
    await failure(StaleEntityError, () => topics.save(topic));
    await failure(StaleEntityError, () => topics.remove(topic));
    await failure(NotFoundError, () => topics.remove({ code: "x" }));
  });

  it("cannot be written by hand", async () => {
    const notes = db.repository(Note).as(ctx);
    await notes.insert({ title: "a" });
    databases.forget();
    for (const changes of [{ version: 5 }, { updated_at: new Date() }, { deleted_at: new Date() }, { created_at: new Date() }]) {
      const error = await failure(ValidationError, () => notes.update(all, changes));
      expect(error.faults[0]).toMatchObject({ property: Object.keys(changes)[0], constraint: "readonly" });
    }
    await failure(ValidationError, () => notes.increment(all, { version: 1 }));
    await failure(ValidationError, () => notes.save({ note_id: 1, version: "1" as unknown as number }));
    expect(databases.events).toEqual([]);
  });

  it("refuses a clock that shows no moment, and writes nothing", async () => {
    const broken = await databases.open({ ...noteModel, clock: () => new Date(Number.NaN) });
    await failure(ValidationError, () => broken.repository(Topic).as(broken.system("spec")).delete({ code: "x" }));
    expect(databases.events).toEqual([]);
  });

  it("keeps the version in one column of whole numbers, and the moments as the engine has them", async () => {
    expect(db.schema.sql()).toContain(databases.dialect === "sqlite" ? '"version" INTEGER not null' : '"version" bigint not null');
    expect(db.schema.sql()).toContain(databases.dialect === "sqlite" ? '"deleted_at" TEXT' : '"deleted_at" timestamp(3) with time zone');
    expect(await db.schema.check()).toEqual([]);
  });
});

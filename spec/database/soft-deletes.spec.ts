import {
  all, isNull, InvalidQueryError, lt, NotFoundError, some, sql as part, table, UniqueViolationError, User, UserContext, UserInfo, AccessViolationError,
  cols, type Database, type Repository,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { Folder, Note, noteModel, TestClock, Topic } from "../support/notes";

onEveryEngine("soft deletes", (databases) => {
  let db: Database;
  let clock: TestClock;
  let ctx: UserContext;
  let notes: Repository<Note, "bound">;
  let folders: Repository<Folder, "bound">;

  beforeEach(async () => {
    clock = new TestClock();
    db = await databases.open({ ...noteModel, clock: clock.now });
    ctx = UserContext.of(await db.repository(User).insert({ info: new UserInfo() }));
    notes = db.repository(Note).as(ctx);
    folders = db.repository(Folder).as(ctx);
  });

  /** Two folders of two notes each; the first note of the first folder and the second folder are deleted. */
  async function shelf(): Promise<{ live: Folder; gone: Folder; kept: Note; deleted: Note }> {
    const [live, gone] = await folders.insertMany([
      { name: "live", notes: [{ title: "a", views: 1 }, { title: "b", views: 2 }] }, { name: "gone", notes: [{ title: "c", views: 4 }, { title: "d", views: 8 }] },
    ]) as [Folder, Folder];
    clock.forward();
    await notes.delete({ title: "a" });
    await folders.remove(gone);
    const rows = await notes.find({}, { withDeleted: true });
    const titled = (title: string): Note => rows.find((row) => row.title === title) as Note;
    return { live, gone, kept: titled("b"), deleted: titled("a") };
  }

  it("hide the row from every read, and show it when asked", async () => {
    const { deleted, kept } = await shelf();
    expect(deleted.deleted_at).toEqual(clock.now());
    const { note_id } = deleted;
    const titles = (rows: readonly { readonly title: string }[]): string => rows.map((row) => row.title).join("");
    const reads: Readonly<Record<string, (options: { withDeleted?: true }) => Promise<unknown>>> = {
      findById: async (options) => (await notes.findById(note_id, options))?.title ?? null,
      findOne: async (options) => (await notes.findOne({ note_id }, options))?.title ?? null,
      find: async (options) => titles(await notes.find({}, options)),
      findAndCount: async (options) => {
        const [rows, total] = await notes.findAndCount({}, { limit: 10, ...options });
        return `${titles(rows)} of ${total}`;
      },
      count: async (options) => notes.count({}, options),
      exists: async (options) => notes.exists({ note_id }, options),
      aggregate: async (options) => (await notes.aggregate({ sum: ["views"] }, options)).sum.views,
      paginate: async (options) => titles((await notes.paginate({}, { orderBy: { title: "asc" }, ...options })).items),
      stream: async (options) => {
        const rows: Note[] = [];
        for await (const row of notes.stream({}, options)) rows.push(row);
        return titles(rows);
      },
    };
    const outcomes: Record<string, readonly unknown[]> = {};
    for (const [name, read] of Object.entries(reads)) outcomes[name] = [await read({}), await read({ withDeleted: true })];
    expect(outcomes).toEqual({
      findById: [null, "a"], findOne: [null, "a"], find: ["bcd", "abcd"], findAndCount: ["bcd of 3", "abcd of 4"], count: [3, 4],
      exists: [false, true], aggregate: [14, 15], paginate: ["bcd", "abcd"], stream: ["bcd", "abcd"],
    });
    await failure(NotFoundError, () => notes.findByIdOrFail(note_id));
    expect(kept.deleted_at).toBeNull();
  });

  it("hide it in relations, conditions and orders, both ways", async () => {
    const { live } = await shelf();
    const shown = async (options: { withDeleted?: true }): Promise<unknown> => ({
      to: (await notes.find({}, { with: { folder: true }, ...options })).map((note) => `${note.title}${note.folder?.name ?? "-"}`),
      many: (await folders.find({}, { with: { notes: true }, ...options })).map((folder) => folder.notes.map((note) => note.title).join("")),
      some: (await folders.find({ notes: some({ title: "a" }) }, options)).length,
      condition: (await notes.find({ folder: { name: "gone" } }, options)).length,
      none: (await notes.find({ folder: isNull() }, options)).length,
      ordered: (await notes.find({}, { orderBy: { folder: { name: "asc" } }, ...options })).map((note) => note.title).join(""),
    });
    expect(await shown({})).toEqual({ to: ["blive", "c-", "d-"], many: ["b"], some: 0, condition: 0, none: 2, ordered: "bcd" });
    expect(await shown({ withDeleted: true })).toEqual({
      to: ["alive", "blive", "cgone", "dgone"], many: ["ab", "cd"], some: 1, condition: 2, none: 0, ordered: "cdab",
    });
    const [only] = await folders.find({}, { with: { notes: { withDeleted: true } } });
    expect(only?.notes.map((note) => note.title)).toEqual(["a", "b"]);
    expect((await db.load(ctx, live, { notes: true })).notes).toHaveLength(1);
    expect((await db.load(ctx, live, { notes: true }, { withDeleted: true })).notes).toHaveLength(2);
  });

  it("hide it from db.sql", async () => {
    await shelf();
    const rows = await db.sql(ctx)`select ${cols(Note, "n")} from ${table(Note, "n")} join ${table(Folder, "f")} on f.folder_id = n.folder_id`.all({ n: Note });
    expect(rows.map(({ n }) => n.title)).toEqual(["b"]);
    expect(part`x`).toBeDefined();
  });

  it("leave it to no write but restore and hard deletes", async () => {
    const { deleted } = await shelf();
    const { note_id } = deleted;
    expect(await notes.update({ note_id }, { views: 7 })).toBe(0);
    expect(await notes.increment({ note_id }, { views: 7 })).toBe(0);
    expect(await notes.delete({ note_id })).toBe(0);
    await failure(AccessViolationError, () => notes.save(deleted));
    await failure(AccessViolationError, () => notes.remove(deleted));
    expect(await notes.findById(note_id, { withDeleted: true })).toEqual(deleted);
  });

  it("are undone by restore, for the rows that were deleted alone", async () => {
    const { deleted } = await shelf();
    clock.forward();
    expect(await notes.restore(all)).toBe(1);
    const back = await notes.findByIdOrFail(deleted.note_id);
    expect(back).toEqual({ ...deleted, deleted_at: null, updated_at: clock.now(), version: 3 });
    expect(await notes.restore(all, { returning: true })).toEqual([]);
    const [folder] = await folders.restore({ name: "gone" }, { returning: true });
    expect(folder).toMatchObject({ name: "gone", deleted_at: null });
  });

  it("tell the caller's instance, once they are done", async () => {
    const note = await notes.insert({ title: "x" });
    const moment = clock.forward();
    await notes.remove(note);
    expect(note).toMatchObject({ deleted_at: moment, updated_at: moment, version: 2 });
    expect(await notes.findById(note.note_id, { withDeleted: true })).toEqual(note);
  });

  it("return the rows as they are afterwards", async () => {
    await shelf();
    const rows = await notes.delete({ title: "b" }, { returning: true });
    expect(rows).toEqual([expect.objectContaining({ title: "b", deleted_at: clock.now(), version: 2 })]);
  });

  it("give way to hard deletes, of rows that were deleted before too", async () => {
    await shelf();
    expect(await notes.delete({ deleted_at: lt(clock.forward()) }, { hard: true })).toBe(1);
    expect(await notes.count({}, { withDeleted: true })).toBe(3);
    const note = await notes.findOneOrFail({ title: "b" });
    await notes.remove(note, { hard: true });
    expect(await notes.count({}, { withDeleted: true })).toBe(2);
    expect(await notes.delete(all, { hard: true, returning: true })).toHaveLength(2);
  });

  it("free unique values, and take them again only where they are free", async () => {
    await shelf();
    const second = await notes.insert({ title: "a" });
    const error = await failure(UniqueViolationError, () => notes.restore(all));
    expect(error.properties).toEqual(["title"]);
    await notes.remove(second);
    await failure(UniqueViolationError, () => notes.restore(all));
    await notes.remove(second, { hard: true });
    expect(await notes.restore(all)).toBe(1);
    await failure(UniqueViolationError, () => notes.insert({ title: "a" }));
  });

  it("are not met by upserts", async () => {
    const { deleted } = await shelf();
    const fresh = await notes.upsert({ title: "a", views: 50 }, { on: ["title"] });
    expect(fresh.note_id).not.toBe(deleted.note_id);
    const [again] = await notes.upsertMany([{ title: "a", views: 60 }], { on: ["title"] });
    expect(again).toMatchObject({ note_id: fresh.note_id, views: 60, version: 2 });
    expect(await notes.findById(deleted.note_id, { withDeleted: true })).toEqual(deleted);
  });

  it("keep a primary key taken, and say so", async () => {
    const topics = db.repository(Topic);
    await topics.insert({ code: "x", label: "X" });
    await topics.delete({ code: "x" });
    await failure(UniqueViolationError, () => topics.insert({ code: "x", label: "again" }));
    await failure(UniqueViolationError, () => topics.upsert({ code: "x", label: "again" }, { on: ["code"] }));
    const error = await failure(NotFoundError, () => topics.save({ code: "x", label: "again" }));
    expect(error.message).toContain("restore");
    expect(await topics.findById("x", { withDeleted: true })).toMatchObject({ label: "X" });
  });

  it("leave references to the row in place", async () => {
    const { gone } = await shelf();
    expect((await notes.find({ folder_id: gone.folder_id })).map((note) => note.title)).toEqual(["c", "d"]);
    await folders.delete({ folder_id: gone.folder_id }, { hard: true });
    expect(await notes.count({ folder_id: isNull() })).toBe(2);
  });

  it("want an entity that has them, a condition, and real options", async () => {
    const users = db.repository(User);
    const system = db.system("spec");
    databases.forget();
    expect((await failure(InvalidQueryError, () => users.as(system).restore(all))).message).toContain("@DeletedAt()");
    await failure(InvalidQueryError, () => notes.restore({}));
    await failure(InvalidQueryError, () => notes.delete({}, { hard: true }));
    await failure(InvalidQueryError, () => notes.find({}, { withDeleted: 1 as unknown as boolean }));
    await failure(InvalidQueryError, () => notes.delete({ title: "a" }, { hard: "yes" as unknown as boolean }));
    await failure(InvalidQueryError, () => folders.find({}, { with: { notes: { withDeleted: 1 as unknown as boolean } } }));
    expect(databases.events).toEqual([]);
  });

  it("are partial unique indexes in the schema, which are checked", async () => {
    expect(db.schema.sql()).toContain('create unique index "uq_note_user_id_title" on "note" ("user_id", "title") where "deleted_at" is null');
    expect(await db.schema.check()).toEqual([]);
    await databases.past(db, ["drop index uq_note_user_id_title"]);
    expect(await db.schema.check()).toEqual([expect.objectContaining({ kind: "unique", state: "missing", table: "note" })]);
    await databases.past(db, ["create unique index uq_note_user_id_title on note (user_id, title)"]);
    expect((await db.schema.check()).map(({ kind, state }) => `${kind} ${state}`).sort()).toEqual(["unique missing", "unique unexpected"]);
    await databases.past(db, ["drop index uq_note_user_id_title"]);
    expect(await db.schema.ensure()).toEqual(["uq_note_user_id_title"]);
    expect(await db.schema.check()).toEqual([]);
  });
});

import {
  AccessViolationError, all, AfterLoad, BeforeDelete, BeforeInsert, BeforeUpdate, Column, DeletedAt, Entity, ForeignKey, lt, ManyToOne, PrimaryKey,
  StaleEntityError, UniqueViolationError, User, UserContext, UserInfo, UserOwned, type OwnerId, type ToOne,
} from "freehold";
import { failure, onEveryEngine, type TestDatabases } from "../support/databases";
import { Folder, Note, noteModel } from "../support/notes";

/** Two users with a deleted note and a deleted folder each, under the same names. */
async function trash(databases: TestDatabases) {
  const db = await databases.open(noteModel);
  const [alice, bob] = await db.repository(User).insertMany([{ info: new UserInfo() }, { info: new UserInfo() }]) as [User, User];
  const [aliceCtx, bobCtx] = [UserContext.of(alice), UserContext.of(bob)];
  const rows: Note[] = [];
  for (const ctx of [aliceCtx, bobCtx]) {
    const folder = await db.repository(Folder).insert(ctx, { name: "bin" });
    rows.push(await db.repository(Note).insert(ctx, { title: "old", folder_id: folder.folder_id }));
    await db.repository(Note).delete(ctx, all);
    await db.repository(Folder).delete(ctx, all);
  }
  return { db, aliceCtx, bobCtx, alice, bob, system: db.system("spec"), hers: rows[0] as Note, his: rows[1] as Note };
}

onEveryEngine("isolation of deleted rows", (databases) => {
  it("would be broken without the guard: the system sees, restores and purges both owners' rows", async () => {
    const { db, system } = await trash(databases);
    expect(await db.repository(Note).count(system, {}, { withDeleted: true })).toBe(2);
    expect(await db.repository(Note).restore(system, { title: "old" })).toBe(2);
    expect(await db.repository(Note).delete(system, { title: "old" }, { hard: true })).toBe(2);
  });

  it("shows each owner the own deleted rows alone", async () => {
    const { db, bobCtx, his, hers } = await trash(databases);
    const notes = db.repository(Note);
    const options = { withDeleted: true } as const;
    expect((await notes.find(bobCtx, {}, { ...options, with: { folder: true } })).map((note) => [note.note_id, note.folder?.user_id]))
      .toEqual([[his.note_id, his.user_id]]);
    expect(await notes.findById(bobCtx, hers.note_id, options)).toBeNull();
    expect(await notes.count(bobCtx, { title: "old" }, options)).toBe(1);
    expect(await notes.exists(bobCtx, { note_id: hers.note_id }, options)).toBe(false);
    expect(await notes.find(bobCtx, { note_id: hers.note_id, folder: { name: "bin" } }, options)).toEqual([]);
    expect(await db.repository(Folder).find(bobCtx, {}, { ...options, with: { notes: true } })).toMatchObject([{ notes: [{ note_id: his.note_id }] }]);
    const found = await notes.findOneOrFail(bobCtx, {}, options);
    expect(await db.load(bobCtx, found, { folder: true }, options)).toMatchObject({ folder: { user_id: his.user_id } });
  });

  it("restores and purges the own rows alone", async () => {
    const { db, aliceCtx, bobCtx, hers, his } = await trash(databases);
    const notes = db.repository(Note);
    expect(await notes.restore(bobCtx, { note_id: hers.note_id })).toBe(0);
    expect(await notes.restore(bobCtx, all, { returning: true })).toMatchObject([{ note_id: his.note_id }]);
    expect(await notes.delete(bobCtx, { note_id: hers.note_id }, { hard: true })).toBe(0);
    expect(await notes.delete(bobCtx, { created_at: lt(new Date("2999-01-01")) }, { hard: true })).toBe(1);
    for (const options of [{}, { hard: true }]) {
      await failure(AccessViolationError, () => notes.remove(bobCtx, { note_id: hers.note_id }, options));
      await failure(AccessViolationError, () => notes.remove(bobCtx, { note_id: hers.note_id, version: 2 }, options));
    }
    expect(await notes.count(aliceCtx, {}, { withDeleted: true })).toBe(1);
    expect(await notes.restore(aliceCtx, all)).toBe(1);
  });

  it("answers writes on another's version as for a row that does not exist", async () => {
    const { db, aliceCtx, bobCtx, hers } = await trash(databases);
    const notes = db.repository(Note);
    await notes.restore(aliceCtx, all);
    const messages = await Promise.all([hers.note_id, 999_999].flatMap((note_id) => [1, 3].map(async (version) =>
      (await failure(AccessViolationError, () => notes.save(bobCtx, { note_id, version, title: "mine" }))).message)));
    expect(new Set(messages).size).toBe(1);
    await failure(StaleEntityError, () => notes.save(aliceCtx, { note_id: hers.note_id, version: 1, title: "late" }));
    expect((await notes.findByIdOrFail(aliceCtx, hers.note_id)).title).toBe("old");
  });

  it("keeps unique values apart, deleted or not", async () => {
    const { db, aliceCtx, bobCtx } = await trash(databases);
    const notes = db.repository(Note);
    await notes.insert(bobCtx, { title: "old" });
    expect(await notes.restore(aliceCtx, all)).toBe(1);
    await failure(UniqueViolationError, () => notes.insert(aliceCtx, { title: "old" }));
    const upserted = await notes.upsert(bobCtx, { title: "old", views: 9 }, { on: ["title"] });
    expect(upserted.user_id).toBe(bobCtx.key);
    expect(await notes.find(aliceCtx, { views: 9 })).toEqual([]);
  });
});

let intruder: number | null = null;

@Entity()
@UserOwned()
class Hooked {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() text!: string;
  @ForeignKey(() => [Hooked, "id"], { nullable: true }) parent_id!: number | null;
  @ManyToOne(() => Hooked, "parent_id") parent?: ToOne<Hooked>;
  @DeletedAt() deleted_at!: Date | null;
  seen?: number;

  @BeforeInsert() @BeforeUpdate() @BeforeDelete() steal(): void {
    if (intruder !== null) this.user_id = intruder as OwnerId;
  }
  @AfterLoad() look(): void { this.seen = this.user_id; }
}

onEveryEngine("isolation and hooks", (databases) => {
  afterEach(() => { intruder = null; });

  it("never lets a hook name another owner", async () => {
    const db = await databases.open({ entities: [User, Hooked] });
    const [alice, bob] = await db.repository(User).insertMany([{ info: new UserInfo() }, { info: new UserInfo() }]) as [User, User];
    const rows = db.repository(Hooked).as(UserContext.of(alice));
    const row = await rows.insert({ text: "a" });
    intruder = bob.user_id;
    await failure(AccessViolationError, () => rows.insert({ text: "b" }));
    await failure(AccessViolationError, () => rows.insertMany([{ text: "b" }]));
    await failure(AccessViolationError, () => rows.save({ text: "b" }));
    await failure(AccessViolationError, () => rows.save({ id: row.id, text: "b" }));
    await failure(AccessViolationError, () => rows.saveMany([{ id: row.id, text: "b" }]));
    await rows.remove(row);
    intruder = null;
    const system = db.repository(Hooked).as(db.system("spec"));
    expect(await system.find({}, { withDeleted: true })).toMatchObject([{ user_id: alice.user_id, text: "a", seen: alice.user_id }]);
  });
});

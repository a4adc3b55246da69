import { inspect } from "node:util";
import {
  AccessViolationError, all, AltKey, Column, ContextRequiredError, Database, Entity, Enum, eq, ForeignKey, ForeignKeyViolationError, gt, gte,
  InvalidQueryError, Json, JsonType, lt, lte, ModelError, ne, oneOf, PrimaryKey, UniqueViolationError, User, UserContext, UserOwned,
  UserOwnedEntity, ValidationError, type Context, type OwnerId,
} from "freehold";
import { failure, onEveryEngine, type TestDatabases } from "../support/databases";
import { Document, documentModel, Profile, profile, twoUsers } from "../support/documents";

/** Each describe is named by its row of the table of the system that this one grew from. */

@JsonType("staff")
class Staff extends Profile {
  desk!: number;
}

@Entity()
class Note extends UserOwnedEntity {
  @PrimaryKey() note_id!: number;
  @Column() text!: string;
}

enum Colour { Red = "red", Blue = "blue" }
enum Level { Low = 1, High = 2 }

class Shape {
  sides!: number;
}

/** A column of each type that the earlier system knew, and its keys. */
@Entity()
class Sample {
  @PrimaryKey() sample_id!: number;
  @AltKey() @Column() code!: string;
  @Column() count!: number;
  @Column({ type: "real" }) ratio!: number;
  @Column() done!: boolean;
  @Column({ type: "blob" }) bytes!: Buffer;
  @Column() seen!: Date;
  @AltKey() @Column({ type: "date" }) day!: string;
  @Column() path!: string;
  @Enum(Colour) colour!: Colour;
  @Enum(Level) level!: Level;
  @Enum(["draft", "final"], { nullable: true }) state!: "draft" | "final" | null;
  @Json(() => Shape) shape!: Shape;
  @Column({ type: "text", nullable: true }) note!: string | null;
  @ForeignKey("Sample.sample_id", { nullable: true }) previous_id!: number | null;
}

const sample = (values: Partial<Sample> = {}): Partial<Sample> => ({
  code: "a", count: 1, ratio: 0.5, done: true, bytes: Buffer.from([0, 255]), seen: new Date("2026-01-31T12:00:00.123Z"), day: "2026-01-31", path: "/tmp/x",
  colour: Colour.Red, level: Level.High, shape: Object.assign(new Shape(), { sides: 3 }), ...values,
});

async function opened(databases: TestDatabases) {
  const db = await databases.open({ ...documentModel, entities: [...documentModel.entities, Note], jsonTypes: [Profile, Staff] });
  return { db, documents: db.repository(Document), notes: db.repository(Note), users: db.repository(User<Profile>), ...await twoUsers(db) };
}

onEveryEngine("lythonic.state.user", (databases) => {
  describe("User", () => {
    it("has a key that the database counts, unset until it is stored, an info as JSON, and the moment of its making in UTC", async () => {
      const now = new Date("2026-01-31T12:00:00.123Z");
      const db = await databases.open({ ...documentModel, clock: () => now });
      const users = db.repository(User<Profile>);
      const user = users.create({ info: profile("Alice") });
      expect(user.user_id).toBeUndefined();
      expect(await users.insert(user)).toBe(user);
      expect(user).toMatchObject({ user_id: 1, created_at: now });
      expect((await users.insert({ info: profile("Bob") })).user_id).toBe(2);
      expect(await users.findById(1)).toEqual(user);
      const [sql] = databases.events.filter((event) => event.operation === "insert");
      expect(sql!.parameters).toContain("2026-01-31T12:00:00.123Z");
    });
  });

  describe("UserInfo", () => {
    it("comes back as the application's own class, and as the subclass that was stored", async () => {
      const { users, alice } = await opened(databases);
      const staff = await users.insert({ info: Object.assign(new Staff(), { name: "Carol", email: "carol@example.org", desk: 7 }) });
      const [first, second] = [await users.findByIdOrFail(alice.user_id), await users.findByIdOrFail(staff.user_id)];
      expect(first.info).toBeInstanceOf(Profile);
      expect(first.info).not.toBeInstanceOf(Staff);
      expect(second.info).toBeInstanceOf(Staff);
      expect(second.info).toEqual(staff.info);
    });

    it("carries its type in the stored JSON, and is checked before it is stored", async () => {
      const db = await databases.open(documentModel);
      await db.repository(User<Profile>).insert({ info: profile("Alice") });
      const written = databases.events.filter((event) => event.operation === "insert").flatMap((event) => event.parameters ?? []);
      expect(written.map((value) => typeof value === "string" && value.startsWith("{") ? JSON.parse(value) as unknown : null))
        .toContainEqual({ $type: "Profile", name: "Alice", email: "alice@example.org" });
      const bad = Object.assign(profile("Eve"), { email: "nonsense" });
      expect((await failure(ValidationError, () => db.repository(User<Profile>).insert({ info: bad }))).faults).toMatchObject([{ property: "info.email" }]);
    });
  });

  describe("UserContext(user=…)", () => {
    it("is what every scoped operation takes, made of a user, frozen and unforgeable", async () => {
      const { documents, alice, aliceCtx } = await opened(databases);
      const stored = await documents.insert(aliceCtx, { title: "mine" });
      expect(await documents.find(UserContext.of(alice))).toEqual([stored]);
      expect(await documents.find(UserContext.forKey(User, alice.user_id))).toEqual([stored]);
      expect(Object.isFrozen(aliceCtx)).toBe(true);
      for (const forged of [{ ...aliceCtx }, { user: alice }, alice, Object.create(UserContext.prototype)]) {
        await failure(ContextRequiredError, () => documents.find(forged as unknown as Context));
      }
    });
  });

  describe("UserOwned", () => {
    it("owns by a decorated property and by the base class alike, with a foreign key to the user", async () => {
      const { db, documents, notes, alice, aliceCtx, bobCtx } = await opened(databases);
      expect((await documents.insert(aliceCtx, { title: "x" })).user_id).toBe(alice.user_id);
      expect((await notes.insert(aliceCtx, { text: "x" })).user_id).toBe(alice.user_id);
      expect([await documents.count(bobCtx), await notes.count(bobCtx)]).toEqual([0, 0]);
      expect(db.schema.sql()).toMatch(/(create|alter) table "note"[^;]*foreign key \("user_id"\) references "user" \("user_id"\)/);
      await failure(ForeignKeyViolationError, () => documents.insert(UserContext.forKey(User, 999), { title: "nobody's" }));
    });
  });

  describe("save() / load_by_id() refuse to work", () => {
    it("without a context, before any SQL", async () => {
      const { documents, aliceCtx } = await opened(databases);
      const stored = await documents.insert(aliceCtx, { title: "x" });
      const unscoped = documents as unknown as Record<"save" | "findById" | "insert", (value: unknown) => Promise<unknown>>;
      const sent = databases.events.length;
      for (const call of [() => unscoped.save(stored), () => unscoped.findById(stored.doc_id), () => unscoped.insert({ title: "y" })]) await failure(ContextRequiredError, call);
      expect(databases.events.length).toBe(sent);
    });
  });

  describe("save_with_ctx(ctx, conn)", () => {
    it("inserts when the key is unset, with the context's owner", async () => {
      const { documents, alice, aliceCtx } = await opened(databases);
      const entity = documents.create({ title: "x" });
      expect(await documents.save(aliceCtx, entity)).toBe(entity);
      expect(entity).toMatchObject({ user_id: alice.user_id, doc_id: expect.any(Number) as number });
      expect(await documents.count(aliceCtx)).toBe(1);
    });

    it("else updates by key and owner", async () => {
      const { documents, aliceCtx } = await opened(databases);
      const entity = await documents.insert(aliceCtx, { title: "x" });
      await documents.save(aliceCtx, Object.assign(entity, { title: "y" }));
      expect(await documents.find(aliceCtx)).toEqual([entity]);
      const [event] = databases.events.filter(({ operation }) => operation === "save");
      expect(event!.sql).toMatch(/^update .* where .*"user_id" = (\?|\$2).*"doc_id" = (\?|\$3)/);
    });

    it("is a possible access violation when nothing changed: missing and another's are one answer", async () => {
      const { documents, aliceCtx, bobCtx } = await opened(databases);
      const { doc_id } = await documents.insert(aliceCtx, { title: "x" });
      const others = await failure(AccessViolationError, () => documents.save(bobCtx, { doc_id, title: "taken" }));
      const absent = await failure(AccessViolationError, () => documents.save(bobCtx, { doc_id: 999, title: "taken" }));
      expect(others.message).toBe(absent.message);
      expect(others.message).toContain("does not exist or belongs to another owner");
      expect(await documents.findById(aliceCtx, doc_id)).toMatchObject({ title: "x" });
    });
  });

  describe("load_by_id_with_ctx", () => {
    it("gives the row, or null when it is missing or another's", async () => {
      const { documents, aliceCtx, bobCtx } = await opened(databases);
      const stored = await documents.insert(aliceCtx, { title: "x" });
      expect(await documents.findById(aliceCtx, stored.doc_id)).toEqual(stored);
      expect(await documents.findById(bobCtx, stored.doc_id)).toBeNull();
      expect(await documents.findById(aliceCtx, 999)).toBeNull();
    });
  });

  describe("every filter-based call", () => {
    it("demands a real context and forces the owner, whatever the caller passed", async () => {
      const { documents, alice, aliceCtx, bobCtx } = await opened(databases);
      await documents.insertMany(aliceCtx, [{ title: "a" }, { title: "b" }]);
      await documents.insert(bobCtx, { title: "b" });
      const hers = { user_id: alice.user_id };
      expect(await documents.find(bobCtx, hers)).toEqual([]);
      expect([await documents.count(bobCtx, hers), await documents.exists(bobCtx, hers), await documents.update(bobCtx, hers, { title: "x" }), await documents.delete(bobCtx, hers)])
        .toEqual([0, false, 0, 0]);
      expect([await documents.count(aliceCtx, hers), await documents.exists(aliceCtx, hers)]).toEqual([2, true]);
      expect(await documents.update(bobCtx, { title: "b" }, { title: "c" })).toBe(1);
      expect((await documents.find(aliceCtx)).map((row) => row.title)).toEqual(["a", "b"]);
      expect(await documents.delete(bobCtx, all)).toBe(1);
      expect(await documents.count(aliceCtx)).toBe(2);
    });
  });
});

onEveryEngine("lythonic.state", (databases) => {
  const open = async (): Promise<Database> => databases.open({ entities: [Sample], jsonTypes: [] });

  describe("(PK), (FK:Table.field), (AK) markers", () => {
    it("are decorators: a counted key, a reference, a unique key", async () => {
      const samples = (await open()).repository(Sample);
      const first = await samples.insert(sample());
      expect((await samples.insert(sample({ code: "b", previous_id: first.sample_id }))).sample_id).toBe(first.sample_id + 1);
      await failure(ForeignKeyViolationError, () => samples.insert(sample({ code: "c", previous_id: 999 })));
      expect((await failure(UniqueViolationError, () => samples.insert(sample()))).properties).toEqual(["code", "day"]);
    });
  });

  describe("nullable unions; Enum, IntEnum and Literal types become CHECK constraints", () => {
    it("takes null where a union had it, and members alone", async () => {
      const samples = (await open()).repository(Sample);
      expect(await samples.insert(sample())).toMatchObject({ note: null, state: null, level: 2, colour: "red" });
      expect(await samples.insert(sample({ code: "b", note: "x", state: "final", level: Level.Low }))).toMatchObject({ note: "x", state: "final", level: 1 });
      for (const wrong of [{ colour: "green" }, { level: 3 }, { level: "High" }, { state: "open" }, { colour: null }, { code: null }]) {
        await failure(ValidationError, () => samples.insert(sample({ code: "c", ...wrong } as Partial<Sample>)));
      }
    });

    it("holds in the database, for whoever goes past the library", async () => {
      if (!databases.shared) {
        const db = await open();
        for (const members of ["'red', 'blue'", "1, 2", "'draft', 'final'"]) expect(db.schema.sql()).toContain(`in (${members})`);
        return;
      }
      const place = databases.newPlace();
      const db = await databases.openPlace(place, { entities: [Sample] });
      await db.schema.ensure();
      await db.repository(Sample).insert(sample());
      // PostgreSQL has types for truth and for JSON, which refuse before any CHECK is asked.
      const typed = databases.dialect === "postgres";
      for (const [change, message] of [
        ["colour = 'green'", /check constraint/i], ["level = 3", /check constraint/i], ["state = 'open'", /check constraint/i],
        ["done = 2", typed ? /is of type boolean/ : /CHECK constraint/], ["shape = 'no json'", typed ? /type json/ : /CHECK constraint/],
      ] as const) {
        await expect(databases.outside(place, [[`update sample set ${change}`]])).rejects.toThrow(message);
      }
    });
  });

  describe("type map", () => {
    it("stores and gives back int, bool, float, str, bytes, datetime, date, path, enums and models", async () => {
      const samples = (await open()).repository(Sample);
      const stored = await samples.insert(sample());
      const read = await samples.findByIdOrFail(stored.sample_id);
      expect(read).toEqual({ ...sample(), sample_id: 1, note: null, state: null, previous_id: null });
      expect(read).toBeInstanceOf(Sample);
      expect(read.shape).toBeInstanceOf(Shape);
      expect(read.seen).toBeInstanceOf(Date);
      expect(Buffer.isBuffer(read.bytes)).toBe(true);
      const [event] = databases.events.filter(({ operation }) => operation === "insert");
      expect(event!.parameters).toEqual(expect.arrayContaining(["2026-01-31T12:00:00.123Z", "2026-01-31", "/tmp/x", "red", databases.sent(2), databases.sent(0.5)]));
    });
  });

  describe("insert, save, select, update, delete, select_count, exists, get_pk_filter", () => {
    it("inserts when unset, updates, and inserts when the update found nothing", async () => {
      const samples = (await open()).repository(Sample);
      const first = await samples.save(sample());
      await samples.save(Object.assign(await samples.findByIdOrFail(first.sample_id), { count: 2 }));
      expect(await samples.find()).toMatchObject([{ sample_id: 1, count: 2 }]);
      await samples.save(sample({ sample_id: 50, code: "b" }));
      expect(await samples.findById(50)).toMatchObject({ code: "b" });
      expect(await samples.count()).toBe(2);
    });

    it("selects with eq ne gt lt gte lte and by lists", async () => {
      const samples = (await open()).repository(Sample);
      await samples.insertMany([1, 2, 3].map((count) => sample({ code: `c${count}`, count })));
      const counts = async (where: Parameters<typeof samples.find>[0]) => (await samples.find(where)).map((row) => row.count);
      expect([await counts({ count: 2 }), await counts({ count: eq(2) }), await counts({ count: ne(2) })]).toEqual([[2], [2], [1, 3]]);
      expect([await counts({ count: gt(1) }), await counts({ count: lt(3) }), await counts({ count: gte(2) }), await counts({ count: lte(1) })]).toEqual([[2, 3], [1, 2], [2, 3], [1]]);
      expect([await counts({ count: oneOf([1, 3]) }), await counts({ count: oneOf([]) }), await counts({ count: gt(1), code: "c3" })]).toEqual([[1, 3], [], [3]]);
    });

    it("updates and deletes by a condition, giving numbers; counts and tells whether there is any; finds by the key", async () => {
      const samples = (await open()).repository(Sample);
      await samples.insertMany([1, 2, 3].map((count) => sample({ code: `c${count}`, count })));
      expect(await samples.update({ count: gt(1) }, { path: "/x" })).toBe(2);
      expect([await samples.count({ path: "/x" }), await samples.count(), await samples.exists({ count: 9 }), await samples.exists({ count: 1 })]).toEqual([2, 3, false, true]);
      expect(await samples.delete({ path: "/x" })).toBe(2);
      expect(await samples.findById({ sample_id: 1 })).toMatchObject({ count: 1 });
      expect(await samples.find()).toHaveLength(1);
    });
  });

  describe("unknown filter names", () => {
    it("are refused with the known ones listed", async () => {
      const samples = (await open()).repository(Sample);
      const error = await failure(InvalidQueryError, () => samples.find({ colr: "red" } as never));
      expect(error.message).toContain('no property "colr"');
      for (const name of ["sample_id", "colour", "previous_id"]) expect(error.message).toContain(name);
    });
  });

  describe("alternative keys", () => {
    it("are UNIQUE: found by their values, and refused the second time", async () => {
      const samples = (await open()).repository(Sample);
      const stored = await samples.insert(sample());
      const key = { code: "a", day: "2026-01-31" };
      expect(await samples.findByAltKey(key)).toEqual(stored);
      expect([await samples.resolveAltKey(key), await samples.resolveAltKey({ ...key, code: "b" })]).toEqual([stored.sample_id, null]);
      expect([await samples.altKeyOf(stored), await samples.altKeysOf([stored])]).toEqual([key, [key]]);
      await failure(UniqueViolationError, () => samples.insert(sample()));
      expect(await samples.upsert({ ...sample(), count: 9 }, { on: ["code", "day"] })).toMatchObject({ sample_id: stored.sample_id, count: 9 });
    });
  });

  describe("Schema(tables): create_tables, check_all_tables_exist; check(ensure=True)", () => {
    it("creates what is missing, once, and reports what is not there", async () => {
      const db = await Database.open({ driver: databases.driver(), entities: [Sample] });
      try {
        expect(await db.schema.check()).not.toEqual([]);
        expect(await db.schema.ensure()).toContain("sample");
        expect(await db.schema.check()).toEqual([]);
        expect(await db.schema.ensure()).toEqual([]);
        await expect(db.schema.create()).rejects.toThrow(/exists/);
        expect(db.schema.sql()).toMatch(/^create table "sample"/m);
      } finally {
        await db.close();
      }
    });
  });

  describe("execute_sql logs statement and arguments", () => {
    it("tells the logger, the arguments only when asked", async () => {
      const samples = (await open()).repository(Sample);
      await samples.find({ code: "private" });
      expect(databases.events.at(-1)).toMatchObject({ operation: "find", entity: "Sample", parameterCount: 1, parameters: ["private"], rowCount: 0 });
      const quiet: unknown[] = [];
      const db = await databases.open({ entities: [Sample], logger: (event) => quiet.push(event), logParameters: false });
      await db.repository(Sample).find({ code: "private" });
      expect(quiet.at(-1)).toMatchObject({ sql: expect.stringContaining("select") as string, parameterCount: 1 });
      expect(inspect(quiet, { depth: 5 })).not.toContain("private");
    });
  });
});

/** What may point at another's row in the earlier system. */
@Entity()
@UserOwned({ by: "user_id" })
class Page {
  @PrimaryKey() page_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @ForeignKey("Document.doc_id", { onDelete: "CASCADE" }) doc_id!: number;
  @Column({ unique: true }) slug!: string;
}

/** Nobody's rows that point at somebody's. */
@Entity()
class Link {
  @PrimaryKey() link_id!: number;
  @ForeignKey("Document.doc_id") doc_id!: number;
}

onEveryEngine("Holes in it that Freehold must not have", (databases) => {
  const model = { ...documentModel, entities: [...documentModel.entities, Page] };

  describe("insert() is not scoped: any user_id can be written", () => {
    it("is scoped, on every way to insert", async () => {
      const db = await databases.open(model);
      const { alice, aliceCtx, bobCtx } = await twoUsers(db);
      const documents = db.repository(Document);
      const forged = { title: "forged", user_id: alice.user_id };
      for (const call of [() => documents.insert(bobCtx, forged), () => documents.insertMany(bobCtx, [forged]), () => documents.save(bobCtx, forged)]) {
        await failure(AccessViolationError, call);
      }
      expect(await documents.count(aliceCtx)).toBe(0);
    });
  });

  describe("Alternative-key look-ups and multi-model rows bypass the scope", () => {
    it("goes through the scope when a row is looked up or updated by a unique key", async () => {
      const db = await databases.open(model);
      const { aliceCtx, bobCtx } = await twoUsers(db);
      const document = await db.repository(Document).insert(aliceCtx, { title: "x" });
      const page = await db.repository(Page).insert(aliceCtx, { doc_id: document.doc_id, slug: "start" });
      expect(await db.repository(Page).findOne(bobCtx, { slug: "start" })).toBeNull();
      const own = await db.repository(Document).insert(bobCtx, { title: "y" });
      const upserted = await db.repository(Page).upsert(bobCtx, { doc_id: own.doc_id, slug: "start" }, { on: ["slug"] });
      expect(upserted.page_id).not.toBe(page.page_id);
      expect(await db.repository(Page).findOne(aliceCtx, { slug: "start" })).toEqual(page);
    });
  });

  describe("A foreign key may point at another user's record; a cascade may cross users", () => {
    it("refuses the reference, as one to nothing, and so the cascade has nothing to cross by", async () => {
      const db = await databases.open(model);
      const { aliceCtx, bobCtx, bob } = await twoUsers(db);
      const document = await db.repository(Document).insert(aliceCtx, { title: "x" });
      const pages = db.repository(Page);
      await failure(ForeignKeyViolationError, () => pages.insert(bobCtx, { doc_id: document.doc_id, slug: "s" }));
      await failure(ForeignKeyViolationError, () => pages.insert(db.system("spec"), { user_id: bob.user_id, doc_id: document.doc_id, slug: "s" }));
      const own = await db.repository(Document).insert(bobCtx, { title: "y" });
      await pages.insert(bobCtx, { doc_id: own.doc_id, slug: "s" });
      expect(await db.repository(Document).delete(aliceCtx, all)).toBe(1);
      expect(await pages.count(bobCtx)).toBe(1);
      expect(await db.repository(Document).delete(bobCtx, all)).toBe(1);
      expect(await pages.count(bobCtx)).toBe(0);
    });

    it("refuses an entity that nobody owns and that refers to owned rows", async () => {
      const error = await failure(ModelError, () => Database.open({ ...model, driver: databases.driver(), entities: [...model.entities, Link] }));
      expect(error.faults).toMatchObject([{ entity: "Link", property: "doc_id" }]);
    });
  });

  describe("UNIQUE and primary keys are global: a collision tells a user that somebody else's row exists", () => {
    it("lets two users hold the same value, and tells nothing of keys", async () => {
      const db = await databases.open(model);
      const { aliceCtx, bobCtx } = await twoUsers(db);
      for (const context of [aliceCtx, bobCtx]) {
        const document = await db.repository(Document).insert(context, { title: "x" });
        await db.repository(Page).insert(context, { doc_id: document.doc_id, slug: "same" });
      }
      const { doc_id } = (await db.repository(Document).find(aliceCtx))[0]!;
      const messages = await Promise.all([doc_id, 999].map(async (key) =>
        (await failure(AccessViolationError, () => db.repository(Document).insert(bobCtx, { doc_id: key, title: "y" }))).message));
      expect(messages[0]).toBe(messages[1]);
    });
  });

  describe("Only one engine, one connection at a time, no transactions, validation by assertions", () => {
    it("has transactions that join and roll back, on each of the engines", async () => {
      const db = await databases.open(model);
      const { aliceCtx } = await twoUsers(db);
      await expect(db.transaction(async () => {
        await db.repository(Document).insert(aliceCtx, { title: "x" });
        throw new Error("undo");
      })).rejects.toThrow("undo");
      expect(await db.repository(Document).count(aliceCtx)).toBe(0);
    });

    it("validates by errors that nothing switches off", async () => {
      const db = await databases.open(model);
      const { aliceCtx } = await twoUsers(db);
      const error = await failure(ValidationError, () => db.repository(Document).insert(aliceCtx, { title: "" }));
      expect(error.faults).toMatchObject([{ property: "title", constraint: "isLength" }]);
      await failure(ContextRequiredError, () => db.repository(Document).find(undefined as unknown as Context));
    });
  });
});

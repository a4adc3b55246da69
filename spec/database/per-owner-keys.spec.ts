import {
  AccessViolationError, all, CheckViolationError, ForeignKeyViolationError, InvalidQueryError, some, UniqueViolationError, User, UserContext, ValidationError,
  type Database, type SystemContext,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { profile, twoUsers, type Profile } from "../support/documents";
import { rawSqlite } from "../support/raw-sqlite";
import { Invoice, invoiceModel, Line } from "../support/invoices";

onEveryEngine("keys counted per owner", (databases) => {
  let db: Database;
  let people: Awaited<ReturnType<typeof twoUsers>>;
  let system: SystemContext;

  beforeEach(async () => {
    db = await databases.open(invoiceModel);
    people = await twoUsers(db);
    system = db.system("spec");
  });

  const titled = (title: string) => ({ title });
  const numbers = async (ctx: UserContext): Promise<readonly number[]> => (await db.repository(Invoice).find(ctx)).map(({ no }) => no);

  it("counts 1, 2, 3 for each owner, whatever the others insert", async () => {
    const invoices = db.repository(Invoice);
    const { aliceCtx, bobCtx } = people;
    expect((await invoices.insert(aliceCtx, titled("a"))).no).toBe(1);
    expect((await invoices.insertMany(bobCtx, ["x", "y"].map(titled))).map(({ no, title }) => [no, title])).toEqual([[1, "x"], [2, "y"]]);
    expect((await invoices.save(aliceCtx, invoices.create(titled("b")))).no).toBe(2);
    expect((await invoices.saveMany(aliceCtx, ["c", "d"].map(titled))).map(({ no }) => no)).toEqual([3, 4]);
    expect((await invoices.insert(bobCtx, titled("z"))).no).toBe(3);
    expect(await invoices.findById(aliceCtx, 2)).toMatchObject({ no: 2, title: "b", user_id: people.alice.user_id });
    expect(await invoices.findById(bobCtx, 4)).toBeNull();
    expect((await invoices.paginate(bobCtx, {}, { first: 2 })).items.map(({ no }) => no)).toEqual([1, 2]);
    expect((await db.repository(Line).insert(aliceCtx, { invoice: 1, text: "one" })).id).toBe(1);
  });

  it("gives each of 20 owners exactly 1 to 20 when each inserts 20 at once", async () => {
    const users = await db.repository(User<Profile>).insertMany(Array.from({ length: 20 }, (_, index) => ({ info: profile(`U${index}`) })));
    await Promise.all(users.flatMap((user) => Array.from({ length: 20 }, (_, index) => db.repository(Invoice).insert(UserContext.of(user), titled(`${index}`)))));
    for (const user of users) expect(await numbers(UserContext.of(user))).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it("counts once where two databases are open on one place", async () => {
    if (!databases.shared) return;
    const place = databases.newPlace();
    const [one, two] = [await databases.openPlace(place, invoiceModel), await databases.openPlace(place, invoiceModel)];
    await one.schema.ensure();
    const { aliceCtx } = await twoUsers(one);
    const stored = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : two).repository(Invoice).insert(aliceCtx, titled(`${index}`))));
    expect(stored.map(({ no }) => no).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it("gives no id twice: neither that of a deleted row, nor in the same transaction", async () => {
    const invoices = db.repository(Invoice).as(people.aliceCtx);
    await invoices.insertMany(["a", "b"].map(titled));
    await invoices.delete({ no: 2 });
    expect((await invoices.insert(titled("c"))).no).toBe(3);
    await invoices.delete(all);
    await db.transaction(async (tx) => {
      const inside = tx.repository(Invoice).as(people.aliceCtx);
      expect([(await inside.insert(titled("d"))).no, (await inside.insert(titled("e"))).no]).toEqual([4, 5]);
    });
    await failure(Error, () => db.transaction(async () => {
      await invoices.insert(titled("undone"));
      throw new Error("undo");
    }));
    expect(await numbers(people.aliceCtx)).toEqual([4, 5]);
    expect((await invoices.insert(titled("f"))).no).toBeGreaterThan(5);
  });

  it("leaves nothing behind when one row of many fails", async () => {
    const invoices = db.repository(Invoice).as(people.aliceCtx);
    await invoices.insert({ title: "a", slug: "s" });
    const mine = invoices.create({ title: "b", slug: "s" });
    await failure(UniqueViolationError, () => invoices.insertMany([titled("x"), mine]));
    expect(mine.no).toBeUndefined();
    expect(await numbers(people.aliceCtx)).toEqual([1]);
    await failure(ValidationError, () => invoices.insert({ title: 7 as unknown as string }));
  });

  it("takes no id from a user, and changes none", async () => {
    const invoices = db.repository(Invoice);
    await invoices.insert(people.bobCtx, titled("b"));
    const messages = await Promise.all([1, 9].map(async (no) => (await failure(AccessViolationError, () => invoices.insert(people.aliceCtx, { no, title: "x" }))).message));
    expect(new Set(messages).size).toBe(1);
    const mine = await invoices.insert(people.aliceCtx, titled("a"));
    await failure(ValidationError, () => invoices.update(people.aliceCtx, { no: 1 }, { no: 2 }));
    await failure(InvalidQueryError, () => invoices.upsert(people.aliceCtx, titled("x"), { on: ["no"] }));
    await failure(AccessViolationError, () => invoices.save(people.aliceCtx, { no: 5, title: "x" }));
    expect(await invoices.save(people.aliceCtx, { no: mine.no, title: "changed" })).toMatchObject({ no: 1, title: "changed" });
    expect((await invoices.findByIdOrFail(people.bobCtx, 1)).title).toBe("b");
  });

  it("upserts on another key: new rows are counted, old ones keep their id", async () => {
    const invoices = db.repository(Invoice).as(people.aliceCtx);
    const first = await invoices.upsert({ slug: "s", title: "a" }, { on: ["slug"] });
    expect([first.no, (await invoices.upsert({ slug: "s", title: "b" }, { on: ["slug"] })).no]).toEqual([1, 1]);
    const stored = await invoices.upsertMany([{ slug: "s", title: "c" }, { slug: "t", title: "d" }], { on: ["slug"] });
    expect(stored.map(({ slug, title }) => [slug, title])).toEqual([["s", "c"], ["t", "d"]]);
    expect(stored[0]?.no).toBe(1);
    expect(new Set(stored.map(({ no }) => no)).size).toBe(2);
    expect(await invoices.count()).toBe(2);
  });

  it("goes with relations and graphs over (owner, id)", async () => {
    const invoices = db.repository(Invoice);
    const lines = db.repository(Line);
    for (const ctx of [people.aliceCtx, people.bobCtx]) {
      await invoices.insertMany(ctx, [
        { title: "first", lines: [{ text: "1" }, { text: "2" }] },
        { title: "second", previous: { title: "before" }, lines: [{ text: "3" }] },
      ]);
    }
    const [second, ...others] = await invoices.find(people.bobCtx, { lines: some({ text: "3" }) }, { with: { previous: true, lines: true } });
    expect(others).toEqual([]);
    expect([second?.previous?.title, second?.lines.map(({ text }) => text)]).toEqual(["before", ["3"]]);
    const before = second?.before as number;
    expect(await invoices.delete(people.bobCtx, { no: before })).toBe(1);
    expect((await invoices.findOneOrFail(people.bobCtx, { title: "second" })).before).toBeNull();
    expect((await invoices.findOneOrFail(people.aliceCtx, { title: "second" })).before).toBe(before);
    expect(await invoices.delete(people.bobCtx, { title: "first" })).toBe(1);
    expect([await lines.count(people.bobCtx), await lines.count(people.aliceCtx)]).toEqual([1, 3]);
    await failure(ForeignKeyViolationError, () => lines.insert(people.bobCtx, { invoice: before, text: "to Alice's" }));
  });

  it("names rows by the whole key under a SystemContext, which may bring ids along", async () => {
    const invoices = db.repository(Invoice);
    const [alice, bob] = [people.alice.user_id, people.bob.user_id] as never[];
    await invoices.insert(people.aliceCtx, titled("a"));
    const imported = await invoices.insertMany(system, [
      { user_id: alice, no: 7, title: "seven" }, { user_id: bob, title: "counted" }, { user_id: alice, title: "next" }, { user_id: bob, no: 3, title: "three" },
    ]);
    expect(imported.map(({ user_id, no }) => [user_id, no])).toEqual([[alice, 7], [bob, 4], [alice, 8], [bob, 3]]);
    expect((await invoices.insert(people.aliceCtx, titled("after"))).no).toBe(9);
    expect((await invoices.insert(people.bobCtx, titled("after"))).no).toBe(5);
    expect((await invoices.findById(system, { user_id: alice, no: 7 }))?.title).toBe("seven");
    expect((await invoices.findById(system, { user_id: bob, no: 3 }))?.title).toBe("three");
    await failure(InvalidQueryError, () => invoices.findById(system, 7));
    await failure(ValidationError, () => invoices.insert(system, titled("whose?")));
    await failure(UniqueViolationError, () => invoices.insert(system, { user_id: alice, no: 7, title: "again" }));
    expect(await invoices.upsert(system, { user_id: bob, no: 20, title: "twenty" }, { on: ["user_id", "no"] })).toMatchObject({ no: 20 });
    expect(await invoices.upsert(system, { user_id: bob, no: 20, title: "again" }, { on: ["user_id", "no"] })).toMatchObject({ no: 20, title: "again" });
    expect((await invoices.insert(people.bobCtx, titled("later"))).no).toBe(21);
  });

  it("refuses to count beyond what a number holds, and to count for nobody", async () => {
    const invoices = db.repository(Invoice);
    await invoices.insert(system, { user_id: people.alice.user_id, no: Number.MAX_SAFE_INTEGER, title: "last" });
    await failure(CheckViolationError, () => invoices.insert(people.aliceCtx, titled("more")));
    const { message, entity } = await failure(ForeignKeyViolationError, () => invoices.insert(UserContext.forKey(User, 99), titled("x")));
    expect([entity, message]).toEqual(["Invoice", expect.not.stringContaining("counter")]);
    expect((await invoices.insert(people.bobCtx, titled("y"))).no).toBe(1);
  });

  it("forgets the counter with its owner, under a SystemContext", async () => {
    await db.repository(Invoice).insert(people.aliceCtx, titled("a"));
    await db.repository(Invoice).delete(people.aliceCtx, all);
    expect(await db.sql(system)`select count(*) as n from freehold_counter_user`.rows()).toEqual([{ n: 1 }]);
    expect(await db.repository(User).as(system).delete({ user_id: people.alice.user_id })).toBe(1);
    expect(await db.sql(system)`select count(*) as n from freehold_counter_user`.rows()).toEqual([{ n: 0 }]);
  });

  it("keeps an owner's rows together on disk, which the schema's check sees", async () => {
    expect(await db.schema.check()).toEqual([]);
    expect(await db.schema.ensure()).toEqual([]);
    // PostgreSQL has no such tables: a row lies wherever there is room.
    if (databases.dialect === "sqlite") {
      const kinds = await db.sql(system)`select name, wr, strict from pragma_table_list where schema = 'main' and name not like 'sqlite%' order by name`.rows();
      expect(kinds).toEqual([
        { name: "freehold_counter_user", wr: 1, strict: 1 }, { name: "invoice", wr: 1, strict: 1 }, { name: "line", wr: 1, strict: 1 }, { name: "user", wr: 0, strict: 1 },
      ]);
    }
    expect(db.schema.sql()).toContain('primary key ("user_id", "no")');
    await db.schema.drop({ confirm: true });
    expect((await db.schema.check()).map(({ table, kind, state }) => [table, kind, state])).toEqual(
      ["user", "invoice", "line", "freehold_counter_user"].map((table) => [table, "table", "missing"]));
  });

  it("sees a table whose rows are not kept in the order of its key", async () => {
    if (databases.storage !== "file") return;
    const file = databases.newPlace();
    const raw = rawSqlite(file);
    raw.exec(db.schema.sql().replaceAll(", without rowid", ""));
    raw.close();
    const differences = await (await databases.openPlace(file, invoiceModel)).schema.check();
    expect(new Set(differences.map(({ table, kind }) => `${table} ${kind}`))).toEqual(new Set(["invoice", "line", "freehold_counter_user"].map((table) => `${table} primaryKey`)));
    expect(differences[0]?.message).toContain("clustered");
  });

  it("tells an owner nothing of others: ids, counts and errors are what they would be alone", async () => {
    const invoices = db.repository(Invoice);
    await invoices.insertMany(people.bobCtx, Array.from({ length: 50 }, (_, index) => ({ title: `${index}`, slug: `${index}` })));
    const mine = await invoices.insertMany(people.aliceCtx, [{ title: "a", slug: "1" }, { title: "b", slug: "2" }]);
    expect(mine.map(({ no }) => no)).toEqual([1, 2]);
    expect(await invoices.count(people.aliceCtx)).toBe(2);
    databases.forget();
    await invoices.insert(people.aliceCtx, titled("c"));
    const counted = databases.events.filter(({ sql }) => sql.includes("freehold_counter"));
    expect(counted).toMatchObject([{ entity: "Invoice", operation: "insert", scope: { kind: "user", key: people.alice.user_id } }]);
  });
});

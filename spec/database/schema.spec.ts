import {
  DataError, Entity, ForeignKey, ForeignKeyViolationError, InvalidQueryError, PrimaryKey, User, UserOwned, UserOwnedEntity, type OwnerId, type UserContext,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { Egg, Folder, folders, Hen, Hostile, Lock, Long, LONG, Odd, ODD_TABLE, ownersOf, Page, Project, projectModel, Sample, Task } from "../support/shelves";

onEveryEngine("the schema", (databases) => {
  it("is created once: ensure creates what is missing and no more, create refuses what exists", async () => {
    const db = await databases.open(projectModel);
    expect(await db.schema.ensure()).toEqual([]);
    expect((await failure(DataError, () => db.schema.create())).message).toContain("exists already");
    await db.schema.drop({ confirm: true });
    expect((await db.schema.check()).map(({ kind, state, table }) => [kind, state, table])).toEqual([
      ["table", "missing", "user"], ["table", "missing", "project"], ["table", "missing", "task"],
    ]);
    await db.schema.create();
    expect(await db.schema.check()).toEqual([]);
  });

  it("is dropped only on request, with its rows, cycles and self-references included", async () => {
    const db = await databases.open({ entities: [Hen, Egg] });
    const hen = await db.repository(Hen).insert({});
    const egg = await db.repository(Egg).insert({ hen_id: hen.id });
    await db.repository(Hen).update({ id: hen.id }, { egg_id: egg.id });
    await failure(InvalidQueryError, () => db.schema.drop({} as { confirm: true }));
    expect(await db.repository(Hen).count()).toBe(1);
    await db.schema.drop({ confirm: true });
    expect(await db.schema.ensure()).toEqual(expect.arrayContaining(["hen", "egg"]));
    expect(await db.repository(Hen).count()).toBe(0);
  });

  it("takes any name for a table or column", async () => {
    const db = await databases.open({ entities: [Hostile] });
    const { id } = await db.repository(Hostile).insert({ text: "x" });
    await db.repository(Hostile).update({ text: "x" }, { text: "y" });
    expect(await db.repository(Hostile).findById(id)).toEqual({ id, text: "y" });
    expect(await db.schema.check()).toEqual([]);
  });

  it("lets deletes follow the references within one owner's rows", async () => {
    const db = await databases.open(projectModel);
    const { alice } = await ownersOf(db);
    const tasks = db.repository(Task);
    const projects = db.repository(Project);
    const { project_id } = await projects.insert(alice, { name: "garden" });
    const parent = await tasks.insert(alice, { project_id });
    const child = await tasks.insert(alice, { project_id, parent_id: parent.task_id });
    await tasks.remove(alice, parent);
    expect(await tasks.findById(alice, child.task_id)).toMatchObject({ user_id: alice.key, parent_id: null, state: "open", urgent: false });
    await projects.delete(alice, { project_id });
    expect(await tasks.count(alice)).toBe(0);
  });

  it("logs what it runs as schema work", async () => {
    const db = await databases.open(projectModel);
    await db.schema.check();
    expect(databases.events.length).toBeGreaterThan(0);
    expect(new Set(databases.events.map((event) => event.operation))).toEqual(new Set(["schema"]));
  });

  if (databases.shared) {
    it("stops SQL from elsewhere that breaks a type, a CHECK or the owner of a reference", async () => {
      const place = databases.newPlace();
      const db = await databases.openPlace(place, projectModel);
      await db.schema.ensure();
      const { alice, bob } = await ownersOf(db);
      const { project_id } = await db.repository(Project).insert(alice, { name: "garden" });
      const insert = async (user: unknown, project: string, state: string, urgent: string, extra: string | null): Promise<unknown> =>
        (await databases.outside(place, [[`insert into task (user_id, project_id, state, urgent, extra) values (?, ${project}, ?, ${urgent}, ?)`, user, state, extra]]))[0];
      // Where SQLite needs a CHECK, PostgreSQL has a type.
      const [project, no, yes, urgent, extra, text] = databases.dialect === "sqlite"
        ? [`${project_id}`, "0", "1", "ck_task_urgent", "ck_task_extra", "cannot store TEXT"]
        : [`${project_id}`, "false", "true", "type boolean", "type json", "type bigint"];
      await expect(insert(bob.key, project, "open", no, null)).rejects.toThrow(/foreign key/i);
      await expect(insert(alice.key, project, "lost", no, null)).rejects.toThrow("ck_task_state");
      await expect(insert(alice.key, project, "open", "2", null)).rejects.toThrow(urgent);
      await expect(insert(alice.key, project, "open", no, "{broken")).rejects.toThrow(extra);
      await expect(insert(alice.key, "'text'", "open", no, null)).rejects.toThrow(text);
      expect(await insert(alice.key, project, "done", yes, "{}")).toBe(1);
    });
  }
});

onEveryEngine("the schema's statements", (databases) => {
  it("null references when all tables are there, in a cycle of owned entities too", async () => {
    @Entity() class Husband extends UserOwnedEntity { @PrimaryKey() id!: number; @ForeignKey(() => [Wife, "id"], { nullable: true, onDelete: "SET NULL" }) wife!: number | null; }
    @Entity() class Wife extends UserOwnedEntity { @PrimaryKey() id!: number; @ForeignKey("Husband.id", { nullable: true, onDelete: "SET NULL" }) husband!: number | null; }
    for (const order of [[User, Husband, Wife], [Wife, Husband, User]]) {
      const db = await databases.open({ entities: order });
      expect(await db.schema.check()).toEqual([]);
      const { alice } = await ownersOf(db);
      const husband = await db.repository(Husband).insert(alice, {});
      const wife = await db.repository(Wife).insert(alice, { husband: husband.id });
      await db.repository(Husband).update(alice, { id: husband.id }, { wife: wife.id });
      await db.repository(Wife).remove(alice, wife);
      expect((await db.repository(Husband).findById(alice, husband.id))?.wife).toBeNull();
      await db.schema.drop({ confirm: true });
      await db.schema.create();
      expect(await db.schema.check()).toEqual([]);
    }
  });

  it("come in an order in which each table finds the ones that it refers to", async () => {
    const db = await databases.open({ entities: [Page, Folder, User] });
    const tables = [...db.schema.sql().matchAll(/^create table "(\w+)"/gm)].map(([, name]) => name);
    expect(tables).toEqual(["user", "folder", "page"]);
    const reversed = await databases.open({ entities: [User, Folder, Page] });
    expect([...reversed.schema.sql().matchAll(/^create table "(\w+)"/gm)].map(([, name]) => name)).toEqual(tables);
  });

  it("are logged with their text, as nobody's in particular", async () => {
    const db = await databases.open({ entities: [User] });
    await db.schema.drop({ confirm: true });
    expect(databases.events).toEqual([expect.objectContaining({ operation: "schema", entity: undefined, scope: { kind: "public" }, parameterCount: 0, rowCount: 0 })]);
    expect(databases.events[0]?.sql).toMatch(/drop table if exists .*"user"/);
    await db.schema.create();
    const ran = databases.events.map(({ sql }) => sql).join("\n");
    const texts = db.schema.sql().replace(/;\n$/, "").split(";\n\n");
    // What an administrator has run already (a role, its rights) is not run again.
    for (const text of databases.rls ? texts.filter((one) => one.startsWith("create")) : texts) expect(ran).toContain(text);
  });
});

onEveryEngine("create, ensure and drop", (databases) => {
  it("leave nothing when create meets a table that exists", async () => {
    const db = await databases.open({ entities: folders });
    await db.schema.drop({ confirm: true });
    await db.transaction(async () => {
      await db.schema.create();
      // Inside another transaction it is a savepoint of it.
      expect((await failure(DataError, () => db.schema.create())).message).toContain("The table user exists already");
    });
    expect(await db.schema.check()).toEqual([]);
    await failure(TypeError, () => db.transaction(async () => {
      await db.schema.drop({ confirm: true });
      throw new TypeError("back");
    }));
    expect(await db.schema.check()).toEqual([]);
  });

  it.each([undefined, null, {}, true, { confirm: false }, { confirm: 1 }, { confirm: "true" }, { Confirm: true }])("refuse to drop for %p", async (options) => {
    const db = await databases.open({ entities: [User] });
    const error = await failure(InvalidQueryError, () => db.schema.drop(options as { confirm: true }));
    expect(error.message).toContain("{ confirm: true }");
    expect(await db.schema.check()).toEqual([]);
  });

  it("drop rows that RESTRICT would keep, each other's and their own", async () => {
    @Entity() class Left { @PrimaryKey() id!: number; @ForeignKey("Right.id", { nullable: true, onDelete: "RESTRICT" }) right!: number | null; }
    @Entity() class Right {
      @PrimaryKey() id!: number;
      @ForeignKey("Left.id", { nullable: true, onDelete: "RESTRICT" }) left!: number | null;
      @ForeignKey("Right.id", { nullable: true, onDelete: "RESTRICT" }) self!: number | null;
    }
    const db = await databases.open({ entities: [Left, Right] });
    const [lefts, rights] = [db.repository(Left), db.repository(Right)];
    const left = await lefts.insert({});
    const right = await rights.insert({ left: left.id });
    await lefts.update({ id: left.id }, { right: right.id });
    await rights.insert({ self: right.id });
    await failure(ForeignKeyViolationError, () => lefts.delete({ id: left.id }));
    await db.schema.drop({ confirm: true });
    expect((await db.schema.check()).map(({ kind }) => kind)).toEqual(["table", "table"]);
    // The rule was put aside for the drop alone.
    await db.schema.create();
    const again = await lefts.insert({});
    await rights.insert({ left: again.id });
    await failure(ForeignKeyViolationError, () => db.transaction(() => lefts.delete({ id: again.id })));
  });

  it("take names that are SQL, in every place where a name can be", async () => {
    const db = await databases.open({ entities: [User, Odd] });
    expect(await db.schema.check()).toEqual([]);
    const { alice } = await ownersOf(db);
    const odds = db.repository(Odd);
    const up = await odds.insert(alice, { value: ");", text: "x" });
    const row = await odds.insert(alice, { up: up.id });
    expect(row).toMatchObject({ value: "a'b", text: 'constraint "x" check (1)' });
    await odds.update(alice, { value: "a'b" }, { value: 'c" check (' });
    await odds.remove(alice, up);
    expect(await odds.find(alice, { value: 'c" check (' })).toEqual([expect.objectContaining({ id: row.id, up: null, user_id: alice.key })]);
    await db.schema.drop({ confirm: true });
    expect(await db.schema.ensure()).toContain(ODD_TABLE);
  });

  it("take names of 63 characters, from which longer ones are made", async () => {
    expect(LONG).toHaveLength(62);
    const db = await databases.open({ entities: [User, Long] });
    expect(await db.schema.check()).toEqual([]);
    const { alice } = await ownersOf(db);
    const longs = db.repository(Long);
    const up = await longs.insert(alice, { text: "a" });
    const row = await longs.insert(alice, { text: "b", up: up.id });
    await longs.remove(alice, up);
    expect((await longs.findById(alice, row.id))?.up).toBeNull();
  });

  if (databases.shared) {
    it("do not drop what a table outside the model still refers to", async () => {
      const place = databases.newPlace();
      const db = await databases.openPlace(place, { entities: [Hen, Egg] });
      await db.schema.create();
      const { id } = await db.repository(Hen).insert({});
      await databases.outside(place, [[`create table other (hen ${databases.dialect === "sqlite" ? "integer" : "bigint"} references hen (id))`], ["insert into other values (?)", id]]);
      const error = await failure(ForeignKeyViolationError, () => db.schema.drop({ confirm: true }));
      expect(error.message).toContain("still referenced by other rows");
      expect(await db.repository(Hen).count()).toBe(1);
      // PostgreSQL drops no table that another one names, whatever rows there are.
      await databases.outside(place, [[databases.dialect === "sqlite" ? "delete from other" : "drop table other"]]);
      await db.schema.drop({ confirm: true });
      expect(await db.schema.ensure()).toEqual(expect.arrayContaining(["hen", "egg"]));
    });
  }
});

onEveryEngine("deletes and changes of what owned rows refer to", (databases) => {
  async function shelves() {
    const db = await databases.open({ entities: folders });
    const { alice, bob } = await ownersOf(db);
    const repositories = { db, alice, bob, folders: db.repository(Folder), pages: db.repository(Page), locks: db.repository(Lock) };
    // Both have folders of the same names: what happens to Alice's must not be seen at Bob's.
    for (const ctx of [alice, bob]) {
      await repositories.folders.insert(ctx, { name: "root" });
      await repositories.folders.insert(ctx, { name: "sub", parent: "root" });
      await repositories.folders.insert(ctx, { name: "leaf", parent: "sub" });
      for (const folder of ["root", "sub", "leaf"]) await repositories.pages.insert(ctx, { folder });
    }
    return repositories;
  }

  it("null the reference and not the owner, at the end of a chain of cascades too", async () => {
    const { alice, bob, folders: all, pages } = await shelves();
    expect(await all.delete(alice, { name: "sub" })).toBe(1);
    expect((await all.find(alice)).map(({ name }) => name)).toEqual(["root"]);
    expect((await pages.find(alice)).map(({ folder, user_id }) => [folder, user_id])).toEqual([["root", alice.key], [null, alice.key], [null, alice.key]]);
    expect(await all.count(bob)).toBe(3);
    expect((await pages.find(bob)).map(({ folder }) => folder)).toEqual(["root", "sub", "leaf"]);
  });

  it("stop at a RESTRICT, wherever in the chain it stands, and change nothing", async () => {
    const { alice, bob, folders: all, pages, locks } = await shelves();
    await locks.insert(alice, { folder: "leaf" });
    await failure(ForeignKeyViolationError, () => all.delete(alice, { name: "root" }));
    expect(await all.count(alice)).toBe(3);
    expect((await pages.find(alice)).map(({ folder }) => folder)).toEqual(["root", "sub", "leaf"]);
    // Alice's lock does not hold Bob's folder of the same name.
    expect(await all.delete(bob, { name: "root" })).toBe(1);
    expect(await all.count(bob)).toBe(0);
  });

  it("follow a changed key as the reference says: null it, or take it over", async () => {
    const { alice, bob, folders: all, pages } = await shelves();
    await pages.update(alice, { folder: "leaf" }, { home: "leaf" });
    await pages.update(bob, { folder: "leaf" }, { home: "leaf" });
    expect(await all.update(alice, { name: "leaf" }, { name: "branch" })).toBe(1);
    const rows = async (ctx: UserContext) => (await pages.find(ctx)).map(({ folder, home, user_id }) => [folder, home, user_id]);
    expect(await rows(alice)).toEqual([["root", null, alice.key], ["sub", null, alice.key], [null, "branch", alice.key]]);
    expect(await rows(bob)).toEqual([["root", null, bob.key], ["sub", null, bob.key], ["leaf", "leaf", bob.key]]);
    // A change that leaves the key as it is nulls nothing.
    await all.update(bob, { name: "leaf" }, { parent: "root" });
    expect(await rows(bob)).toEqual([["root", null, bob.key], ["sub", null, bob.key], ["leaf", "leaf", bob.key]]);
  });

  it("go with their owner where the owner's reference cascades", async () => {
    @Entity() @UserOwned()
    class Shelf { @PrimaryKey() id!: number; @ForeignKey("User.user_id", { onDelete: "CASCADE" }) user_id!: OwnerId; }
    @Entity() @UserOwned()
    class Book {
      @PrimaryKey() id!: number;
      @ForeignKey("User.user_id", { onDelete: "CASCADE" }) user_id!: OwnerId;
      @ForeignKey("Shelf.id", { nullable: true, onDelete: "SET NULL" }) shelf!: number | null;
    }
    const db = await databases.open({ entities: [User, Shelf, Book] });
    const { alice, bob } = await ownersOf(db);
    for (const ctx of [alice, bob]) {
      const { id } = await db.repository(Shelf).insert(ctx, {});
      await db.repository(Book).insert(ctx, { shelf: id });
    }
    await db.repository(User).as(db.system("a user leaves")).delete({ user_id: Number(alice.key) });
    expect([await db.repository(Book).count(alice), await db.repository(Shelf).count(alice)]).toEqual([0, 0]);
    expect((await db.repository(Book).find(bob)).map(({ shelf }) => shelf)).toEqual([2]);
  });
});

/** What is refused to everybody, and by which words: a type where PostgreSQL has one, else a CHECK. */
const RULES: readonly (readonly [column: string, value: string, sqlite: string, postgres: string])[] = [
  ["flag", "2", "CHECK constraint failed: ck_sample_flag", "is of type boolean"], ["flag", "'perhaps'", "cannot store TEXT value in INTEGER column", "type boolean"],
  ["kind", "'c'", "CHECK constraint failed: ck_sample_kind", "ck_sample_kind"], ["level", "0", "CHECK constraint failed: ck_sample_level", "ck_sample_level"],
  ["data", "'{'", "CHECK constraint failed: ck_sample_data", "type json"], ["data", "'{a:1}'", "CHECK constraint failed: ck_sample_data", "type json"],
  ["whole", "'1.5'", "cannot store REAL value in INTEGER column", "type bigint"], ["big", "'x'", "cannot store TEXT value in INTEGER column", "type bigint"],
  ["ratio", "'x'", "cannot store TEXT value in REAL column", "type double precision"], ["moment", "null", "NOT NULL constraint failed", "not-null constraint"],
  ["id", "null", "NOT NULL constraint failed", "not-null constraint"], ["label", "'taken'", "UNIQUE constraint failed", "unique constraint"],
];

onEveryEngine("a database that is used by others", (databases) => {
  if (!databases.shared) {
    it("cannot be in memory: nobody else gets there", async () => {
      await expect(databases.outside(databases.newPlace(), [["select 1"]])).rejects.toThrow("no outside");
    });
    return;
  }
  const ID = "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1";

  it("is as the DDL text makes it, run by another tool; tables that the model does not know are nobody's business", async () => {
    const place = databases.newPlace();
    const db = await databases.openPlace(place, { entities: [Sample, Page, Folder, User, Odd, Long] });
    await databases.script(place, db.schema.sql());
    await databases.outside(place, [["create table other (id integer, check (id > 0))"], ["create view v as select 1 as one"]]);
    expect(await db.schema.check()).toEqual([]);
    expect(await db.schema.ensure()).toEqual([]);
  });

  it("gets the defaults from the tables themselves", async () => {
    const place = databases.newPlace();
    const db = await databases.openPlace(place, { entities: [Sample] });
    await db.schema.create();
    await databases.outside(place, [["insert into sample (id, made, created) values (?, 'raw', '2026-01-31T12:00:00.000Z')", `${ID}f`]]);
    expect(await db.repository(Sample).find()).toEqual([Object.assign(new Sample(), {
      id: `${ID}f`, label: "it's (1)", whole: -5, big: 9_223_372_036_854_775_807n, ratio: 1e21, price: "12.50", flag: true,
      bytes: Buffer.from([1, 255]), moment: new Date(0), day: "2026-01-31", data: { a: ["it's"] }, kind: "b)", level: null, made: "raw", note: null,
      created: new Date("2026-01-31T12:00:00.000Z"),
    })]);
  });

  it.each(RULES)("keeps its rules for everybody: %s = %s", async (column, value, sqlite, postgres) => {
    const place = databases.newPlace();
    const db = await databases.openPlace(place, { entities: [Sample] });
    await db.schema.create();
    await databases.outside(place, [[`insert into sample (id, label, made, created) values ('${ID}a', 'taken', '', '2026-01-31T12:00:00.000Z'), ('${ID}b', 'free', '', '2026-01-31T12:00:00.000Z')`]]);
    await expect(databases.outside(place, [[`update sample set "${column}" = ${value} where id = '${ID}b'`]])).rejects.toThrow(databases.dialect === "sqlite" ? sqlite : postgres);
  });

  it("cannot be made to refer to another owner's row, by insert, update, or a change of either owner", async () => {
    const place = databases.newPlace();
    const db = await databases.openPlace(place, { entities: folders });
    await db.schema.create();
    const { alice, bob } = await ownersOf(db);
    await db.repository(Folder).insert(alice, { name: "hers" });
    const page = await db.repository(Page).insert(alice, { home: "hers" });
    const [a, b] = [Number(alice.key), Number(bob.key)];
    for (const sql of [
      `insert into page (user_id, home) values (${b}, 'hers')`,
      `insert into folder values (${b}, 'his', 'hers')`,
      `update page set user_id = ${b} where id = ${page.id}`,
      `update folder set user_id = ${b} where name = 'hers'; update page set user_id = ${a}`,
      `insert into page (user_id, home) values (99, null)`,
      "update page set home = 'nowhere'",
    ]) {
      await expect(databases.outside(place, sql.split("; ").map((one) => [one]))).rejects.toThrow(/foreign key constraint/i);
    }
    // Her own may be: the rule is the owner's and not a ban.
    await databases.outside(place, [[`insert into folder values (${a}, 'second', 'hers')`], ["update page set home = 'second'"]]);
    expect((await db.repository(Page).find(alice)).map(({ home }) => home)).toEqual(["second"]);
  });
});

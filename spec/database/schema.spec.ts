import {
  Column, CreatedAt, Database, DataError, Entity, Enum, ForeignKey, ForeignKeyViolationError, Index, InvalidQueryError, Json, PrimaryKey, Unique, User,
  UserContext, UserInfo, UserOwned, UserOwnedEntity, type OwnerId,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { rawSqlite } from "../support/raw-sqlite";

@Entity()
@Unique("name")
class Project extends UserOwnedEntity {
  @PrimaryKey() project_id!: number;
  @Column() name!: string;
}

@Entity()
class Task extends UserOwnedEntity {
  @PrimaryKey() task_id!: number;
  @ForeignKey("Project.project_id", { onDelete: "CASCADE" }) project_id!: number;
  @ForeignKey(() => [Task, "task_id"], { nullable: true, onDelete: "SET NULL" }) parent_id!: number | null;
  @Enum(["open", "done"], { default: "open" }) state!: "open" | "done";
  @Column({ default: false }) urgent!: boolean;
  @Json(undefined, { nullable: true }) extra!: unknown;
}

@Entity()
class Hen {
  @PrimaryKey() id!: number;
  @ForeignKey(() => [Egg, "id"], { nullable: true }) egg_id!: number | null;
}

@Entity()
class Egg {
  @PrimaryKey() id!: number;
  @ForeignKey(() => [Hen, "id"], { nullable: true }) hen_id!: number | null;
}

@Entity({ name: "Select", table: 'order "by"; drop' })
class Hostile {
  @PrimaryKey({ name: "select" }) id!: number;
  @Column({ name: 'a "quoted" name; --' }) text!: string;
}

const entities = [Task, Project, User];

async function ownersOf(db: Database) {
  const users = db.repository(User);
  const owner = async (): Promise<UserContext> => UserContext.of(await users.insert({ info: new UserInfo() }));
  return { alice: await owner(), bob: await owner() };
}

onEveryEngine("the schema", (databases) => {
  it("is told as DDL, referenced tables first, keys of owned entities with the owner in front", async () => {
    const db = await databases.open({ entities: [Project, User] });
    expect(db.schema.sql()).toBe(`create table "user" (
  "user_id" INTEGER primary key autoincrement,
  "info" TEXT not null constraint "ck_user_info" check (json_valid("info")),
  "created_at" TEXT not null
) strict;

create table "project" (
  "user_id" INTEGER not null,
  "project_id" INTEGER primary key autoincrement,
  "name" TEXT not null,
  constraint "uq_project_user_id_project_id" unique ("user_id", "project_id"),
  constraint "uq_project_user_id_name" unique ("user_id", "name"),
  constraint "fk_project_user_id" foreign key ("user_id") references "user" ("user_id") on delete no action on update no action
) strict;
`);
  });

  it("is created once: ensure creates what is missing and no more, create refuses what exists", async () => {
    const db = await databases.open({ entities });
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
    const db = await databases.open({ entities });
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
    const db = await databases.open({ entities });
    await db.schema.check();
    expect(databases.events.length).toBeGreaterThan(0);
    expect(new Set(databases.events.map((event) => event.operation))).toEqual(new Set(["schema"]));
  });

  if (databases.storage === "file") {
    it("stops SQL from elsewhere that breaks a type, a CHECK or the owner of a reference", async () => {
      const file = databases.newFile();
      const db = await databases.openFile(file, { entities });
      await db.schema.ensure();
      const { alice, bob } = await ownersOf(db);
      const { project_id } = await db.repository(Project).insert(alice, { name: "garden" });
      const raw = rawSqlite(file);
      const insert = (user: unknown, project: unknown, state: string, urgent: unknown, extra: unknown): unknown =>
        raw.prepare("insert into task (user_id, project_id, state, urgent, extra) values (?, ?, ?, ?, ?)").run(user, project, state, urgent, extra);
      expect(() => insert(bob.key, project_id, "open", 0, null)).toThrow("FOREIGN KEY");
      expect(() => insert(alice.key, project_id, "lost", 0, null)).toThrow("ck_task_state");
      expect(() => insert(alice.key, project_id, "open", 2, null)).toThrow("ck_task_urgent");
      expect(() => insert(alice.key, project_id, "open", 0, "{broken")).toThrow("ck_task_extra");
      expect(() => insert(alice.key, "text", "open", 0, null)).toThrow("cannot store TEXT");
      expect(insert(alice.key, project_id, "done", 1, "{}")).toMatchObject({ changes: 1 });
      raw.close();
    });

    it("is checked piece by piece: each difference is found and named", async () => {
      const file = databases.newFile();
      const raw = rawSqlite(file);
      raw.exec(`
        create table "user" (user_id INTEGER primary key autoincrement, info TEXT, extra TEXT) strict;
        create table project (
          user_id INTEGER not null, project_id INTEGER primary key autoincrement, name BLOB not null default x'00',
          unique (name), foreign key (user_id) references "user" (user_id) on delete cascade
        ) strict;
        create index by_name on project (name, user_id);
      `);
      raw.close();
      const db = await databases.openFile(file, { entities: [Project, User] });
      const found = (await db.schema.check()).map(({ table, kind, state, name }) => `${table} ${kind} ${state} ${name ?? ""}`);
      expect(found).toEqual([
        "user nullability different info",
        "user column missing created_at",
        "user column unexpected extra",
        'user check missing ck_user_info: json_valid("info")',
        "project type different name",
        "project default different name",
        "project unique missing (user_id, project_id)",
        "project unique missing (user_id, name)",
        "project unique unexpected (name)",
        "project index unexpected (name, user_id)",
        "project foreignKey missing (user_id) -> user(user_id) on delete no action on update no action",
        "project foreignKey unexpected (user_id) -> user(user_id) on delete cascade on update no action",
      ]);
      expect(await db.schema.ensure()).toEqual([]);
      expect((await db.schema.check()).length).toBe(found.length);
    });
  }
});

/** Every kind of column, with and without what a column can say of itself. */
@Entity()
@Index("day", "label", { name: "by_day" })
class Sample {
  @PrimaryKey() id!: string;
  @Column({ default: "it's (1)", unique: true }) label!: string;
  @Column({ default: -5 }) whole!: number;
  @Column({ type: "bigint", default: 9_223_372_036_854_775_807n }) big!: bigint;
  @Column({ type: "real", default: 1e21 }) ratio!: number;
  @Column({ type: "decimal", scale: 2, default: "12.5" }) price!: string;
  @Column({ default: true }) flag!: boolean;
  @Column({ default: Buffer.from([1, 255]) }) bytes!: Buffer;
  @Column({ default: new Date(0) }) moment!: Date;
  @Column({ type: "date", default: "2026-01-31" }) day!: string;
  @Json(undefined, { default: { a: ["it's"] } }) data!: unknown;
  @Enum(["it's", "b)"], { default: "b)" }) kind!: string;
  @Enum([1, -2], { nullable: true }) level!: number | null;
  @Column({ default: () => "made" }) made!: string;
  @Column({ type: "text", nullable: true, index: true }) note!: string | null;
  @CreatedAt() created!: Date;
}

@Entity()
class Folder extends UserOwnedEntity {
  @PrimaryKey({ generate: "none" }) name!: string;
  @ForeignKey("Folder.name", { nullable: true, onDelete: "CASCADE" }) parent!: string | null;
}

@Entity()
class Page extends UserOwnedEntity {
  @PrimaryKey() id!: number;
  @ForeignKey("Folder.name", { nullable: true, onDelete: "SET NULL", onUpdate: "SET NULL" }) folder!: string | null;
  @ForeignKey("Folder.name", { nullable: true, onUpdate: "CASCADE" }) home!: string | null;
}

@Entity()
class Lock extends UserOwnedEntity {
  @PrimaryKey() id!: number;
  @ForeignKey("Folder.name", { onDelete: "RESTRICT" }) folder!: string;
}

const folders = [Lock, Page, Folder, User];
const ODD_TABLE = 'group "by" \'x\'; drop table user; --';
const ODD_COLUMN = 'order " constraint "x" check (1';

@Entity({ table: ODD_TABLE })
@Unique("value", "up", { name: 'select "u"' })
@Index("up", "value", { name: "where; --" })
class Odd extends UserOwnedEntity {
  @PrimaryKey({ name: "table" }) id!: number;
  @Enum(["a'b", 'c" check (', ");"], { name: ODD_COLUMN, default: "a'b" }) value!: string;
  @Column({ name: "from, where", default: 'constraint "x" check (1)' }) text!: string;
  @ForeignKey("Odd.id", { name: "null\nnot null", nullable: true, onDelete: "SET NULL" }) up!: number | null;
}

const LONG = "long_".repeat(13).slice(0, 62);

@Entity({ table: `${LONG}t` })
class Long extends UserOwnedEntity {
  @PrimaryKey({ name: `${LONG}k` }) id!: number;
  @Column({ name: `${LONG}c`, unique: true, index: true }) text!: string;
  @ForeignKey("Long.id", { name: `${LONG}f`, nullable: true, onDelete: "SET NULL" }) up!: number | null;
}

onEveryEngine("the schema's statements", (databases) => {
  it("say types, defaults, checks and indexes", async () => {
    const db = await databases.open({ entities: [Sample] });
    expect(db.schema.sql()).toBe(`create table "sample" (
  "id" TEXT not null,
  "label" TEXT not null default 'it''s (1)',
  "whole" INTEGER not null default -5,
  "big" INTEGER not null default '9223372036854775807',
  "ratio" REAL not null default 1e+21,
  "price" TEXT not null default '12.50',
  "flag" INTEGER not null default 1 constraint "ck_sample_flag" check ("flag" in (0, 1)),
  "bytes" BLOB not null default x'01ff',
  "moment" TEXT not null default '1970-01-01T00:00:00.000Z',
  "day" TEXT not null default '2026-01-31',
  "data" TEXT not null default '{"a":["it''s"]}' constraint "ck_sample_data" check (json_valid("data")),
  "kind" TEXT not null default 'b)' constraint "ck_sample_kind" check ("kind" in ('it''s', 'b)')),
  "level" INTEGER constraint "ck_sample_level" check ("level" in (1, -2)),
  "made" TEXT not null,
  "note" TEXT,
  "created" TEXT not null,
  primary key ("id"),
  constraint "uq_sample_label" unique ("label")
) strict;

create index "ix_sample_note" on "sample" ("note");

create index "by_day" on "sample" ("day", "label");
`);
    expect(await db.schema.check()).toEqual([]);
  });

  it("keep owners in composite keys, and null the reference alone by triggers", async () => {
    const db = await databases.open({ entities: [User, Folder, Page] });
    expect(db.schema.sql().split(";\n\n").slice(1).join(";\n\n")).toBe(`create table "folder" (
  "user_id" INTEGER not null,
  "name" TEXT not null,
  "parent" TEXT,
  primary key ("user_id", "name"),
  constraint "fk_folder_user_id" foreign key ("user_id") references "user" ("user_id") on delete no action on update no action,
  constraint "fk_folder_user_id_parent" foreign key ("user_id", "parent") references "folder" ("user_id", "name") on delete cascade on update no action
) strict;

create index "ix_folder_user_id_parent" on "folder" ("user_id", "parent");

create table "page" (
  "user_id" INTEGER not null,
  "id" INTEGER primary key autoincrement,
  "folder" TEXT,
  "home" TEXT,
  constraint "uq_page_user_id_id" unique ("user_id", "id"),
  constraint "fk_page_user_id" foreign key ("user_id") references "user" ("user_id") on delete no action on update no action,
  constraint "fk_page_user_id_folder" foreign key ("user_id", "folder") references "folder" ("user_id", "name") on delete no action on update no action,
  constraint "fk_page_user_id_home" foreign key ("user_id", "home") references "folder" ("user_id", "name") on delete no action on update cascade
) strict;

create index "ix_page_user_id_folder" on "page" ("user_id", "folder");

create index "ix_page_user_id_home" on "page" ("user_id", "home");

create trigger "fk_page_user_id_folder_set_null" before delete on "folder" begin update "page" set "folder" = null `
    + `where "user_id" = old."user_id" and "folder" = old."name"; end;

create trigger "fk_page_user_id_folder_set_null_on_update" before update of "user_id", "name" on "folder" `
    + `when old."user_id" is not new."user_id" or old."name" is not new."name" begin update "page" set "folder" = null `
    + `where "user_id" = old."user_id" and "folder" = old."name"; end;
`);
    expect(await db.schema.check()).toEqual([]);
  });

  it("make triggers when all tables are there, in a cycle of owned entities too", async () => {
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
    expect(databases.events[0]?.sql).toContain('drop table if exists "user"');
    await db.schema.create();
    expect(databases.events.map(({ sql }) => sql)).toContain(db.schema.sql().replace(/;\n$/, ""));
  });
});

onEveryEngine("create, ensure and drop", (databases) => {
  it("name what ensure made, triggers last", async () => {
    const db = await databases.open({ entities: [User, Folder, Page] });
    await db.schema.drop({ confirm: true });
    expect(await db.schema.ensure()).toEqual([
      "user", "folder", "ix_folder_user_id_parent", "page", "ix_page_user_id_folder", "ix_page_user_id_home",
      "fk_page_user_id_folder_set_null", "fk_page_user_id_folder_set_null_on_update",
    ]);
    expect(await db.schema.ensure()).toEqual([]);
  });

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

  if (databases.storage === "file") {
    it("do not drop what a table outside the model still refers to", async () => {
      const file = databases.newFile();
      const db = await databases.openFile(file, { entities: [Hen, Egg] });
      await db.schema.create();
      const { id } = await db.repository(Hen).insert({});
      const raw = rawSqlite(file);
      raw.exec(`create table other (hen integer references hen (id)); insert into other values (${id})`);
      const error = await failure(ForeignKeyViolationError, () => db.schema.drop({ confirm: true }));
      expect(error.message).toContain("still referenced by other rows");
      expect(await db.repository(Hen).count()).toBe(1);
      raw.exec("delete from other");
      raw.close();
      await db.schema.drop({ confirm: true });
      expect(await db.schema.ensure()).toEqual(expect.arrayContaining(["hen", "egg"]));
    });

    it("make only what is missing, and change nothing that exists", async () => {
      const file = databases.newFile();
      const raw = rawSqlite(file);
      raw.exec(`create table "user" (user_id integer primary key, shoe_size real); insert into "user" values (7, 42.5)`);
      const textOf = () => raw.prepare("select sql from sqlite_master where name = 'user'").all();
      const before = textOf();
      const db = await databases.openFile(file, { entities: [User, Folder, Page] });
      expect(await db.schema.ensure()).toEqual([
        "folder", "ix_folder_user_id_parent", "page", "ix_page_user_id_folder", "ix_page_user_id_home",
        "fk_page_user_id_folder_set_null", "fk_page_user_id_folder_set_null_on_update",
      ]);
      raw.exec("drop index ix_page_user_id_home; drop trigger fk_page_user_id_folder_set_null; insert into folder values (7, 'kept', null)");
      expect(await db.schema.ensure()).toEqual(["ix_page_user_id_home", "fk_page_user_id_folder_set_null"]);
      expect(textOf()).toEqual(before);
      expect(raw.prepare("select * from \"user\" join folder using (user_id)").all()).toEqual([{ user_id: 7, shoe_size: 42.5, name: "kept", parent: null }]);
      raw.close();
    });

    it("find a table that another tool made in another case", async () => {
      const file = databases.newFile();
      const raw = rawSqlite(file);
      raw.exec('create table "HEN" (id INTEGER primary key autoincrement, egg_id INTEGER, constraint fk foreign key (egg_id) references egg (id)) strict');
      const db = await databases.openFile(file, { entities: [Hen, Egg] });
      expect((await failure(DataError, () => db.schema.create())).message).toContain("The table hen exists already");
      expect(await db.schema.ensure()).toEqual(["egg", "ix_egg_hen_id", "ix_hen_egg_id"]);
      expect(await db.schema.check()).toEqual([]);
      raw.close();
    });

    it("say what is wrong when an index is missing a column of the table that exists, and make nothing", async () => {
      const file = databases.newFile();
      const raw = rawSqlite(file);
      raw.exec("create table hen (id INTEGER primary key)");
      const db = await databases.openFile(file, { entities: [Hen, Egg] });
      const error = await failure(DataError, () => db.schema.ensure());
      expect(error.message).toContain("The index ix_hen_egg_id cannot be created: the table of Hen is there already and has no column egg_id.");
      expect(error.entity).toBe("Hen");
      expect(raw.prepare("select name from sqlite_master where name in ('egg', 'ix_egg_hen_id')").all()).toEqual([]);
      raw.close();
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

/** Changes to a file that holds `Sample`, `Folder`, `Page` and `User`, each with the one thing that check must say of it. */
const changes: readonly (readonly [string, string, readonly string[]])[] = [
  ["an index is gone", "drop index by_day", ["sample: The index (day, label) of sample is missing in the database."]],
  ["an index is new", "create index extra on sample (made, day)", ["sample: The index (made, day) of sample is in the database but not in the model."]],
  ["a unique index is new", "create unique index extra on sample (made)", ["sample: The unique (made) of sample is in the database but not in the model."]],
  ["a column is new", "alter table sample add column extra TEXT", ["sample: The column extra of sample is in the database but not in the model."]],
  ["a column has another name", "alter table sample rename column made to done", [
    "sample: The column made of sample is missing in the database.", "sample: The column done of sample is in the database but not in the model.",
  ]],
  ["a trigger is gone", "drop trigger fk_page_user_id_folder_set_null", [
    'page: The trigger fk_page_user_id_folder_set_null: before delete on "folder" begin update "page" set "folder" = null where "user_id" = old."user_id"'
    + ' and "folder" = old."name"; end of page is missing in the database.',
  ]],
  ["a table is gone", "drop table page", ["page: The table page is missing in the database."]],
];

/** The same by a new text for a table: what ALTER TABLE cannot do. */
const rewrites: readonly (readonly [string, string, string, readonly string[]])[] = [
  ["no STRICT", ") strict", ")", ["id", "label", "note"].map((name) =>
    `The type ${name} of plain is ${name === "id" ? "integer autoincrement" : "text"} (not strict) in the database; the model wants ${name === "id" ? "integer autoincrement" : "text"}.`)],
  ["no AUTOINCREMENT", " autoincrement", "", ["The type id of plain is integer in the database; the model wants integer autoincrement."]],
  ["another type", '"note" TEXT', '"note" BLOB', ["The type note of plain is blob in the database; the model wants text."]],
  ["no NOT NULL", '"label" TEXT not null', '"label" TEXT', ["The nullability label of plain is nullable in the database; the model wants not null."]],
  ["a NOT NULL", '"note" TEXT', '"note" TEXT not null', ["The nullability note of plain is not null in the database; the model wants nullable."]],
  ["another default", "'it''s'", "'is'", ["The default label of plain is 'is' in the database; the model wants 'it''s'."]],
  ["no default", " default 'it''s'", "", ["The default label of plain is none in the database; the model wants 'it''s'."]],
  ["another CHECK", "('a', 'b')", "('a')", [
    `The check ck_plain_label: "label" in ('a', 'b') of plain is missing in the database.`,
    `The check ck_plain_label: "label" in ('a') of plain is in the database but not in the model.`,
  ]],
  ["no CHECK", ` constraint "ck_plain_label" check ("label" in ('a', 'b'))`, "", [`The check ck_plain_label: "label" in ('a', 'b') of plain is missing in the database.`]],
  ["a CHECK without a name", '"note" TEXT', `"note" TEXT /* ' */ check  (note <> ')')`, ["The check : note <> ')' of plain is in the database but not in the model."]],
  ["a CHECK of a plain name", '"note" TEXT', '"note" TEXT constraint short CHECK(length(note) < 9) /* check (1) */', [
    "The check short: length(note) < 9 of plain is in the database but not in the model.",
  ]],
  ["no unique key", `,\n  constraint "uq_plain_label_note" unique ("label", "note")`, "", ["The unique (label, note) of plain is missing in the database."]],
  ["the unique key the other way round", `unique ("label", "note")`, `unique ("note", "label")`, [
    "The unique (label, note) of plain is missing in the database.", "The unique (note, label) of plain is in the database but not in the model.",
  ]],
];

onEveryEngine("a database that was changed by others", (databases) => {
  if (databases.storage === "memory") {
    it("cannot be one in memory: check finds no difference after create", async () => {
      const db = await databases.open({ entities: [Sample, Page, Folder, User] });
      expect(await db.schema.check()).toEqual([]);
    });
    return;
  }

  it.each(changes)("is found out: %s", async (_, sql, found) => {
    const file = databases.newFile();
    const db = await databases.openFile(file, { entities: [Sample, Page, Folder, User] });
    await db.schema.create();
    expect(await db.schema.check()).toEqual([]);
    const raw = rawSqlite(file);
    raw.exec(sql);
    raw.close();
    const differences = await db.schema.check();
    expect(differences.map(({ table, message }) => `${table}: ${message}`)).toEqual(found);
    expect(differences.every((difference) => Object.isFrozen(difference))).toBe(true);
  });

  @Entity() @Unique("label", "note")
  class Plain {
    @PrimaryKey() id!: number;
    @Enum(["a", "b"]) label!: string;
    @Column({ type: "text", nullable: true }) note!: string | null;
  }
  @Entity({ table: "plain" })
  class Preset { @PrimaryKey() id!: number; @Column({ default: "it's" }) label!: string; @Column({ type: "text", nullable: true }) note!: string | null; }

  it.each(rewrites)("is found out: %s", async (_, wanted, instead, messages) => {
    const file = databases.newFile();
    const entity = wanted.includes("it''s") ? Preset : Plain;
    const db = await databases.openFile(file, { entities: [entity] });
    const sql = db.schema.sql();
    expect(sql).toContain(wanted);
    const raw = rawSqlite(file);
    raw.exec(sql.replace(wanted, () => instead));
    raw.close();
    const differences = await db.schema.check();
    expect(differences.map(({ message }) => message)).toEqual(messages);
    for (const difference of differences) expect(difference).toMatchObject({ entity: entity.name, table: "plain" });
  });

  it("is found out: other keys", async () => {
    const file = databases.newFile();
    const db = await databases.openFile(file, { entities: [User, Folder] });
    const raw = rawSqlite(file);
    raw.exec(db.schema.sql()
      .replace('primary key ("user_id", "name")', 'primary key ("name"), unique ("user_id", "name")')
      .replace("on delete cascade", "on delete set null"));
    raw.close();
    expect((await db.schema.check()).map(({ kind, state, name }) => `${kind} ${state} ${name ?? ""}`)).toEqual([
      "primaryKey missing (user_id, name)",
      "primaryKey unexpected (name)",
      "unique unexpected (user_id, name)",
      "foreignKey missing (user_id, parent) -> folder(user_id, name) on delete cascade on update no action",
      "foreignKey unexpected (user_id, parent) -> folder(user_id, name) on delete set null on update no action",
    ]);
  });

  it("is as the DDL text makes it, run by another tool; tables that the model does not know are nobody's business", async () => {
    const file = databases.newFile();
    const entities = [Sample, Page, Folder, User, Odd, Long];
    const db = await databases.openFile(file, { entities });
    const raw = rawSqlite(file);
    raw.exec(db.schema.sql());
    raw.exec("create table other (id integer, check (id > 0)); create view v as select 1");
    raw.close();
    expect(await db.schema.check()).toEqual([]);
    expect(await db.schema.ensure()).toEqual([]);
  });

  it("gets the defaults from the tables themselves", async () => {
    const file = databases.newFile();
    const db = await databases.openFile(file, { entities: [Sample] });
    await db.schema.create();
    const raw = rawSqlite(file);
    raw.exec("insert into sample (id, made, created) values ('018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f', 'raw', '2026-01-31T12:00:00.000Z')");
    raw.close();
    expect(await db.repository(Sample).find()).toEqual([Object.assign(new Sample(), {
      id: "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f", label: "it's (1)", whole: -5, big: 9_223_372_036_854_775_807n, ratio: 1e21, price: "12.50", flag: true,
      bytes: Buffer.from([1, 255]), moment: new Date(0), day: "2026-01-31", data: { a: ["it's"] }, kind: "b)", level: null, made: "raw", note: null,
      created: new Date("2026-01-31T12:00:00.000Z"),
    })]);
  });

  it.each([
    ["flag", "2", "CHECK constraint failed: ck_sample_flag"], ["flag", "'yes'", "cannot store TEXT value in INTEGER column"],
    ["kind", "'c'", "CHECK constraint failed: ck_sample_kind"], ["level", "0", "CHECK constraint failed: ck_sample_level"],
    ["data", "'{'", "CHECK constraint failed: ck_sample_data"], ["data", "'{a:1}'", "CHECK constraint failed: ck_sample_data"],
    ["whole", "1.5", "cannot store REAL value in INTEGER column"], ["big", "'x'", "cannot store TEXT value in INTEGER column"],
    ["ratio", "'x'", "cannot store TEXT value in REAL column"], ["label", "x'00'", "cannot store BLOB value in TEXT column"],
    ["bytes", "'x'", "cannot store TEXT value in BLOB column"], ["moment", "null", "NOT NULL constraint failed"], ["id", "null", "NOT NULL constraint failed"],
    ["label", "'taken'", "UNIQUE constraint failed"],
  ])("keeps its rules for everybody: %s = %s", async (column, value, message) => {
    const file = databases.newFile();
    const db = await databases.openFile(file, { entities: [Sample] });
    await db.schema.create();
    const raw = rawSqlite(file);
    raw.exec("insert into sample (id, label, made, created) values ('a', 'taken', '', ''), ('b', 'free', '', '')");
    expect(() => raw.exec(`update sample set "${column}" = ${value} where id = 'b'`)).toThrow(message);
    raw.close();
  });

  it("cannot be made to refer to another owner's row, by insert, update, or a change of either owner", async () => {
    const file = databases.newFile();
    const db = await databases.openFile(file, { entities: folders });
    await db.schema.create();
    const { alice, bob } = await ownersOf(db);
    await db.repository(Folder).insert(alice, { name: "hers" });
    const page = await db.repository(Page).insert(alice, { home: "hers" });
    const raw = rawSqlite(file);
    const [a, b] = [Number(alice.key), Number(bob.key)];
    for (const sql of [
      `insert into page (user_id, home) values (${b}, 'hers')`,
      `insert into folder values (${b}, 'his', 'hers')`,
      `update page set user_id = ${b} where id = ${page.id}`,
      `update folder set user_id = ${b} where name = 'hers'; update page set user_id = ${a}`,
      `insert into page (user_id, home) values (99, null)`,
      "update page set home = 'nowhere'",
    ]) {
      expect(() => raw.exec(`begin; ${sql}; commit`)).toThrow("FOREIGN KEY constraint failed");
      raw.exec("rollback");
    }
    // Her own may be: the rule is the owner's and not a ban.
    raw.exec(`insert into folder values (${a}, 'second', 'hers'); update page set home = 'second'`);
    raw.close();
    expect((await db.repository(Page).find(alice)).map(({ home }) => home)).toEqual(["second"]);
  });
});

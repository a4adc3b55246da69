import { Column, DataError, Entity, Enum, PrimaryKey, sql, Unique, User } from "freehold";
import { failure, onEverySqlite, onEverySqliteFile } from "../support/databases";
import { rawSqlite } from "../support/raw-sqlite";
import { Egg, Folder, Hen, Page, Project, Sample } from "../support/shelves";

/** What is SQLite's own about the schema: the text of its statements, and how a changed file is found out. */
onEverySqlite("the schema's statements on SQLite", (databases) => {
  it("are told as DDL, referenced tables first, keys of owned entities with the owner in front", async () => {
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

  it("name what ensure made, triggers last", async () => {
    const db = await databases.open({ entities: [User, Folder, Page] });
    await db.schema.drop({ confirm: true });
    expect(await db.schema.ensure()).toEqual([
      "user", "folder", "ix_folder_user_id_parent", "page", "ix_page_user_id_folder", "ix_page_user_id_home",
      "fk_page_user_id_folder_set_null", "fk_page_user_id_folder_set_null_on_update",
    ]);
    expect(await db.schema.ensure()).toEqual([]);
  });
});

onEverySqliteFile("files that other tools made", (databases) => {
  it("is checked piece by piece: each difference is found and named", async () => {
    const file = databases.newPlace();
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
    const db = await databases.openPlace(file, { entities: [Project, User] });
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

  it("make only what is missing, and change nothing that exists", async () => {
    const file = databases.newPlace();
    const raw = rawSqlite(file);
    raw.exec(`create table "user" (user_id integer primary key, shoe_size real); insert into "user" values (7, 42.5)`);
    const textOf = () => raw.prepare("select sql from sqlite_master where name = 'user'").all();
    const before = textOf();
    const db = await databases.openPlace(file, { entities: [User, Folder, Page] });
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
    const file = databases.newPlace();
    const raw = rawSqlite(file);
    raw.exec('create table "HEN" (id INTEGER primary key autoincrement, egg_id INTEGER, constraint fk foreign key (egg_id) references egg (id)) strict');
    const db = await databases.openPlace(file, { entities: [Hen, Egg] });
    expect((await failure(DataError, () => db.schema.create())).message).toContain("The table hen exists already");
    expect(await db.schema.ensure()).toEqual(["egg", "ix_egg_hen_id", "ix_hen_egg_id"]);
    expect(await db.schema.check()).toEqual([]);
    raw.close();
  });

  it("say what is wrong when an index is missing a column of the table that exists, and make nothing", async () => {
    const file = databases.newPlace();
    const raw = rawSqlite(file);
    raw.exec("create table hen (id INTEGER primary key)");
    const db = await databases.openPlace(file, { entities: [Hen, Egg] });
    const error = await failure(DataError, () => db.schema.ensure());
    expect(error.message).toContain("The index ix_hen_egg_id cannot be created: the table of Hen is there already and has no column egg_id.");
    expect(error.entity).toBe("Hen");
    expect(raw.prepare("select name from sqlite_master where name in ('egg', 'ix_egg_hen_id')").all()).toEqual([]);
    raw.close();
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

onEverySqliteFile("a database that was changed by others", (databases) => {
  it.each(changes)("is found out: %s", async (_, sql, found) => {
    const file = databases.newPlace();
    const db = await databases.openPlace(file, { entities: [Sample, Page, Folder, User] });
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
    const file = databases.newPlace();
    const entity = wanted.includes("it''s") ? Preset : Plain;
    const db = await databases.openPlace(file, { entities: [entity] });
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
    const file = databases.newPlace();
    const db = await databases.openPlace(file, { entities: [User, Folder] });
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
});

onEverySqlite("the program of a statement", (databases) => {
  it("is listed as it is after each change of the schema, and not as it was", async () => {
    const db = await databases.open({ entities: [Sample] });
    const system = db.system("spec of programs");
    const steps = async (): Promise<number> => (await db.sql(system)`explain select * from thing`.rows()).length;
    await db.sql(system)`create table thing (a integer)`.run();
    const lengths: number[] = [];
    for (const more of [sql`b`, sql`c`, sql`d`]) {
      lengths.push(await steps(), await steps());
      await db.sql(system)`alter table thing add column ${more} integer`.run();
    }
    // Each column takes a step more.
    expect(lengths).toEqual([0, 0, 1, 1, 2, 2].map((more) => lengths[0]! + more));
  });
});

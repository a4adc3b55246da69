import {
  Column, Database, DataError, Entity, Enum, ForeignKey, InvalidQueryError, Json, PrimaryKey, Unique, User, UserContext, UserInfo, UserOwnedEntity,
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

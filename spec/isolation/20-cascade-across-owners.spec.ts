import { all, Column, Entity, ForeignKey, ForeignKeyViolationError, ContextRequiredError, ModelError, PrimaryKey, User, UserOwned, type OwnerId } from "freehold";
import { Database } from "../../lib/database";
import { failure, onEveryEngine } from "../support/databases";
import { profile, Profile } from "../support/documents";
import { rawSqlite } from "../support/raw-sqlite";
import { aliceRows, Country, plainSql, Project, Task, world } from "./world";

@Entity()
class Topic {
  @PrimaryKey({ generate: "none" }) name!: string;
}

/** Deleting a topic would delete everybody's remarks on it. */
@Entity()
@UserOwned({ by: "user_id" })
class Remark {
  @PrimaryKey() remark_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @ForeignKey("Topic.name", { onDelete: "CASCADE" }) topic!: string;
  @Column() text!: string;
}

/** The same, and meant. */
@Entity()
@UserOwned({ by: "user_id" })
class Vote {
  @PrimaryKey() vote_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @ForeignKey("Topic.name", { onDelete: "CASCADE", acrossOwners: true }) topic!: string;
}

onEveryEngine("20 cascade across owners", (databases) => {
  it("would delete the other's row under a key of the reference alone", () => {
    const raw = rawSqlite(":memory:");
    raw.exec("create table project (id integer primary key, owner int); create table task (owner int, project int references project (id) on delete cascade)");
    raw.exec("insert into project values (1, 1); insert into task values (2, 1); delete from project where owner = 1");
    expect(raw.prepare("select count(*) as n from task where owner = 2").all()).toEqual([{ n: 0 }]);
    raw.close();
  });

  it("takes along the owner's own rows alone", async () => {
    const w = await world(databases);
    const { db, bobCtx } = w;
    const before = await aliceRows(w);
    const [root, other] = await db.repository(Project).insertMany(bobCtx, [{ name: "root" }, { name: "other" }]);
    const child = await db.repository(Project).insert(bobCtx, { name: "child", parent_id: root!.project_id });
    await db.repository(Task).insertMany(bobCtx, [{ project_id: root!.project_id, title: "a" }, { project_id: other!.project_id, title: "b" }]);
    expect(await db.repository(Project).delete(bobCtx, { name: "root" })).toBe(1);
    expect((await db.repository(Task).find(bobCtx)).map((task) => task.title)).toEqual(["b"]);
    expect(await db.repository(Project).findById(bobCtx, child.project_id)).toMatchObject({ parent_id: null, user_id: w.bob.user_id, name: "child" });
    expect(await db.repository(Project).delete(bobCtx, all)).toBe(2);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("finds no row to cross by: the database lets none hang on another owner's, not even by plain SQL", async () => {
    const w = await world(databases);
    if (w.plain === null) {
      await failure(ForeignKeyViolationError, () => w.db.repository(Task).update(w.system, all, { user_id: w.bob.user_id }));
      return;
    }
    const before = await aliceRows(w);
    await expect(plainSql(w.plain, "update task set user_id = ? returning task_id", w.bob.user_id)).rejects.toThrow(/foreign key constraint/i);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("is no model by accident: a cascade from a public entity into owned rows must be said aloud", async () => {
    const error = await failure(ModelError, () =>
      Database.open({ driver: databases.driver(), entities: [User, Topic, Remark], jsonTypes: [Profile] }));
    expect(error.faults).toMatchObject([{ entity: "Remark", property: "topic" }]);
    expect(error.faults[0]!.remedy).toContain("acrossOwners: true");
  });

  it("said aloud, it is the system's: no user starts it", async () => {
    const db = await databases.open({ entities: [User, Topic, Vote], jsonTypes: [Profile] });
    const users = await db.repository(User<Profile>).insertMany([{ info: profile("Alice") }, { info: profile("Bob") }]);
    const system = db.system("spec");
    await db.repository(Topic).insert({ name: "tea" });
    for (const user of users) await db.repository(Vote).insert(system, { user_id: user.user_id, topic: "tea" });
    await failure(ContextRequiredError, () => db.repository(Topic).delete({ name: "tea" }));
    expect(await db.repository(Vote).count(system)).toBe(2);
    expect(await db.repository(Topic).as(system).delete({ name: "tea" })).toBe(1);
    expect(await db.repository(Vote).count(system)).toBe(0);
  });

  it("is a refusal where nobody said otherwise: a public row that owned rows refer to stays, and only the system learns it", async () => {
    const w = await world(databases);
    await w.db.repository(Project).update(w.aliceCtx, all, { country: "at" });
    await failure(ContextRequiredError, () => w.db.repository(Country).delete({ code: "at" }));
    await failure(ForeignKeyViolationError, () => w.db.repository(Country).as(w.system).delete({ code: "at" }));
    expect(await w.db.repository(Country).count()).toBe(1);
  });
});

import { Column, Entity, ForeignKey, PrimaryKey, UniqueViolationError, Unique, User, UserOwned, type OwnerId } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { aliceRows, Project, Setting, Token, world, worldModel } from "./world";

/** What a unique key would be that does not hold the owner. */
@Entity()
@UserOwned()
@Unique("handle", { global: true })
class Handle {
  @PrimaryKey() handle_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() handle!: string;
}

onEveryEngine("13 another's unique value", (databases) => {
  it("would tell of the row if the key did not hold the owner", async () => {
    const db = await databases.open({ entities: [User, Handle], jsonTypes: worldModel.jsonTypes });
    const { aliceCtx, bobCtx } = await twoUsers(db);
    await db.repository(Handle).insert(aliceCtx, { handle: "queen" });
    const error = await failure(UniqueViolationError, () => db.repository(Handle).insert(bobCtx, { handle: "queen" }));
    expect(error.properties).toEqual(["handle"]);
    // Even then an upsert leaves the other's row alone.
    await failure(UniqueViolationError, () => db.repository(Handle).upsert(bobCtx, { handle: "queen" }, { on: ["handle"] }));
    expect(await db.repository(Handle).count(bobCtx)).toBe(0);
    expect(await db.repository(Handle).count(aliceCtx)).toBe(1);
  });

  it("is free for Bob, on insert, update, save and upsert", async () => {
    const w = await world(databases);
    const { db, bobCtx, rows } = w;
    const before = await aliceRows(w);
    const projects = db.repository(Project);
    await projects.insert(bobCtx, { name: rows.project.name });
    expect(await projects.update(bobCtx, { name: rows.project.name }, { name: "renamed" })).toBe(1);
    expect(await projects.update(bobCtx, { name: "renamed" }, { name: rows.project.name })).toBe(1);
    const token = await db.repository(Token).insert(bobCtx, { label: "mine" });
    await db.repository(Token).save(bobCtx, Object.assign(token, { label: rows.token.label }));
    await db.repository(Setting).insertMany(bobCtx, [{ name: "a", value: "a", section: rows.setting.section, rank: rows.setting.rank }]);
    expect([await projects.count(bobCtx), await db.repository(Token).count(bobCtx), await db.repository(Setting).count(bobCtx)]).toEqual([1, 1, 1]);
    expect(await aliceRows(w)).toEqual(before);
  });

  it("is one within an owner's rows", async () => {
    const { db, aliceCtx, rows } = await world(databases);
    const projects = db.repository(Project);
    for (const attempt of [
      () => projects.insert(aliceCtx, { name: rows.project.name }),
      () => projects.insertMany(aliceCtx, [{ name: "fine" }, { name: rows.project.name }]),
      () => projects.insertMany(aliceCtx, [{ name: "twice" }, { name: "twice" }]),
    ]) expect((await failure(UniqueViolationError, attempt)).properties).toEqual(["name"]);
    const section = await failure(UniqueViolationError, () =>
      db.repository(Setting).insert(aliceCtx, { name: "b", value: "b", section: rows.setting.section, rank: rows.setting.rank }));
    expect(section.properties).toEqual(["section", "rank"]);
    expect(await projects.count(aliceCtx)).toBe(1);
  });
});

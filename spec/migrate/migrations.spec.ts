import "reflect-metadata";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Column, Database, Entity, ForeignKey, introspect, PrimaryKey, User, UserOwned, UserContext, type OwnerId } from "freehold";
import { Migrator, planMigration, readSnapshot, writeMigration } from "freehold/migrate";
import { onEveryShared } from "../support/databases";

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), "freehold-migrations-")); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const first = (() => {
  @Entity()
  @UserOwned()
  class Note {
    @PrimaryKey() note_id!: number;
    @ForeignKey("User.user_id") user_id!: OwnerId;
    @Column() title!: string;
    @Column({ nullable: true }) stars!: number;
  }
  return { Note };
})();

const second = (() => {
  @Entity()
  @UserOwned()
  class Note {
    @PrimaryKey() note_id!: number;
    @ForeignKey("User.user_id") user_id!: OwnerId;
    @Column({ index: true }) heading!: string;
    @Column() stars!: number;
    @Column() pinned!: boolean;
  }
  return { Note };
})();

onEveryShared("migrations", (databases) => {
  it("bring a database from one model to the next and back", async () => {
    const driver = databases.driver(databases.newPlace());
    const one = await planMigration({ driver, entities: [User, first.Note], snapshot: readSnapshot(folder) });
    writeMigration(folder, "first", one!);
    const migrator = await Migrator.open({ driver, folder });
    expect(await migrator.up()).toHaveLength(1);
    const db = await Database.open({ driver, entities: [User, first.Note], logger: () => undefined });
    expect(await db.schema.check()).toEqual([]);
    const alice = await db.repository(User).insert({ info: {} });
    const ctx = UserContext.of(alice);
    await db.repository(first.Note).insert(ctx, { title: "hello" });
    await db.close();
    const two = await planMigration({ driver, entities: [User, second.Note], snapshot: readSnapshot(folder), renames: ["Note.title=Note.heading"], fills: ["Note.stars=1", "Note.pinned=" + (databases.dialect === "sqlite" ? "1" : "true")] });
    writeMigration(folder, "second", two!);
    await migrator.up();
    const after = await Database.open({ driver, entities: [User, second.Note], logger: () => undefined });
    expect(await after.schema.check()).toEqual([]);
    expect(await after.repository(second.Note).find(ctx)).toMatchObject([{ heading: "hello", stars: 1, pinned: true }]);
    await after.close();
    await migrator.down({ allowDataLoss: true });
    const again = await Database.open({ driver, entities: [User, first.Note], logger: () => undefined });
    expect(await again.schema.check()).toEqual([]);
    expect(await again.repository(first.Note).find(ctx)).toMatchObject([{ title: "hello", stars: 1 }]);
    await again.close();
    await migrator.close();
  });

  it("give a table the name of one that goes, and its values to those that stay", async () => {
    const before = (() => {
      @Entity() class Old { @PrimaryKey() id!: number; @Column() text!: string; }
      @Entity() class Draft { @PrimaryKey() id!: number; @Column() title!: string; }
      return [User, Old, Draft];
    })();
    const after = (() => {
      @Entity({ table: "old" }) class Draft { @PrimaryKey() id!: number; @Column() title!: string; }
      return [User, Draft];
    })();
    const place = databases.newPlace();
    const driver = databases.driver(place);
    writeMigration(folder, "first", (await planMigration({ driver, entities: before, snapshot: null }))!);
    const migrator = await Migrator.open({ driver, folder });
    try {
      await migrator.up();
      await databases.outside(place, [[`insert into old ("text") values ('gone')`], [`insert into draft (title) values ('kept')`]]);
      const plan = await planMigration({ driver, entities: after, snapshot: readSnapshot(folder) });
      writeMigration(folder, "second", plan!);
      await migrator.up({ allowDataLoss: true });
      expect(await databases.outside(place, [["select title from old"]])).toEqual([[{ title: "kept" }]]);
      // The account of migrations is nobody's entity.
      expect((await introspect({ driver })).entities.map(({ table }) => table).sort()).toEqual(["old", "user"]);
      const db = await Database.open({ driver, entities: after, logger: () => undefined });
      expect(await db.schema.check()).toEqual([]);
      await db.close();
      await migrator.down({ allowDataLoss: true });
      expect(await databases.outside(place, [["select title from draft"], ["select * from old"]])).toEqual([[{ title: "kept" }], []]);
    } finally {
      await migrator.close();
    }
  });
});

import { setTimeout as pause } from "node:timers/promises";
import {
  Column, ContextRequiredError, Entity, ForeignKey, InvalidQueryError, PrimaryKey, runWithContext, User, UserContext, UserOwned, type Database, type OwnerId,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { Document, documentModel, profile, twoUsers, type Profile } from "../support/documents";

@Entity()
class Team {
  @PrimaryKey() team_id!: number;
  @Column() name!: string;
}

@Entity()
@UserOwned()
class Plan {
  @PrimaryKey() plan_id!: number;
  @ForeignKey("Team.team_id") team_id!: OwnerId;
  @Column() title!: string;
}

onEveryEngine("the context that is running", (databases) => {
  let db: Database;
  let people: Awaited<ReturnType<typeof twoUsers>>;

  beforeEach(async () => {
    db = await databases.open({ ...documentModel, entities: [...documentModel.entities, Team, Plan] });
    people = await twoUsers(db);
  });

  /** Deep inside a request, where nobody hands a context on. */
  const titles = async (): Promise<readonly string[]> => (await db.repository(Document).inContext().find()).map(({ title }) => title);

  it("is found by inContext, through promises, timers and transactions", async () => {
    await runWithContext(people.aliceCtx, async () => {
      await db.repository(Document).inContext().insert({ title: "a" });
      await pause(1);
      await db.transaction(async () => {
        await db.repository(Document).inContext().insert({ title: "b" });
        await new Promise<void>((resolve, reject) => { setImmediate(() => { titles().then(() => resolve(), reject); }); });
      });
      expect(await titles()).toEqual(["a", "b"]);
    });
    expect(await runWithContext(people.bobCtx, titles)).toEqual([]);
    expect(runWithContext(people.bobCtx, () => 7)).toBe(7);
    expect((await runWithContext(people.aliceCtx, () => db.repository(User).inContext().find())).length).toBe(2);
  });

  it("is not there outside: before, after, and where nothing is handed on", async () => {
    const outside = (): unknown => db.repository(Document).inContext();
    expect(outside).toThrow(ContextRequiredError);
    expect(outside).toThrow("runWithContext(ctx, fn)");
    await runWithContext(people.aliceCtx, titles);
    expect(outside).toThrow(ContextRequiredError);
    expect(() => db.repository(User).inContext()).toThrow(ContextRequiredError);
    await failure(Error, () => runWithContext(people.aliceCtx, async () => { await titles(); throw new Error("stop"); }));
    expect(outside).toThrow(ContextRequiredError);
  });

  it("gives way to an inner one and comes back", async () => {
    await db.repository(Document).insert(people.aliceCtx, { title: "alice's" });
    await db.repository(Document).insert(people.bobCtx, { title: "bob's" });
    await runWithContext(people.aliceCtx, async () => {
      const kept = db.repository(Document).inContext();
      expect(await runWithContext(people.bobCtx, titles)).toEqual(["bob's"]);
      expect(await runWithContext(people.bobCtx, async () => (await kept.find()).map(({ title }) => title))).toEqual(["alice's"]);
      expect(await runWithContext(db.system("spec"), titles)).toEqual(["alice's", "bob's"]);
      expect(await titles()).toEqual(["alice's"]);
    });
  });

  it("changes nothing for calls that name their context, and stands in for none that forgot it", async () => {
    await db.repository(Document).insert(people.bobCtx, { title: "bob's" });
    await runWithContext(people.aliceCtx, async () => {
      expect(await db.repository(Document).count(people.bobCtx)).toBe(1);
      await failure(ContextRequiredError, () => (db.repository(Document).count as () => Promise<number>)());
      await failure(ContextRequiredError, () => db.load(undefined as never, new Document() as never, {} as never));
    });
  });

  it("keeps 50 users apart who work at once", async () => {
    const users = await db.repository(User<Profile>).insertMany(Array.from({ length: 50 }, (_, index) => ({ info: profile(`U${index}`) })));
    await Promise.all(users.map((user, index) => runWithContext(UserContext.of(user), async () => {
      for (let turn = 0; turn < 4; turn += 1) {
        await db.repository(Document).inContext().insert({ title: `${index}` });
        await pause(index % 3);
        expect(new Set(await titles())).toEqual(new Set([`${index}`]));
      }
      expect(await titles()).toHaveLength(4);
    })));
  });

  it("takes real contexts of the right owner alone, before the function is called", async () => {
    let called = 0;
    const work = (): void => { called += 1; };
    for (const wrong of [undefined, null, {}, { key: 1 }, people.alice, Object.create(people.aliceCtx), "1"]) {
      expect(() => runWithContext(wrong as never, work)).toThrow(ContextRequiredError);
    }
    expect(() => runWithContext(people.aliceCtx, "work" as never)).toThrow(InvalidQueryError);
    expect(called).toBe(0);
    const team = await db.repository(Team).insert({ name: "t" });
    expect(() => runWithContext(people.aliceCtx, () => db.repository(Plan).inContext())).toThrow(ContextRequiredError);
    expect((await runWithContext(UserContext.of(team), () => db.repository(Plan).inContext().insert({ title: "p" }))).team_id).toBe(team.team_id);
  });
});

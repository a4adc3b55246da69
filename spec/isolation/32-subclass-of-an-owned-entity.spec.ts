import {
  AccessViolationError, all, Column, ContextRequiredError, Entity, ForeignKey, PrimaryKey, User, UserOwned, UserOwnedEntity, ValidationError,
  type Context, type OwnerId,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { Profile, twoUsers } from "../support/documents";

@Entity()
@UserOwned()
class Note {
  @PrimaryKey() note_id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column({ unique: true }) text!: string;
}

/** Says nothing of owners itself. */
@Entity()
class Memo extends Note {
  @Column({ default: "low" }) urgency!: string;
}

/** Two steps down, through a class that is no entity. */
abstract class Dated extends Memo {
  @Column({ type: "date", nullable: true }) day!: string | null;
}

@Entity()
class Diary extends Dated {
  @Column({ default: "" }) mood!: string;
}

@Entity()
class Wish extends UserOwnedEntity {
  @PrimaryKey() wish_id!: number;
  @Column() text!: string;
}

const subclasses = [Memo, Diary, Wish] as readonly (typeof Memo)[];

onEveryEngine("32 subclass of an owned entity", (databases) => {
  const model = { entities: [User, Note, Memo, Diary, Wish], jsonTypes: [Profile] };

  it.each(subclasses.map((entity) => [entity.name, entity] as const))("is owned: %s", async (_, entity) => {
    const db = await databases.open(model);
    const { aliceCtx, bobCtx, alice, bob } = await twoUsers(db);
    const repository = db.repository(entity);
    const stored = await repository.insert(aliceCtx, { text: "alice" });
    expect(stored).toBeInstanceOf(entity);
    expect(stored.user_id).toBe(alice.user_id);
    // Without the guard everybody would see it.
    expect(await repository.find(db.system("spec"))).toEqual([stored]);
    await failure(ContextRequiredError, () => repository.find(undefined as unknown as Context));
    await failure(ContextRequiredError, () => repository.insert({ text: "x" } as unknown as Context, {}));
    expect(await repository.find(bobCtx)).toEqual([]);
    expect([await repository.count(bobCtx), await repository.update(bobCtx, all, { text: "x" }), await repository.delete(bobCtx, all)]).toEqual([0, 0, 0]);
    await failure(AccessViolationError, () => repository.save(bobCtx, stored));
    await failure(AccessViolationError, () => repository.insert(bobCtx, { text: "x", user_id: alice.user_id }));
    expect((await repository.insert(bobCtx, { text: "alice" })).user_id).toBe(bob.user_id);
    expect(await repository.find(aliceCtx)).toEqual([stored]);
  });

  it("keeps its base's keys per owner, in a table of its own", async () => {
    const db = await databases.open(model);
    const { aliceCtx, bobCtx } = await twoUsers(db);
    await db.repository(Memo).insert(aliceCtx, { text: "same" });
    await db.repository(Memo).upsert(bobCtx, { text: "same", urgency: "high" }, { on: ["text"] });
    expect(await db.repository(Memo).find(aliceCtx)).toMatchObject([{ text: "same", urgency: "low" }]);
    expect([await db.repository(Note).count(aliceCtx), await db.repository(Diary).count(aliceCtx)]).toEqual([0, 0]);
  });

  it("is no instance of its base to the base's repository", async () => {
    const db = await databases.open(model);
    const { aliceCtx } = await twoUsers(db);
    const memo = await db.repository(Memo).insert(aliceCtx, { text: "memo" });
    await failure(ValidationError, () => db.repository(Note).insert(aliceCtx, memo));
    await failure(ValidationError, () => db.repository(Note).save(aliceCtx, memo));
    expect(await db.repository(Note).count(aliceCtx)).toBe(0);
  });
});

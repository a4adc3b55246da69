import { ContextRequiredError, Entity, PrimaryKey, User, UserContext, ValidationError, type Context, type OwnerKey } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { aliceRows, everyCall, Project, world } from "./world";

const UUID = "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f";

/** An owner entity whose keys are numbers too. */
@Entity()
class Club {
  @PrimaryKey() club_id!: number;
}

/** Keys that a broken session or an unchecked token may hold; loosely compared, several of them are Alice's key 1. */
const keys: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined], ["null", null], ["NaN", NaN], ["0", 0], ["-0", -0], ["-1", -1], ["1.5", 1.5], ["2^53", 2 ** 53], ["Infinity", Infinity],
  ["an empty string", ""], ["\"1\"", "1"], ["\"1 or 1=1\"", "1 or 1=1"], ["a uuid", UUID], ["true", true], ["1n", 1n], ["[1]", [1]], ["{}", {}],
  ["an object with valueOf", { valueOf: () => 1 }], ["a boxed 1", Object(1)], ["an operator-shaped object", { gt: 0 }],
];

onEveryEngine("30 bad context keys", (databases) => {
  it("would read the row if the key were taken as it comes", async () => {
    const { aliceCtx, db, rows } = await world(databases);
    expect(aliceCtx.key).toBe(1);
    expect(await db.repository(Project).find(UserContext.forKey(User, 1))).toEqual([rows.project]);
  });

  it.each(keys)("make no context: %s", async (_, key) => {
    const w = await world(databases);
    const before = await aliceRows(w);
    await failure(ValidationError, () => UserContext.forKey(User, key as OwnerKey));
    await failure(ValidationError, () => UserContext.of(Object.assign(new User(), { user_id: key })));
    // Nor is a context made past the library: it has no key at all.
    const forged = Object.create(UserContext.prototype, { key: { value: key }, owner: { value: User }, actor: { value: key } }) as Context;
    for (const call of Object.values(everyCall(w.db, w.rows.project))) {
      await failure(ContextRequiredError, () => call(forged));
      await failure(ContextRequiredError, () => call(key as Context));
    }
    expect(await aliceRows(w)).toEqual(before);
  });

  it("of another owner entity open nothing, even where the numbers agree", async () => {
    const w = await world(databases);
    const before = await aliceRows(w);
    const other = UserContext.forKey(Club, w.alice.user_id);
    for (const call of Object.values(everyCall(w.db, w.rows.project))) await failure(ContextRequiredError, () => call(other));
    expect(await aliceRows(w)).toEqual(before);
  });

  it("of nobody show nothing", async () => {
    const { db } = await world(databases);
    const nobody = UserContext.forKey(User, 999_999);
    expect(await db.repository(Project).find(nobody)).toEqual([]);
    expect(await db.repository(Project).count(nobody)).toBe(0);
  });
});

import {
  AccessViolationError, all, ContextRequiredError, gt, InvalidQueryError, table, UniqueViolationError, ValidationError, type Context, type Database,
} from "freehold";
import { Account, accountModel, accountRows, Letter } from "../support/accounts";
import { failure, onEveryEngine } from "../support/databases";

onEveryEngine("self-owned entities", (databases) => {
  let db: Database;
  let rows: Awaited<ReturnType<typeof accountRows>>;
  const accounts = () => db.repository(Account);

  beforeEach(async () => {
    db = await databases.open(accountModel);
    rows = await accountRows(db);
  });

  /** What every kind of read shows of the accounts. */
  async function seen(ctx: Context): Promise<string> {
    const streamed: unknown[] = [];
    for await (const account of accounts().stream(ctx)) streamed.push(account);
    return JSON.stringify([
      streamed, await accounts().find(ctx, all), await accounts().find(ctx, { account_id: gt(0) }, { with: { letters: true } }), await accounts().findAndCount(ctx),
      await accounts().paginate(ctx, {}, { orderBy: { email: "asc" }, first: 5 }), await accounts().aggregate(ctx, { groupBy: ["email"], count: true }),
      await accounts().findById(ctx, rows.alice.account_id), await accounts().findOne(ctx, { email: rows.alice.email }), await accounts().count(ctx),
      await accounts().exists(ctx, { email: rows.alice.email }), await db.sql(ctx)`select a.email from ${table(Account, "a")}`.rows(),
      await db.repository(Letter).find(ctx, { account: { email: rows.alice.email } }), await db.repository(Letter).find(ctx, {}, { with: { account: true }, orderBy: { account: { email: "asc" } } }),
    ]);
  }

  it("show the context's own row alone, where the system sees all", async () => {
    expect(await seen(rows.system)).toContain("alice@example.org");
    const his = await seen(rows.bobCtx);
    expect(his).not.toContain("alice");
    expect(his).toContain("bob@example.org");
    expect(JSON.parse(his).slice(-5)).toMatchObject([1, false, [{ email: "bob@example.org" }], [], [{ account: { email: "bob@example.org" } }]]);
    expect(await accounts().findById(rows.bobCtx, rows.bob.account_id)).toEqual(rows.bob);
    // Not even an entity in hand that is another's leads there.
    const forged = Object.assign(db.repository(Letter).create({ text: "x" }), { letter_id: rows.hers.letter_id, account_id: rows.hers.account_id });
    expect((await db.load(rows.bobCtx, forged, { account: true })).account).toBeNull();
  });

  it("change in their own name alone", async () => {
    expect(await accounts().update(rows.bobCtx, all, { visits: 7 })).toBe(1);
    expect(await accounts().update(rows.bobCtx, { account_id: rows.alice.account_id }, { visits: 9 })).toBe(0);
    expect(await accounts().increment(rows.bobCtx, all, { visits: 1 })).toBe(1);
    expect(await accounts().save(rows.bobCtx, { account_id: rows.bob.account_id, email: "robert@example.org" })).toMatchObject({ email: "robert@example.org", visits: 8 });
    await failure(AccessViolationError, () => accounts().save(rows.bobCtx, { account_id: rows.alice.account_id, visits: 1 }));
    await failure(ValidationError, () => accounts().update(rows.bobCtx, all, { account_id: rows.bob.account_id }));
    await failure(AccessViolationError, () => accounts().update(rows.bobCtx, all, { account_id: rows.alice.account_id }));
    expect(await accounts().find(rows.system, {}, { orderBy: { account_id: "asc" } })).toMatchObject([{ visits: 0 }, { email: "robert@example.org", visits: 8 }]);
  });

  it("are neither stored nor deleted but by the system", async () => {
    const { bobCtx, bob, alice, system } = rows;
    const email = "eve@example.org";
    for (const work of [
      () => accounts().insert(bobCtx, { email }), () => accounts().insertMany(bobCtx, [{ email }]), () => accounts().save(bobCtx, { email }),
      () => accounts().saveMany(bobCtx, [{ email }]), () => accounts().upsert(bobCtx, { email: alice.email }, { on: ["email"] }),
      () => accounts().upsertMany(bobCtx, [{ email }], { on: ["email"] }), () => accounts().delete(bobCtx, all), () => accounts().remove(bobCtx, bob),
      () => accounts().delete(bobCtx, { account_id: alice.account_id }), () => accounts().delete(bobCtx, all, { hard: true }), () => accounts().remove(bobCtx, bob, { hard: true }),
      () => accounts().restore(bobCtx, all),
    ]) {
      const { message } = await failure(ContextRequiredError, work);
      expect(message).toContain("SystemContext");
    }
    for (const work of [() => (accounts().find as () => Promise<unknown>)(), () => (accounts().insert as (data: object) => Promise<unknown>)({ email })]) {
      await failure(ContextRequiredError, work);
    }
    expect(await accounts().count(system)).toBe(2);
    const eve = await accounts().insert(system, { email });
    expect(await accounts().upsert(system, { email, visits: 3 }, { on: ["email"] })).toEqual({ ...eve, visits: 3 });
    await failure(UniqueViolationError, () => accounts().insert(system, { email }));
    expect(await accounts().delete(system, { email })).toBe(1);
    await failure(InvalidQueryError, () => accounts().delete(system, {}));
  });
});

import { AccessViolationError, all, oneOf, UniqueViolationError, User, UserContext, UserInfo } from "freehold";
import { failure, onEveryEngine, type TestDatabases } from "../support/databases";
import { CardPayment, CashPayment, GoldPayment, Item, Payment, paymentModel } from "../support/payments";

/** Two users with the same three payments, and an item each. */
async function till(databases: TestDatabases) {
  const db = await databases.open(paymentModel);
  const [alice, bob] = await db.repository(User).insertMany([{ info: new UserInfo() }, { info: new UserInfo() }]) as [User, User];
  const owners = [];
  for (const user of [alice, bob]) {
    const ctx = UserContext.of(user);
    const [card, gold, coins] = await db.repository(Payment).insertMany(ctx, [
      Object.assign(new CardPayment(), { cents: 1, reference: "card", digits: "1111" }),
      Object.assign(new GoldPayment(), { cents: 2, reference: "gold", digits: "2222", perks: [] }),
      Object.assign(new CashPayment(), { cents: 3, reference: "cash" }),
    ]) as [CardPayment, GoldPayment, CashPayment];
    const item = await db.repository(Item).insert(ctx, { label: "x", payment_id: card.id });
    owners.push({ ctx, card, gold, coins, item });
  }
  const [hers, his] = owners as [typeof owners[0], typeof owners[0]];
  return { db, hers, his, system: db.system("spec") };
}

onEveryEngine("isolation of entities that share a table", (databases) => {
  it("would be broken without the guard", async () => {
    const { db, system } = await till(databases);
    expect(await db.repository(Payment).count(system)).toBe(6);
    expect(await db.repository(CardPayment).update(system, { digits: "1111" }, { cents: 9 })).toBe(2);
  });

  it("holds in the base and in every subclass", async () => {
    const { db, hers, his, system } = await till(databases);
    const before = JSON.stringify(await db.repository(Payment).find(system, { user_id: hers.ctx.key as number }));
    for (const [entity, own, foreign] of [
      [Payment, 3, hers.card], [CardPayment, 2, hers.card], [GoldPayment, 1, hers.gold], [CashPayment, 1, hers.coins],
    ] as const) {
      const rows = db.repository(entity);
      const { ctx } = his;
      expect(await rows.count(ctx)).toBe(own);
      expect((await rows.find(ctx)).every((row) => row.user_id === ctx.key)).toBe(true);
      expect(await rows.findById(ctx, foreign.id)).toBeNull();
      expect(await rows.find(ctx, { id: oneOf([foreign.id]) })).toEqual([]);
      expect(await rows.update(ctx, { id: foreign.id }, { cents: 99 })).toBe(0);
      expect(await rows.increment(ctx, { id: foreign.id }, { cents: 99 })).toBe(0);
      expect(await rows.delete(ctx, { id: foreign.id })).toBe(0);
      expect(await rows.restore(ctx, all)).toBe(0);
      await failure(AccessViolationError, () => rows.save(ctx, foreign));
      await failure(AccessViolationError, () => rows.save(ctx, { id: foreign.id, cents: 99 }));
      await failure(AccessViolationError, () => rows.remove(ctx, foreign));
      await failure(AccessViolationError, () => rows.remove(ctx, { id: foreign.id }));
      await failure(AccessViolationError, () => rows.insert(ctx, foreign));
    }
    const [item] = await db.repository(Item).find(his.ctx, {}, { with: { payment: { with: { items: true } } } });
    expect(item?.payment).toMatchObject({ id: his.card.id, items: [{ id: his.item.id }] });
    expect(await db.repository(CardPayment).find(his.ctx, {}, { with: { items: true } })).toMatchObject([{ items: [{ id: his.item.id }] }, { items: [] }]);
    expect(JSON.stringify(await db.repository(Payment).find(system, { user_id: hers.ctx.key as number }))).toBe(before);
  });

  it("keeps unique values apart, and upserts", async () => {
    const { db, hers, his } = await till(databases);
    await failure(UniqueViolationError, () => db.repository(CashPayment).insert(his.ctx, { cents: 1, reference: "card" }));
    const row = await db.repository(CardPayment).upsert(his.ctx, { cents: 50, reference: "card", digits: "1111" }, { on: ["reference"] });
    expect(row).toMatchObject({ id: his.card.id, cents: 50 });
    expect(await db.repository(CardPayment).findById(hers.ctx, hers.card.id)).toMatchObject({ cents: 1 });
    const onAnotherKind = { cents: 50, reference: "card", digits: "9999", perks: [] };
    await failure(UniqueViolationError, () => db.repository(GoldPayment).upsert(his.ctx, onAnotherKind, { on: ["reference"] }));
    expect(await db.repository(Payment).findById(his.ctx, his.card.id)).toBeInstanceOf(CardPayment);
  });
});

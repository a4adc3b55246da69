import {
  AccessViolationError, all, cols, connect, DataError, gt, oneOf, StaleEntityError, table, UniqueViolationError, User, UserContext, UserInfo, ValidationError,
  type Database, type Repository,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { Bank, CardPayment, CashPayment, Circle, Figure, GoldPayment, Item, Payment, paymentModel, Shape, Square } from "../support/payments";

const make = <T extends object>(type: new () => T, values: Partial<T>): T => Object.assign(new type(), values);

onEveryEngine("entities that share a table", (databases) => {
  let db: Database;
  let ctx: UserContext;
  let payments: Repository<Payment, "bound">;
  let cards: Repository<CardPayment, "bound">;
  let golds: Repository<GoldPayment, "bound">;
  let cash: Repository<CashPayment, "bound">;

  beforeEach(async () => {
    db = await databases.open(paymentModel);
    ctx = UserContext.of(await db.repository(User).insert({ info: new UserInfo() }));
    payments = db.repository(Payment).as(ctx);
    cards = db.repository(CardPayment).as(ctx);
    golds = db.repository(GoldPayment).as(ctx);
    cash = db.repository(CashPayment).as(ctx);
  });

  /** One payment of each kind. */
  async function three(): Promise<{ card: CardPayment; gold: GoldPayment; coins: CashPayment }> {
    const card = await cards.insert({ cents: 100, reference: "c", digits: "1111" });
    const gold = await golds.insert({ cents: 200, reference: "g", digits: "2222", perks: ["lounge"] });
    const coins = await cash.insert({ cents: 300, reference: "m", till: "left" });
    return { card, gold, coins };
  }

  it("store each class with its kind, its own columns and defaults", async () => {
    const { card, gold, coins } = await three();
    expect(card).toBeInstanceOf(CardPayment);
    expect(card).toMatchObject({ kind: "card", digits: "1111", currency: "EUR", version: 1 });
    expect(gold).toMatchObject({ kind: "gold", digits: "2222", currency: "EUR", perks: ["lounge"] });
    expect(coins).toMatchObject({ kind: "cash", till: "left" });
    const rows = await db.sql(db.system("raw look"))`select kind, digits, currency, perks, till from payment order by id`.rows();
    expect(rows).toEqual([
      { kind: "card", digits: "1111", currency: "EUR", perks: null, till: null },
      { kind: "gold", digits: "2222", currency: "EUR", perks: '["lounge"]', till: null },
      { kind: "cash", digits: null, currency: null, perks: null, till: "left" },
    ]);
  });

  it("come back as their classes from the base, with their own properties alone", async () => {
    const { card, gold, coins } = await three();
    const found = await payments.find();
    expect(found.map((row) => row.constructor)).toEqual([CardPayment, GoldPayment, CashPayment]);
    expect(found.map((row) => row.note)).toEqual(["payment by card 1111", "payment in gold 2222", "payment in cash"]);
    const without = (row: Payment): object => ({ ...row, note: undefined });
    expect(found.map(without)).toEqual([card, gold, coins].map(without));
    expect(Object.keys(found[2] as Payment)).not.toContain("digits");
    expect(await payments.findById(gold.id)).toBeInstanceOf(GoldPayment);
    expect((await payments.find({}, { select: ["cents"] })).map((row) => [row.constructor, row.cents])).toEqual([[CardPayment, 100], [GoldPayment, 200], [CashPayment, 300]]);
  });

  it("see their own rows and those of their subclasses alone", async () => {
    const { card, gold, coins } = await three();
    expect((await cards.find()).map((row) => row.id)).toEqual([card.id, gold.id]);
    expect((await golds.find()).map((row) => row.id)).toEqual([gold.id]);
    expect(await cards.findById(coins.id)).toBeNull();
    expect(await cards.count()).toBe(2);
    expect(await cash.exists({ id: card.id })).toBe(false);
    expect((await cards.aggregate({ sum: ["cents"] })).sum.cents).toBe(300);
    expect(await cards.update(all, { cents: 5 })).toBe(2);
    expect(await cash.update({ id: card.id }, { cents: 6 })).toBe(0);
    expect(await cards.increment({ cents: gt(0) }, { cents: 1 })).toBe(2);
    expect(await cash.delete({ id: gold.id }, { hard: true })).toBe(0);
    await failure(AccessViolationError, () => cash.remove({ id: card.id }));
    await failure(AccessViolationError, () => cash.save({ id: card.id, cents: 9 }));
    expect((await db.sql(ctx)`select count(*) as n from ${table(CardPayment, "p")}`.rows())).toEqual([{ n: 2 }]);
    const [first] = await db.sql(ctx)`select ${cols(Payment, "p")} from ${table(Payment, "p")} order by p.id`.all({ p: Payment });
    expect(first?.p).toBeInstanceOf(CardPayment);
    expect((await payments.find({ id: oneOf([card.id, coins.id]) })).map((row) => row.cents)).toEqual([6, 300]);
  });

  it("are inserted and saved through the base, each by its own rules", async () => {
    const list = [
      make(CardPayment, { cents: 1, reference: "a", digits: " 3333 " }), make(CashPayment, { cents: 2, reference: "b" }),
      make(GoldPayment, { cents: 3, reference: "c", digits: "4444", perks: [] }),
    ];
    const stored = await payments.insertMany(list);
    expect(stored).toEqual(list);
    expect(stored[0]).toBe(list[0]);
    expect(stored[0]).toMatchObject({ digits: "3333", currency: "EUR" });
    const plain = await payments.insert({ kind: "cash", cents: 4, reference: "d" });
    expect(plain).toBeInstanceOf(CashPayment);
    expect(payments.create({ kind: "gold" })).toBeInstanceOf(GoldPayment);
    await payments.save(Object.assign(stored[0] as CardPayment, { digits: "5555" }));
    expect(await cards.findById((stored[0] as Payment).id)).toMatchObject({ digits: "5555", version: 2 });
    const graph = await db.repository(Item).insert(ctx, { label: "x", payment: { kind: "card", cents: 9, reference: "e", digits: "6666" } as never });
    expect(await payments.findById(graph.payment_id)).toBeInstanceOf(CardPayment);
  });

  it("refuse what their kind has not, lacks or is not", async () => {
    const { card, coins } = await three();
    databases.forget();
    const faultOf = async (work: () => Promise<unknown>): Promise<unknown> => {
      const { faults } = await failure(ValidationError, work);
      return faults.map(({ property, constraint }) => `${property} ${constraint}`);
    };
    expect(await faultOf(() => payments.insert({ cents: 1, reference: "x" }))).toEqual(["kind required"]);
    expect(await faultOf(() => payments.insert({ kind: "gift", cents: 1, reference: "x" }))).toEqual(["kind enum"]);
    expect(await faultOf(() => payments.insert({ kind: "card", cents: 1, reference: "x" }))).toEqual(expect.arrayContaining(["digits required"]));
    expect(await faultOf(() => payments.insert({ kind: "cash", cents: 1, reference: "x", digits: "1234" } as never))).toEqual(["digits kind"]);
    expect(await faultOf(() => payments.insert(make(CardPayment, { kind: "cash", cents: 1, reference: "x", digits: "1234" })))).toEqual(["kind kind"]);
    expect(await faultOf(() => cash.insert({ kind: "card", cents: 1, reference: "x" }))).toEqual(["kind enum"]);
    expect(await faultOf(() => cards.insert({ cents: 1, reference: "x", digits: "123" }))).toEqual(["digits isLength"]);
    expect(await faultOf(() => payments.update({ id: card.id }, { digits: "9999" } as never))).toEqual(["digits kind"]);
    expect(await faultOf(() => payments.update({ id: card.id }, { kind: "cash" }))).toEqual(["kind readonly"]);
    expect(await faultOf(() => cards.update({ id: card.id }, { digits: null } as never))).toContain("digits required");
    expect(await faultOf(() => cash.insert(card as never))).toHaveLength(1);
    expect(databases.events).toEqual([]);
    await failure(ValidationError, () => payments.save(make(CardPayment, { id: card.id, digits: null as never })));
    await failure(AccessViolationError, () => payments.save(make(CardPayment, { id: coins.id, cents: 1, reference: "m", digits: "7777" })));
    expect(await payments.findById(coins.id)).toMatchObject({ kind: "cash", cents: 300 });
  });

  it("share keys, uniques, versions and soft deletes with all of the table", async () => {
    const { card, gold, coins } = await three();
    await failure(UniqueViolationError, () => cash.insert({ cents: 1, reference: "c" }));
    await failure(UniqueViolationError, () => golds.insert({ cents: 1, reference: "y", digits: "1111", perks: [] }));
    await failure(UniqueViolationError, () => cash.upsert({ cents: 1, reference: "c" }, { on: ["reference"] }));
    expect(await payments.upsert({ kind: "cash", cents: 7, reference: "m" }, { on: ["reference"] })).toMatchObject({ id: coins.id, cents: 7, till: "left" });
    await cards.save(Object.assign(await cards.findByIdOrFail(gold.id), { cents: 8 }));
    await failure(StaleEntityError, () => golds.save(Object.assign(gold, { cents: 9 })));
    await payments.remove(card);
    expect(await cards.count()).toBe(1);
    expect(await cash.restore(all)).toBe(0);
    expect(await cards.restore(all)).toBe(1);
  });

  it("are reached by relations of the base, and have their own", async () => {
    const { card, gold } = await three();
    await db.repository(Bank).insert({ code: "north" });
    await cards.save(Object.assign(card, { bank_code: "north" }));
    await db.repository(Item).insertMany(ctx, [{ label: "a", payment_id: card.id }, { label: "b", payment_id: gold.id }]);
    const items = await db.repository(Item).find(ctx, {}, { with: { payment: true } });
    expect(items.map((item) => item.payment?.constructor)).toEqual([CardPayment, GoldPayment]);
    expect((await cards.find({}, { with: { items: true, bank: true } })).map((row) => [row.items.length, row.bank?.code])).toEqual([[1, "north"], [1, undefined]]);
    expect((await payments.find({}, { with: { items: true } })).map((row) => row.items.length)).toEqual([1, 1, 0]);
    const loaded = await db.load(ctx, await payments.find(), { items: true });
    expect(loaded.map((row) => row.items.length)).toEqual([1, 1, 0]);
    expect((await db.repository(Item).find(ctx, { payment: { cents: 200 } })).map((item) => item.label)).toEqual(["b"]);
    const [connected] = await payments.find({ id: card.id }, { with: { items: true } });
    expect(await cards.insert({ cents: 1, reference: "n", digits: "8888", items: [connect(connected?.items[0]?.id as number)] })).toBeInstanceOf(CardPayment);
  });

  it("are one table, which the schema checks", async () => {
    expect(await db.schema.check()).toEqual([]);
    const sql = db.schema.sql();
    expect(sql.match(/create table/g)).toHaveLength(4);
    // As the engines themselves write the same conditions.
    expect(sql).toContain(databases.dialect === "sqlite" ? 'check ("digits" is not null or "kind" not in (\'card\', \'gold\'))'
      : 'check ("digits" is not null or "kind" <> all (array[\'card\'::text, \'gold\'::text]))');
    expect(sql).toContain(databases.dialect === "sqlite" ? 'check ("kind" in (\'card\', \'cash\', \'gold\'))'
      : 'check ("kind" = any (array[\'card\'::text, \'cash\'::text, \'gold\'::text]))');
    await expect(db.sql(db.system("spec"))`insert into payment (user_id, kind, cents, reference, version) values (1, ${"card"}, 1, ${"z"}, 1)`.run()).rejects.toThrow();
  });

  it("take a declared discriminator, of numbers too, and refuse rows of no kind", async () => {
    const figures = await databases.open({ entities: [Figure, Circle, Square] });
    const all = figures.repository(Figure);
    await all.insertMany([make(Circle, { name: "o", radius: 1.5 }), make(Square, { name: "q", side: 2 })]);
    expect(await all.find({ shape: Shape.square })).toEqual([make(Square, { name: "q", shape: Shape.square, side: 2 })]);
    expect(await figures.repository(Circle).find()).toEqual([make(Circle, { name: "o", shape: Shape.circle, radius: 1.5 })]);
    await failure(ValidationError, () => all.insert(new Figure()));
    await databases.past(figures, ["update figures set shape = 9 where name = ?", "q"]);
    const error = await failure(DataError, () => all.find());
    expect(error).toMatchObject({ entity: "Figure", property: "shape" });
  });
});

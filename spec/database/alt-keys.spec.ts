import {
  AccessViolationError, Column, Entity, eq, InvalidQueryError, NotFoundError, oneOf, PrimaryKey, UniqueViolationError, User, UserContext, UserInfo,
  ValidationError,
} from "freehold";
import { failure, onEveryEngine, type TestDatabases } from "../support/databases";
import { Company, Currency, LedgerAccount, LedgerEntry, ledgerModel } from "../support/ledger";

@Entity()
class Bare {
  @PrimaryKey() id!: number;
  @Column() text!: string;
}

async function books(databases: TestDatabases) {
  const db = await databases.open({ entities: [...ledgerModel.entities, Bare] });
  const ctx = UserContext.of(await db.repository(User).insert({ info: new UserInfo() }));
  const [eur, nok] = await db.repository(Currency).insertMany([{ code: "EUR" }, { code: "NOK" }]) as [Currency, Currency];
  const company = await db.repository(Company).insert(ctx, { name: "Acme", founded: "2001-02-03" });
  const accounts = await db.repository(LedgerAccount).insertMany(ctx, [
    { company_id: company.id, label: "cash", currency_id: eur.id }, { company_id: company.id, label: "cash", currency_id: nok.id },
  ]) as [LedgerAccount, LedgerAccount];
  const entry = await db.repository(LedgerEntry).insert(ctx, { account_id: accounts[1].id, serial: 2n ** 62n, way: "out" });
  databases.forget();
  return { db, ctx, eur, nok, company, accounts, entry };
}

const ACME = { name: "Acme", founded: "2001-02-03" };
const NOK_CASH = { company_id: ACME, label: "cash", currency_id: { code: "NOK" } };
const ENTRY = { account_id: NOK_CASH, serial: 2n ** 62n, way: "out" } as const;

onEveryEngine("alternative keys", (databases) => {
  const statements = (): number => databases.events.length;

  it("find the row, through foreign keys into their targets' own keys, in one statement", async () => {
    const { db, ctx, accounts, entry, company, nok } = await books(databases);
    expect(await db.repository(Currency).findByAltKey({ code: "NOK" })).toEqual(nok);
    expect(await db.repository(Company).findByAltKey(ctx, ACME)).toEqual(company);
    expect(await db.repository(LedgerAccount).findByAltKey(ctx, NOK_CASH)).toEqual(accounts[1]);
    expect(await db.repository(LedgerEntry).findByAltKey(ctx, ENTRY)).toEqual(entry);
    expect(statements()).toBe(4);
    expect(await db.repository(LedgerEntry).as(ctx).findByAltKeyOrFail(ENTRY, { select: ["way"] })).toEqual(Object.assign(new LedgerEntry(), { id: entry.id, way: "out" }));
  });

  it("take a foreign key's own value in place of its target's key", async () => {
    const { db, ctx, company, nok, accounts, entry } = await books(databases);
    const rows = db.repository(LedgerAccount).as(ctx);
    expect(await rows.findByAltKey({ company_id: company.id, label: "cash", currency_id: { code: "NOK" } })).toEqual(accounts[1]);
    expect(await rows.findByAltKey({ company_id: ACME, label: "cash", currency_id: nok.id })).toEqual(accounts[1]);
    expect(await db.repository(LedgerEntry).findByAltKey(ctx, { ...ENTRY, account_id: accounts[1].id })).toEqual(entry);
  });

  it("resolve to the primary key, or null", async () => {
    const { db, ctx, accounts, entry, eur } = await books(databases);
    expect(await db.repository(LedgerAccount).resolveAltKey(ctx, NOK_CASH)).toBe(accounts[1].id);
    expect(await db.repository(LedgerEntry).resolveAltKey(ctx, ENTRY)).toBe(entry.id);
    expect(await db.repository(Currency).resolveAltKey({ code: "EUR" })).toBe(eur.id);
    expect(await db.repository(Currency).resolveAltKey({ code: "SEK" })).toBeNull();
    expect(await db.repository(LedgerEntry).resolveAltKey(ctx, { ...ENTRY, account_id: { ...NOK_CASH, label: "bank" } })).toBeNull();
    expect(await db.repository(LedgerAccount).findByAltKey(ctx, { ...NOK_CASH, currency_id: { code: "SEK" } })).toBeNull();
    await failure(NotFoundError, () => db.repository(LedgerAccount).findByAltKeyOrFail(ctx, { ...NOK_CASH, label: "bank" }));
    expect(statements()).toBe(7);
    const key = await db.repository(LedgerEntry).resolveAltKey(db.system("spec"), { user_id: ctx.key as never, ...ENTRY });
    expect(key).toEqual({ user_id: ctx.key, id: entry.id });
  });

  it("are told of entities in hand, of a whole list in one statement and its order", async () => {
    const { db, ctx, accounts, entry } = await books(databases);
    const rows = db.repository(LedgerAccount).as(ctx);
    const keys = await rows.altKeysOf([accounts[1], accounts[0], accounts[1]]);
    expect(keys).toEqual([NOK_CASH, { ...NOK_CASH, currency_id: { code: "EUR" } }, NOK_CASH]);
    expect(statements()).toBe(1);
    expect(await db.repository(LedgerEntry).altKeyOf(ctx, { id: entry.id })).toEqual(ENTRY);
    expect(await db.repository(Currency).altKeyOf({ id: accounts[0].currency_id })).toEqual({ code: "EUR" });
    expect(statements()).toBe(3);
    expect(await rows.altKeysOf([])).toEqual([]);
    for (const key of keys) expect(await rows.findByAltKey(key)).not.toBeNull();
    const system = db.repository(LedgerEntry).as(db.system("spec"));
    const whole = await system.altKeyOf({ id: entry.id, user_id: ctx.key as never });
    expect(whole).toEqual({ user_id: ctx.key, ...ENTRY });
    expect(await system.findByAltKey(whole)).toEqual(entry);
  });

  it("follow the rows as they change", async () => {
    const { db, ctx, accounts, company, entry } = await books(databases);
    await db.repository(Company).update(ctx, { id: company.id }, { name: "Bolt" });
    expect(await db.repository(LedgerEntry).findByAltKey(ctx, ENTRY)).toBeNull();
    const renamed = { ...ENTRY, account_id: { ...NOK_CASH, company_id: { ...ACME, name: "Bolt" } } };
    expect(await db.repository(LedgerEntry).findByAltKey(ctx, renamed)).toEqual(entry);
    await db.repository(Company).delete(ctx, { id: company.id });
    expect(await db.repository(LedgerEntry).findByAltKey(ctx, renamed)).toBeNull();
    expect(await db.repository(LedgerEntry).findByAltKey(ctx, renamed, { withDeleted: true })).toEqual(entry);
    expect(await db.repository(Company).insert(ctx, { ...ACME, name: "Bolt" })).toMatchObject({ name: "Bolt" });
    await failure(NotFoundError, () => db.repository(LedgerAccount).altKeyOf(ctx, accounts[0]));
    await db.repository(LedgerAccount).delete(ctx, { id: accounts[0].id });
    await failure(AccessViolationError, () => db.repository(LedgerAccount).altKeyOf(ctx, accounts[0]));
    await failure(NotFoundError, () => db.repository(Currency).altKeyOf({ id: 999 }));
  });

  it("are unique, of one owner", async () => {
    const { db, ctx, company, nok } = await books(databases);
    await failure(UniqueViolationError, () => db.repository(Company).insert(ctx, ACME));
    await failure(UniqueViolationError, () => db.repository(Currency).insert({ code: "NOK" }));
    const row = { company_id: company.id, label: "cash", currency_id: nok.id, cents: 5 };
    const error = await failure(UniqueViolationError, () => db.repository(LedgerAccount).insert(ctx, row));
    expect(error.properties).toEqual(["company_id", "label", "currency_id"]);
    expect(await db.repository(LedgerAccount).upsert(ctx, row, { on: ["company_id", "label", "currency_id"] })).toMatchObject({ cents: 5 });
    const other = UserContext.of(await db.repository(User).insert({ info: new UserInfo() }));
    expect(await db.repository(Company).insert(other, ACME)).toMatchObject(ACME);
    expect(await db.schema.check()).toEqual([]);
  });

  it("refuse values that are no key, before any SQL", async () => {
    const { db, ctx, company } = await books(databases);
    const companies = db.repository(Company).as(ctx);
    const rows = db.repository(LedgerAccount).as(ctx);
    for (const values of [
      undefined, null, "Acme", [], {}, { name: "Acme" }, { ...ACME, founded: undefined }, { ...ACME, founded: null }, { ...ACME, id: 1 },
      { ...ACME, user_id: ctx.key }, { ...ACME, name: eq("Acme") }, { ...ACME, name: oneOf(["Acme"]) }, { ...ACME, __proto__: null, extra: 1 },
    ]) {
      await failure(InvalidQueryError, () => companies.findByAltKey(values as never));
      await failure(InvalidQueryError, () => companies.resolveAltKey(values as never));
    }
    for (const values of [{ ...ACME, name: 5 }, { ...ACME, name: { code: "x" } }, { ...ACME, founded: "yesterday" }, { ...ACME, founded: new Date() }]) {
      await failure(ValidationError, () => companies.findByAltKey(values as never));
    }
    const error = await failure(InvalidQueryError, () => rows.findByAltKey({ ...NOK_CASH, company_id: { name: "Acme" } }));
    expect(error).toMatchObject({ entity: "Company", property: "founded" });
    await failure(InvalidQueryError, () => rows.findByAltKey({ ...NOK_CASH, company_id: { ...ACME, id: company.id } }));
    await failure(ValidationError, () => rows.findByAltKey({ ...NOK_CASH, company_id: "1" as never }));
    await failure(InvalidQueryError, () => db.repository(LedgerEntry).findByAltKey(db.system("spec"), ENTRY));
    await failure(InvalidQueryError, () => db.repository(Bare).findByAltKey({ text: "x" }));
    await failure(InvalidQueryError, () => db.repository(Bare).altKeyOf({ id: 1 }));
    await failure(InvalidQueryError, () => rows.altKeysOf("x" as never));
    await failure(ValidationError, () => rows.altKeyOf({ label: "cash" }));
    await failure(InvalidQueryError, () => rows.findByAltKey(NOK_CASH, { limit: 1 } as never));
    expect(databases.events).toEqual([]);
  });
});

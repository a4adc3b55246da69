import { AccessViolationError, User, UserContext, UserInfo, type Context } from "freehold";
import { failure, onEveryEngine, type TestDatabases } from "../support/databases";
import { Company, Currency, LedgerAccount, LedgerEntry, ledgerModel } from "../support/ledger";

const ACME = { name: "Acme", founded: "2001-02-03" };
const ACCOUNT = { company_id: ACME, label: "cash", currency_id: { code: "EUR" } };
const ENTRY = { account_id: ACCOUNT, serial: 1n, way: "in" } as const;

/** Two owners with the same rows, and so with the same alternative keys; a third one has nothing. */
async function twins(databases: TestDatabases) {
  const db = await databases.open(ledgerModel);
  const users = await db.repository(User).insertMany([{ info: new UserInfo() }, { info: new UserInfo() }, { info: new UserInfo() }]);
  const [currency] = await db.repository(Currency).insertMany([{ code: "EUR" }]) as [Currency];
  const contexts = users.map((user) => UserContext.of(user)) as [UserContext, UserContext, UserContext];
  const rows = [];
  for (const ctx of contexts.slice(0, 2)) {
    const company = await db.repository(Company).insert(ctx, ACME);
    const account = await db.repository(LedgerAccount).insert(ctx, { company_id: company.id, label: "cash", currency_id: currency.id });
    rows.push({ ctx, company, account, entry: await db.repository(LedgerEntry).insert(ctx, { account_id: account.id, serial: 1n, way: "in" }) });
  }
  const [hers, his] = rows as [typeof rows[0], typeof rows[0]];
  return { db, hers, his, nobody: contexts[2], system: db.system("spec") };
}

onEveryEngine("isolation of alternative keys", (databases) => {
  it("would be broken without the guard: the system finds each owner's row", async () => {
    const { db, hers, his, system } = await twins(databases);
    for (const owner of [hers, his]) {
      expect(await db.repository(LedgerEntry).findByAltKey(system, { user_id: owner.ctx.key as never, ...ENTRY })).toEqual(owner.entry);
    }
  });

  it("gives each owner the own row, and a third one none", async () => {
    const { db, hers, his, nobody } = await twins(databases);
    const read = async (ctx: Context): Promise<unknown> => [
      await db.repository(Company).resolveAltKey(ctx, ACME), await db.repository(LedgerAccount).resolveAltKey(ctx, ACCOUNT),
      (await db.repository(LedgerEntry).findByAltKey(ctx, ENTRY))?.account_id ?? null,
    ];
    for (const { ctx, company, account } of [hers, his]) expect(await read(ctx)).toEqual([company.id, account.id, account.id]);
    expect(await read(nobody)).toEqual([null, null, null]);
  });

  it("takes no way through another's row", async () => {
    const { db, hers, his } = await twins(databases);
    expect(await db.repository(LedgerEntry).findByAltKey(his.ctx, { ...ENTRY, account_id: hers.account.id })).toBeNull();
    expect(await db.repository(LedgerAccount).resolveAltKey(his.ctx, { ...ACCOUNT, company_id: hers.company.id })).toBeNull();
  });

  it("tells nobody of another's keys", async () => {
    const { db, hers, his, system } = await twins(databases);
    const accounts = db.repository(LedgerAccount);
    await failure(AccessViolationError, () => accounts.altKeyOf(his.ctx, hers.account));
    const [foreign, absent] = await Promise.all([hers.account.id, "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f"].map(async (id) =>
      (await failure(AccessViolationError, () => accounts.altKeyOf(his.ctx, { id }))).message));
    expect(foreign).toBe(absent);
    await failure(AccessViolationError, () => accounts.altKeysOf(his.ctx, [{ id: his.account.id }, { id: hers.account.id }]));
    await failure(AccessViolationError, () => accounts.altKeyOf(his.ctx, { id: his.account.id, user_id: hers.account.user_id }));
    expect(await accounts.altKeyOf(his.ctx, his.account)).toEqual(ACCOUNT);
    expect(await accounts.altKeysOf(system, [hers.account, his.account])).toEqual([hers, his].map(({ ctx }) => ({ user_id: ctx.key, ...ACCOUNT })));
  });
});

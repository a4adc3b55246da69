import { all, cols, ContextRequiredError, runWithContext, some, table, type Database } from "freehold";
import { Account, accountModel, accountRows, Complaint, Letter } from "../support/accounts";
import { failure, onEveryEngine } from "../support/databases";

onEveryEngine("system-owned entities", (databases) => {
  let db: Database;
  let rows: Awaited<ReturnType<typeof accountRows>>;

  beforeEach(async () => {
    db = await databases.open(accountModel);
    rows = await accountRows(db);
  });

  it("refer to rows of any owner, for the system to see", async () => {
    expect(await db.repository(Complaint).find(rows.system, { letter: { text: "alice's" } }, { with: { letter: { with: { account: true } }, complainer: true } })).toMatchObject([
      { words: "rude", letter: { text: "alice's", account: { email: "alice@example.org" } }, complainer: { email: "bob@example.org" } },
    ]);
    expect(await db.repository(Letter).find(rows.system, { complaints: some() }, { with: { complaints: true } })).toMatchObject([{ complaints: [{ words: "rude" }] }]);
    expect(await db.sql(rows.system)`select ${cols(Complaint, "c")} from ${table(Complaint, "c")}`.all({ c: Complaint })).toMatchObject([{ c: { words: "rude" } }]);
    expect(await db.schema.check()).toEqual([]);
  });

  it("are opened by nobody else, on whatever path", async () => {
    const complaints = db.repository(Complaint);
    const letters = db.repository(Letter);
    for (const ctx of [rows.aliceCtx, rows.bobCtx, undefined as never]) {
      for (const work of [
        () => complaints.find(ctx), () => complaints.count(ctx), () => complaints.insert(ctx, { letter_id: rows.hers.letter_id, words: "x" }),
        () => complaints.update(ctx, all, { words: "x" }), () => complaints.delete(ctx, all), () => complaints.findById(ctx, 1),
        () => db.load(ctx, rows.complaint, { letter: true }), async () => db.sql(ctx)`select c.words from ${table(Complaint, "c")}`.rows(),
        async () => complaints.as(ctx), () => letters.find(ctx, {}, { with: { complaints: true } }), () => letters.find(ctx, { complaints: some() }),
        () => letters.count(ctx, { complaints: some({ words: "rude" }) }), () => letters.insert(ctx, { text: "x", complaints: [{ words: "y" }] }),
      ]) await failure(ContextRequiredError, work);
    }
    expect(() => runWithContext(rows.bobCtx, () => complaints.inContext())).toThrow(ContextRequiredError);
    expect(await complaints.find(rows.system)).toEqual([rows.complaint]);
  });

  it("hold on to nothing: owners delete their rows as if there were none", async () => {
    expect(await db.repository(Letter).delete(rows.aliceCtx, all)).toBe(1);
    expect(await db.repository(Complaint).count(rows.system)).toBe(0);
    const again = await db.repository(Complaint).insert(rows.system, { letter_id: rows.his.letter_id, by: rows.alice.account_id, words: "dull" });
    expect(await db.repository(Account).delete(rows.system, { account_id: rows.alice.account_id }, { hard: true })).toBe(1);
    expect(await db.repository(Complaint).find(rows.system)).toEqual([{ ...again, by: null }]);
  });
});

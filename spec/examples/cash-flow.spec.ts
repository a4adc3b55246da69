import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { AccessViolationError, ForeignKeyViolationError, StaleEntityError, User, UserContext, ValidationError, type Database } from "freehold";
import { CashFlow } from "../../examples/cash-flow/cash-flow";
import { Account, CashEvent, Organisation, Planner, type Recurrence } from "../../examples/cash-flow/entities";
import { money, monthsOf, report } from "../../examples/cash-flow/report";
import { daysOf, monthBefore, monthsBetween, type Rule } from "../../examples/cash-flow/schedule";
import { cashFlowModel, tellStory } from "../../examples/cash-flow/story";
import { failure, onEveryEngine } from "../support/databases";

const DAY = 86_400_000;
const at = (day: string): Date => new Date(`${day}T00:00:00.000Z`);
const plus = (day: string, days: number): string => new Date(at(day).getTime() + days * DAY).toISOString().slice(0, 10);

/** The same as `daysOf`, by looking at every single day. */
function reference(rule: Rule, from: string, until: string): readonly string[] {
  const days: string[] = [];
  for (let day = rule.starts; day < until; day = plus(day, 1)) {
    const passed = (at(day).getTime() - at(rule.starts).getTime()) / DAY;
    const [wanted, is] = [at(rule.starts).getUTCDate(), at(day).getUTCDate()];
    const lastOfMonth = at(plus(day, 1)).getUTCDate() === 1;
    const due = rule.every === "once" ? passed === 0 : rule.every === "weekly" ? passed % 7 === 0 : is === wanted || (lastOfMonth && is < wanted);
    if (due && day >= from && day >= rule.valid_from && (rule.valid_until === null || day < rule.valid_until)) days.push(day);
  }
  return days;
}

describe("the days of a schedule", () => {
  const monthly = (starts: string): Rule => ({ every: "monthly", starts, valid_from: starts, valid_until: null });

  it("keep to the end of short months, and come back to their day", () => {
    expect(daysOf(monthly("2023-12-31"), "2023-12-01", "2024-06-01")).toEqual(["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]);
    expect(daysOf(monthly("2024-02-29"), "2025-01-01", "2025-04-01")).toEqual(["2025-01-29", "2025-02-28", "2025-03-29"]);
  });

  it("are those that looking at every day finds", () => {
    const day = fc.integer({ min: 0, max: 1_500 }).map((days) => plus("2023-01-01", days));
    const rule = fc.record({ every: fc.constantFrom<Recurrence>("once", "weekly", "monthly"), starts: day, valid_from: day, valid_until: fc.option(day) });
    fc.assert(fc.property(rule, day, day, (one, from, until) => {
      expect(daysOf(one, from, until)).toEqual(reference(one, from, until));
    }), { numRuns: 300 });
  });

  it("give months their first days", () => {
    expect(monthsBetween("2026-01-15", "2026-04-01")).toEqual(["2026-02-01", "2026-03-01"]);
    expect([monthBefore("2026-01-15"), monthBefore("2024-03-31")]).toEqual(["2025-12-01", "2024-02-01"]);
  });
});

onEveryEngine("the cash-flow example", (databases) => {
  async function start(): Promise<{ db: Database; ctx: UserContext; other: UserContext; cash: Account; card: Account }> {
    const db = await databases.open(cashFlowModel);
    const info = (): Planner => Object.assign(new Planner(), { name: "Somebody", email: "somebody@example.org" });
    const [ctx, other] = (await db.repository(User<Planner>).insertMany([{ info: info() }, { info: info() }])).map((user) => UserContext.of(user)) as [UserContext, UserContext];
    const { organisation_id } = await db.repository(Organisation).insert(ctx, { name: "Shop" });
    const accounts = db.repository(Account).as(ctx);
    const cash = await accounts.insert({ organisation_id, name: "Cash", kind: "cash", opening_cents: 10_000 });
    return { db, ctx, other, cash, card: await accounts.insert({ organisation_id, name: "Card", kind: "credit card", paid_from_id: cash.account_id }) };
  }

  it("tells its story to the end, with the right sums", async () => {
    const lines: string[] = [];
    await tellStory(databases.driver(), (line) => lines.push(line));
    const story = lines.join("\n");
    // Sales on the Mondays from January 5, rent on the last day of each month, the card paid on the first of the next.
    const mondays = [4, 4, 5, 4, 4, 5];
    const spent = [0, 45_000, 45_000, 295_000, 45_000, 45_000];
    for (const [rents, part] of [[[0, 0, 0, 0, 0, 0], story.split("The rent goes up")[0]], [[0, 0, 0, 15_000, 15_000, 15_000], story.split("The rent goes up")[1]]] as const) {
      let balance = 200_000;
      mondays.forEach((count, month) => {
        const moved = count * 80_000 - 120_000 - (rents[month] ?? 0) - (spent[month] ?? 0);
        balance += moved;
        expect(part).toMatch(new RegExp(`2026-0${month + 1} .*${money(moved).trim()}\\s+balance\\s+${money(balance).trim()}\n`));
      });
    }
    expect(story).toMatch(/2026-06 +2 movements +200\.00 +balance +1,200\.00/);
    expect(story).toContain("  version 1: -120000 cents from 2026-01-31 until 2026-04-01\n  version 2: -135000 cents from 2026-04-01 until further notice");
    expect(story).toContain("changed meanwhile: StaleEntityError");
    expect(story).toContain("the designer changes the baker's rent: AccessViolationError");
    expect(story).toContain("the designer books on the baker's card: ForeignKeyViolationError");
    expect(story).toContain("the designer looks for the bakery: null");
  });

  it("makes cash events once, however often it is asked", async () => {
    const { db, ctx, cash, card } = await start();
    const flow = new CashFlow(db, ctx);
    await flow.plan({ account_id: cash.account_id, label: "in", cents: 500, every: "weekly", starts: "2026-01-01" });
    await flow.plan({ account_id: card.account_id, label: "out", cents: -70, every: "monthly", starts: "2026-01-31" });
    await flow.generate("2026-01-01", "2026-05-01");
    const before = await db.repository(CashEvent).find(ctx);
    expect(before).toHaveLength(18 + 4 + 6);
    await flow.generate("2026-01-01", "2026-05-01");
    await Promise.all([flow.generate("2026-02-01", "2026-04-01"), flow.generate("2026-01-01", "2026-05-01")]);
    expect(await db.repository(CashEvent).find(ctx)).toEqual(before);
    expect((await monthsOf(db, ctx, card)).at(-1)).toMatchObject({ month: "2026-04", balance: -70 });
  });

  it("keeps the history of an event: versions end where the next begins", async () => {
    const { db, ctx, cash } = await start();
    const flow = new CashFlow(db, ctx);
    const first = await flow.plan({ account_id: cash.account_id, label: "rent", cents: -100, every: "monthly", starts: "2026-01-31" });
    await flow.generate("2026-01-01", "2026-07-01");
    const second = await flow.changeFrom(first, "2026-03-01", { cents: -200 });
    const third = await flow.changeFrom(second, "2026-05-15", { label: "lease" });
    await flow.generate("2026-01-01", "2026-07-01");
    expect((await flow.history(third)).map(({ revision, root_id, cents, label, valid_from, valid_until }) => [revision, root_id, cents, label, valid_from, valid_until])).toEqual([
      [1, null, -100, "rent", "2026-01-31", "2026-03-01"], [2, first.event_id, -200, "rent", "2026-03-01", "2026-05-15"], [3, first.event_id, -200, "lease", "2026-05-15", null],
    ]);
    const days = await db.repository(CashEvent).find(ctx, {}, { orderBy: { day: "asc" } });
    expect(days.map(({ day, cents, label }) => `${day} ${cents} ${label}`)).toEqual([
      "2026-01-31 -100 rent", "2026-02-28 -100 rent", "2026-03-31 -200 rent", "2026-04-30 -200 rent", "2026-05-31 -200 lease", "2026-06-30 -200 lease",
    ]);
    await failure(StaleEntityError, () => flow.changeFrom(first, "2026-02-01", { cents: 1 }));
    await expect(flow.changeFrom(third, "2026-01-01", {})).rejects.toThrow("before it begins");
    expect(await flow.history(first)).toHaveLength(3);
  });

  it("keeps users apart", async () => {
    const { db, ctx, other, cash } = await start();
    const [mine, theirs] = [new CashFlow(db, ctx), new CashFlow(db, other)];
    const event = await mine.plan({ account_id: cash.account_id, label: "in", cents: 500, every: "monthly", starts: "2026-01-01" });
    await Promise.all([mine.generate("2026-01-01", "2026-04-01"), theirs.generate("2026-01-01", "2026-04-01")]);
    expect(await report(db, other)).toEqual([]);
    expect(await theirs.history(event)).toEqual([]);
    await failure(AccessViolationError, () => theirs.changeFrom(event, "2026-02-01", { cents: 0 }));
    await failure(ForeignKeyViolationError, () => theirs.plan({ account_id: cash.account_id, label: "in", cents: 1, every: "once", starts: "2026-01-01" }));
    const { organisation_id } = await db.repository(Organisation).insert(other, { name: "Shop" });
    await failure(ForeignKeyViolationError, () => db.repository(Account).insert(other, { organisation_id, name: "Card", kind: "credit card", paid_from_id: cash.account_id }));
    await failure(ValidationError, () => db.repository(Organisation).insert(other, { name: "" }));
    expect((await db.repository(CashEvent).find(ctx)).map(({ cash_event_id, cents }) => [cash_event_id, cents])).toEqual([[1, 500], [2, 500], [3, 500]]);
  });
});

it("npm run example:cash-flow runs it as a program of its own", async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["scripts/run-example.cjs", "examples/cash-flow/main.ts"], { cwd: resolve(__dirname, "../..") });
  expect(stdout).toContain("Bakery\n  Company card (credit card)");
  expect(stderr).toBe("");
});

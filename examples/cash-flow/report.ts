import type { Context, Database } from "freehold";
import { CashEvent, Organisation, type Account } from "./entities";

/** Money that came in and went out of an account in one month, and what was there at its end. */
export interface Month {
  readonly month: string;
  readonly moved: number;
  readonly count: number;
  readonly balance: number;
}

/** An account month by month, by one aggregate in the database. */
export async function monthsOf(db: Database, context: Context, account: Pick<Account, "account_id" | "opening_cents">): Promise<readonly Month[]> {
  const rows = await db.repository(CashEvent).aggregate(context, {
    where: { account_id: account.account_id }, groupBy: [{ day: "month" }], sum: ["cents"], count: true,
  });
  let balance = account.opening_cents;
  return rows.map(({ group, count, sum }) => {
    const moved = sum.cents ?? 0;
    balance += moved;
    return { month: group.day, moved, count, balance };
  });
}

/** All of a user's organisations as text. */
export async function report(db: Database, context: Context): Promise<readonly string[]> {
  const organisations = await db.repository(Organisation).find(context, {}, { orderBy: { name: "asc" }, with: { accounts: { orderBy: { name: "asc" } } } });
  const lines: string[] = [];
  for (const { name, accounts } of organisations) {
    lines.push(name);
    for (const account of accounts) {
      lines.push(`  ${`${account.name} (${account.kind})`.padEnd(34)}${"opening".padEnd(16)}${money(account.opening_cents)}`);
      for (const { month, moved, count, balance } of await monthsOf(db, context, account)) {
        lines.push(`    ${month}${`${count} ${count === 1 ? "movement" : "movements"}`.padStart(16)}${money(moved)}${"balance".padStart(11)}${money(balance)}`);
      }
    }
  }
  return lines;
}

/** Cents as `-1,234.50`, right-aligned. */
export function money(cents: number): string {
  const [whole = "0", rest = "00"] = (Math.abs(cents) / 100).toFixed(2).split(".");
  return `${cents < 0 ? "-" : ""}${whole.replaceAll(/\B(?=(\d{3})+$)/g, ",")}.${rest}`.padStart(14);
}

import { gte, lt, and, or, isNull, type Context, type Database, type Repository } from "freehold";
import { Account, CashEvent, ScheduledEvent, type Recurrence } from "./entities";
import { daysOf, monthBefore, monthsBetween } from "./schedule";

/** What is planned: how much, how often, from when. */
export interface Plan {
  readonly account_id: number;
  readonly label: string;
  readonly cents: number;
  readonly every: Recurrence;
  readonly starts: string;
}

/** One user's cash flow. Every repository is bound to the context: no call here can reach another user's rows. */
export class CashFlow {
  readonly #db: Database;
  readonly #accounts: Repository<Account, "bound">;
  readonly #events: Repository<ScheduledEvent, "bound">;
  readonly #money: Repository<CashEvent, "bound">;

  constructor(db: Database, context: Context) {
    this.#db = db;
    this.#accounts = db.repository(Account).as(context);
    this.#events = db.repository(ScheduledEvent).as(context);
    this.#money = db.repository(CashEvent).as(context);
  }

  async plan(plan: Plan): Promise<ScheduledEvent> {
    return this.#events.insert({ ...plan, valid_from: plan.starts });
  }

  /**
   * Changes an event from a day on: the version in hand ends, the next one begins and points at the first. What was already made of the
   * old version for later days goes, in the same transaction.
   *
   * @throws StaleEntityError when somebody changed the version since it was read
   */
  async changeFrom(event: ScheduledEvent, day: string, changes: { readonly label?: string; readonly cents?: number }): Promise<ScheduledEvent> {
    return this.#db.transaction(async () => {
      const { event_id, account_id, label, cents, every, starts, valid_until } = event;
      const root_id = event.root_id ?? event_id;
      await this.#events.save(Object.assign(new ScheduledEvent(), event, { valid_until: day }));
      await this.#money.delete({ event_id, day: gte(day) });
      const revision = await this.#events.count(or({ event_id: root_id }, { root_id })) + 1;
      return this.#events.insert({ account_id, label, cents, every, starts, valid_from: day, valid_until, ...changes, root_id, revision });
    });
  }

  /** All versions of an event, the first one first. */
  async history(event: ScheduledEvent): Promise<ScheduledEvent[]> {
    const root = event.root_id ?? event.event_id;
    return this.#events.find(or({ event_id: root }, { root_id: root }), { orderBy: { revision: "asc" } });
  }

  /** Makes the cash events of a span of days, and the payments of its credit cards. Made again, nothing changes. */
  async generate(from: string, until: string): Promise<void> {
    await this.#db.transaction(async () => {
      const inForce = and<ScheduledEvent>({ valid_from: lt(until) }, or({ valid_until: isNull() }, { valid_until: gte(from) }));
      for await (const event of this.#events.stream(inForce)) {
        const { event_id, account_id, label, cents } = event;
        const rows = daysOf(event, from, until).map((day) => ({ account_id, event_id, source: `event:${event_id}`, day, label, cents }));
        await this.#money.upsertMany(rows, { on: ["account_id", "source", "day"] });
      }
      await this.#payCards(from, until);
    });
  }

  /** On the first of each month a card's cash account pays what was spent with it in the month before. */
  async #payCards(from: string, until: string): Promise<void> {
    const cards = await this.#accounts.find({ kind: "credit card", paid_from_id: isNull(false) });
    for (const { account_id: card, name, paid_from_id } of cards) {
      for (const day of monthsBetween(from, until)) {
        const { sum } = await this.#money.aggregate({ where: and({ account_id: card, day: gte(monthBefore(day)) }, { day: lt(day), event_id: isNull(false) }), sum: ["cents"] });
        const spent = -(sum.cents ?? 0);
        const source = `card:${card}`;
        const entries = [{ account_id: card, cents: spent }, { account_id: paid_from_id ?? card, cents: -spent }];
        if (spent === 0) await this.#money.delete({ source, day });
        else await this.#money.upsertMany(entries.map((entry) => ({ ...entry, source, day, label: `payment of ${name}` })), { on: ["account_id", "source", "day"] });
      }
    }
  }
}

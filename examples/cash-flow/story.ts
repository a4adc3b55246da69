import { AccessViolationError, Database, ForeignKeyViolationError, StaleEntityError, User, UserContext, type Driver } from "freehold";
import { CashFlow } from "./cash-flow";
import { Account, CashEvent, Organisation, Planner, ScheduledEvent } from "./entities";
import { report } from "./report";

type Say = (line: string) => void;

export const cashFlowModel = { entities: [User, Organisation, Account, ScheduledEvent, CashEvent], jsonTypes: [Planner] };

const FROM = "2026-01-01";
const UNTIL = "2026-07-01";

/** Two users plan half a year side by side, in the same tables. */
export async function tellStory(driver: Driver, say: Say): Promise<void> {
  const db = await Database.open({ ...cashFlowModel, driver, clock: () => new Date("2026-01-01T09:00:00.000Z") });
  try {
    await db.schema.ensure();
    const users = db.repository(User<Planner>);
    const baker = UserContext.of(await users.insert({ info: planner("The baker", "bakery@example.org") }));
    const designer = UserContext.of(await users.insert({ info: planner("The designer", "studio@example.org") }));

    // Both work at once: nothing of one is seen by the other.
    const [rent] = await Promise.all([planBakery(db, baker), planStudio(db, designer)]);
    await Promise.all([new CashFlow(db, baker).generate(FROM, UNTIL), new CashFlow(db, designer).generate(FROM, UNTIL)]);
    say("What the two have planned for half a year:");
    for (const context of [baker, designer]) (await report(db, context)).forEach(say);

    say("");
    say("The rent goes up in April. The old version ends, the new one points at the first:");
    const flow = new CashFlow(db, baker);
    const read = await db.repository(ScheduledEvent).findByIdOrFail(baker, rent.event_id);
    await flow.changeFrom(rent, "2026-04-01", { cents: -135_000 });
    await flow.generate(FROM, UNTIL);
    for (const { revision, cents, valid_from, valid_until } of await flow.history(rent)) {
      say(`  version ${revision}: ${cents} cents from ${valid_from} until ${valid_until ?? "further notice"}`);
    }
    (await report(db, baker)).forEach(say);

    say("");
    say("What does not work:");
    await refused(say, "changing the version that somebody changed meanwhile", StaleEntityError, () => flow.changeFrom(read, "2026-05-01", { cents: -1 }));
    await refused(say, "the designer changes the baker's rent", AccessViolationError, () => new CashFlow(db, designer).changeFrom(rent, "2026-04-01", { cents: 0 }));
    const card = await db.repository(Account).findByAltKeyOrFail(baker, { organisation_id: { name: "Bakery" }, name: "Company card" });
    await refused(say, "the designer books on the baker's card", ForeignKeyViolationError, () => new CashFlow(db, designer).plan({ account_id: card.account_id, label: "chairs", cents: -1, every: "once", starts: FROM }));
    say(`  - the designer looks for the bakery: ${JSON.stringify(await db.repository(Organisation).findByAltKey(designer, { name: "Bakery" }))}`);
  } finally {
    await db.close();
  }
}

async function planBakery(db: Database, context: UserContext): Promise<ScheduledEvent> {
  const { organisation_id } = await db.repository(Organisation).insert(context, { name: "Bakery" });
  const accounts = db.repository(Account).as(context);
  const till = await accounts.insert({ organisation_id, name: "Till and bank", kind: "cash", opening_cents: 200_000 });
  const card = await accounts.insert({ organisation_id, name: "Company card", kind: "credit card", paid_from_id: till.account_id });
  const flow = new CashFlow(db, context);
  await flow.plan({ account_id: till.account_id, label: "sales", cents: 80_000, every: "weekly", starts: "2026-01-05" });
  await flow.plan({ account_id: card.account_id, label: "flour", cents: -45_000, every: "monthly", starts: "2026-01-10" });
  await flow.plan({ account_id: card.account_id, label: "oven", cents: -250_000, every: "once", starts: "2026-03-17" });
  return flow.plan({ account_id: till.account_id, label: "rent", cents: -120_000, every: "monthly", starts: "2026-01-31" });
}

async function planStudio(db: Database, context: UserContext): Promise<void> {
  const { organisation_id } = await db.repository(Organisation).insert(context, { name: "Studio" });
  const account = await db.repository(Account).insert(context, { organisation_id, name: "Account", kind: "cash" });
  const flow = new CashFlow(db, context);
  await flow.plan({ account_id: account.account_id, label: "fees", cents: 310_000, every: "monthly", starts: "2026-01-15" });
  await flow.plan({ account_id: account.account_id, label: "salary", cents: -290_000, every: "monthly", starts: "2026-01-28" });
}

function planner(name: string, email: string): Planner {
  return Object.assign(new Planner(), { name, email });
}

async function refused(say: Say, what: string, type: abstract new (...args: never[]) => Error, attempt: () => Promise<unknown>): Promise<void> {
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof type)) throw error;
    say(`  - ${what}: ${error.name}`);
    return;
  }
  throw new Error(`this should have been refused: ${what}`);
}

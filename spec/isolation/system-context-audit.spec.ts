import {
  all, AltKey, cols, Column, Database, DeletedAt, Entity, ForeignKey, PrimaryKey, some, table, User, UserContext, UserOwned,
  type Context, type LogEvent, type OwnerId, type SystemContext,
} from "freehold";
import type { Connection, Driver, Lease } from "../../lib/driver/driver";
import { onEveryEngine } from "../support/databases";
import { profile, type Profile } from "../support/documents";
import { Client, Project, Tag, Task, trackerModel } from "../support/tracker";
import { trackerRows, trackerTags, type TrackerRows } from "../support/tracker-rows";
import { SECRET } from "./world";

/** A driver that writes down what its connections really run, transactions' own statements left out. */
function watched(driver: Driver, ran: string[]): Driver {
  const note = (sql: string): void => { if (!/^\s*(begin|commit|rollback|savepoint|release|pragma)\b/i.test(sql)) ran.push(sql); };
  const connection = (inner: Connection): Connection => ({
    execute: (text, parameters, options) => {
      note(text.sql);
      return inner.execute(text, parameters, options);
    },
    script: (sql) => {
      note(sql);
      return inner.script(sql);
    },
    close: () => inner.close(),
  });
  const leases = new WeakMap<Lease, Lease>();
  return {
    ...driver,
    open: async () => {
      const pool = await driver.open();
      return {
        acquire: async (mode, options) => {
          const lease = await pool.acquire(mode, options);
          const found = leases.get(lease) ?? { connection: connection(lease.connection), release: (broken?: boolean) => { lease.release(broken); } };
          leases.set(lease, found);
          return found;
        },
        close: () => pool.close(),
        place: pool.place,
        states: () => pool.states(),
      };
    },
  };
}

interface Stage {
  readonly db: Database;
  /** Whose rows the calls are about. */
  readonly rows: TrackerRows;
  /** What data says of the owner: nothing under the owner's own context. */
  readonly owner: { readonly user_id?: never };
}

const WITH = {
  project: { with: { client: true, tasks: true } }, parent: true, subtasks: true, tags: { with: { tasks: true } }, blockers: true, blocked: true, note: { with: { task: true } },
} as const;

/** Every method of an owned repository that reaches the database. */
const METHODS: Readonly<Record<string, (stage: Stage, ctx: Context) => Promise<unknown>>> = {
  insert: ({ db, owner }, ctx) => db.repository(Project).insert(ctx, { name: "new", ...owner, tasks: [{ title: "t", subtasks: [{ title: "s" }] }] }),
  insertMany: ({ db, owner }, ctx) => db.repository(Task).insertMany(ctx, [{ title: "x", ...owner }, { title: "y", ...owner }]),
  save: ({ db, rows }, ctx) => db.repository(Task).save(ctx, Object.assign(db.repository(Task).create({ title: "saved" }), { id: rows.loose.id })),
  saveMany: ({ db, rows, owner }, ctx) => db.repository(Task).saveMany(ctx, [{ id: rows.loose.id, title: "again" }, { title: "new", ...owner }]),
  findById: ({ db, rows }, ctx) => db.repository(Task).findById(ctx, rows.paint.id, { with: WITH }),
  findByIdOrFail: ({ db, rows }, ctx) => db.repository(Task).findByIdOrFail(ctx, rows.paint.id),
  findOne: ({ db }, ctx) => db.repository(Task).findOne(ctx, { project: { client: { code: "acme" } } }, { with: WITH }),
  findOneOrFail: ({ db }, ctx) => db.repository(Task).findOneOrFail(ctx, { tags: some({ name: "red" }) }),
  find: ({ db }, ctx) => db.repository(Task).find(ctx, {}, { with: WITH, orderBy: { project: { name: "asc" } } }),
  findAndCount: ({ db }, ctx) => db.repository(Task).findAndCount(ctx, {}, { limit: 2, with: { tags: true } }),
  paginate: async ({ db }, ctx) => {
    const first = await db.repository(Task).paginate(ctx, {}, { first: 2, with: { project: true } });
    return [first, await db.repository(Task).paginate(ctx, {}, { first: 2, after: first.nextCursor })];
  },
  stream: async ({ db }, ctx) => {
    const seen: unknown[] = [];
    for await (const row of db.repository(Task).stream(ctx, {}, { chunkSize: 2, with: { note: true } })) seen.push(row);
    return seen;
  },
  count: ({ db }, ctx) => db.repository(Task).count(ctx, { subtasks: some() }),
  aggregate: ({ db }, ctx) => db.repository(Task).aggregate(ctx, { groupBy: ["projectId"], count: true, max: ["title"] }),
  explain: ({ db }, ctx) => db.repository(Task).explain(ctx, { title: "x" }),
  exists: ({ db }, ctx) => db.repository(Task).exists(ctx, { title: "x" }),
  update: ({ db }, ctx) => db.repository(Task).update(ctx, all, { effort: 9 }, { returning: true }),
  increment: ({ db }, ctx) => db.repository(Task).increment(ctx, all, { effort: 1 }, { returning: true }),
  upsert: ({ db, owner }, ctx) => db.repository(Client).upsert(ctx, { code: "acme", name: "renamed", ...owner }, { on: ["code"] }),
  upsertMany: ({ db, owner }, ctx) => db.repository(Client).upsertMany(ctx, [{ code: "acme", name: "b", ...owner }, { code: "other", name: "c", ...owner }], { on: ["code"] }),
  findByAltKey: ({ db, owner }, ctx) => db.repository(Binned).findByAltKey(ctx, { code: "x", ...owner }),
  findByAltKeyOrFail: ({ db, owner }, ctx) => db.repository(Binned).findByAltKeyOrFail(ctx, { code: "x", ...owner }).catch(() => null),
  resolveAltKey: ({ db, owner }, ctx) => db.repository(Binned).resolveAltKey(ctx, { code: "x", ...owner }),
  altKeyOf: ({ db, owner }, ctx) => db.repository(Binned).altKeyOf(ctx, { id: 1, ...owner }).catch(() => null),
  altKeysOf: ({ db, owner }, ctx) => db.repository(Binned).altKeysOf(ctx, [{ id: 1, ...owner }, { id: 2, ...owner }]).catch(() => null),
  restore: ({ db }, ctx) => db.repository(Binned).restore(ctx, all, { returning: true }),
  remove: ({ db, rows }, ctx) => db.repository(Task).remove(ctx, { id: rows.loose.id }),
  delete: ({ db, rows }, ctx) => db.repository(Task).delete(ctx, { id: rows.sell.id }, { returning: true }),
};

@Entity()
@UserOwned()
class Binned {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @AltKey() @Column() code!: string;
  @DeletedAt() deleted_at!: Date | null;
}

/** What else takes a context. */
const OTHERS: Readonly<Record<string, (stage: Stage, ctx: Context) => Promise<unknown>>> = {
  load: ({ db, rows }, ctx) => db.load(ctx, rows.paint, { project: true, tags: { with: { tasks: true } } }),
  sql: ({ db }, ctx) => db.sql(ctx)`select ${cols(Task, "t")}, p.name as project from ${table(Task, "t")} left join ${table(Project, "p")} on p.id = t.project_id`.rows(),
  public: ({ db }, ctx) => db.repository(Tag).as(ctx).find({ tasks: some({ title: "x" }) }, { with: { tasks: { with: { project: true } }, favourite: true } }),
  transaction: ({ db, owner }, ctx) => db.transaction(async (tx) => {
    await tx.repository(Task).insert(ctx, { title: "in it", ...owner });
    await db.transaction(() => db.repository(Task).count(ctx));
    return tx.sql(ctx)`select count(*) as n from ${table(Task, "t")}`.rows();
  }),
};

onEveryEngine("the audit of system contexts", (databases) => {
  async function stage() {
    const ran: string[] = [];
    const events: LogEvent[] = [];
    const db = await Database.open({ ...trackerModel, entities: [...trackerModel.entities, Binned], driver: watched(databases.driver(), ran), logger: (event) => { events.push(event); }, logParameters: true });
    await db.schema.ensure();
    const [alice, bob] = await db.repository(User<Profile>).insertMany([{ info: profile("Alice") }, { info: profile("Bob") }]) as unknown as [User, User];
    const tags = await trackerTags(db);
    const hers = await trackerRows(db, UserContext.of(alice), SECRET, tags);
    const his = await trackerRows(db, UserContext.of(bob), "bob", tags);
    return { db, ran, events, alice, bob, hers, his, forget: (): void => { ran.length = 0; events.length = 0; } };
  }

  const texts = (events: readonly LogEvent[]): readonly string[] => events.map(({ sql }) => sql).sort();
  const everything = (db: Database, system: SystemContext): Promise<readonly unknown[]> => Promise.all([Task, Project, Client].map((entity) =>
    db.repository(entity as typeof Task).find(system, { user_id: 1 })));

  it("covers every method that an owned repository has", async () => {
    const { db } = await stage();
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(db.repository(Task))).filter((name) => !["constructor", "as", "inContext", "create"].includes(name));
    expect(Object.keys(METHODS).sort()).toEqual(names.sort());
    await db.close();
  });

  it("logs every statement that the database ran under a system context, with its reason", async () => {
    const { db, ran, events, bob, his, forget } = await stage();
    for (const [name, call] of [...Object.entries(OTHERS), ...Object.entries(METHODS)]) {
      forget();
      await call({ db, rows: his, owner: { user_id: bob.user_id as never } }, db.system(`audit of ${name}`));
      expect([name, ran.length > 0]).toEqual([name, true]);
      expect([name, texts(events)]).toEqual([name, ran.slice().sort()]);
      for (const event of events) expect([name, event.scope]).toEqual([name, { kind: "system", reason: `audit of ${name}` }]);
    }
    await db.close();
  });

  it("finds the other owner's rows under a system context, and no path to them under any other", async () => {
    const { db, ran, events, bob, his, forget } = await stage();
    const seenBySystem = JSON.stringify(await METHODS["find"]!({ db, rows: his, owner: {} }, db.system("spec")));
    expect(seenBySystem).toContain(SECRET);
    const before = JSON.stringify(await everything(db, db.system("spec")));
    const bobCtx = UserContext.forKey(User, bob.user_id, { actor: "support" });
    for (const [name, call] of [...Object.entries(OTHERS), ...Object.entries(METHODS)]) {
      forget();
      const given = JSON.stringify(await call({ db, rows: his, owner: {} }, bobCtx));
      expect([name, given?.includes(SECRET) ?? false]).toEqual([name, false]);
      expect([name, texts(events)]).toEqual([name, ran.slice().sort()]);
      for (const event of events) {
        expect([name, event.scope]).toEqual([name, { kind: "user", owner: "User", key: bob.user_id, actor: "support" }]);
        // Each owned table in the text brings a guard, and each guard its parameter: the caller's key.
        const owned = event.sql.match(/(?:from|join|into|update) "(?:task|project|client|note|task_tag|favourite|blocking|binned)"/g) ?? [];
        // PostgreSQL's plan is one for any values: there the guard alone shows.
        const planned = name === "explain" && databases.dialect === "postgres";
        const keys = planned ? event.sql.match(/"user_id" = \$\d+/g) ?? [] : (event.parameters ?? []).filter((value) => value === databases.sent(bob.user_id));
        expect([name, event.sql, keys.length >= owned.length && (owned.length > 0 || event.entity === "Tag")]).toEqual([name, event.sql, true]);
      }
    }
    expect(JSON.stringify(await everything(db, db.system("spec")))).toBe(before);
    await db.close();
  });
});

import { SpanKind, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import * as conventions from "@opentelemetry/semantic-conventions/incubating";
import {
  AccessViolationError, AfterLoad, all, Column, ConnectionError, Entity, ForeignKey, InvalidQueryError, ManyToOne, OneToMany, PrimaryKey, table, UniqueViolationError,
  User, UserOwnedEntity, ValidationError, type Database, type Stretch, type Telemetry, type TelemetryWatch, type ToMany, type ToOne, type TransactionOptions, type UserContext,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { Profile, twoUsers } from "../support/documents";
import { Recorded } from "../support/recorded";

@Entity()
class Tag {
  @PrimaryKey() id!: number;
  @Column({ unique: true }) name!: string;
  @Column({ type: "text", nullable: true }) note?: string | null;
}

@Entity()
class Project extends UserOwnedEntity {
  @PrimaryKey() id!: number;
  @Column() name!: string;
  @OneToMany(() => Task, "projectId") tasks?: ToMany<Task>;
}

/** What a task's hook does once it is loaded. */
let onLoad: () => void = () => undefined;

@Entity()
class Task extends UserOwnedEntity {
  @PrimaryKey() id!: number;
  @Column() title!: string;
  @Column({ type: "integer", nullable: true }) effort?: number | null;
  @ForeignKey("Project.id", { nullable: true }) projectId?: number | null;
  @ManyToOne(() => Project) project?: ToOne<Project>;
  @AfterLoad() loaded(): void { onLoad(); }
}

const model = { entities: [User, Tag, Project, Task], jsonTypes: [Profile] };

onEveryEngine("telemetry", (databases) => {
  let recorded: Recorded;
  let db: Database;
  let people: Awaited<ReturnType<typeof twoUsers>>;
  let ctx: UserContext;

  const { dialect } = databases;
  const open = async (telemetry: Telemetry): Promise<void> => {
    db = await databases.open({ ...model, telemetry });
    people = await twoUsers(db);
    ctx = people.aliceCtx;
    recorded.forget();
  };

  beforeEach(async () => {
    recorded = new Recorded();
    await open(recorded.telemetry());
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await recorded.close();
  });

  const statements = (): readonly ReadableSpan[] => recorded.spans.filter((span) => span.kind === SpanKind.CLIENT);
  const only = (spans: readonly ReadableSpan[]): ReadableSpan => {
    expect(spans).toHaveLength(1);
    return spans[0]!;
  };
  const titles = (count: number) => Array.from({ length: count }, (_, index) => ({ title: `t${index}` }));

  it("makes one span for each statement, named by what it does to which table", async () => {
    const tags = db.repository(Tag);
    const tag = await tags.insert({ name: "a" });
    await tags.insertMany([{ name: "b" }, { name: "c" }]);
    await tags.find({}, { limit: 2 });
    await tags.findById(tag.id);
    await tags.count();
    await tags.exists({ name: "z" });
    await tags.update({ name: "b" }, { name: "d" });
    await tags.update(all, { note: null }, { returning: true });
    await tags.delete({ name: "c" });
    await tags.aggregate({ groupBy: ["name"], count: true });
    await tags.explain({ name: "a" });
    const seen = statements().map(({ name, attributes }) => [
      name, attributes["db.operation.name"], attributes["freehold.operation"], attributes["db.response.returned_rows"], attributes["freehold.changed_rows"],
    ]);
    expect(seen).toEqual([
      ["INSERT tag", "INSERT", "insert", 1, 1],
      ["INSERT tag", "INSERT", "insertMany", 2, 2],
      ["SELECT tag", "SELECT", "find", 2, undefined],
      ["SELECT tag", "SELECT", "findById", 1, undefined],
      ["SELECT tag", "SELECT", "count", 1, undefined],
      ["SELECT tag", "SELECT", "exists", 1, undefined],
      ["UPDATE tag", "UPDATE", "update", undefined, 1],
      ["UPDATE tag", "UPDATE", "update", 3, 3],
      ["DELETE tag", "DELETE", "delete", undefined, 1],
      ["SELECT tag", "SELECT", "aggregate", 2, undefined],
      ["EXPLAIN tag", "EXPLAIN", "explain", expect.any(Number), undefined],
    ]);
    const log = databases.events.filter((event) => event.operation !== "schema").slice(-seen.length);
    expect(statements().map((span) => span.attributes["db.query.text"])).toEqual(log.map((event) => event.sql));
    for (const { attributes, kind, status, events } of statements()) {
      expect({ kind, status, events }).toEqual({ kind: SpanKind.CLIENT, status: { code: SpanStatusCode.UNSET }, events: [] });
      expect(attributes).toMatchObject({
        "db.system.name": dialect === "sqlite" ? "sqlite" : "postgresql", "db.collection.name": "tag", "freehold.entity": "Tag",
        "db.query.summary": `${String(attributes["db.operation.name"])} tag`,
      });
      if (dialect === "sqlite") {
        expect(attributes["db.namespace"]).toBe(databases.storage === "memory" ? ":memory:" : "test.db");
        expect("server.address" in attributes || "server.port" in attributes).toBe(false);
      } else {
        expect(attributes).toMatchObject({ "db.namespace": expect.any(String), "server.address": expect.any(String), "server.port": expect.any(Number) });
      }
    }
  });

  it("uses no name but those of the conventions and its own", async () => {
    await db.repository(Tag).insert({ name: "a" });
    await failure(UniqueViolationError, () => db.repository(Tag).insert({ name: "a" }));
    await db.sql(db.system("spec"))`select 1 as one`.rows();
    await db.transaction(() => db.repository(Task).find(ctx));
    for await (const _ of db.repository(Task).stream(ctx)) continue;
    const known = new Set<unknown>(Object.values(conventions));
    const metrics = await recorded.measured();
    const used = new Set([
      ...recorded.spans.flatMap(({ attributes }) => Object.keys(attributes)), ...metrics.keys(),
      ...[...metrics.values()].flatMap(({ points }) => points.flatMap(({ attributes }) => Object.keys(attributes))),
    ]);
    expect([...used].filter((name) => !known.has(name) && !name.startsWith("freehold."))).toEqual([]);
    const needed = [
      conventions.ATTR_DB_QUERY_SUMMARY, conventions.ATTR_DB_QUERY_TEXT, conventions.ATTR_DB_RESPONSE_STATUS_CODE, conventions.ATTR_ERROR_TYPE,
      conventions.METRIC_DB_CLIENT_OPERATION_DURATION, conventions.METRIC_DB_CLIENT_RESPONSE_RETURNED_ROWS, conventions.METRIC_DB_CLIENT_CONNECTION_COUNT,
      conventions.METRIC_DB_CLIENT_CONNECTION_LIMIT, conventions.METRIC_DB_CLIENT_CONNECTION_PENDING_REQUESTS, conventions.METRIC_DB_CLIENT_CONNECTION_WAIT_TIME,
    ];
    expect(needed.filter((name) => !used.has(name))).toEqual([]);
  });

  it("says in whose name a statement ran: never the owner's key, unless asked to", async () => {
    const tasks = db.repository(Task);
    await tasks.find(ctx);
    await tasks.find(db.system("monthly report"));
    const [user, system] = statements();
    expect(user?.attributes).toMatchObject({ "freehold.scope": "user", "freehold.owner.entity": "User" });
    expect("freehold.owner.key" in user!.attributes || "freehold.actor" in user!.attributes).toBe(false);
    expect(system?.attributes).toMatchObject({ "freehold.scope": "system", "freehold.system.reason": "monthly report" });
    await open(recorded.telemetry({ ownerKey: true, queryText: false }));
    await db.repository(Task).find(ctx);
    const keyed = only(statements());
    expect(keyed.attributes).toMatchObject({ "freehold.owner.key": people.alice.user_id, "freehold.actor": people.alice.user_id });
    expect("db.query.text" in keyed.attributes).toBe(false);
  });

  it("puts each statement under the span of the code that called, calls side by side too", async () => {
    await recorded.inside("request", () => db.repository(Task).find(ctx, {}, { with: { project: true } }));
    await Promise.all(["a", "b", "c"].map((name) => recorded.inside(name, async () => {
      const project = await db.repository(Project).insert(ctx, { name });
      await db.repository(Project).update(ctx, { id: project.id }, { name: `${name}!` });
    })));
    await db.repository(Tag).count();
    const places = statements().map((span) => [span.name, ...recorded.above(span)].join(" < ")).sort();
    expect(places).toEqual([
      "INSERT project < a", "INSERT project < b", "INSERT project < c", "SELECT tag", "SELECT task < request",
      "UPDATE project < a", "UPDATE project < b", "UPDATE project < c",
    ]);
  });

  it("makes a span of each transaction, with its statements, savepoints and outcome", async () => {
    const tags = db.repository(Tag);
    await recorded.inside("request", () => db.transaction(async (tx) => {
      await tags.insert({ name: "a" });
      await db.transaction(async () => {
        await tx.repository(Tag).insert({ name: "b" });
        throw new TypeError("canary");
      }).catch(() => undefined);
      await tags.count();
    }));
    expect(statements().map((span) => [span.name, ...recorded.above(span)])).toEqual([
      ["INSERT tag", "transaction", "request"], ["INSERT tag", "savepoint", "transaction", "request"], ["SELECT tag", "transaction", "request"],
    ]);
    const [inner, outer] = recorded.spans.filter(({ name }) => name === "savepoint" || name === "transaction");
    expect([inner?.name, inner?.kind, inner?.attributes["freehold.transaction.outcome"], inner?.attributes["error.type"], inner?.status])
      .toEqual(["savepoint", SpanKind.INTERNAL, "rollback", "TypeError", { code: SpanStatusCode.ERROR }]);
    expect([outer?.name, outer?.kind, outer?.attributes["freehold.transaction.outcome"], outer?.attributes["freehold.transaction.attempts"], outer?.status])
      .toEqual(["transaction", SpanKind.INTERNAL, "commit", 1, { code: SpanStatusCode.UNSET }]);
    expect(outer?.attributes["freehold.connection.wait_time"]).toEqual(expect.any(Number));
    expect(await recorded.all()).not.toContain("canary");
    expect(await tags.count()).toBe(1);
  });

  it("gives a transaction that is tried again one span, and tells how often", async () => {
    let calls = 0;
    const again = Object.assign(Object.create(AccessViolationError.prototype) as Error, { retryable: true });
    const options: TransactionOptions = { retries: 2 };
    await failure(AccessViolationError, () => db.transaction(() => {
      calls += 1;
      return Promise.reject(again);
    }, options));
    // Only errors that promise that another try may help are tried again.
    expect(calls).toBe(1);
    recorded.forget();
    await db.transaction(async () => {
      calls += 1;
      if (calls < 4) throw new ConnectionError("busy", { retryable: true });
      await db.repository(Tag).count();
    }, options);
    const span = only(recorded.spans.filter(({ name }) => name === "transaction"));
    expect(span.attributes).toMatchObject({ "freehold.transaction.attempts": 3, "freehold.transaction.outcome": "commit" });
    expect(recorded.above(only(statements()))).toEqual(["transaction"]);
  });

  it("keeps a stream's span open until nobody reads any more, over all its chunks", async () => {
    await db.repository(Task).insertMany(ctx, titles(5));
    recorded.forget();
    const read = await recorded.inside("request", async () => {
      const seen: string[] = [];
      for await (const { title } of db.repository(Task).stream(ctx, {}, { chunkSize: 2, with: { project: true } })) {
        seen.push(title);
        await db.repository(Tag).count();
      }
      return seen;
    });
    expect(read).toHaveLength(5);
    const stream = only(recorded.spans.filter(({ name }) => name === "stream task"));
    expect(stream.attributes).toMatchObject({
      "freehold.stream.outcome": "end", "freehold.stream.rows": 5, "freehold.entity": "Task", "db.collection.name": "task", "freehold.scope": "user",
    });
    expect(recorded.above(stream)).toEqual(["request"]);
    const places = statements().map((span) => `${span.name} < ${recorded.above(span).join(" < ")}`);
    expect(places.filter((place) => place === "SELECT task < stream task < request")).toHaveLength(3);
    // What the reader does between two rows is the reader's.
    expect(places.filter((place) => place === "SELECT tag < request")).toHaveLength(5);
    recorded.forget();
    for await (const _ of db.repository(Task).stream(ctx, {}, { chunkSize: 2 })) break;
    expect(only(recorded.spans.filter(({ name }) => name === "stream task")).attributes).toMatchObject({ "freehold.stream.outcome": "left", "freehold.stream.rows": 1 });
    recorded.forget();
    db.repository(Task).stream(ctx);
    expect(recorded.spans).toEqual([]);
  });

  it("puts a shared look-up under the first who asked and links it to the others", async () => {
    const [a, b] = await db.repository(Task).insertMany(ctx, titles(2));
    recorded.forget();
    await Promise.all([a!, b!, b!].map(({ id }, index) => recorded.inside(`request ${index}`, () => db.repository(Task).findById(ctx, id))));
    const shared = only(statements());
    expect(shared.attributes).toMatchObject({ "freehold.merged_calls": 3, "freehold.operation": "findById", "db.response.returned_rows": 2 });
    expect(recorded.above(shared)).toEqual(["request 0"]);
    const linked = shared.links.map(({ context }) => recorded.spans.find((span) => span.spanContext().spanId === context.spanId)?.name);
    expect(linked).toEqual(["request 1", "request 2"]);
    recorded.forget();
    const hooked: Promise<number>[] = [];
    onLoad = () => { hooked.push(db.repository(Tag).count()); };
    await Promise.all([a!, b!].map(({ id }) => db.repository(Task).findById(ctx, id)));
    onLoad = () => undefined;
    await Promise.all(hooked);
    expect(statements().map(({ name, attributes }) => [name, attributes["freehold.merged_calls"]]))
      .toEqual([["SELECT task", 2], ["SELECT tag", undefined], ["SELECT tag", undefined]]);
    recorded.forget();
    // Another's statement sends off what waits: each stays with its own.
    await Promise.all([
      recorded.inside("reader", () => db.repository(Task).findById(ctx, a!.id)), recorded.inside("counter", () => db.repository(Tag).count()),
    ]);
    expect(statements().map((span) => [span.name, ...recorded.above(span)]).sort()).toEqual([["SELECT tag", "counter"], ["SELECT task", "reader"]]);
    recorded.forget();
    await recorded.inside("one request", () => Promise.all([a!, b!].map(({ id }) => db.repository(Task).findById(ctx, id))));
    expect(only(statements()).links).toEqual([]);
  });

  it("tells of hand-written SQL by its first word and the tables of its holes", async () => {
    await db.sql(ctx)`select t.title from ${table(Task, "t")} left join ${table(Project, "p")} on p.id = t.project_id where t.title = ${"canary"}`.rows();
    await db.sql(ctx)`with mine as (select title from ${table(Task)}) select count(*) as n from mine`.rows();
    await db.sql(db.system("spec"))`select ${"canary"} as word`.rows();
    await db.sql(db.system("spec"))`(select 1 as one)`.rows().catch(() => undefined);
    expect(statements().map(({ name, attributes }) => [
      name, attributes["db.collection.name"], attributes["db.query.summary"], attributes["db.operation.name"], attributes["freehold.operation"],
    ])).toEqual([
      ["SELECT task project", undefined, "SELECT task project", undefined, "sql"], ["WITH task", "task", "WITH task", undefined, "sql"],
      [expect.stringMatching(/^SELECT ./), undefined, undefined, undefined, "sql"], [expect.stringMatching(/^SELECT ./), undefined, undefined, undefined, "sql"],
    ]);
    expect(await recorded.all()).not.toContain("canary");
  });

  it("tells of schemas", async () => {
    await db.schema.check();
    expect(statements().length).toBeGreaterThan(0);
    for (const { attributes } of statements()) expect(attributes).toMatchObject({ "freehold.operation": "schema", "freehold.scope": "public" });
  });

  it("marks what failed, by the error's code and the database's, without a word that could hold a value", async () => {
    await db.repository(Tag).insert({ name: "canary" });
    recorded.forget();
    await recorded.inside("request", () => failure(UniqueViolationError, () => db.repository(Tag).insert({ name: "canary" })));
    const failed = only(statements());
    const status = { sqlite3: "SQLITE_CONSTRAINT", betterSqlite3: "SQLITE_CONSTRAINT_UNIQUE", postgres: "23505" }[databases.driverName];
    expect(failed.attributes).toMatchObject({ "error.type": "UNIQUE_VIOLATION", "db.response.status_code": status });
    expect(failed.status).toEqual({ code: SpanStatusCode.ERROR, message: "There is already a Tag with this name." });
    const [exception] = failed.events;
    expect([exception?.name, exception?.attributes?.["exception.type"]]).toEqual(["exception", "UniqueViolationError"]);
    expect(exception?.attributes?.["exception.stacktrace"]).toMatch(/^UniqueViolationError\n\s+at /);
    recorded.forget();
    await failure(InvalidQueryError, () => db.sql(db.system("spec"))`select canary_function(${"canary"}) as word`.rows());
    const wrong = only(statements());
    expect(wrong.attributes["error.type"]).toBe("INVALID_QUERY");
    expect(JSON.stringify([wrong.status, wrong.events[0]?.attributes?.["exception.message"]])).not.toContain("canary");
    const outcomes = (await recorded.measured()).get("db.client.operation.duration")?.points.map(({ attributes }) => attributes["error.type"]);
    expect(outcomes).toEqual(expect.arrayContaining([undefined, "UNIQUE_VIOLATION", "INVALID_QUERY"]));
  });

  it("says of an error that is the application's own no more than its class, whatever it looks like", async () => {
    class Odd extends Error { override name = "NotFound: canary@example.org"; }
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const thrown: readonly (readonly [unknown, string])[] = [
      [new Odd("canary"), "Odd"], [new Error("Deliver to\n    at canary street 5\n    at home"), "Error"], [new DOMException("canary", "canary"), "DOMException"],
      [{ name: "canary", stack: "Error\n    at canary (canary:1:1)" }, "Object"], ["canary", "string"], [revoked.proxy, "object"],
      [{ get name() { throw new Error("canary"); }, get stack() { throw new Error("canary"); } }, "Object"],
    ];
    for (const [error, type] of thrown) {
      recorded.forget();
      const caught = await db.transaction(() => Promise.reject(error as Error)).then(() => null, (reason: unknown) => ({ reason }));
      expect(Object.is(caught?.reason, error)).toBe(true);
      const [ended] = recorded.spans;
      expect(ended?.attributes).toMatchObject({ "error.type": type, "freehold.transaction.outcome": "rollback" });
      expect(JSON.stringify(ended?.events)).not.toContain("canary");
      if (type === "Odd" || type === "Error") expect(ended?.events[0]?.attributes?.["exception.stacktrace"]).toMatch(/\n\s+at .*telemetry\.spec/);
    }
    recorded.forget();
    const late = new AbortController();
    await db.transaction(async () => {
      const call = db.repository(Tag).find({}, { signal: late.signal });
      late.abort(new Odd("canary"));
      await expect(call).rejects.toThrow("canary");
    });
    expect(only(statements()).attributes["error.type"]).toBe("ABORTED");
    expect(await recorded.all()).not.toContain("canary");
  });

  it("tells nothing of what was refused before any SQL, and of a call that was given up that it was", async () => {
    await failure(ValidationError, () => db.repository(Tag).insert({ name: 5 as never }));
    const signal = AbortSignal.abort(new Error("canary"));
    await expect(db.repository(Tag).find({}, { signal })).rejects.toThrow("canary");
    expect(recorded.spans).toEqual([]);
    const late = new AbortController();
    await db.transaction(async () => {
      const call = db.repository(Tag).find({}, { signal: late.signal });
      late.abort(new Error("canary"));
      await expect(call).rejects.toThrow("canary");
    });
    expect(only(statements()).attributes["error.type"]).toBe("ABORTED");
    expect(await recorded.all()).not.toContain("canary");
  });

  it("holds no value of any parameter, wherever one looks", async () => {
    const tags = db.repository(Tag);
    const canary = "canary-7f3a";
    const tasks = db.repository(Task);
    const task = await tasks.insert(ctx, { title: canary });
    await tasks.insertMany(ctx, [{ title: canary, effort: 76543 }]);
    await tasks.find(ctx, { title: canary, effort: 76543 }, { limit: 76543 });
    await db.repository(Project).insert(ctx, { name: canary });
    await db.repository(Project).find(ctx, { name: canary }, { with: { tasks: { where: { title: canary } } } });
    await tasks.paginate(ctx, { title: canary }, { orderBy: { title: "asc" }, first: 1 });
    await tasks.update(ctx, { title: canary }, { title: `${canary}!` });
    await tasks.save(ctx, Object.assign(task, { title: canary }));
    await tags.upsert({ name: canary }, { on: ["name"] });
    await tags.upsert({ name: canary }, { on: ["name"] });
    await failure(UniqueViolationError, () => tags.insert({ name: canary }));
    for await (const _ of tasks.stream(ctx, { title: canary })) continue;
    await db.sql(ctx)`select title from ${table(Task)} where title = ${canary}`.rows();
    await db.transaction(() => tasks.delete(ctx, { title: canary }));
    expect(statements().length).toBeGreaterThan(10);
    expect(await recorded.all()).not.toMatch(/canary|76543/);
  });

  it("measures durations and rows, and how connections are used", async () => {
    const telemetry = recorded.telemetry();
    let asked = 0;
    await db.close();
    await open({ watch: (target) => telemetry.watch({ ...target, pools: () => {
      asked += 1;
      return target.pools();
    } }) });
    await db.repository(Tag).insert({ name: "a" });
    await db.repository(Tag).find();
    const idle = await recorded.measured();
    const durations = idle.get("db.client.operation.duration");
    const selects = durations?.points.find(({ attributes }) => attributes["db.query.summary"] === "SELECT tag");
    expect(durations?.unit).toBe("s");
    expect(selects?.value).toMatchObject({ count: 1, buckets: { boundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] } });
    expect(selects?.attributes).toEqual({
      "db.system.name": dialect === "sqlite" ? "sqlite" : "postgresql", "db.namespace": expect.any(String), "db.operation.name": "SELECT", "db.collection.name": "tag",
      "db.query.summary": "SELECT tag", ...(dialect === "sqlite" ? {} : { "server.address": expect.any(String), "server.port": expect.any(Number) }),
    });
    expect(idle.get("db.client.response.returned_rows")?.points.find(({ attributes }) => attributes["db.query.summary"] === "SELECT tag")?.value)
      .toMatchObject({ count: 1, sum: 1 });
    expect(idle.get("db.client.connection.wait_time")?.points.length).toBeGreaterThan(0);
    const limits = idle.get("db.client.connection.limit")?.points ?? [];
    expect(limits).toHaveLength(databases.storage === "file" ? 2 : 1);
    const writing = limits.find(({ attributes }) => !String(attributes["db.client.connection.pool.name"]).endsWith("/read"))!;
    const used = async (name: string, state?: string) => (await recorded.measured()).get(name)?.points.find(({ attributes }) =>
      attributes["db.client.connection.pool.name"] === writing.attributes["db.client.connection.pool.name"] && attributes["db.client.connection.state"] === state)?.value;
    expect(await used("db.client.connection.count", "used")).toBe(0);

    // All connections that write are lent, and one call waits.
    const most = Number(writing.value);
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => { release = resolve; });
    let begun = 0;
    const held = Array.from({ length: most }, () => db.transaction(async () => {
      begun += 1;
      await gate;
    }));
    while (begun < most) await new Promise((resolve) => setImmediate(resolve));
    recorded.forget();
    const waiting = db.repository(Tag).insert({ name: "b" });
    expect([await used("db.client.connection.count", "used"), await used("db.client.connection.count", "idle"), await used("db.client.connection.pending_requests")])
      .toEqual([most, 0, 1]);
    release();
    await Promise.all([waiting, ...held]);
    expect(await used("db.client.connection.pending_requests")).toBe(0);
    const insert = only(statements());
    expect(insert.attributes["freehold.connection.wait_time"]).toBeGreaterThan(0);
    await db.close();
    asked = 0;
    await recorded.measured();
    expect(asked).toBe(0);
  });

  it("never makes a call fail, and never runs it twice or not at all", async () => {
    const warnings: unknown[] = [];
    jest.spyOn(process, "emitWarning").mockImplementation((warning) => { warnings.push(warning); });
    const broken = (): never => { throw new Error("exporter down"); };
    const span = { setAttribute: broken, setAttributes: broken, end: broken, setStatus: broken, recordException: broken, spanContext: broken };
    const odd = { within: <T>(work: () => T): T => { work(); return work(); }, end: broken };
    const mute = { within: () => undefined as never, end: () => undefined };
    const watch = { waited: broken, here: broken, onBehalf: broken, close: broken };
    const later = (): Promise<void> => Promise.reject(new Error("exporter down"));
    const slow = { within: async <T>(work: () => T) => await work(), end: later } as unknown as Stretch<object>;
    const faulty: readonly Telemetry[] = [
      recorded.telemetry({ tracer: { startSpan: broken, startActiveSpan: broken } as unknown as Tracer }),
      recorded.telemetry({ tracer: { startSpan: () => span, startActiveSpan: broken } as unknown as Tracer }),
      { watch: broken }, { watch: () => ({ statement: broken, work: broken, ...watch }) },
      { watch: () => ({ statement: () => odd, work: () => odd, ...watch }) }, { watch: () => ({ statement: () => mute, work: () => mute, ...watch }) },
      { watch: () => ({ statement: () => slow, work: () => slow, waited: later, here: later, onBehalf: slow.within, close: later }) as unknown as TelemetryWatch },
    ];
    for (const telemetry of faulty) {
      await open(telemetry);
      const tags = db.repository(Tag);
      const [first] = await db.transaction(() => tags.insertMany([{ name: "a" }, { name: "b" }]));
      await failure(UniqueViolationError, () => tags.insert({ name: "a" }));
      expect((await Promise.all([1, 2].map(() => tags.findById(first!.id)))).map((tag) => tag?.name)).toEqual(["a", "a"]);
      const seen: string[] = [];
      for await (const { name } of tags.stream()) seen.push(name);
      expect(seen).toEqual(["a", "b"]);
      await db.close();
    }
    expect(warnings).toEqual(faulty.map(() => expect.stringContaining("exporter down")));
  });

  it("is silent where nobody asked for it", async () => {
    trace.setGlobalTracerProvider({ getTracer: () => recorded.tracer });
    db = await databases.open(model);
    const tag = await db.repository(Tag).insert({ name: "a" });
    await Promise.all([1, 2].map(() => db.repository(Tag).findById(tag.id)));
    await db.transaction(() => db.repository(Tag).count());
    for await (const _ of db.repository(Tag).stream()) continue;
    expect(recorded.spans).toEqual([]);
  });
});

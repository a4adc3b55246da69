import { all, or, UniqueViolationError, UserContext, type Database, type LogEvent } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Handle, plannerModel, Setting, Tag } from "../support/planner";

onEveryEngine("logging", (databases) => {
  let db: Database;
  let people: Awaited<ReturnType<typeof twoUsers>>;
  let events: LogEvent[];

  async function open(options: Partial<Parameters<typeof databases.open>[0]>): Promise<void> {
    events = [];
    db = await databases.open({ ...plannerModel, logger: (event) => events.push(event), ...options });
    people = await twoUsers(db);
    events.length = 0;
  }

  afterEach(() => jest.restoreAllMocks());

  it("tells of every statement: operation, entity, number of parameters and rows, time", async () => {
    await open({ logParameters: false });
    const settings = db.repository(Setting).as(people.aliceCtx);
    const setting = await settings.insert({ key: "a", value: "1" });
    await settings.insertMany([{ key: "b", value: "2" }, { key: "c", value: "3" }]);
    await settings.find();
    await settings.findOne({ key: "b" });
    await settings.findById("a");
    await settings.findById("z");
    await settings.count();
    await settings.exists({ key: "z" });
    await settings.update({ key: "a" }, { value: "x", weight: 1 });
    await settings.update(all, { weight: 2 }, { returning: true });
    await settings.save(setting);
    await settings.upsert({ key: "a", value: "y" }, { on: ["key"] });
    await settings.delete({ key: "b" });
    await settings.delete({ key: "c" }, { returning: true });
    await settings.remove(setting);
    expect(events.map((event) => [event.operation, event.parameterCount, event.rowCount])).toEqual([
      ["insert", 5, 1], ["insertMany", 10, 2], ["find", 1, 3], ["findOne", 3, 1], ["findById", 2, 1], ["findById", 2, 0],
      ["count", 1, 1], ["exists", 2, 1], ["update", 4, 1], ["update", 2, 3], ["save", 5, 1], ["upsert", 5, 1],
      ["delete", 2, 1], ["delete", 2, 1], ["remove", 2, 1],
    ]);
    for (const event of events) {
      expect(event.entity).toBe("Setting");
      expect(event.durationMs).toBeGreaterThanOrEqual(0);
      expect(event.sql.match(/\?|\$\d+/g) ?? []).toHaveLength(event.parameterCount);
      expect(Object.isFrozen(event)).toBe(true);
      expect(event.error).toBeUndefined();
    }
  });

  it("gives parameters only when asked to", async () => {
    await open({ logParameters: false });
    await db.repository(Setting).insert(people.aliceCtx, { key: "secret-key", value: "secret-value" });
    await failure(UniqueViolationError, () => db.repository(Setting).insert(people.aliceCtx, { key: "secret-key", value: "other" }));
    expect(events).toHaveLength(2);
    for (const event of events) {
      expect("parameters" in event || "nativeError" in event).toBe(false);
      expect(JSON.stringify(event)).not.toContain("secret");
    }
    await open({ logParameters: undefined });
    await db.repository(Tag).insert({ label: "x" });
    expect(events.map((event) => event.parameters)).toEqual([undefined]);
    await open({ logParameters: true });
    await db.repository(Tag).find({ label: "secret", id: 5 });
    expect(events.map((event) => event.parameters)).toEqual([["secret", databases.sent(5)]]);
  });

  it("tells of failing statements by the error's code, and of the driver's own error only with parameters", async () => {
    for (const logParameters of [false, true]) {
      await open({ logParameters });
      await db.repository(Tag).insert({ label: "x" });
      await failure(UniqueViolationError, () => db.repository(Tag).insert({ label: "x" }));
      expect(events.map((event) => [event.operation, event.rowCount, event.error])).toEqual([["insert", 1, undefined], ["insert", 0, "UNIQUE_VIOLATION"]]);
      const native = events[1]?.nativeError as { readonly message: string } | undefined;
      if (logParameters) expect(native?.message).toContain(databases.dialect === "sqlite" ? "UNIQUE constraint failed: tag.label" : 'unique constraint "uq_tag_label"');
      else expect(native).toBeUndefined();
    }
  });

  it("says in whose name a statement ran, and who acted", async () => {
    await open({});
    const handles = db.repository(Handle);
    await handles.find(people.aliceCtx);
    await handles.find(UserContext.of(people.bob, { actor: "support: Eve" }));
    await handles.as(db.system("monthly report")).find();
    await db.repository(Tag).find();
    await db.repository(Tag).as(people.aliceCtx).find();
    await db.repository(Tag).as(db.system("monthly report")).find();
    await db.schema.ensure();
    const { user_id: alice } = people.alice;
    const user = { kind: "user", owner: "User", key: alice, actor: alice };
    expect(events.slice(0, 6).map((event) => event.scope)).toEqual([
      user, { kind: "user", owner: "User", key: people.bob.user_id, actor: "support: Eve" }, { kind: "system", reason: "monthly report" },
      { kind: "public" }, user, { kind: "system", reason: "monthly report" },
    ]);
    expect(events.length).toBeGreaterThan(6);
    for (const event of events.slice(6)) expect(event).toMatchObject({ operation: "schema", entity: undefined, scope: { kind: "public" } });
  });

  it("holds no values in its SQL", async () => {
    await open({});
    await db.repository(Tag).insert({ label: "a value" });
    await db.repository(Tag).find(or({ label: "a value" }, { id: 4711 }), { limit: 31, offset: 17 });
    for (const event of events) expect(event.sql).not.toMatch(/a value|4711|31|17/);
  });

  it("writes each reason of a system context to stderr once when there is no logger", async () => {
    const written: string[] = [];
    jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
    await open({ logger: undefined });
    expect(written).toEqual([]);
    const handles = db.repository(Handle);
    await handles.find(people.aliceCtx);
    await handles.find(db.system("never sent"), {}, { limit: 0 });
    for (const reason of ["first reason", "second reason", "first reason"]) {
      await handles.find(db.system(reason));
      await handles.count(db.system(reason));
    }
    await failure(Error, () => handles.insert(db.system("failed"), { handle: "x", user_id: 99 }));
    expect(written).toEqual(["first reason", "second reason", "failed"].map((reason) => `freehold: statements across owners: ${reason}\n`));
    written.length = 0;
    await open({});
    await db.repository(Handle).find(db.system("first reason"));
    expect(written).toEqual([]);
    expect(events).toHaveLength(1);
  });

  it("does not let a failing logger fail the call that has been carried out", async () => {
    const warnings: unknown[] = [];
    jest.spyOn(process, "emitWarning").mockImplementation((warning) => { warnings.push(warning); });
    await open({ logger: () => { throw new Error("disk full"); } });
    warnings.length = 0;
    expect(await db.repository(Tag).insert({ label: "x" })).toMatchObject({ id: 1 });
    await failure(UniqueViolationError, () => db.repository(Tag).insert({ label: "x" }));
    expect(warnings).toEqual([expect.stringContaining("disk full"), expect.stringContaining("disk full")]);
  });
});

import { ConnectionError, contains, ContextRequiredError, Database, DataError, InvalidQueryError, some, type UserContext, type Where } from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { twoUsers } from "../support/documents";
import { Tag, Task, trackerModel } from "../support/tracker";

onEveryEngine("explain", (databases) => {
  let db: Database;
  let ctx: UserContext;

  beforeEach(async () => {
    db = await databases.open(trackerModel);
    ({ aliceCtx: ctx } = await twoUsers(db));
  });

  it("says SQL, kinds of parameters and plan of the same find, and runs nothing", async () => {
    const tasks = db.repository(Task);
    const where: Where<Task> = { title: contains("secret text"), effort: 3, due: new Date(0), tags: some({ name: "red" }) };
    await tasks.find(ctx, where, { orderBy: { title: "desc" }, limit: 5 });
    const sent = databases.events.at(-1)?.sql;
    const before = databases.events.length;
    const explained = await tasks.explain(ctx, where, { orderBy: { title: "desc" }, limit: 5 });
    expect(databases.events.slice(before)).toMatchObject([{ operation: "explain" }]);
    expect(databases.events[before]?.sql).toMatch(databases.dialect === "sqlite" ? /^explain query plan select/ : /^explain \(costs off.*\) select/);
    expect(databases.events[before]?.sql.endsWith(` ${sent}`)).toBe(true);
    expect(explained.sql).toBe(sent);
    expect(explained.parameters).toEqual(databases.dialect === "sqlite"
      ? ["integer", "text", "integer", "text", "integer", "text", "integer"] : [...Array<string>(6).fill("text"), "integer"]);
    if (databases.dialect === "sqlite") expect(explained.plan).toMatch(/^SEARCH task USING .*\(user_id=\?\)/m);
    else expect(explained.plan).toMatch(/^ *Index Cond: .*user_id = /m);
    expect(explained.plan).toContain(databases.dialect === "sqlite" ? "ORDER BY" : "Sort Key");
    expect(JSON.stringify(explained)).not.toContain("secret text");
    // No costs, no counts: the plan is the same however many rows others have.
    await tasks.insertMany(ctx, Array.from({ length: 500 }, () => ({ title: "x" })));
    expect(await tasks.explain(ctx, where, { orderBy: { title: "desc" }, limit: 5 })).toEqual(explained);
    const [byName, whole, owned] = databases.dialect === "sqlite" ? [/^SEARCH tag USING /, /^SCAN tag$/, /^SEARCH task/]
      : [/(Index|Bitmap Heap) Scan (using \w+ )?on tag/, /Scan (using pk_tag )?on tag/, /Scan (using \w+ )?on task/];
    expect((await db.repository(Tag).explain({ name: "red" })).plan).toMatch(byName);
    expect((await db.repository(Tag).explain()).plan).toMatch(whole);
    await db.transaction(async () => expect((await tasks.explain(ctx)).plan).toMatch(owned));
  });

  // SQLite does not end an EXPLAIN with its last row: the connection would go on reading the state of then.
  it("leaves no old state of the database behind", async () => {
    const tags = db.repository(Tag);
    for (let count = 1; count <= 8; count += 1) {
      await Promise.all(Array.from({ length: 6 }, () => tags.explain({ name: "x" })));
      await Promise.all(Array.from({ length: 6 }, () => tags.count()));
      await tags.insert({ name: `t${count}` });
      expect(await Promise.all(Array.from({ length: 6 }, () => tags.count()))).toEqual(Array(6).fill(count));
    }
    await db.transaction(async () => tags.insert({ name: "last" }));
  });

  it("refuses what find refuses", async () => {
    await failure(ContextRequiredError, () => db.repository(Task).explain(undefined as never));
    await failure(InvalidQueryError, () => db.repository(Task).explain(ctx, { nothing: 1 } as never));
    await failure(InvalidQueryError, () => db.repository(Task).explain(ctx, {}, { limit: -1 }));
    await failure(DataError, async () => {
      const bare = await databases.openPlace(databases.newPlace(), trackerModel);
      await bare.repository(Tag).explain();
    });
  });
});

onEveryEngine("warnFullScans", (databases) => {
  let warnings: string[];
  beforeEach(() => {
    warnings = [];
    jest.spyOn(process, "emitWarning").mockImplementation((text, options) => {
      if ((options)?.code === "FREEHOLD_FULL_SCAN") warnings.push(String(text));
    });
  });
  afterEach(() => { jest.restoreAllMocks(); });
  const settled = async (): Promise<readonly string[]> => warnings;

  it("warns once of a statement with a condition that no index serves, on a table that is large", async () => {
    const db = await databases.open({ ...trackerModel, warnFullScans: 50 });
    const { aliceCtx: ctx } = await twoUsers(db);
    const tags = db.repository(Tag);
    await tags.insertMany(Array.from({ length: 49 }, (_, index) => ({ name: `t${index}` })));
    await tags.count({ name: contains("t4") });
    expect(await settled()).toEqual([]);
    await tags.insert({ name: "one more" });
    const before = databases.events.length;
    expect((await tags.find({ name: contains("t4") })).length).toBe(10);
    await tags.find({ name: contains("t3") });
    expect(databases.events.length - before).toBe(2);
    expect(await settled()).toHaveLength(1);
    expect(warnings[0]).toContain("find on Tag reads the whole table tag (50 rows or more)");
    expect(warnings[0]).not.toContain("t4");
    // Through a relation too, by the table's own name.
    await db.repository(Task).find(ctx, { tags: some({ name: contains("x") }) });
    // No condition, or one that an index serves, is no slip.
    await tags.find();
    await tags.find({ name: "t1" });
    await db.repository(Task).find(ctx, { title: "x" });
    expect((await settled()).filter((text) => text.includes("find on T"))).toHaveLength(1);
    await db.transaction(async () => tags.update({ name: contains("zzz") }, { parentId: null }));
    expect((await settled()).at(-1)).toContain("update on Tag");
  });

  it("is silent unless asked for, or in development, and refuses other values", async () => {
    const environment = process.env["NODE_ENV"];
    try {
      for (const [mode, wanted] of [["test", 0], ["development", 1]] as const) {
        process.env["NODE_ENV"] = mode;
        const db = await databases.open(trackerModel);
        await db.repository(Tag).insertMany(Array.from({ length: 1_000 }, (_, index) => ({ name: `t${index}` })));
        await db.repository(Tag).exists({ name: contains("nothing") });
        expect(await settled()).toHaveLength(wanted);
      }
    } finally {
      process.env["NODE_ENV"] = environment;
    }
    for (const warnFullScans of [0, -1, 1.5, "yes", null]) {
      await failure(ConnectionError, () => Database.open({ driver: databases.driver(), ...trackerModel, warnFullScans: warnFullScans as never }));
    }
  });
});

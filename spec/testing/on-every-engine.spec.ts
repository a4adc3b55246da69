import { randomUUID } from "node:crypto";
import { all, postgres, sqlite3, User, UserInfo, type Driver } from "freehold";
import { createTestDatabase, sequence } from "freehold/testing";
import { server } from "../support/engines";
import { onEveryEngine, onEveryPostgres, onEverySqliteFile, onRowLevelSecurity } from "../support/databases";
import { plainPostgres } from "../support/postgres/plain-postgres";
import { leaksOf, refusal, testDatabase } from "./on-engine";
import { Bill, Country, Item, Order, shop, shopModel } from "./shop";
import { Node, treeModel } from "./trees";

onEveryEngine("a test database", (databases) => {
  const test = testDatabase(shopModel, databases);
  beforeEach(() => test().reset());

  it("lets an honest function pass that reads and writes", async () => {
    const { a, b } = await test().expectIsolated(async (user, id: number) => ({
      one: await user.repository(Order).findById(id), page: await user.repository(Order).paginate({}, { first: 1, with: { items: true } }),
      made: await user.repository(Order).insert({ title: "new one", state: "draft", items: [{ name: "x" }] }), bill: await user.repository(Bill).insert({ text: "new" }),
      changed: await user.repository(Order).update({ orderId: id }, { cents: 5 }), at: new Date(), request: randomUUID(),
    }), { ...shop, input: ({ first }) => first.orderId });
    expect([a?.one?.title, b?.one?.title]).toEqual(["title of A 2", "title of B 2"]);
  });

  it("finds values, counts, writes and ids that tell", async () => {
    const { leaks } = await leaksOf(test().expectIsolated(async (user, id: number) => {
      const system = user.db.system("a slip");
      const orders = await user.db.repository(Order).find(system);
      await user.db.repository(Item).update(system, all, { name: "changed" });
      return { titles: orders.map(({ title }) => title), count: orders.length, known: await user.db.repository(Order).exists(system, { orderId: id }) };
    }, { ...shop, input: ({ second }) => second.orderId }));
    for (const user of ["A", "B"]) {
      expect(leaks).toContainEqual(expect.objectContaining({ kind: "value", user, source: "Order.title", path: expect.stringMatching(/^result\.titles\[\d\]$/) }));
      expect(leaks).toContainEqual(expect.objectContaining({ kind: "difference", user, path: "result.count" }));
      expect(leaks).toContainEqual(expect.objectContaining({ kind: "write", user, source: "Item", message: expect.stringContaining("changed (name)") }));
      expect(leaks).toContainEqual(expect.objectContaining({ kind: "oracle", user, path: "result.known" }));
    }
  });

  it("makes users, rows and what they refer to, and takes all of it", async () => {
    const { db } = test();
    const [alice, bob] = await test().asUsers();
    const items = test().factory(Item, { name: sequence((n) => `Item ${n}`) });
    const item = await items.create(alice);
    expect(item).toMatchObject({ name: "Item 1", userId: alice.user.user_id });
    expect(await alice.repository(Order).findById(item.orderId)).toMatchObject({ title: "title 1", state: "draft", cents: 0 });
    expect(await bob.repository(Item).count()).toBe(0);
    await test().factory(Country).create({ code: "fr" });
    await test().reset();
    const system = db.system("spec");
    expect(await Promise.all([db.repository(User).count(), db.repository(Country).count(), db.repository(Order).count(system), db.repository(Item).count(system)])).toEqual([0, 0, 0, 0]);
    const carol = await test().asUser();
    expect([carol.user.user_id, (await items.create(carol)).name, (await carol.repository(Order).findOne(all))?.orderId]).toEqual([1, "Item 1", 1]);
    expect((await carol.repository(Bill).insert({ text: "first" })).number).toBe(1);
    expect(await db.schema.check()).toEqual([]);
  });

  it("rolls a test back, nested transactions and all", async () => {
    const alice = await test().asUser();
    const items = test().factory(Item, { name: sequence((n) => `Item ${n}`) });
    const work = async (): Promise<string> => {
      const { name } = await items.create(alice);
      await test().db.transaction(async () => alice.repository(Bill).insert({ text: "inner" }));
      expect(await Promise.all([alice.repository(Item).count(), alice.repository(Bill).count()])).toEqual([1, 1]);
      return name;
    };
    expect([await test().rolledBack(work), await test().rolledBack(work)]).toEqual(["Item 1", "Item 1"]);
    await expect(test().rolledBack(async () => {
      await alice.repository(Bill).insert({ text: "lost" });
      throw new Error("the test failed");
    })).rejects.toThrow("the test failed");
    expect(await Promise.all([alice.repository(Item).count(), alice.repository(Bill).count(), test().db.repository(User).count()])).toEqual([0, 0, 1]);
    expect(await refusal(() => test().rolledBack(() => test().reset()))).toContain("reset() cannot be called inside rolledBack()");
  });
});

onEverySqliteFile("a test database in a file", (databases) => {
  it("refuses a database with rows in it, and leaves them alone", async () => {
    const place = databases.newPlace();
    const db = await databases.openPlace(place, shopModel);
    await db.schema.ensure();
    await db.repository(User).insert({ info: new UserInfo() });
    expect(await refusal(() => createTestDatabase({ ...shopModel, driver: databases.driver(place) }))).toContain("The database already has rows (user)");
    expect(await db.repository(User).count()).toBe(1);
  });
});

onEveryPostgres("a test database on a server", (databases) => {
  const schemas = async (): Promise<number> => {
    const client = await plainPostgres(server().adminUrl());
    try {
      const { rows } = await client.query("select count(*)::int as n from pg_namespace where nspname like 'freehold\\_test\\_%'");
      return (rows[0] as { readonly n: number }).n;
    } finally {
      await client.end();
    }
  };

  it("has a schema of its own, which is gone when it is closed", async () => {
    const before = await schemas();
    const [one, two] = await Promise.all([1, 2].map(() => createTestDatabase({ ...treeModel, driver: databases.driver() })));
    const alice = await one!.asUser();
    await alice.repository(Node).insert({ name: "hers" });
    expect([await schemas() - before, await one!.db.repository(User).count(), await two!.db.repository(User).count()]).toEqual([2, 1, 0]);
    await Promise.all([one!.close(), two!.close(), one!.close()]);
    expect(await schemas()).toBe(before);
  });

  it("leaves no schema behind when it cannot be opened", async () => {
    const before = await schemas();
    const given = databases.driver();
    const broken = (driver: Driver): Driver => ({ ...driver, open: async () => {
      const pool = await driver.open();
      return { ...pool, acquire: async () => { throw new Error("no connection"); }, close: () => pool.close() };
    }, apart: (schema) => broken(given.apart!(schema)) });
    await expect(createTestDatabase({ ...treeModel, driver: broken(given) })).rejects.toThrow("The database refused the statement");
    expect(await schemas()).toBe(before);
  });

  it("takes the schema that the connection leads to, where it is told to", async () => {
    const place = databases.newPlace();
    const test = await createTestDatabase({ ...treeModel, driver: databases.driver(place), ownSchema: false });
    await test.asUser();
    expect(await databases.outside(place, [[`select count(*)::int as n from "user"`]])).toEqual([[{ n: 1 }]]);
    await test.close();
    expect(await databases.outside(place, [[`select count(*)::int as n from "user"`]])).toEqual([[{ n: 1 }]]);
  });
});

onRowLevelSecurity("a function past the library", (databases) => {
  it("is found out where it makes a row point at another's", async () => {
    const place = databases.newPlace();
    const test = await createTestDatabase({ ...treeModel, driver: databases.driver(place), ownSchema: false });
    const { leaks } = await leaksOf(test.expectIsolated(async (user) => {
      await databases.outside(place, [[`update node set parent_id = (select id from node where user_id <> ${user.user.user_id}) where user_id = ${user.user.user_id}`]], { foreignKeys: false });
    }, { seed: (user) => user.repository(Node).insert({ name: user.text("node") }), concurrent: false }));
    expect(leaks).toContainEqual(expect.objectContaining({ kind: "reference", source: "Node", message: expect.stringContaining("parentId refers to the other's Node") }));
    await test.close();
  });

  it("is held back by the policies where it forgets who it is, and found out where it is an administrator", async () => {
    const place = databases.newPlace();
    const test = await createTestDatabase({ ...shopModel, driver: databases.driver(place), ownSchema: false });
    const query = async (url: string): Promise<unknown> => {
      const client = await plainPostgres(url);
      try {
        return (await client.query(`select title from ${place}."order" order by 1`)).rows;
      } finally {
        await client.end();
      }
    };
    const { a } = await test.expectIsolated(() => query(server().url(place)), { ...shop, concurrent: false });
    expect(a).toEqual([]);
    const { leaks } = await leaksOf(test.expectIsolated(() => query(server().adminUrl()), { ...shop, concurrent: false }));
    expect(leaks).toContainEqual(expect.objectContaining({ kind: "value", source: "Order.title" }));
    await test.close();
  });
});

it("is in memory unless told otherwise, and only an engine with schemas has one apart", async () => {
  const test = await createTestDatabase(shopModel);
  expect(await test.db.repository(User).count()).toBe(0);
  await test.close();
  expect(sqlite3({ file: ":memory:" }).apart).toBeUndefined();
  expect(postgres({ connectionString: "postgres://localhost/x" }).apart).toBeDefined();
});

import { createHash, randomUUID } from "node:crypto";
import { all, gt, like, NotFoundError, startsWith, User, UserInfo } from "freehold";
import type { SeedUser, Subject } from "freehold/testing";
import { Account, accountModel, Letter } from "../support/accounts";
import { Folder, Note, noteModel } from "../support/notes";
import { CardPayment, CashPayment, Payment, paymentModel } from "../support/payments";
import { Leaf, Node, treeModel } from "./trees";
import { leaksOf, testDatabase } from "./on-engine";
import { Bill, Country, Item, Order, shop, shopModel, type Fixture } from "./shop";

type Caller = Subject<User>;

/** Two pages and the way to a third, as a handler gives them to a browser. */
async function pages(user: Caller): Promise<unknown> {
  const options = { orderBy: { title: "asc" }, first: 1 } as const;
  const first = await user.repository(Order).paginate({}, options);
  const second = await user.repository(Order).paginate({}, { ...options, ...(first.nextCursor === null ? {} : { after: first.nextCursor }) });
  return { first, second };
}

const second = (): number => Math.floor(Date.now() / 1_000);

/** The second, which turns between the scenes of one user alone and those of both: if the clock does not by itself, a little early. */
function turning(): () => number {
  let calls = 0;
  let first = 0;
  return () => {
    const now = second();
    if (calls === 0) first = now;
    calls += 1;
    return calls > ALONE ? Math.max(now, first + 1) : now;
  };
}

/** How many scenes of one user alone there are. */
const ALONE = 5;

const honest: Readonly<Record<string, (user: Caller) => unknown>> = {
  "lists with their number": (user) => user.repository(Order).findAndCount({}, { with: { items: true }, limit: 2 }),
  "pages with cursors": pages,
  "pages by uuid": (user) => user.repository(Item).paginate({}, { first: 1 }),
  "counts, sums and extremes": (user) => user.repository(Order).aggregate({ groupBy: ["state"], count: true, sum: ["cents"], min: ["cents"], max: ["createdAt"] }),
  "files": async (user) => ({ name: "scan.bin", bytes: (await user.repository(Order).findOne({ state: "sent" }))?.scan }),
  "JSON as text": async (user) => JSON.stringify(await user.repository(Order).find({}, { with: { items: true } })),
  "moments, and the present one": async (user) => ({ due: (await user.repository(Order).find()).map(({ due }) => due), at: new Date(), ms: Date.now(), text: new Date().toISOString() }),
  "keys that are counted for each owner": (user) => user.repository(Bill).find(),
  "states that no order has": async (user) => {
    const orders = await user.repository(Order).find();
    return { draft: 0, sent: 0, paid: 0, ...Object.fromEntries(["draft", "sent"].map((state) => [state, orders.filter((order) => order.state === state).length])) };
  },
  "countries that are everybody's": (user) => user.repository(Country).find({ name: startsWith("A") }),
  "what it stores": (user) => user.repository(Order).insert({ title: "new one", state: "draft", items: [{ name: "a" }, { name: "b" }] }),
  "what it changes and deletes": async (user) => ({
    changed: await user.repository(Order).update({ state: "draft" }, { state: "sent", title: "sent off" }), deleted: await user.repository(Item).delete(all),
  }),
  "transactions, also ones that fail": async (user) => {
    await user.db.transaction(async () => {
      await user.repository(Bill).insert({ text: "kept" });
      await user.db.transaction(async () => {
        await user.repository(Bill).insert({ text: "not kept" });
        throw new Error("back");
      }).catch(() => undefined);
    });
    return user.repository(Bill).count();
  },
  "streams": (user) => user.repository(Order).stream({ cents: gt(0) }),
  "responses with a digest": async (user) => {
    const body = JSON.stringify(await user.repository(Bill).find());
    return new Response(body, { headers: { etag: createHash("sha256").update(body).digest("hex"), "x-request": randomUUID(), date: new Date().toUTCString() } });
  },
  "tokens that nobody can read": async (user) => ({ csrf: Buffer.from(randomUUID()).toString("base64url"), orders: await user.repository(Order).count() }),
  "tokens inside of other texts": async (user) => {
    const token = (): string => randomUUID().replaceAll("-", "");
    const page = `<input value="${token()}">${(await user.repository(Bill).find()).map(({ text }) => text).join()}`;
    return new Response(page, { headers: { "set-cookie": `sid=s%3A${token()}; Path=/; HttpOnly`, etag: `W/"4-${token()}"` } });
  },
  "tokens that it stores": async (user) => (await user.repository(Bill).insert({ text: randomUUID().replaceAll("-", "") })).number,
  "digests and cursors of what it stores": async (user) => {
    const orders = [await user.repository(Order).insert({ title: "new one", state: "draft" }), await user.repository(Order).insert({ title: "next one", state: "draft" })];
    const body = JSON.stringify(orders.map(({ orderId }) => orderId));
    return { etag: `W/"${createHash("sha1").update(body).digest("base64")}"`, page: await user.repository(Order).paginate({}, { orderBy: { orderId: "desc" }, first: 1 }) };
  },
  "seconds, and ends of sessions": (() => {
    const now = turning();
    return () => {
      const seconds = now();
      return {
        iat: seconds, at: new Date(seconds * 1_000), header: new Date(seconds * 1_000).toUTCString(), ms: seconds * 1_000, expires: new Date((seconds + 3_600) * 1_000),
        cookie: `sid=1; Expires=${new Date((seconds + 3_600) * 1_000).toUTCString()}`, exp: seconds + 3_600, text: new Date((seconds + 3_600) * 1_000).toISOString(),
      };
    };
  })(),
  "tokens that turn with the second": (() => {
    let calls = 0;
    return () => ({ token: createHash("sha256").update(String(second() + (++calls > ALONE ? 1 : 0))).digest("base64url") });
  })(),
  "the contexts of calls": (user) => user.run(() => user.db.repository(Order).inContext().find({}, { orderBy: { cents: "desc" } })),
};

describe("expectIsolated lets pass", () => {
  const test = testDatabase(shopModel);

  it.each(Object.entries(honest))("%s", async (_, work) => {
    const { a, b } = await test().expectIsolated(work, shop);
    expect([a, b]).not.toContain(undefined);
  });

  it("keys of what it stores in any form, where calls do not overlap", async () => {
    await test().expectIsolated(async (user) => (await user.repository(Order).insert({ title: "new one", state: "draft" })).orderId.toString(36), { ...shop, concurrent: false });
  });

  it("what is refused for being another's as for not being there", async () => {
    const get = (user: Caller, id: number): Promise<Order> => user.repository(Order).findByIdOrFail(id, { with: { items: true } });
    const { a, b } = await test().expectIsolated(get, { ...shop, input: ({ first }) => first.orderId });
    expect([a?.title, b?.title]).toEqual(["title of A 2", "title of B 2"]);
    // Whoever is told an id may say it again.
    await test().expectIsolated(async (user, id: number) => {
      if (!await user.repository(Order).exists({ orderId: id })) throw new NotFoundError(`there is no order ${id}`);
    }, { ...shop, input: ({ first }) => first.orderId });
  });

  it("changes and deletions by id", async () => {
    await test().expectIsolated((user, { first, item }: Fixture) => user.db.transaction(async () => ({
      changed: await user.repository(Order).update({ orderId: first.orderId }, { title: "changed it" }), deleted: await user.repository(Item).delete({ itemId: item.itemId }),
    })), { ...shop, input: (fixture) => fixture });
  });

  it("errors, where it is told that they are meant", async () => {
    const missing = (user: Caller): Promise<Order> => user.repository(Order).findByIdOrFail(5);
    await expect(test().expectIsolated(missing, { ...shop, throws: true })).resolves.toEqual({ a: undefined, b: undefined });
  });

  it("a cache that knows its users", async () => {
    const cache = new Map<unknown, Promise<Order[]>>();
    await test().expectIsolated((user) => {
      const cached = cache.get(user.ctx.key) ?? user.repository(Order).find();
      cache.set(user.ctx.key, cached);
      return cached;
    }, shop);
    expect(cache.size).toBe(4);
  });

  it("users, where they may know of each other", async () => {
    const list = (user: Caller): Promise<User[]> => user.db.repository(User).find();
    await test().expectIsolated(list, { ...shop, publicOwners: true });
    await expect(test().expectIsolated(list, shop)).rejects.toThrow("B got A's User.user_id");
  });

  it("values that it is told to, and parts that are left out", async () => {
    const seed = (user: Caller) => user.repository(Bill).insert({ text: user.label === "A" ? "The usual" : user.label });
    const greet = async (user: Caller): Promise<string> => `${await user.repository(Bill).count()}: The usual`;
    await expect(test().expectIsolated(greet, { seed })).rejects.toThrow("B got A's Bill.text");
    await test().expectIsolated(greet, { seed, allow: ["The usual"] });
    let calls = 0;
    await test().expectIsolated(async (user) => ({ calls: ++calls, bills: await user.repository(Bill).find() }), { ...shop, normalize: ({ bills }) => bills });
  });

  it("nothing twice: the database is empty afterwards, its clock runs, and ids begin at 1", async () => {
    await test().expectIsolated((user) => user.repository(Order).find(), shop);
    const before = Date.now();
    const user = await test().db.repository(User).insert({ info: new UserInfo() });
    expect(user.user_id).toBe(1);
    expect(user.created_at.getTime()).toBeGreaterThanOrEqual(before);
    await test().reset();
  });
});

describe("expectIsolated knows owners of the application's own", () => {
  const accounts = testDatabase({ ...accountModel, owner: Account });
  const trees = testDatabase(treeModel);
  const notes = testDatabase(noteModel);
  const payments = testDatabase(paymentModel);

  it("whose rows are their own", async () => {
    const options = { seed: (user: SeedUser<Account>) => user.repository(Letter).insert({ text: user.text("letter") }) };
    const { a } = await accounts().expectIsolated((user) => user.repository(Letter).find({}, { with: { account: true } }), options);
    expect(a?.[0]?.account?.email).toBe("email10001@example.org");
    const slip = accounts().expectIsolated((user) => user.db.repository(Account).find(user.db.system("a slip")), options);
    await expect(slip).rejects.toThrow("B got A's Account.email");
  });

  it("and what the framework keeps, soft deletions among it", async () => {
    const seed = async (user: SeedUser<User>) => {
      const folder = await user.repository(Folder).insert({ name: user.text("folder") });
      const gone = await user.repository(Note).insert({ title: user.text("gone"), folder_id: folder.folder_id });
      await user.repository(Note).delete({ note_id: gone.note_id });
      return user.repository(Note).insert({ title: user.text("note"), folder_id: folder.folder_id });
    };
    await notes().expectIsolated(async (user, id: number) => {
      await user.repository(Note).increment({ note_id: id }, { views: 1 });
      await user.repository(Note).restore(all);
      return user.repository(Note).find({}, { with: { folder: true }, withDeleted: true });
    }, { seed, input: ({ note_id }) => note_id });
    const { leaks } = await leaksOf(notes().expectIsolated((user) => user.db.repository(Note).restore(user.db.system("a slip"), all), { seed }));
    expect(leaks).toContainEqual(expect.objectContaining({ kind: "write", source: "Note", message: expect.stringContaining("changed (") }));
  });

  it("and classes that share a table", async () => {
    const seed = async (user: SeedUser<User>) => {
      await user.repository(CardPayment).insert({ cents: user.number(), reference: user.text("card"), digits: user.label === "A" ? "1111" : "2222" });
      return user.repository(CashPayment).insert({ cents: user.number(), reference: user.text("cash"), till: user.text("till") });
    };
    await payments().expectIsolated((user) => user.repository(Payment).find(), { seed });
    const { leaks } = await leaksOf(payments().expectIsolated((user) => user.db.repository(CashPayment).find(user.db.system("a slip"), { till: like("%") }, { select: ["till"] }), { seed }));
    expect(leaks).toContainEqual(expect.objectContaining({ kind: "value", source: "Payment.till" }));
  });

  it("and keys that are counted from where nobody can tell it", async () => {
    const seed = async (user: SeedUser<User>) => [await user.repository(Leaf).insert({ name: user.text("leaf") }), await user.repository(Leaf).insert({ name: user.text("leaf") })];
    const options = { seed, input: ([, leaf]: Leaf[]) => leaf!.id };
    await trees().expectIsolated(async (user, id: number) => ({ changed: await user.repository(Leaf).update({ id }, { name: "x" }), made: await user.repository(Leaf).insert({ name: "new" }) }), options);
    const count = (user: Caller): Promise<number> => user.db.repository(Leaf).count(user.db.system("a slip"));
    await expect(trees().expectIsolated(async (user) => ({ pages: await count(user) * 10 }), { seed })).rejects.toThrow("result.pages: 40 with the rows of B there, 20 without");
  });

  it("and rows that refer to each other in circles", async () => {
    const seed = async (user: SeedUser<User>) => {
      const root = await user.repository(Node).insert({ name: user.text("root") });
      return user.repository(Node).insert({ name: user.text("leaf"), parentId: root.id });
    };
    await trees().expectIsolated((user) => user.repository(Node).find(), { seed });
    expect(await trees().db.repository(Node).count(trees().db.system("spec"))).toBe(0);
  });
});


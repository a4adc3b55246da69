import { createHash } from "node:crypto";
import { all, runWithContext, User } from "freehold";
import type { Leak, Subject } from "freehold/testing";
import { leaksOf, testDatabase } from "./on-engine";
import { Bill, Item, Order, seedShop, shareShop, shop, shopModel } from "./shop";

type Caller = Subject<User>;

/** Everybody's orders, as code has them that forgot in whose name it works. */
const everything = (user: Caller): Promise<Order[]> => user.db.repository(Order).find(user.db.system("a slip"));
/** The other user's first order, where there is one. */
const others = async (user: Caller): Promise<Order | undefined> => (await everything(user)).find(({ userId }) => userId !== user.user.user_id);

interface Plant {
  readonly leak: (user: Caller) => unknown;
  /** What must be found, among other things. */
  readonly expected: { readonly [K in keyof Leak]?: unknown };
}

/** Ways in which an answer holds what is another's. */
const inAnswers: Readonly<Record<string, Plant>> = {
  "a list of everybody's rows": { leak: everything, expected: { kind: "value", source: "Order.title", path: expect.stringMatching(/^result\[\d\]\.title$/) } },
  "another's id alone": { leak: async (user) => ({ next: (await others(user))?.orderId }), expected: { kind: "value", source: "Order.orderId", path: "result.next" } },
  "another's uuid alone": {
    leak: async (user) => (await user.db.repository(Item).find(user.db.system("a slip"))).map(({ itemId }) => itemId),
    expected: { kind: "value", source: "Item.itemId" },
  },
  "another's key as an owner": { leak: async (user) => (await others(user))?.userId, expected: { kind: "value", source: "User.user_id", path: "result" } },
  "a moment": { leak: async (user) => (await others(user))?.due, expected: { kind: "value", source: "Order.due" } },
  "a moment in milliseconds": { leak: async (user) => (await everything(user)).map(({ due }) => due?.getTime()), expected: { kind: "value", source: "Order.due" } },
  "a number": { leak: async (user) => (await others(user))?.cents, expected: { kind: "value", source: "Order.cents" } },
  "a decimal": { leak: async (user) => (await everything(user)).map(({ price }) => price), expected: { kind: "value", source: "Order.price" } },
  "bytes": { leak: async (user) => (await everything(user)).map(({ scan }) => scan), expected: { kind: "value", source: "Order.scan" } },
  "bytes among others": { leak: async (user) => Buffer.concat((await everything(user)).map(({ scan }) => scan ?? Buffer.from("none"))), expected: { kind: "value", source: "Order.scan" } },
  "bytes as base64": { leak: async (user) => (await everything(user)).map(({ scan }) => scan?.toString("base64")).join(), expected: { kind: "value", source: "Order.scan" } },
  "a value deep in JSON": { leak: async (user) => (await everything(user)).map(({ details }) => details), expected: { kind: "value", source: "Order.details.tags[0]" } },
  "a text of JSON": { leak: async (user) => JSON.stringify({ orders: await everything(user) }), expected: { kind: "value", source: "Order.title", path: "result" } },
  "a text in a URL": { leak: async (user) => `/search?q=${encodeURIComponent((await others(user))?.title ?? "")}`, expected: { kind: "value", source: "Order.title" } },
  "base64": { leak: async (user) => Buffer.from(`token:${(await others(user))?.title}`).toString("base64url"), expected: { kind: "value", source: "Order.title" } },
  "a map": { leak: async (user) => new Map((await everything(user)).map(({ orderId, title }) => [orderId, { title }])), expected: { kind: "value", path: expect.stringMatching(/^result\.keys\[\d\]$/) } },
  "a set": { leak: async (user) => new Set((await everything(user)).map(({ title }) => title)), expected: { kind: "value", source: "Order.title" } },
  "names of properties": {
    leak: async (user) => Object.fromEntries((await everything(user)).map(({ title }) => [title, true])), expected: { kind: "value", source: "Order.title", path: expect.stringContaining("(its name)") },
  },
  "a getter of a class": {
    leak: async (user) => {
      const hidden = await others(user);
      return new class Summary { get first() { return hidden?.title; } }();
    },
    expected: { kind: "value", source: "Order.title", path: "result.first" },
  },
  "what toJSON gives": {
    leak: async (user) => {
      const hidden = await others(user);
      return { toJSON: () => ({ hidden: hidden?.title }) };
    },
    expected: { kind: "value", source: "Order.title", path: "result[\"toJSON()\"].hidden" },
  },
  "a stream": {
    leak: async function* (user) { for await (const { title } of user.db.repository(Order).stream(user.db.system("a slip"))) yield title; },
    expected: { kind: "value", source: "Order.title", path: expect.stringMatching(/^result\[\d\]$/) },
  },
  "the body of a response": { leak: async (user) => Response.json(await everything(user)), expected: { kind: "value", source: "Order.title", path: "result.body" } },
  "an error's message": {
    leak: async (user) => { throw new Error(`there is "${(await others(user))?.title}" already`); }, expected: { kind: "value", source: "Order.title", path: "error.message" },
  },
  "an error's cause": {
    leak: async (user) => { throw new Error("no", { cause: { row: await others(user) } }); }, expected: { kind: "value", source: "Order.title", path: "error.cause.row.title" },
  },
  "a thrown value": {
    leak: async (user) => {
      const thrown: unknown = await others(user);
      throw thrown;
    },
    expected: { kind: "value", source: "Order.title", path: "error.title" },
  },
  "errors that an error gathers": {
    leak: async (user) => { throw new AggregateError([new Error((await others(user))?.title)], "several"); }, expected: { kind: "value", source: "Order.title", path: "error.errors[0].message" },
  },
  "a getter of an error's class": {
    leak: async (user) => {
      const hidden = await others(user);
      throw new class Refusal extends Error { get row() { return hidden?.title; } }("no");
    },
    expected: { kind: "value", source: "Order.title", path: "error.row" },
  },
  "an error's property that is named by a symbol": {
    leak: async (user) => { throw Object.assign(new Error("no"), { [Symbol("row")]: await others(user) }); }, expected: { kind: "value", source: "Order.title", path: "error[Symbol(row)].title" },
  },
  "a property that is not enumerable": {
    leak: async (user) => Object.defineProperty({}, "hidden", { value: await others(user) }), expected: { kind: "value", source: "Order.title", path: "result.hidden.title" },
  },
  "a property of a function": { leak: async (user) => Object.assign(() => 1, { row: await others(user) }), expected: { kind: "value", source: "Order.title", path: "result.row.title" } },
  "a file": { leak: async (user) => new Blob([JSON.stringify(await everything(user))]), expected: { kind: "value", source: "Order.title", path: "result.bytes" } },
  "what an object is as a text": {
    leak: async (user) => {
      const hidden = await others(user);
      return { toString: () => `order ${hidden?.title}` };
    },
    expected: { kind: "value", source: "Order.title", path: "result[\"String()\"]" },
  },
  "the text of a response of SuperTest": {
    leak: async (user) => ({ statusCode: 200, headers: {}, body: {}, text: JSON.stringify(await everything(user)), request: { port: Math.random() } }),
    expected: { kind: "value", source: "Order.title", path: "result.body" },
  },
  "what a generator gives before it throws": {
    leak: async (user) => {
      const rows = await everything(user);
      return (function* () {
        yield* rows;
        throw new Error("the end");
      })();
    },
    expected: { kind: "value", source: "Order.title", path: expect.stringMatching(/^result\[\d\]\.title$/) },
  },
  "hand-written SQL": {
    leak: (user) => user.db.sql(user.db.system("a slip"))`select "title" from "order"`.rows(), expected: { kind: "value", source: "Order.title" },
  },
};

/** Ways in which an answer depends on another's rows, though it holds nothing of them. */
const byDifference: Readonly<Record<string, Plant>> = {
  "a count": { leak: (user) => user.db.repository(Order).count(user.db.system("a slip")), expected: { kind: "difference", path: "result" } },
  "a sum": { leak: async (user) => (await everything(user)).reduce((sum, { cents }) => sum + cents % 1_000, 0), expected: { kind: "difference" } },
  "whether there are any": { leak: async (user) => ({ first: (await everything(user)).length === (user.label === "A" ? 3 : 2) }), expected: { kind: "difference", path: "result.first" } },
  "a total beside the items of a list": {
    leak: async (user) => Object.assign(await user.repository(Order).find(), { total: await user.db.repository(Order).count(user.db.system("a slip")) }), expected: { kind: "difference", path: "result.total" },
  },
  "a response's status text": {
    leak: async (user) => new Response(null, { statusText: `${(await everything(user)).length} orders` }), expected: { kind: "difference", path: "result.statusText" },
  },
  "an order": { leak: async (user) => (await everything(user))[0]?.userId === user.user.user_id, expected: { kind: "difference" } },
  "a digest": { leak: async (user) => createHash("sha256").update(JSON.stringify(await everything(user))).digest("hex"), expected: { kind: "difference" } },
  "another error": {
    leak: async (user) => { if ((await others(user)) !== undefined) throw new Error("full"); }, expected: { kind: "difference" },
  },
  "a row of its own that depends on theirs": {
    leak: async (user) => { await user.repository(Bill).insert({ text: `number ${await user.db.repository(Bill).count(user.db.system("a slip"))}` }); },
    expected: { kind: "difference", path: "Bill[1].text" },
  },
};

/** Ways in which another's rows are changed. */
const inWrites: Readonly<Record<string, Plant>> = {
  "changes all rows": {
    leak: (user) => user.db.repository(Order).update(user.db.system("a slip"), all, { country: "ch" }), expected: { kind: "write", source: "Order", message: expect.stringContaining("changed (country)") },
  },
  "deletes all rows": { leak: (user) => user.db.repository(Item).delete(user.db.system("a slip"), all).then(() => null), expected: { kind: "write", source: "Item", message: expect.stringContaining("deleted") } },
  "takes a row over": {
    leak: async (user) => {
      const theirs = (await everything(user)).find(({ userId, state }) => userId !== user.user.user_id && state === "draft");
      if (theirs !== undefined) await user.db.repository(Order).update(user.db.system("a slip"), { orderId: theirs.orderId }, { userId: user.user.user_id });
    },
    expected: { kind: "write", source: "Order", message: expect.stringContaining("given to another owner") },
  },
  "adds a row": {
    leak: async (user) => {
      const theirs = await others(user);
      if (theirs === undefined) return;
      await user.db.repository(Order).insert(user.db.system("a slip"), { userId: theirs.userId, title: "a gift", state: "draft" });
    },
    expected: { kind: "write", source: "Order", message: expect.stringContaining("added") },
  },
};

describe("expectIsolated", () => {
  const test = testDatabase(shopModel);

  describe.each(Object.entries({ ...inAnswers, ...byDifference, ...inWrites }))("finds %s", (_, { leak, expected }) => {
    it("and says what and where", async () => {
      const { leaks } = await leaksOf(test().expectIsolated(leak, { ...shop, throws: true }));
      expect(leaks).toContainEqual(expect.objectContaining(expected));
    });
  });

  describe("finds what outlives a call", () => {
    it("a cache that everybody shares", async () => {
      let cached: Promise<Order[]> | undefined;
      const { leaks } = await leaksOf(test().expectIsolated((user) => cached ??= user.repository(Order).find(), shop));
      expect(leaks).toContainEqual(expect.objectContaining({ kind: "value", user: "B", source: "Order.title" }));
    });

    it("a cache whose rows hold no id, and whose texts the seed writes itself", async () => {
      let cached: Promise<string[]> | undefined;
      const { leaks, message } = await leaksOf(test().expectIsolated(
        (user) => cached ??= user.repository(Bill).find().then((bills) => bills.map(({ text }) => text)),
        { seed: (user) => user.repository(Bill).insert({ text: user.label === "A" ? "Anna's rent" : "Ben's phone" }) },
      ));
      expect(leaks).toContainEqual(expect.objectContaining({ kind: "value", user: "B", source: "Bill.text" }));
      expect(message).toContain(`B got A's Bill.text (row number 1: "Anna's rent") in result[0]`);
    });

    it.each<readonly [string, (title: string) => unknown]>([
      ["the query of a URL", (title) => `/?${new URLSearchParams({ title }).toString()}`], ["a URL beside a lone %", (title) => `100%: ${encodeURIComponent(title)}`],
      ["a path of base64", (title) => `/files/${Buffer.from(title).toString("base64url")}`], ["hexadecimal digits", (title) => Buffer.from(title).toString("hex")],
      ["HTML", (title) => `<b>${title.replaceAll("'", "&#39;").replaceAll(" ", "&nbsp;")}</b>`], ["a file", (title) => new Blob([title])],
    ])("a cache of %s", async (_, form) => {
      let cached: Promise<unknown> | undefined;
      const { leaks } = await leaksOf(test().expectIsolated((user) => cached ??= user.repository(Bill).find().then(([bill]) => form(bill?.text ?? "")), {
        seed: (user) => user.repository(Bill).insert({ text: `${user.label}'s own rent` }), concurrent: false,
      }));
      expect(leaks).toContainEqual(expect.objectContaining({ kind: "value", user: "B", source: "Bill.text" }));
    });

    it("nothing in what cannot be read, and goes on", async () => {
      const answer = async (): Promise<unknown> => {
        const read = new Response("once");
        await read.text();
        const revoked = Proxy.revocable({}, {});
        revoked.revoke();
        return { read, revoked: revoked.proxy, error: Object.defineProperty(new Error("e"), "x", { enumerable: true, get: () => { throw new Error("no"); } }) };
      };
      await expect(test().expectIsolated(answer, shop)).resolves.toBeDefined();
    });

    it("a user in a variable, where calls overlap", async () => {
      let current: Caller | undefined;
      const slip = async (user: Caller): Promise<Order[]> => {
        current = user;
        await user.db.repository(User).count();
        return current.repository(Order).find();
      };
      const { leaks } = await leaksOf(test().expectIsolated(slip, shop));
      expect(leaks.every(({ message }) => message.includes("at once"))).toBe(true);
      await expect(test().expectIsolated(slip, { ...shop, concurrent: false })).resolves.toBeDefined();
    });

    it("a context that is remembered for good", async () => {
      let first: Caller["ctx"] | undefined;
      const { leaks } = await leaksOf(test().expectIsolated((user) => {
        first ??= user.ctx;
        return runWithContext(first, () => user.db.repository(Bill).inContext().insert({ text: "new" }));
      }, { ...shop, throws: true }));
      expect(leaks.length).toBeGreaterThan(0);
    });
  });

  describe("finds what ids tell", () => {
    const byId = (text: (order: Order | null, user: Caller) => unknown) => async (user: Caller, id: number): Promise<unknown> =>
      text(await user.db.repository(Order).findById(user.db.system("a slip"), id), user);

    it("a row that anybody may read who has its id", async () => {
      const { leaks } = await leaksOf(test().expectIsolated(byId((order) => order?.title ?? null), { ...shop, input: ({ first }) => first.orderId }));
      expect(leaks).toContainEqual(expect.objectContaining({ kind: "value", source: "Order.title" }));
      expect(leaks).toContainEqual(expect.objectContaining({ kind: "oracle", path: "result" }));
    });

    it("another refusal for what is there than for what is not", async () => {
      const { leaks } = await leaksOf(test().expectIsolated(
        byId((order, user) => order === null ? "not found" : order.userId === user.user.user_id ? "yours" : "forbidden"), { ...shop, input: ({ first }) => first.orderId },
      ));
      expect(leaks.map(({ kind }) => kind)).toEqual(["oracle", "oracle"]);
      expect(leaks[0]?.message).toBe(`A got another result: "forbidden" when it called with what is B's, "not found" with ids of nobody`);
    });

    it("a title that is taken", async () => {
      const { leaks } = await leaksOf(test().expectIsolated(
        (user, title: string) => user.db.repository(Order).exists(user.db.system("a slip"), { title }), { ...shop, input: ({ first }) => first.title },
      ));
      expect(leaks).toContainEqual(expect.objectContaining({ kind: "oracle", path: "result" }));
    });

    it("a row that anybody may delete who has its id", async () => {
      const { leaks } = await leaksOf(test().expectIsolated(
        (user, number: number) => user.db.repository(Order).delete(user.db.system("a slip"), { orderId: number }).then(() => "gone"), { ...shop, input: ({ second }) => second.orderId },
      ));
      expect(leaks).toContainEqual(expect.objectContaining({ kind: "write", source: "Order" }));
      expect(leaks.some(({ kind }) => kind === "oracle")).toBe(false);
    });
  });

  it("names the function, ten leaks, and how many more there are", async () => {
    const { message, leaks } = await leaksOf(test().expectIsolated(everything, { seed: seedShop, shared: shareShop }));
    expect(message.split("\n")).toHaveLength(12);
    expect(message.split("\n")[0]).toBe("everything does not keep users apart:");
    expect(message.split("\n")[11]).toBe(`  - and ${leaks.length - 10} more (error.leaks)`);
  });
});

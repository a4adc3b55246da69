import { inspect } from "node:util";
import { runInThisContext } from "node:vm";
import {
  betterSqlite3, Column, ContextRequiredError, Database, Entity, ForeignKey, PrimaryKey, User, UserContext, UserOwned, ValidationError,
  type Context, type ContextOptions, type OwnerId, type OwnerKey, type SystemContext,
} from "freehold";
import { accessOf } from "../../lib/scope/access";
import { SystemContext as SystemContextClass, SystemContextProof } from "../../lib/scope/system-context";
import { buildModel } from "../../lib/model/build-model";
import { failure } from "../support/databases";
import { Document, documentModel } from "../support/documents";

const UUID = "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f";

@Entity()
class Team {
  @PrimaryKey() team_id!: string;
}

@Entity()
class Handle {
  @PrimaryKey({ generate: "none" }) name!: string;
}

@Entity()
class Pair {
  @PrimaryKey({ generate: "none" }) a!: string;
  @PrimaryKey({ generate: "none" }) b!: string;
}

@Entity()
@UserOwned()
class Plan {
  @PrimaryKey() plan_id!: number;
  @ForeignKey("Team.team_id") team_id!: OwnerId<string>;
  @Column() title!: string;
}

class NotAnEntity {
  user_id = 1;
}

const stored = (user_id: number): User => Object.assign(new User(), { user_id });
/** What JavaScript may pass. */
const forged = (value: unknown): Context => value as Context;
const documents = buildModel({ ...documentModel }).modelOf(Document)!;

describe("UserContext", () => {
  it("is made of a stored owner", () => {
    const ctx = UserContext.of(stored(7));
    expect([ctx.owner, ctx.key, ctx.actor]).toEqual([User, 7, 7]);
    expect(accessOf(documents, ctx)).toMatchObject({ kind: "user", key: 7 });
  });

  it("is made of a key", () => {
    const ctx = UserContext.forKey(User, 7);
    expect([ctx.owner, ctx.key, ctx.actor]).toEqual([User, 7, 7]);
    expect(UserContext.forKey(User, Number.MAX_SAFE_INTEGER).key).toBe(Number.MAX_SAFE_INTEGER);
    expect(UserContext.forKey(Team, UUID).key).toBe(UUID);
    expect(UserContext.forKey(Handle, "alice").key).toBe("alice");
  });

  const badNumbers: readonly (readonly [string, unknown])[] = [
    ["undefined", undefined], ["null", null], ["NaN", NaN], ["Infinity", Infinity], ["0", 0], ["-0", -0], ["a negative", -1], ["a fraction", 1.5],
    ["an unsafe integer", 2 ** 53], ["a very large number", 1e300], ["an empty string", ""], ["a numeric string", "1"], ["a word", "alice"],
    ["a uuid", UUID], ["true", true], ["a bigint", 1n], ["a symbol", Symbol("1")], ["an object with valueOf", { valueOf: () => 1 }],
    ["an object with toString", { toString: () => "1" }], ["an object with toPrimitive", { [Symbol.toPrimitive]: () => 1 }],
    ["an array", [1]], ["an empty array", []], ["a boxed number", Object(1)], ["a function", () => 1], ["a Date", new Date(1)],
    ["an operator-shaped object", { gt: 0 }],
  ];
  it.each(badNumbers)("refuses %s as the key of a number owner", async (_, key) => {
    const error = await failure(ValidationError, () => UserContext.forKey(User, key as OwnerKey));
    expect(error.entity).toBe("User");
    expect(error.faults).toMatchObject([{ property: "user_id", constraint: "contextKey" }]);
    await failure(ValidationError, () => UserContext.of(stored(key as number)));
  });

  const badUuids: readonly (readonly [string, unknown])[] = [
    ["undefined", undefined], ["null", null], ["a number", 1], ["zero", 0], ["an empty string", ""], ["a word", "alice"],
    ["a uuid with braces", `{${UUID}}`], ["a uuid with a space", ` ${UUID}`], ["a uuid with a line's end", `${UUID}\n`], ["a short uuid", UUID.slice(1)],
    ["a boxed uuid", Object(UUID)], ["an array", [UUID]], ["an object with toString", { toString: () => UUID }], ["a bigint", 1n],
  ];
  it.each(badUuids)("refuses %s as the key of a uuid owner", async (_, key) => {
    const error = await failure(ValidationError, () => UserContext.forKey(Team, key as OwnerKey));
    expect(error.faults).toMatchObject([{ property: "team_id", constraint: "contextKey" }]);
    await failure(ValidationError, () => UserContext.of(Object.assign(new Team(), { team_id: key })));
  });

  it.each([["a number", 1], ["an empty string", ""], ["U+0000", "a\u0000"], ["a lone surrogate", "\ud800"], ["a boxed string", Object("a")]])(
    "refuses %s as the key of an owner named by text", async (_, key) => {
      await failure(ValidationError, () => UserContext.forKey(Handle, key as OwnerKey));
    });

  it("repeats no key in its messages", async () => {
    const error = await failure(ValidationError, () => UserContext.forKey(User, "secret-key-of-alice"));
    expect(error.message).not.toContain("secret");
  });

  it("writes uuids in lower case", () => {
    expect(UserContext.forKey(Team, UUID.toUpperCase()).key).toBe(UUID);
    expect(UserContext.of(Object.assign(new Team(), { team_id: UUID.toUpperCase() })).key).toBe(UUID);
  });

  it("refuses an owner that was not stored", async () => {
    const error = await failure(ValidationError, () => UserContext.of(new User()));
    expect(error.message).toBe("This User has no user_id yet: insert it first, then make a UserContext of it.");
  });

  it.each<[string, unknown]>([
    ["undefined", undefined], ["null", null], ["a number", 1], ["a plain object", { user_id: 1 }], ["an object without a prototype", Object.create(null)],
    ["an instance of no entity", new NotAnEntity()], ["a class", User], ["a context", UserContext.forKey(User, 1)],
  ])("is not made of %s", async (_, owner) => {
    await failure(ValidationError, () => UserContext.of(owner as object));
  });

  it("is not made for a class that cannot own", async () => {
    await failure(ValidationError, () => UserContext.forKey(NotAnEntity, 1));
    const composite = await failure(ValidationError, () => UserContext.forKey(Pair, "a"));
    expect(composite.message).toContain("no single @PrimaryKey()");
    for (const owner of [undefined, null, "User", 1, {}]) {
      await failure(ValidationError, () => UserContext.forKey(owner as never, 1));
    }
  });

  it("copies the key: what happens to the owner later changes nothing", () => {
    const user = stored(7);
    const ctx = UserContext.of(user);
    user.user_id = 8;
    expect(ctx.key).toBe(7);
    expect(accessOf(documents, ctx)).toMatchObject({ key: 7 });
  });

  it("never changes", () => {
    const ctx = UserContext.forKey(User, 7);
    expect(Object.isFrozen(ctx)).toBe(true);
    for (const [name, value] of [["key", 8], ["owner", Team], ["actor", 8], ["extra", 1]] as const) {
      expect(() => Object.assign(ctx, { [name]: value })).toThrow(TypeError);
      expect(() => Object.defineProperty(ctx, name, { value })).toThrow(TypeError);
    }
    expect(() => Object.setPrototypeOf(ctx, { key: 8 }) as unknown).toThrow(TypeError);
    expect(accessOf(documents, ctx)).toMatchObject({ kind: "user", key: 7 });
  });

  it("says who acts", () => {
    expect(UserContext.forKey(User, 7, { actor: "support" }).actor).toBe("support");
    expect(UserContext.of(stored(7), { actor: 3 }).actor).toBe(3);
    expect(UserContext.forKey(User, 7, {}).actor).toBe(7);
    expect(JSON.parse(JSON.stringify(UserContext.forKey(User, 7, { actor: "support" })))).toEqual({ owner: "User", key: 7, actor: "support" });
  });

  it.each<[string, unknown]>([["an empty string", ""], ["null", null], ["an object", {}], ["true", true], ["NaN", NaN], ["a function", () => "x"]])(
    "refuses %s as the actor", async (_, actor) => {
      await failure(ValidationError, () => UserContext.forKey(User, 7, { actor } as ContextOptions));
    });

  it("reads the actor once, so that what was checked is what is kept", () => {
    let reads = 0;
    const options = { get actor() { reads += 1; return reads === 1 ? "support" : { toString: () => "root" }; } };
    expect(UserContext.forKey(User, 7, options as ContextOptions).actor).toBe("support");
    expect(reads).toBe(1);
  });

  describe("cannot be forged", () => {
    const real = UserContext.forKey(User, 7);
    const Base = UserContext as unknown as new (...args: unknown[]) => object;
    const construct = (...args: readonly unknown[]): unknown => Reflect.construct(UserContext as never, args);

    it.each<[string, unknown]>([
      ["an object with the prototype", Object.create(UserContext.prototype)],
      ["such an object with a key of its own", Object.create(UserContext.prototype, { key: { value: 7 }, owner: { value: User } })],
      ["an object derived from a real one", Object.create(real)],
      ["a JSON round trip", JSON.parse(JSON.stringify(real))],
      ["a spread copy", { ...real }],
      ["Object.assign", Object.assign({}, real)],
      ["the same fields", { owner: User, key: 7, actor: 7, toJSON: () => ({}) }],
      ["a Proxy around a real one", new Proxy(real, {})],
      ["a Proxy that answers another key", new Proxy(real, { get: (target, name) => name === "key" ? 8 : Reflect.get(target, name, target) as unknown })],
      ["the class", UserContext], ["the prototype", UserContext.prototype],
      ["a bare key", 7], ["a user", stored(7)], ["true", true], ["a symbol", Symbol("UserContext")], ["a function", () => real],
    ])("by %s", async (_, forgery) => {
      expect(UserContext.is(forgery)).toBe(false);
      const error = await failure(ContextRequiredError, () => accessOf(documents, forged(forgery)));
      expect(error.entity).toBe("Document");
    });

    it("by a structured clone", async () => {
      expect(UserContext.is(structuredClone({ key: real.key, owner: "User" }))).toBe(false);
      await failure(ContextRequiredError, () => accessOf(documents, forged(structuredClone(real))));
    });

    it("by calling the constructor, whatever the proof", async () => {
      for (const proof of [undefined, null, Symbol("UserContext"), Symbol.for("UserContext"), "UserContext", real]) {
        await failure(ContextRequiredError, () => construct(proof, User, 8, {}));
      }
    });

    it("by a subclass", async () => {
      class Derived extends Base {}
      await failure(ContextRequiredError, () => new Derived(Symbol("UserContext"), User, 8, {}));
      await failure(ContextRequiredError, () => { Reflect.construct(UserContext as never, [Symbol("UserContext"), User, 8, {}], Derived); });
    });

    it("by a subclass that keeps what the constructor left behind", () => {
      let left: unknown;
      // As text: the compiler knows that such a constructor has no business with its `this`.
      const derive = runInThisContext(`(Base, keep) => class extends Base {
        constructor() { try { super(Symbol(), null, 8, {}); } catch { } try { keep(this); } catch { } return Object.create(Base.prototype); }
      }`) as (base: typeof Base, keep: (value: unknown) => void) => typeof Base;
      const Derived = derive(Base, (value) => { left = value; });
      expect(UserContext.is(new Derived())).toBe(false);
      expect(left).toBeUndefined();
    });

    it("by of or forKey called on another class: what comes out is a real context for its own key", () => {
      const made = UserContext.forKey.call({} as never, User, 9);
      expect(UserContext.is(made)).toBe(true);
      expect(made.key).toBe(9);
    });
  });

  it("of another owner entity is refused, the message naming both", async () => {
    const error = await failure(ContextRequiredError, () => accessOf(documents, UserContext.forKey(Team, UUID)));
    expect(error.message).toContain("Document is owned by User, but the context was made for Team");
    const plans = buildModel({ entities: [Team, Plan] }).modelOf(Plan)!;
    expect(accessOf(plans, UserContext.forKey(Team, UUID))).toMatchObject({ kind: "user", key: UUID });
    await failure(ContextRequiredError, () => accessOf(plans, UserContext.forKey(User, 7)));
  });

  it("of a class derived from the owner entity is refused", async () => {
    class Admin extends User {}
    await failure(ContextRequiredError, () => accessOf(documents, UserContext.forKey(Admin, 7)));
    await failure(ContextRequiredError, () => accessOf(documents, UserContext.of(Object.assign(new Admin(), { user_id: 7 }))));
  });
});

describe("SystemContext", () => {
  const opened: Database[] = [];
  async function open(): Promise<Database> {
    const db = await Database.open({ ...documentModel, driver: betterSqlite3({ file: ":memory:" }), logger: () => undefined });
    opened.push(db);
    await db.schema.ensure();
    return db;
  }
  afterEach(async () => { for (const db of opened.splice(0)) await db.close(); });

  it.each<[string, unknown]>([
    ["nothing", undefined], ["null", null], ["an empty string", ""], ["blanks", " \t "], ["two lines", "a\nb"], ["a carriage return", "a\rb"],
    ["a line separator", "a\u2028b"], ["a paragraph separator", "a\u2029b"], ["U+0000", "a\u0000b"], ["201 characters", "x".repeat(201)], ["a number", 1],
    ["an object with toString", { toString: () => "reason" }], ["a boxed string", Object("reason")], ["a list", ["reason"]],
  ])("is refused for %s as its reason", async (_, reason) => {
    const db = await open();
    await failure(ValidationError, () => db.system(reason as string));
  });

  it("takes one line of up to 200 characters", async () => {
    const db = await open();
    expect(db.system("x".repeat(200)).reason).toHaveLength(200);
    expect(JSON.stringify(db.system("monthly statistics"))).toBe('{"system":"monthly statistics"}');
  });

  it("belongs to its database", async () => {
    const [one, other] = [await open(), await open()];
    expect(await one.repository(Document).count(one.system("own"))).toBe(0);
    const error = await failure(ContextRequiredError, () => one.repository(Document).count(other.system("other")));
    expect(error.message).toContain("belongs to another database");
    await failure(ContextRequiredError, () => one.repository(Document).as(other.system("other")));
  });

  it("never changes", async () => {
    const ctx = (await open()).system("reason");
    expect(Object.isFrozen(ctx)).toBe(true);
    expect(() => Object.assign(ctx, { reason: "another" })).toThrow(TypeError);
    expect(ctx.reason).toBe("reason");
  });

  it("cannot be forged", async () => {
    const db = await open();
    const real = db.system("reason");
    const forgeries: readonly unknown[] = [
      Object.create(SystemContextClass.prototype), Object.create(real), { ...real }, JSON.parse(JSON.stringify(real)), new Proxy(real, {}),
      { reason: "reason", belongsTo: () => true, toJSON: () => ({}) }, SystemContextClass, SystemContextClass.prototype, structuredClone(real), "reason", db,
    ];
    for (const forgery of forgeries) {
      expect(SystemContextClass.is(forgery)).toBe(false);
      await failure(ContextRequiredError, () => db.repository(Document).count(forged(forgery)));
    }
  });

  it("leads to no constructor and no opening", async () => {
    const [db, other] = [await open(), await open()];
    const reached = db.system("reason").constructor as unknown as Record<"open", (...args: unknown[]) => SystemContext>;
    for (const args of [[], [Symbol("SystemContext"), db, "x"], [Symbol.for("SystemContext"), other, "x"], ["x"], [db, other, "x"]]) {
      await failure(ContextRequiredError, () => { Reflect.construct(reached as never, args); });
    }
    const lookAlike: unknown = Object.create(SystemContextProof.prototype, { database: { value: other } });
    for (const proof of [undefined, null, other, { database: other }, { database: db }, lookAlike, new Proxy(new SystemContextProof(other), {}), db.system("x")]) {
      await failure(ContextRequiredError, () => reached.open(proof, "x"));
    }
  });

  it("and its database show no proof and no engine to whoever looks into them", async () => {
    const db = await open();
    const names = [db, db.system("reason"), db.repository(Document), db.repository(Document).as(db.system("x")), db.schema]
      .flatMap((value) => [...Reflect.ownKeys(value), ...Reflect.ownKeys(Reflect.getPrototypeOf(value)!)].map(String));
    expect(names).not.toEqual(expect.arrayContaining([expect.stringMatching(/engine|unit|proof|session|scope/i)]));
    expect(inspect(db.system("reason"), { showHidden: true, depth: 5 })).not.toMatch(/engine|proof/i);
  });
});

import "reflect-metadata";
import { Expose, Transform, Type } from "class-transformer";
import { JsonType } from "freehold";
import fc from "fast-check";
import { jsonTypeName } from "../../lib/model/json-class";
import { classJson, plainJson, type JsonShape } from "../../lib/model/json-shape";
import { MAX_JSON_DEPTH } from "../../lib/model/json-value";

class Base {
  name?: string;
  meta?: unknown;
}
@JsonType("profile") class Profile extends Base { email?: string; }
class Deeper extends Profile { level?: number; }
class Unlisted extends Base {}
class Stranger { name = "no relation"; }

const make = <T extends object>(type: new () => T, values: object): T => Object.assign(new type(), values);

const single = classJson(Base, [], false);
const polymorphic = classJson(Base, [Profile, Deeper, Stranger], false);
const list = classJson(Base, [Profile], true);
const either = classJson(Base, [Profile], null);

function valueOf(outcome: ReturnType<JsonShape["accept"]>): unknown {
  if ("fault" in outcome) throw new Error(`a fault: ${outcome.fault}`);
  return outcome.value;
}

function faultOf(outcome: ReturnType<JsonShape["accept"]>): string {
  if ("fault" in outcome) return outcome.fault;
  throw new Error("no fault");
}

/** What is stored, and what comes back. */
function roundTrip(shape: JsonShape, value: unknown): { readonly stored: unknown; readonly read: unknown } {
  const text = JSON.stringify(valueOf(shape.toPlain(valueOf(shape.accept(value)))));
  return { stored: JSON.parse(text), read: valueOf(shape.fromPlain(JSON.parse(text))) };
}

/** `[[[…]]]` and `{"a":{"a":…}}`, as text: the parser copes, whatever follows must too. */
const deepArray = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));
const deepObject = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);

describe("a JSON class", () => {
  it("comes back as an instance", () => {
    const { stored, read } = roundTrip(single, make(Base, { name: "x", meta: [1, { a: null }] }));
    expect(stored).toEqual({ name: "x", meta: [1, { a: null }] });
    expect(read).toBeInstanceOf(Base);
    expect(read).toEqual(make(Base, { name: "x", meta: [1, { a: null }] }));
  });

  it("without listed subclasses is built from a plain object", () => {
    const built = valueOf(single.accept({ name: "x" }));
    expect(built).toBeInstanceOf(Base);
    expect(built).toEqual(make(Base, { name: "x" }));
    expect(valueOf(single.accept(Object.assign(Object.create(null) as object, { name: "y" })))).toEqual(make(Base, { name: "y" }));
  });

  it("keeps the caller's instance", () => {
    const base = make(Base, { name: "x" });
    expect(valueOf(single.accept(base))).toBe(base);
    const profile = make(Profile, { name: "x" });
    expect(valueOf(polymorphic.accept(profile))).toBe(profile);
  });

  it("rebuilds nested classes that class-transformer knows", () => {
    class Street { name!: string; }
    class Address { @Type(() => Street) street!: Street; }
    const { read } = roundTrip(classJson(Address, [], false), make(Address, { street: make(Street, { name: "Main" }) }));
    expect((read as Address).street).toBeInstanceOf(Street);
  });

  it.each([
    ["null", null], ["a number", 1], ["a string", "x"], ["an array", [new Base()]], ["a Date", new Date(0)], ["a Map", new Map()],
    ["a stranger", new Stranger()], ["a function", () => new Base()], ["undefined", undefined],
  ])("is never %s", (_, value) => {
    expect(faultOf(single.accept(value))).toMatch(/^must be an instance of Base, not /);
    expect(faultOf(polymorphic.accept(value))).toMatch(/^must be an instance of Base, Profile and Deeper, not /);
  });
});

describe("$type", () => {
  it.each([
    ["Base", make(Base, { name: "b" }), undefined], ["Profile", make(Profile, { name: "p", email: "e" }), "profile"],
    ["Deeper", make(Deeper, { name: "d", level: 3 }), "Deeper"],
  ])("of an instance of %s names its class, which comes back", (_, instance, name) => {
    const { stored, read } = roundTrip(polymorphic, instance);
    expect((stored as Record<string, unknown>)["$type"]).toBe(name);
    expect(Object.getPrototypeOf(read)).toBe(Object.getPrototypeOf(instance));
    expect(read).toEqual(instance);
  });

  it("is what @JsonType says on the class itself, else the class's name", () => {
    expect([Base, Profile, Deeper].map(jsonTypeName)).toEqual(["Base", "profile", "Deeper"]);
  });

  it.each([
    ["unknown", "nobody"], ["of a class that is not listed", "Unlisted"], ["of a listed class that is no subclass", "Stranger"], ["the class's name in place of its stored one", "Profile"],
    ["the base's own", "Base"], ["a number", 1], ["null", null], ["an array", ["profile"]], ["an object", { name: "profile" }], ["true", true],
    ["a name that objects have", "constructor"], ["another", "toString"], ["the prototype", "__proto__"], ["empty", ""], ["in another case", "PROFILE"],
  ])("that is %s makes a document unreadable", (_, name) => {
    const document: unknown = JSON.parse(JSON.stringify({ $type: name, name: "x" }));
    expect(faultOf(polymorphic.fromPlain(document))).toBe("names a $type that is not among the listed classes (profile, Deeper)");
  });

  it("makes a document unreadable where no class is listed", () => {
    expect(faultOf(single.fromPlain({ $type: "profile" }))).toBe("names a $type that is not among the listed classes (none)");
  });

  it("cannot be forged by a property of an instance or a plain object", () => {
    expect(faultOf(polymorphic.toPlain(make(Base, { $type: "profile" })))).toContain("$type, which is reserved");
    expect(faultOf(polymorphic.toPlain(make(Profile, { $type: "Deeper" })))).toContain("$type, which is reserved");
    expect(faultOf(single.accept({ $type: "profile", name: "x" }))).toContain("$type, which is reserved");
  });

  it("is no matter deeper in a document, where it is data", () => {
    const { read } = roundTrip(polymorphic, make(Profile, { meta: { $type: "profile", a: [{ $type: 1 }] } }));
    expect(read).toEqual(make(Profile, { meta: { $type: "profile", a: [{ $type: 1 }] } }));
  });

  it("is asked of the prototype and not of a property `constructor`", () => {
    const liar = make(Profile, { name: "x" });
    Object.defineProperty(liar, "constructor", { value: Base });
    expect(faultOf(polymorphic.toPlain(valueOf(polymorphic.accept(liar))))).toContain("holds a key constructor");
    const unlisted = make(Unlisted, { name: "x" });
    Object.defineProperty(unlisted, "constructor", { value: Base });
    expect(faultOf(polymorphic.accept(unlisted))).toContain("is not listed");
  });

  it("is never found for instances of subclasses that are not listed", () => {
    expect(faultOf(polymorphic.accept(make(Unlisted, { name: "x" })))).toBe("is an instance of Unlisted, which is not listed: add it to Database.open({ jsonTypes })");
    expect(faultOf(single.accept(make(Profile, { name: "x" })))).toContain("is an instance of Profile, which is not listed");
  });

  it("is wanted of what is written: a plain object does not say which class it is", () => {
    expect(faultOf(polymorphic.accept({ name: "x" }))).toBe("is a plain object: pass an instance of Base, Profile and Deeper, so that its class is known");
    expect(faultOf(polymorphic.accept({ $type: "profile", name: "x" }))).toContain("is a plain object");
  });
});

describe("classes within classes", () => {
  class Method { label?: string; }
  @JsonType("card") class Card extends Method { digits?: string; @Type(() => Date) until?: Date; }
  class Gold extends Card { @Type(() => Method) backup?: Method; }
  class Foreign extends Method {}
  class Stop { place?: string; }
  class Order {
    @Type(() => Method) method?: Method | null;
    @Type(() => Method) others?: (Method | null)[];
    @Type(() => Date) placed?: Date;
    @Type(() => Stop) @Expose({ name: "first_stop" }) stop?: Stop;
    @Transform(({ value }: { value: unknown }) => typeof value === "string" ? value.toUpperCase() : value) shouted?: string;
    @Type(() => Method) lists?: Method[][];
    free?: unknown;
  }
  const shape = classJson(Order, [Card, Gold, Method], false);

  it("come back as the classes that they were, at every depth", () => {
    const order = make(Order, {
      method: make(Gold, { digits: "1", until: new Date(5), backup: make(Card, { digits: "2" }) }), others: [make(Method, { label: "m" }), null, make(Card, { digits: "3" })],
      placed: new Date(7), stop: make(Stop, { place: "here" }), lists: [[make(Card, { digits: "4" })], []], free: [1, { a: "b" }],
    });
    const { stored, read } = roundTrip(shape, order);
    expect(stored).toMatchObject({
      method: { $type: "Gold", digits: "1", until: "1970-01-01T00:00:00.005Z", backup: { $type: "card", digits: "2" } },
      others: [{ label: "m" }, null, { $type: "card" }], first_stop: { place: "here" },
    });
    expect(read).toEqual(order);
    const found = read as Order;
    expect([found.method, (found.method as Gold).backup, found.others?.[0], found.others?.[2], found.stop, found.lists?.[0]?.[0]].map((value) => value?.constructor))
      .toEqual([Gold, Card, Method, Card, Stop, Card]);
  });

  it("are known by reflection too, where another decorator stands on the property", () => {
    const told = (): PropertyDecorator => () => undefined;
    class Seen { @told() method!: Card; @told() when!: Date; @told() free!: object; }
    const seen = make(Seen, { method: make(Card, { digits: "1" }), when: new Date(9), free: { a: 1 } });
    expect(roundTrip(classJson(Seen, [Card], false), seen).read).toEqual(seen);
    expect((roundTrip(classJson(Seen, [Card], false), seen).read as Seen).method).toBeInstanceOf(Card);
  });

  it("may be null, or left out", () => {
    expect(roundTrip(shape, make(Order, { method: null })).read).toEqual(make(Order, { method: null }));
    expect(roundTrip(shape, new Order()).stored).toEqual({});
  });

  it("are still class-transformer's matter where it has more to do than to make them", () => {
    expect(roundTrip(shape, make(Order, { shouted: "x" })).read).toEqual(make(Order, { shouted: "X" }));
  });

  it.each<[string, Partial<Order>, string]>([
    ["a subclass that is not listed", { method: new Foreign() }, "method: is an instance of Foreign, which is not listed"],
    ["another class", { others: [new Method(), new Stop()] as Method[] }, "others[1]: must be an instance of"],
    ["a number", { method: 5 as never }, "method: must be an instance of Method, Card and Gold, not the number 5"],
    ["text for a Date", { placed: "1970-01-01" as never }, "placed: must be a Date"],
    ["an instance that nothing brings back", { free: new Stop() }, "free: holds an instance of Stop, which would come back as something else: put @Type(() => Stop)"],
    ["one deep in plain JSON", { free: { a: [new Date(0)] } }, "free.a[0]: holds a Date"],
    ["a forged name", { method: make(Card, { $type: "Gold" }) }, "method: holds a property $type"],
    ["one within", { method: make(Gold, { backup: new Foreign() }) }, "method.backup: is an instance of Foreign"],
  ])("are refused where they are %s", (_, values, words) => {
    expect(faultOf(shape.toPlain(make(Order, values)))).toContain(words);
  });

  it.each<[string, object, string]>([
    ["an unknown $type", { method: { $type: "nobody" } }, "method: names a $type that is not among the listed classes (card, Gold)"],
    ["the base's own", { others: [null, { $type: "Method" }] }, "others[1]: names a $type"],
    ["a list for one", { lists: [[{ $type: "card" }, 3]] }, "lists[0][1]: holds the number 3 where a JSON object is wanted"],
    ["text", { method: "card" }, "method: holds"],
    ["no moment", { placed: "soon" }, "placed: holds a string of 4 characters where a moment is wanted"],
    ["an object for a moment", { placed: {} }, "placed: holds"],
    ["one within", { method: { $type: "Gold", backup: { $type: ["card"] } } }, "method.backup: names a $type"],
  ])("make a document with %s unreadable", (_, document, words) => {
    expect(faultOf(shape.fromPlain(document))).toContain(words);
  });

  describe("and what class-transformer's decorators say of them", () => {
    class Rich {
      @Type(() => Method) byName?: Map<string, Method | Method[]>;
      @Type(() => Method) several?: Set<Method>;
      @Type(() => Date) days?: Map<string, Date>;
      @Type(() => Number) count?: number;
      @Type(() => String) word?: string | string[];
      @Type(() => Boolean) flag?: boolean;
      @Type(() => Object) any?: unknown;
      first = "Ada";
      last = "Lovelace";
      @Transform(({ obj }: { obj: { first: string; last: string } }) => `${obj.first} ${obj.last}`, { toPlainOnly: true }) full?: string;
      @Expose() get length(): number { return this.first.length + (this.several?.size ?? 0); }
      @Expose() shout(): string { return this.first.toUpperCase(); }
      @Expose() get nick(): string { return this.first; }
      set nick(value: string) { this.first = value; }
    }
    class Twice { @Expose({ name: "x" }) a?: number; x?: number; }
    class Sometimes { @Expose({ toPlainOnly: true }) out?: number; @Expose({ toClassOnly: true, name: "in" }) inward?: number; plain?: number; }
    class OnlySome extends Map<string, number> {}
    const rich = classJson(Rich, [Card, Gold], false);

    it("Maps and Sets hold classes that come back", () => {
      const value = make(Rich, {
        byName: new Map<string, Method | Method[]>([["a", make(Card, { digits: "1" })], ["b", [new Method(), make(Gold, { backup: make(Card, {}) })]]]),
        several: new Set([make(Method, { label: "m" }), make(Card, {})]), days: new Map([["x", new Date(3)]]),
      });
      const { stored, read } = roundTrip(rich, value);
      expect(stored).toMatchObject({ byName: { a: { $type: "card" }, b: [{}, { $type: "Gold" }] }, several: [{ label: "m" }, { $type: "card" }], days: { x: "1970-01-01T00:00:00.003Z" } });
      expect(read).toEqual(value);
      expect((read as Rich).byName?.get("a")).toBeInstanceOf(Card);
      expect([...(read as Rich).several ?? []].map((one) => one.constructor)).toEqual([Method, Card]);
      expect(roundTrip(rich, make(Rich, { byName: null as never })).read).toMatchObject({ byName: null });
    });

    it("what a getter or method with @Expose() computes is stored, and computed again", () => {
      const value = make(Rich, { first: "Grace", several: new Set([new Method()]) });
      const { stored, read } = roundTrip(rich, value);
      expect(stored).toMatchObject({ length: 6, shout: "GRACE", nick: "Grace" });
      expect(read).toEqual(value);
    });

    it("a @Transform sees the whole object", () => {
      expect(roundTrip(rich, make(Rich, { full: "-" })).stored).toMatchObject({ full: "Ada Lovelace" });
    });

    it("@Expose() of one way alone is class-transformer's matter", () => {
      const shape = classJson(Sometimes, [], false);
      expect(valueOf(shape.toPlain(make(Sometimes, { out: 1, inward: 2, plain: 3 })))).toMatchObject({ out: 1, plain: 3 });
      expect(valueOf(shape.fromPlain({ in: 2, plain: 3 }))).toMatchObject({ inward: 2, plain: 3 });
    });

    it.each<[string, object, string]>([
      ["a Map for a Set", { several: new Map() }, "several: must be a Set"], ["a list for a Map", { byName: [] }, "byName: must be a Map"],
      ["keys that are no strings", { byName: new Map([[1, new Method()]]) }, "byName: holds the number 1 as a key"],
      ["a key that reaches for the prototype", { byName: new Map([["__proto__", new Method()]]) }, "byName: holds a key __proto__"],
      ["an unlisted class in a Map", { byName: new Map([["a", [new Foreign()]]]) }, "byName.a[0]: is an instance of Foreign"],
      ["another type in a Map", { days: new Map([["a", "soon"]]) }, "days.a: must be a Date"],
      ["text for a number", { count: "1" }, "count: must be a number"], ["a number in a list of texts", { word: ["a", 1] }, "word[1]: must be a string"],
      ["1 for true", { flag: 1 }, "flag: must be true or false"], ["NaN", { count: Number.NaN }, "count: holds the number NaN"],
      ["a Date under Object", { any: { at: new Date(0) } }, "any.at: holds a Date"], ["a Map that nothing is said of", { any: new Map() }, "with the class of what it holds"],
      ["a Buffer", { any: Buffer.from("x") }, "any: holds a buffer of 1 bytes, which JSON cannot hold"], ["an own method", { shout: () => 1 }, "shout: holds the function"],
    ])("%s is refused", (_, values, words) => {
      const value = new Rich();
      for (const [key, item] of Object.entries(values)) Object.defineProperty(value, key, { value: item, enumerable: true });
      expect(faultOf(rich.toPlain(value))).toContain(words);
    });

    it("what no document could tell apart, or hold, is refused", () => {
      expect(faultOf(classJson(Twice, [], false).toPlain(make(Twice, { a: 1, x: 2 })))).toBe("stores two of its properties as x");
      expect(faultOf(classJson(Twice, [], false).fromPlain({ a: 1, x: 2 }))).toBe("holds the property a twice");
      expect(roundTrip(classJson(Twice, [], false), make(Twice, { a: 1 })).stored).toEqual({ x: 1 });
      expect(faultOf(classJson(OnlySome, [], false).toPlain(new OnlySome()))).toContain("whose content JSON cannot hold");
    });

    it.each<[string, object, string]>([
      ["a number for a Map", { byName: 5 }, "byName: holds the number 5"], ["an object for a Set", { several: {} }, "several: holds a plain object where a list is wanted"],
      ["text for a number", { count: "abc" }, "count: must be a number"], ["a word for a truth", { flag: "no" }, "flag: must be true or false"],
      ["an unknown $type in a Map", { byName: { a: { $type: "nobody" } } }, "byName.a: names a $type"], ["no moment in a Map", { days: { a: 1e300 } }, "days.a: holds"],
      ["a prototype in a Map", { byName: JSON.parse('{"__proto__":{}}') as object }, "holds a key __proto__"],
    ])("%s makes a document unreadable", (_, document, words) => {
      expect(faultOf(rich.fromPlain(document))).toContain(words);
    });

    it("deep Maps are as deep as the limit", () => {
      class Deep { @Type(() => Deep) inside?: Map<string, Deep>; }
      const wrap = (levels: number): Deep => levels === 0 ? new Deep() : make(Deep, { inside: new Map([["a", wrap(levels - 1)]]) });
      const shape = classJson(Deep, [], false);
      expect(roundTrip(shape, wrap(100)).read).toEqual(wrap(100));
      expect(faultOf(shape.toPlain(wrap(101)))).toContain("nests deeper than 200 levels");
      expect(faultOf(shape.toPlain(wrap(3_000)))).toMatch(/nests/);
    });
  });

  it("come back equal, whatever the tree", () => {
    const leaf = fc.record({ label: fc.string() }, { requiredKeys: [] }).map((values) => make(Method, values));
    const card = fc.record({ digits: fc.string(), until: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }) }, { requiredKeys: [] }).map((values) => make(Card, values));
    const gold = fc.record({ label: fc.string(), backup: fc.oneof(leaf, card) }, { requiredKeys: [] }).map((values) => make(Gold, values));
    const method = fc.oneof(leaf, card, gold);
    fc.assert(fc.property(fc.record({
      method, others: fc.array(fc.option(method)), lists: fc.array(fc.array(method)), stop: fc.record({ place: fc.string() }).map((values) => make(Stop, values)), free: fc.jsonValue(),
    }, { requiredKeys: [] }), (values) => {
      fc.pre(!/\\u0000|\\ud[89a-f]|-0|__proto__|constructor|prototype/.test(JSON.stringify(values)));
      const order = make(Order, values);
      const { read } = roundTrip(shape, order);
      expect(JSON.parse(JSON.stringify(read))).toEqual(JSON.parse(JSON.stringify(order)));
      expect((read as Order).method?.constructor).toBe(order.method?.constructor);
      expect((read as Order).others?.map((one) => one?.constructor)).toEqual(order.others?.map((one) => one?.constructor));
    }), { numRuns: 300 });
  });
});

describe("documents of another shape than the class", () => {
  it.each([
    ["an array", []], ["an array of the right thing", [{ name: "x" }]], ["null", null], ["a string", "x"], ["a number", 0], ["true", true],
  ])("such as %s are unreadable where an object is wanted", (_, document) => {
    expect(faultOf(polymorphic.fromPlain(document))).toMatch(/^holds .* where a JSON object is wanted$/);
  });

  it.each([["an object", { name: "x" }], ["array-like", { length: 1, 0: { name: "x" } }], ["null", null], ["a string", "[]"]])(
    "such as %s are unreadable where an array is wanted", (_, document) => {
      expect(faultOf(list.fromPlain(document))).toMatch(/^must be an array of Base and Profile, not /);
    });

  it("are told apart item by item in an array", () => {
    expect(faultOf(list.fromPlain([{ name: "x" }, [], null]))).toBe("[1] holds an array of 0 where a JSON object is wanted");
    expect(faultOf(list.fromPlain([{ name: "x" }, { $type: "Deeper" }]))).toBe("[1] names a $type that is not among the listed classes (profile)");
    expect(faultOf(list.accept([new Base(), null]))).toMatch(/^\[1\] must be an instance of/);
    expect(faultOf(list.accept(new Array<Base>(1)))).toMatch(/^\[0\] must be an instance of/);
  });

  it("may be arrays or single objects where reflection does not tell", () => {
    expect(valueOf(either.fromPlain([{ $type: "profile", email: "e" }]))).toEqual([make(Profile, { email: "e" })]);
    expect(valueOf(either.fromPlain({ name: "x" }))).toEqual(make(Base, { name: "x" }));
    expect(roundTrip(either, [make(Profile, { email: "e" }), new Base()]).stored).toEqual([{ $type: "profile", email: "e" }, {}]);
  });
});

describe("documents as deep as a well", () => {
  const shapes: readonly [string, JsonShape][] = [["a single class", single], ["a polymorphic one", polymorphic], ["an array of instances", list], ["plain JSON", plainJson]];

  it.each(shapes)("are refused by %s, not followed", (_, shape) => {
    const wrapped = [deepArray(20_000), deepObject(20_000), { $type: "profile", meta: deepArray(20_000) }, [{ meta: deepObject(20_000) }], [deepArray(20_000)]];
    for (const document of wrapped) {
      // Plain JSON that is in the database is given as it is; nothing follows it.
      if (shape !== plainJson) expect(faultOf(shape.fromPlain(document))).toMatch(/nests deeper than 200 levels|where a JSON object is wanted|must be an array|not among the listed/);
      expect(faultOf(shape.accept(document))).toMatch(/nests deeper than 200 levels|must be an|is a plain object|is reserved/);
    }
  });

  it("are refused in an instance's properties", () => {
    expect(faultOf(single.toPlain(make(Base, { meta: deepArray(20_000) })))).toBe(`nests deeper than ${MAX_JSON_DEPTH} levels`);
    expect(faultOf(single.accept({ meta: deepObject(20_000) }))).toContain("nests deeper than 200 levels");
  });

  it("may be as deep as the limit", () => {
    expect(roundTrip(plainJson, deepArray(MAX_JSON_DEPTH)).read).toEqual(deepArray(MAX_JSON_DEPTH));
    expect(faultOf(plainJson.accept(deepArray(MAX_JSON_DEPTH + 2)))).toContain("nests deeper than 200 levels");
    const instance = make(Base, { meta: deepArray(MAX_JSON_DEPTH) });
    expect(roundTrip(single, instance).read).toEqual(instance);
  });

  it("read back what could be written", () => {
    fc.assert(fc.property(fc.integer({ min: 195, max: 205 }), (depth) => {
      const instance = make(Base, { meta: deepArray(depth) });
      const plain = single.toPlain(instance);
      if ("value" in plain) expect(valueOf(single.fromPlain(plain.value))).toEqual(instance);
      expect("value" in plain).toBe(depth <= MAX_JSON_DEPTH);
    }));
  });
});

describe("values that hold themselves", () => {
  it.each([
    ["an object", () => { const value: Record<string, unknown> = {}; value["self"] = value; return value; }],
    ["an array", () => { const value: unknown[] = []; value.push([value]); return value; }],
    ["two objects", () => { const value: Record<string, unknown> = {}; value["other"] = { back: value, again: value }; return value; }],
  ])("such as %s are faults", (_, build) => {
    expect(faultOf(plainJson.accept(build()))).toContain("holds itself");
    expect(faultOf(plainJson.toPlain(build()))).toContain("holds itself");
    expect(faultOf(single.toPlain(make(Base, { meta: build() })))).toContain("holds itself");
    const instance = new Base();
    instance.meta = { back: instance };
    expect(faultOf(single.toPlain(instance))).toMatch(/^meta.back: holds an instance of Base/);
    class Chain { @Type(() => Chain) next?: Chain; }
    const chain = new Chain();
    chain.next = chain;
    expect(faultOf(classJson(Chain, [], false).toPlain(chain))).toContain("holds itself");
  });

  it("are not those that hold one thing twice", () => {
    const shared = { a: 1 };
    expect(roundTrip(plainJson, [shared, shared]).read).toEqual([{ a: 1 }, { a: 1 }]);
    expect(roundTrip(single, make(Base, { meta: [shared, shared] })).read).toEqual(make(Base, { meta: [{ a: 1 }, { a: 1 }] }));
  });
});

describe("keys that reach for the prototype", () => {
  const keys = ["__proto__", "constructor", "prototype"];

  it.each(keys)("such as %s make a class's document unreadable, at every depth", (key) => {
    for (const text of [`{"${key}":{"polluted":true}}`, `{"meta":[{"${key}":1}]}`, `{"$type":"profile","meta":{"a":{"${key}":{}}}}`]) {
      expect(faultOf(polymorphic.fromPlain(JSON.parse(text)))).toBe(`holds a key ${key}, which a class cannot take`);
    }
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect((new Base() as unknown as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it.each(keys)("such as %s are refused on writing, where class-transformer would leave them out", (key) => {
    const data: unknown = JSON.parse(`{"meta":{"${key}":{"polluted":true}}}`);
    expect(faultOf(single.accept(data))).toBe(`holds a key ${key}, which a class cannot take`);
    expect(faultOf(single.toPlain(make(Base, data as object)))).toBe(`holds a key ${key}, which a class cannot take`);
  });

  it.each(keys)("such as %s are data like any other in plain JSON", (key) => {
    const text = `{"${key}":{"polluted":true},"list":[{"${key}":1}]}`;
    const { read } = roundTrip(plainJson, JSON.parse(text));
    expect(JSON.stringify(read)).toBe(text);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("plain JSON", () => {
  it("is stored exactly, whatever JSON can hold", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      fc.pre(!/\\u0000|\\ud[89a-f]/.test(JSON.stringify(value)));
      expect(valueOf(plainJson.toPlain(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }));
  });

  it("copies: what is stored does not follow the caller's object", () => {
    const value = { list: [1] };
    const plain = valueOf(plainJson.toPlain(value)) as typeof value;
    value.list.push(2);
    expect(plain).toEqual({ list: [1] });
  });

  it("has no -0, and says so before it is stored", () => {
    const plain = valueOf(plainJson.toPlain([-0, { a: -0 }, -1])) as [number, { a: number }, number];
    expect([Object.is(plain[0], 0), Object.is(plain[1].a, 0), plain[2]]).toEqual([true, true, -1]);
  });

  it("leaves undefined properties out and writes dates as ISO text", () => {
    expect(valueOf(plainJson.toPlain({ a: undefined, b: new Date(0), c: null }))).toEqual({ b: "1970-01-01T00:00:00.000Z", c: null });
  });

  it.each([
    ["NaN", NaN, "the number NaN"], ["Infinity", [Infinity], "the number Infinity, which JSON cannot hold at [0]"], ["a bigint", { a: 1n }, "a bigint, which JSON cannot hold at a"],
    ["undefined in a list", [undefined], "undefined, which JSON cannot hold at [0]"], ["a hole", new Array(1), "undefined"], ["a function", { f: () => 1 }, "the function f"],
    ["a symbol", { s: Symbol("s") }, "a symbol"], ["a Map", new Map([[1, 2]]), "Map"], ["a Set", { s: new Set([1]) }, "Set"], ["a Buffer", Buffer.from("x"), "a buffer of 1 bytes"],
    ["typed numbers", { n: new Float64Array(1) }, "Float64Array"], ["an ArrayBuffer", new ArrayBuffer(1), "ArrayBuffer"], ["a RegExp", /x/, "RegExp"],
    ["a Promise", { p: Promise.resolve(1) }, "Promise"], ["an Error", new Error("x"), "Error"], ["a boxed string", { s: Object("x") as unknown }, "String"],
    ["an invalid Date", { d: new Date(NaN) }, "an invalid Date at d"], ["a NUL in a value", { a: ["\u0000"] }, "U+0000, which PostgreSQL refuses at a[0]"],
    ["a NUL in a key", { "a\u0000": 1 }, "U+0000, which PostgreSQL refuses at a key"], ["a lone surrogate", "\ud800", "a lone surrogate"],
    ["a lone surrogate in a key", { a: { "\udc00": 1 } }, "a lone surrogate, which is no Unicode text at a key of a"],
    ["a Map that looks like an object literal", Object.assign(Object.setPrototypeOf(new Map([[1, 2]]), Object.prototype) as object, { size: 1 }), "which JSON cannot hold"],
  ])("refuses %s, which it would lose or change", (_, value, words) => {
    expect(faultOf(plainJson.accept(value))).toContain(words);
    expect(faultOf(plainJson.toPlain(value))).toContain(words);
  });
});

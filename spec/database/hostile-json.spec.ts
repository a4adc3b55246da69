import { Transform, Type } from "class-transformer";
import { Validate, ValidatorConstraint, type ValidatorConstraintInterface } from "class-validator";
import { Column, DataError, Entity, Json, JsonType, PrimaryKey, ValidationError, type Database } from "freehold";
import { canonicalJson } from "../support/canonical-json";
import { failure, onEveryEngine } from "../support/databases";

class Shape { name?: string; meta?: unknown; @Type(() => Shape) inner?: Shape; }
@JsonType("square") class Square extends Shape { side?: number; }
class Unrelated { name?: string; }
class Unlisted extends Shape {}

@Entity()
class Box {
  @PrimaryKey({ generate: "none" }) id!: number;
  @Column() label!: string;
  @Json(undefined, { nullable: true }) plain!: unknown;
  @Json(() => Shape, { nullable: true }) shape!: Shape | null;
}

class Guarded {
  static ran = 0;
  stored?: string;
  @Transform(({ value }: { value: unknown }) => { if (value === "secret text") throw new TypeError(String(value)); return value; }) loud?: string;
  get level(): number { return 1; }
  set level(_: number) { Guarded.ran += 1; }
  get double(): number { return 2; }
  explode(): void { Guarded.ran += 1; }
}

@Entity()
class Crate {
  @PrimaryKey({ generate: "none" }) id!: number;
  @Json(() => Guarded) content!: Guarded;
}

/** A validator that changes what it is shown. */
@ValidatorConstraint()
class Bending implements ValidatorConstraintInterface {
  validate(value: { list: unknown[] }): boolean {
    value.list.push(Number.NaN);
    return true;
  }
}

@Entity()
class Bent {
  @PrimaryKey({ generate: "none" }) id!: number;
  @Json() @Validate(Bending) plain!: object;
}

const nest = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
const wrapped = (text: string): readonly string[] => [text, `{"name":"x","meta":${text}}`];

/** Documents as text, as another program might have stored them. */
const DOCUMENTS: readonly string[] = [
  // deep, wide and long
  ...[199, 200, 201, 1_000].flatMap((depth) => wrapped(nest("[", "]", depth))), nest('{"a":', "}", 150).replace("}", "1}"),
  `${'{"inner":'.repeat(190)}{}${"}".repeat(190)}`, `${'{"inner":'.repeat(400)}{}${"}".repeat(400)}`,
  `[${"0,".repeat(50_000)}0]`, `{"name":"${"x".repeat(200_000)}"}`, `{${Array.from({ length: 5_000 }, (_, index) => `"k${index}":${index}`).join(",")}}`,
  // keys that come twice, or reach for what every object has
  '{"name":"a","name":"b"}', '{"meta":1,"meta":{"b":2}}', '{"$type":"square","$type":"nobody"}', '{"$type":"nobody","$type":"square"}',
  ...["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty", "__defineGetter__", "toJSON", "then", "length"].flatMap((key) => [
    `{"${key}":{"polluted":true}}`, `{"meta":{"${key}":{"polluted":true}}}`, `{"inner":{"${key}":{"prototype":{"polluted":true}}}}`,
  ]),
  '{"\\u005f\\u005fproto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}', '{"":{"":""}}',
  // numbers
  ..."1e400 -1e400 1e-400 -0 0.1 123456789012345678901234567890 9007199254740993 1E+2 5e-324 0.1e1 1.7976931348623157e308".split(" ").flatMap(wrapped),
  // $type
  ...['"square"', '"nobody"', '"Shape"', '"Square"', '"Unrelated"', '"Unlisted"', '"__proto__"', '"constructor"', '"toString"', '""', "null", "1", "true", '["square"]', '{"name":"square"}', '"square\\u0000"']
    .flatMap((type) => [`{"$type":${type}}`, `{"inner":{"$type":${type}}}`, `{"$type":"square","inner":{"inner":{"$type":${type}}}}`]),
  '[{"$type":"square"}]', '{"inner":[{"$type":"square"}]}', '{"inner":5}', '{"inner":"square"}', '{"inner":[[{}]]}', '{"inner":null}',
  // texts
  '{"name":"\\u0000"}', '{"name":"\\ud800"}', '{"name":"\\udc00\\ud800"}', '{"\\u0000":1}', '{"\\ud800":1}', '{"name":"\\u2028\\ufeff\\uffff"}', '{"name":"\\ud83d\\ude00"}',
  // what is no JSON, or hardly any
  "", " ", "null", "true", "5", '"text"', "NaN", "Infinity", "undefined", "{", "}", "[1,]", "{'a':1}", "{a:1}", "[1] trailing", "\ufeff{}", "// comment\n{}", "0x10", "+1", "01", ".5", "\u0001", '{"name":"\n"}',
];

/** Values as a program might hand them in. */
const VALUES: Readonly<Record<string, () => unknown>> = {
  "a value that holds itself": () => { const value: Record<string, unknown> = {}; value["meta"] = value; return value; },
  "a getter that throws": () => Object.defineProperty({}, "name", { enumerable: true, get: () => { throw new RangeError("a trap"); } }),
  "a getter that changes": () => { let calls = 0; return Object.defineProperty({}, "name", { enumerable: true, get: () => `${calls++}` }); },
  "toJSON": () => ({ toJSON: () => ({ polluted: true }) }), "toJSON that throws": () => ({ name: "x", toJSON: () => { throw new RangeError("a trap"); } }),
  "a proxy": () => new Proxy({ name: "x" }, {}), "a revoked proxy": () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; },
  "a sparse array": () => { const value = []; value[5] = 1; return { meta: value }; }, "an array with properties": () => Object.assign([1], { extra: 2 }),
  "a symbol key": () => ({ [Symbol("x")]: 1, name: "x" }), "a symbol": () => ({ meta: Symbol("x") }), "a bigint": () => ({ meta: 1n }), "a function": () => ({ meta: () => 1 }),
  "a class": () => ({ meta: Box }), "NaN": () => ({ meta: Number.NaN }), "an infinity": () => ({ meta: [-Infinity] }), "typed arrays": () => ({ meta: new Uint8Array(3) }),
  "a Map": () => ({ meta: new Map([["a", 1]]) }), "a Set": () => ({ meta: new Set([1]) }), "a RegExp": () => ({ meta: /x/ }), "an Error": () => ({ meta: new Error("x") }),
  "boxed values": () => ({ meta: new Number(1) }), "a Promise": () => ({ meta: Promise.resolve(1) }), "an invalid Date": () => ({ meta: new Date(Number.NaN) }), "a Date": () => ({ meta: new Date(0) }),
  "no prototype": () => Object.assign(Object.create(null) as object, { name: "x" }), "another prototype": () => Object.assign(Object.create({ polluted: true }) as object, { name: "x" }),
  "an own __proto__": () => JSON.parse('{"__proto__":{"polluted":true}}') as unknown, "an own constructor": () => ({ constructor: { prototype: { polluted: true } } }),
  "an instance": () => Object.assign(new Square(), { side: 1, inner: new Square() }), "an unlisted subclass": () => new Unlisted(), "an unrelated class": () => new Unrelated(),
  "an unlisted one within": () => Object.assign(new Shape(), { inner: new Unlisted() }), "an unrelated one within": () => Object.assign(new Shape(), { meta: [new Unrelated()] }),
  "a forged $type": () => Object.assign(new Shape(), { $type: "square" }), "a lone surrogate": () => ({ name: "\ud800" }), "U+0000 in a key": () => ({ "a\u0000": 1 }),
  "a getter within that throws": () => ({ meta: { get a(): never { throw new Error("getter"); } } }),
  "a proxy that throws": () => ({ meta: new Proxy({}, { ownKeys: () => { throw new TypeError("trap"); } }) }),
  "a revoked proxy within": () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return { meta: proxy }; },
  "as deep as a well": () => ({ meta: JSON.parse(nest("[", "]", 100_000)) as unknown }),
  "minus zero": () => ({ meta: -0 }), "undefined within": () => ({ meta: undefined, name: "x" }), "undefined in a list": () => ({ meta: [undefined] }),
};

onEveryEngine("hostile JSON", (databases) => {
  const written = databases.dialect === "sqlite" ? JSON.stringify : canonicalJson;
  let db: Database;
  let prototypes: string;
  const world = (): string => JSON.stringify([Object.prototype, Array.prototype, Shape.prototype, Square.prototype, Function.prototype].map((prototype) => Object.getOwnPropertyNames(prototype)));

  beforeEach(async () => {
    prototypes = world();
    db = await databases.open({ entities: [Box], jsonTypes: [Square, Unrelated] });
  });

  afterEach(() => {
    expect(world()).toBe(prototypes);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect((new Shape() as unknown as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  /** Stores text past the library, checks of the table and all. */
  async function plant(column: "plain" | "shape", list: readonly string[]): Promise<void> {
    await databases.past(db, ...list.map((text, id) => [`insert into open_box (id, label, ${column}) values (?, 'x', ?)`, id, text] as const));
  }

  it("is read once where it is plain, so that what was checked is what is stored", async () => {
    let calls = 0;
    const given = { get name(): string { calls += 1; return calls === 1 ? "checked" : "\ud800"; } };
    await db.repository(Box).insert({ id: 1, label: "x", plain: given, shape: null });
    expect(calls).toBe(1);
    expect((await db.repository(Box).findByIdOrFail(1)).plain).toEqual({ name: "checked" });
  });

  it("that a validator made is not stored as something else", async () => {
    const bent = await databases.open({ entities: [Bent] });
    expect((await failure(TypeError, () => bent.repository(Bent).insert({ id: 1, plain: { list: [1] } }))).message).toContain("unchecked JSON: holds the number NaN");
    expect(await bent.repository(Bent).count()).toBe(0);
  });

  it("that lies in the database is read exactly or is a DataError, document by document", async () => {
    expect(DOCUMENTS.length).toBeGreaterThan(100);
    // PostgreSQL too: where a program finds text in place of jsonb, no type has looked at it.
    await databases.past(db, ["drop table box"], ["create table open_box (id integer primary key, label text not null, plain text, shape text)"],
      ["create view box as select * from open_box"]);
    const boxes = db.repository(Box);
    for (const column of ["plain", "shape"] as const) {
      await plant(column, DOCUMENTS);
      for (const [id, text] of DOCUMENTS.entries()) {
        let parsed: unknown;
        let valid = true;
        try { parsed = JSON.parse(text); } catch { valid = false; }
        const outcome: unknown = await boxes.findByIdOrFail(id).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect([text.slice(0, 60), outcome]).toEqual([text.slice(0, 60), expect.any(DataError)]);
          expect(outcome).toMatchObject({ entity: "Box", property: column });
          expect(outcome.message).toContain(`id ${id}`);
          // JavaScript would take a number beyond all doubles for infinite.
          if (column === "plain") expect(valid && !/1e400/.test(text)).toBe(false);
          continue;
        }
        expect([text.slice(0, 60), valid]).toEqual([text.slice(0, 60), true]);
        const found = (outcome as Box)[column];
        if (column === "plain") expect(JSON.stringify(found)).toBe(JSON.stringify(parsed));
        else if (parsed === null) expect(found).toBeNull();
        // Reflection does not say whether the property holds one or several.
        else for (const one of Array.isArray(found) ? found as unknown[] : [found]) expect([Shape.prototype, Square.prototype]).toContain(Object.getPrototypeOf(one));
        expect((found as Record<string, unknown> | null)?.["polluted"]).toBeUndefined();
      }
      const listed: unknown = await boxes.find().catch((error: unknown) => error);
      expect(listed).toBeInstanceOf(DataError);
      await databases.past(db, ["delete from open_box"]);
    }
  });

  it("that is given is stored exactly or is a ValidationError, value by value", async () => {
    const boxes = db.repository(Box);
    const given: [string, () => unknown][] = [...Object.entries(VALUES), ...DOCUMENTS.flatMap((text): [string, () => unknown][] => {
      try { JSON.parse(text); } catch { return []; }
      return [[text.slice(0, 60), () => JSON.parse(text) as unknown]];
    })];
    let id = 0;
    for (const [name, make] of given) {
      for (const column of ["plain", "shape"] as const) {
        id += 1;
        const outcome: unknown = await boxes.insert({ id, label: "x", [column]: make() }).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect([name, outcome]).toEqual([name, expect.any(ValidationError)]);
          expect(await boxes.findById(id)).toBeNull();
          continue;
        }
        const found = await boxes.findByIdOrFail(id);
        expect([name, found]).toEqual([name, outcome]);
        if (column === "plain" && !(name in VALUES)) expect(written(found.plain)).toBe(written(make()));
        expect((found[column] as Record<string, unknown> | null)?.["polluted"]).toBeUndefined();
      }
    }
    expect(await boxes.count()).toBeGreaterThan(50);
  });

  it("that is deeper than any stack is read or refused, and never lies half-built", async () => {
    await databases.past(db, ["drop table box"], ["create table box (id integer primary key, label text not null, plain text, shape text)"]);
    const boxes = db.repository(Box);
    for (const [id, depth] of [10_000, 1_000_000].entries()) {
      const text = nest("[", "]", depth);
      await databases.past(db, ["insert into box (id, label, plain) values (?, 'x', ?)", id, text]);
      let found = (await boxes.findByIdOrFail(id)).plain as unknown[] | undefined;
      let levels = 0;
      for (; found !== undefined; found = found[0] as unknown[] | undefined) levels += 1;
      expect(levels).toBe(depth);
      // It cannot go in again by the way that it did not come.
      await failure(ValidationError, () => boxes.insert({ id: 100, label: "x", plain: JSON.parse(text) as unknown }));
      for (const planted of [`{"meta":${text}}`, `${'{"inner":'.repeat(10_000)}{}${"}".repeat(10_000)}`]) {
        await databases.past(db, ["update box set plain = null, shape = ? where id = ?", planted, id]);
        await failure(DataError, () => boxes.findById(id));
      }
    }
  });

  it("runs no setter that nobody exposed, and turns what an application's class throws into a DataError", async () => {
    const own = await databases.open({ entities: [Crate] });
    const crates = own.repository(Crate);
    await crates.insert({ id: 1, content: Object.assign(new Guarded(), { stored: "x" }) });
    expect(await crates.findById(1)).toEqual({ id: 1, content: Object.assign(new Guarded(), { stored: "x" }) });
    expect(Guarded.ran).toBe(0);
    const planted = async (text: string): Promise<DataError> => {
      await databases.past(own, ["update crate set content = ?", text]);
      const error = await failure(DataError, () => crates.findById(1));
      expect(error).toMatchObject({ entity: "Crate", property: "content" });
      return error;
    };
    expect((await planted('{"level":9}')).message).toContain("holds a key level, which is a setter of Guarded");
    expect((await planted('{"double":9}')).message).toContain("holds a key double, which is a getter of Guarded");
    expect((await planted('{"explode":9}')).message).toContain("holds a key explode, which is a method of Guarded");
    expect((await planted('{"loud":"secret text"}')).message).toMatch(/threw an instance of TypeError/);
    expect((await planted('{"loud":"secret text"}')).message).not.toContain("secret text");
    expect(Guarded.ran).toBe(0);
    await failure(ValidationError, () => crates.insert({ id: 2, content: { level: 9 } as never }));
  });
});

import fc from "fast-check";
import {
  all, and, between, Column, contains, DataError, Entity, eq, every, ForeignKey, gt, gte, ilike, Index, InvalidQueryError, isNull, Json, jsonPath, like, lt, lte, ManyToOne, ne, none,
  not, notOneOf, oneOf, OneToMany, or, PrimaryKey, some, startsWith, SubEntity, User, UserContext, UserInfo, UserOwned, ValidationError,
  type Database, type OwnerId, type PathValue, type Repository, type ToMany, type ToOne, type Where,
} from "freehold";
import { failure, onEveryEngine, type TestDatabases } from "../support/databases";
import { Paper, paperModel } from "../support/json-world";

const KEYS = ["a", "b", "n", "", "a.b", "it's", "\u00e9", "\u{1f600}", "x\ny", "0", "[0]", "$", "#-1", "*", "__proto__", "null"];
const scalar = fc.oneof(
  fc.constantFrom("", "a", "A", "b", "1", "true", "null", "Oslo", "oslo%", "\u00e9", "\u{1f600}", "\uffff"), fc.constantFrom(0, 1, -1, 1.5, 1e20, 0.1, 5e-324, 2 ** 53),
  fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null), fc.string({ unit: "grapheme", maxLength: 4 }).map((text) => text.replaceAll("\u0000", "")),
);
const { document } = fc.letrec<{ document: unknown }>((tie) => ({
  document: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie("document"), { maxLength: 3 }), fc.array(fc.tuple(fc.constantFrom(...KEYS), tie("document")), { maxLength: 4 })
    .map((entries) => Object.fromEntries(entries.map(([key, value]) => [key === "__proto__" ? "proto" : key, value])))),
}));
const path = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom("a", "a.b", "n", "b.a") },
  { weight: 3, arbitrary: fc.array(fc.oneof(fc.constantFrom(...KEYS.filter((key) => key !== "")), fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 3 }) },
);

/** What is asked, and the same in JavaScript: true, false, or null where nothing is there. */
interface Question {
  readonly condition: PathValue;
  readonly answer: (value: unknown) => boolean | null;
}

/** Text in the order of its code points, as the engine has it. */
const compare = (a: unknown, b: unknown): number => typeof a === "string" && typeof b === "string" ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : (a as number) - (b as number);
const alike = (test: (value: never) => boolean, type: string) => (value: unknown): boolean | null =>
  value === null || value === undefined ? null : typeof value === type && test(value as never);
const ordered = (value: string | number, holds: (order: number) => boolean): Question["answer"] => alike((found) => holds(compare(found, value)), typeof value);

const text = scalar.filter((value): value is string => typeof value === "string");
const number = scalar.filter((value): value is number => typeof value === "number");
const asked = fc.oneof(text, number);
const same = (a: unknown, b: unknown): boolean => typeof a === typeof b && (a === b || (a === 0 && b === 0));
const question: fc.Arbitrary<Question> = fc.oneof(
  scalar.map((value): Question => ({
    condition: value, answer: value === null ? (found) => found === null || found === undefined : (found) => found === null || found === undefined ? null : same(found, value),
  })),
  scalar.filter((value) => value !== null).map((value): Question => ({ condition: eq(value), answer: (found) => found === null || found === undefined ? null : same(found, value) })),
  scalar.filter((value) => value !== null).map((value): Question => ({ condition: ne(value), answer: (found) => found === null || found === undefined ? null : !same(found, value) })),
  asked.map((value): Question => ({ condition: gt(value), answer: ordered(value, (order) => order > 0) })),
  asked.map((value): Question => ({ condition: gte(value), answer: ordered(value, (order) => order >= 0) })),
  asked.map((value): Question => ({ condition: lt(value), answer: ordered(value, (order) => order < 0) })),
  asked.map((value): Question => ({ condition: lte(value), answer: ordered(value, (order) => order <= 0) })),
  fc.tuple(number, number).map(([low, high]): Question => ({ condition: between(low, high), answer: alike((found: number) => found >= low && found <= high, "number") })),
  fc.array(scalar.filter((value) => value !== null), { maxLength: 90, size: "max" }).map((list): Question => ({
    condition: oneOf(list), answer: (found) => list.length === 0 ? false : found === null || found === undefined ? null : list.some((value) => same(found, value)),
  })),
  fc.array(scalar.filter((value) => value !== null), { maxLength: 90 }).map((list): Question => ({
    condition: notOneOf(list), answer: (found) => list.length === 0 ? true : found === null || found === undefined ? null : !list.some((value) => same(found, value)),
  })),
  text.map((value): Question => ({ condition: startsWith(value), answer: alike((found: string) => found.startsWith(value), "string") })),
  text.map((value): Question => ({ condition: contains(value), answer: alike((found: string) => found.includes(value), "string") })),
  fc.constant<Question>({ condition: like("%sl_"), answer: alike((found: string) => /sl.$/su.test(found), "string") }),
  fc.constant<Question>({ condition: ilike("OSLO%"), answer: alike((found: string) => /^oslo/i.test(found), "string") }),
  fc.boolean().map((yes): Question => ({ condition: isNull(yes), answer: (found) => (found === null || found === undefined) === yes })),
);

function valueAt(data: unknown, at: string | readonly (string | number)[]): unknown {
  let value = data;
  for (const step of typeof at === "string" ? at.split(".") : at) {
    if (typeof value !== "object" || value === null || Array.isArray(value) !== (typeof step === "number") || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

@Entity()
@UserOwned()
class Shelf {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Json() data!: Record<string, unknown>;
  @OneToMany(() => Book) books?: ToMany<Book>;
}

@Entity()
@UserOwned()
class Book {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @ForeignKey("Shelf.id") shelf!: number;
  @Json() facts!: { pages?: number };
  @ManyToOne(() => Shelf) of?: ToOne<Shelf>;
}

@Entity({ discriminator: "kind" })
@UserOwned()
@Index("facts.wheels")
class Vehicle {
  @PrimaryKey() id!: number;
  @ForeignKey("User.user_id") user_id!: OwnerId;
  @Column() kind!: string;
  @Json() facts!: { wheels: number };
}

@SubEntity("car")
class Car extends Vehicle {}

async function openReader(databases: TestDatabases): Promise<{ readonly db: Database; readonly ctx: UserContext }> {
  const db = await databases.open({ entities: [User, Shelf, Book] });
  return { db, ctx: UserContext.of(await db.repository(User).insert({ info: new UserInfo() })) };
}

onEveryEngine("jsonPath", (databases) => {
  let db: Database;
  let papers: Repository<Paper, "bound">;

  beforeEach(async () => {
    db = await databases.open(paperModel);
    papers = db.repository(Paper).as(UserContext.of(await db.repository(User).insert({ info: new UserInfo() })));
  });

  it("answers as plain JavaScript does", async () => {
    const documents = fc.sample(document, { numRuns: 120, seed: 7 });
    const rows = await papers.insertMany(documents.map((data) => ({ data })));
    await papers.insert({ data: null });
    await fc.assert(fc.asyncProperty(path, question, fc.boolean(), async (at, { condition, answer }, negated) => {
      const where: Where<Paper> = { data: jsonPath(at, condition) };
      const found = await papers.find(negated ? not(where) : where, { select: ["id"] });
      const wanted = [...rows.map((row, index) => ({ id: row.id, data: documents[index] })), { id: rows.length + 1, data: null }]
        .filter(({ data }) => answer(data === null ? undefined : valueAt(data, at)) === !negated).map((row) => row.id);
      expect(found.map((row) => row.id)).toEqual(wanted);
    }), { numRuns: 300 });
  });

  it("finds numbers that SQLite reads from JSON a little differently than they are", async () => {
    const numbers = [-37657888876108340, -191869629062093730, -4450997110362166000, 1256941472114813400, 61870184437122090, 934058740105782900, -2482892810703222000, -3917918387417103400];
    await papers.insertMany(numbers.map((n) => ({ data: { n, m: n } })));
    for (const [index, n] of numbers.entries()) {
      expect((await papers.find({ data: jsonPath("n", n) })).map((row) => row.id)).toEqual([index + 1]);
      expect(await papers.count({ data: jsonPath("m", eq(n)) })).toBe(1);
      expect(await papers.count({ data: jsonPath("m", ne(n)) })).toBe(numbers.length - 1);
    }
  });

  it("goes wherever a condition goes", async () => {
    await papers.insertMany([{ data: { a: { b: "x" }, n: 1 } }, { data: { a: { b: "y" }, n: 2 } }, { data: { n: 3 } }]);
    const where = { data: jsonPath("n", gte(2)) };
    expect(await papers.count(where)).toBe(2);
    expect(await papers.exists({ data: jsonPath(["a", "b"], "y") })).toBe(true);
    expect((await papers.aggregate({ where, count: true })).count).toBe(2);
    expect((await papers.paginate(where, { first: 1 })).items).toHaveLength(1);
    expect(await papers.count(or({ data: jsonPath("a.b", "x") }, and(where, { data: jsonPath("a", isNull()) })))).toBe(2);
    expect(await papers.update({ data: jsonPath("a.b", "x") }, { label: "found" })).toBe(1);
    expect(await papers.delete(where)).toBe(2);
    expect(await papers.find(all)).toMatchObject([{ label: "found" }]);
  });

  it("uses the index of a path that the model names", async () => {
    await papers.insertMany(Array.from({ length: 50 }, (_, index) => ({ label: `${index}`, data: { a: { b: `k${index}` }, n: index } })));
    expect((await papers.explain({ data: jsonPath("a.b", "k7") })).plan).toContain("ix_paper_user_id_data_a_b");
    expect((await papers.explain({ data: jsonPath(["a", "b"], startsWith("k")) })).plan).toContain("ix_paper_user_id_data_a_b");
    expect((await papers.explain({ data: jsonPath("n", 7), label: "7" })).plan).toContain("ix_paper_n");
    // PostgreSQL may find the owner's rows by any index that begins with the owner.
    expect((await papers.explain({ data: jsonPath("a.c", "k7") })).plan).not.toMatch(databases.dialect === "sqlite" ? /ix_paper/ : /Index Cond.*jsonb/);
    expect(await papers.find({ data: jsonPath("a.b", "k7") })).toMatchObject([{ label: "7" }]);
    expect(await papers.find({ data: jsonPath("n", between(7, 8)) })).toMatchObject([{ label: "7" }, { label: "8" }]);
  });

  it("uses the index for every kind of comparison", async () => {
    await papers.insertMany(Array.from({ length: 20 }, (_, index) => ({ data: { a: { b: index % 2 === 0 }, n: index } })));
    const long = Array.from({ length: 1_000 }, (_, index) => index);
    const comparisons: readonly PathValue[] = [true, eq(false), between(1, 2), eq(1e300)];
    // PostgreSQL's index holds jsonb. Its order of texts is not the one byte by byte that a range asks for, and it tells a place that
    // is not there from JSON's null, which a condition on null does not.
    const conditions = databases.dialect === "sqlite" ? [...comparisons, gt("k"), isNull(), null] : comparisons;
    const searched = databases.dialect === "sqlite" ? /USING (COVERING )?INDEX ix_paper_user_id_data_a_b \(user_id=\? AND <expr>/
      // Under row-level security, what looks into JSON is asked of rows that the policy has let through, and so by no index: the
      // server cannot know that it tells nothing of the others. The index finds the owner's rows alone.
      : databases.rls ? /(using|Scan on) ix_paper_user_id_data_a_b[^]*Index Cond: \(user_id = / : /using ix_paper_user_id_data_a_b[^]*Index Cond: .*jsonb_path_query_first/;
    for (const condition of conditions) {
      expect((await papers.explain({ data: jsonPath("a.b", condition) })).plan).toMatch(searched);
    }
    expect(await papers.count({ data: jsonPath("a.b", true) })).toBe(10);
    expect(await papers.count({ data: jsonPath("n", oneOf([...long, "x", false])) })).toBe(20);
    expect(await papers.count({ data: jsonPath("n", notOneOf(long.slice(5))) })).toBe(5);
  });

  it("uses the index of a shared table for each kind of its rows", async () => {
    const own = await databases.open({ entities: [User, Vehicle, Car] });
    const ctx = UserContext.of(await own.repository(User).insert({ info: new UserInfo() }));
    const cars = own.repository(Car).as(ctx);
    await cars.insertMany([{ facts: { wheels: 3 } }, { facts: { wheels: 4 } }]);
    expect((await cars.explain({ facts: jsonPath("wheels", 4) })).plan).toContain("ix_vehicle_user_id_facts_wheels");
    expect((await own.repository(Vehicle).as(ctx).explain({ facts: jsonPath("wheels", 4) })).plan).toContain("ix_vehicle_user_id_facts_wheels");
    expect(await cars.count({ facts: jsonPath("wheels", 4) })).toBe(1);
    expect(await own.schema.check()).toEqual([]);
  });

  it("shares statements among lists of many lengths, and none between types", async () => {
    await papers.insertMany([{ data: { n: 1 } }, { data: { n: "1" } }, { data: { n: true } }]);
    databases.forget();
    for (let length = 65; length < 300; length += 40) await papers.count({ data: jsonPath("x", oneOf(Array.from({ length }, (_, index) => index))) });
    expect(new Set(databases.events.map((event) => event.sql)).size).toBe(1);
    for (const [id, value] of [[1, 1], [2, "1"], [3, true], [1, 1]] as const) {
      expect((await papers.find({ data: jsonPath("n", value) })).map((row) => row.id)).toEqual([id]);
      expect((await papers.find({ data: jsonPath("n", oneOf([value])) })).map((row) => row.id)).toEqual([id]);
    }
  });

  it("keeps to the path that it was given, whatever becomes of the list", async () => {
    await papers.insertMany([{ data: { a: { b: "x" } } }, { data: { a: { c: "x" } } }]);
    for (let round = 0; round < 3; round += 1) {
      const at = ["a", "b"];
      const found = papers.find({ data: jsonPath(at, "x") });
      at[1] = "c') or 1=1 --";
      expect((await found).map((row) => row.id)).toEqual([1]);
      const free = ["a", "c"];
      const other = papers.find({ data: jsonPath(free, "x") });
      free.push("\"", "\\");
      expect((await other).map((row) => row.id)).toEqual([2]);
    }
    // What a list says may change from one look to the next; each round makes a statement of its own.
    for (let reads = 0; reads < 12; reads += 1) {
      let left = reads;
      const at = Object.defineProperty(["a", "b"], 1, { get: () => left-- > 0 ? "b" : "c') or 1=1 --" });
      const where = (path: readonly string[]): Where<Paper> => and(...Array.from({ length: reads + 1 }, () => ({ label: "" })), { data: jsonPath(path, "x") });
      expect((await papers.find(where(at))).length).toBeLessThan(2);
      expect((await papers.find(where(["a", "b"]))).map((row) => row.id)).toEqual([1]);
    }
    expect(JSON.stringify(databases.events.map((event) => event.sql))).not.toContain("or 1=1");
  });

  it("goes through relations, streams and bound updates", async () => {
    const reader = await openReader(databases);
    const { db: own, ctx } = reader;
    const shelves = own.repository(Shelf).as(ctx);
    const books = own.repository(Book).as(ctx);
    const [first, second] = await shelves.insertMany([{ data: { room: "a" } }, { data: { room: "b" } }]) as [Shelf, Shelf];
    await books.insertMany([{ shelf: first.id, facts: { pages: 5 } }, { shelf: first.id, facts: { pages: 50 } }, { shelf: second.id, facts: {} }]);
    expect((await shelves.find({ books: some({ facts: jsonPath("pages", gt(10)) }) })).map((row) => row.id)).toEqual([first.id]);
    expect((await shelves.find({ books: none({ facts: jsonPath("pages", isNull(false)) }) })).map((row) => row.id)).toEqual([second.id]);
    expect((await shelves.find({ books: every({ facts: jsonPath("pages", gt(1)) }) })).map((row) => row.id)).toEqual([first.id]);
    expect(await books.count({ of: { data: jsonPath("room", oneOf(["a", "z"])) }, facts: jsonPath("pages", lt(10)) })).toBe(1);
    const loaded = await shelves.find({}, { with: { books: { where: { facts: jsonPath("pages", 50) } } } });
    expect(loaded.map((row) => row.books.length)).toEqual([1, 0]);
    const streamed: number[] = [];
    for await (const book of books.stream({ facts: jsonPath("pages", isNull(false)) }, { chunkSize: 1 })) streamed.push(book.id);
    expect(streamed).toEqual([1, 2]);
    expect(await books.update({ of: { data: jsonPath("room", "a") }, facts: jsonPath("pages", 50) }, { facts: { pages: 51 } })).toBe(1);
    expect((await books.aggregate({ groupBy: ["shelf"], count: true, where: { facts: jsonPath("pages", gte(5)) } })).map(({ count }) => count)).toEqual([2]);
  });

  // PostgreSQL's jsonb holds nothing else.
  if (databases.dialect === "sqlite") {
    it("fails with a DataError where the database holds no JSON", async () => {
      await papers.insert({ data: { n: 1 } });
      await databases.past(db, ["drop index ix_paper_n"], ["drop index ix_paper_user_id_data_a_b"], ["alter table paper rename to open_paper"],
        ["create view paper as select id, user_id, label, 'no JSON' as data from open_paper"]);
      await failure(DataError, () => papers.find({ data: jsonPath("n", 1) }));
    });
  }

  it("has its indexes in the schema, which are checked", async () => {
    const place = (path: string): string => databases.dialect === "sqlite" ? `json_extract("data", '$.${path}')`
      : `jsonb_path_query_first("data", 'strict $.${path}'::jsonpath, '{}'::jsonb, true)`;
    expect(db.schema.sql()).toContain(`("user_id", ${place('"a"."b"')})`);
    expect(await db.schema.check()).toEqual([]);
    await databases.past(db, ["drop index ix_paper_n"], [`create index ix_paper_n on paper (user_id, ${place('"m"')}, "label")`]);
    expect((await db.schema.check()).map(({ kind, state }) => `${kind} ${state}`)).toEqual(["index missing", "index unexpected"]);
    await databases.past(db, ["drop index ix_paper_n"]);
    expect(await db.schema.ensure()).toEqual(["ix_paper_n"]);
    expect(await db.schema.check()).toEqual([]);
  });

  it("never lets a path become SQL", async () => {
    await papers.insert({ data: { secret: 1, "a') or 1=1 --": 2 } });
    databases.forget();
    const hostile = [
      "a') or 1=1 --", "$", "$.secret", "*", "#-1", "[0]", "secret[0]", "a]", "/**/", "%", "x".repeat(10_000), "\u2028", "\u{1f4a3}", "constructor", "'", ";drop table paper",
    ];
    for (const key of hostile) {
      const found = await papers.find({ data: jsonPath([key], isNull(false)) });
      expect(found).toHaveLength(key === "a') or 1=1 --" ? 1 : 0);
    }
    expect(new Set(databases.events.map((event) => event.sql)).size).toBe(1);
    expect(databases.events[0]?.sql).toContain(databases.dialect === "sqlite" ? 'json_extract("paper"."data", ?)' : 'jsonb_path_query_first("paper"."data", $2::jsonpath,');
  });

  it("takes a path once, however its list answers the next time", async () => {
    await papers.insertMany([{ data: { a: { b: "x" } } }, { data: { a: { evil: "x" } } }]);
    let reads = 0;
    const shifting = new Proxy(["a", "b"], { get: (list, name) => name === "1" && ++reads > 1 ? "evil') or 1=1 --" : Reflect.get(list, name) as unknown });
    const ids = async (path: readonly string[]): Promise<number[]> => (await papers.find({ data: jsonPath(path, "x") })).map((row) => row.id);
    expect(await ids(shifting)).toEqual([1]);
    expect(await ids(["a", "b"])).toEqual([1]);
    for (const event of databases.events) expect(event.sql).not.toContain("evil");
  });

  it("refuses paths and conditions that are none, before any SQL", async () => {
    databases.forget();
    for (const at of [
      "", ".", "a.", ".a", "a..b", [], [""], [-1], [1.5], [2 ** 40], [Number.NaN], ["a", null], [{}], {}, null, undefined, 5, 'a"b', "a\\b", ["\u0000"], ["\ud800"],
      Array.from({ length: 33 }, () => "a"),
    ]) await failure(InvalidQueryError, () => papers.find({ data: jsonPath(at as never, 1) }));
    for (const condition of [
      undefined, {}, [], new Date(), 1n, Symbol("x"), gt(true), gt(null as never), between("a", null as never), oneOf("a" as never), oneOf([null as never]), eq({} as never),
      eq(undefined as never), jsonPath("a", 1),
    ]) await failure(InvalidQueryError, () => papers.find({ data: jsonPath("a", condition as never) }));
    for (const condition of ["\u0000", "\ud800", Number.NaN, Infinity, eq(-Infinity), startsWith("\udc00"), startsWith(5 as never)]) {
      await failure(ValidationError, () => papers.find({ data: jsonPath("a", condition as never) }));
    }
    await failure(InvalidQueryError, () => papers.find({ label: jsonPath("a", 1) } as never));
    await failure(InvalidQueryError, () => papers.find({ data: gt(1) }));
    expect(databases.events).toEqual([]);
  });
});

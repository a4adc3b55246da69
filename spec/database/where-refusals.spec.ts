import {
  all, and, between, contains, eq, gt, ilike, InvalidQueryError, like, lt, ne, not, notOneOf, oneOf, or, startsWith, User, UserContext, ValidationError,
  type Database, type FreeholdError, type Repository,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { plannerModel, Setting, Tag, Task } from "../support/planner";
import { Sample } from "../support/samples";

type Refusal = readonly [what: string, where: unknown, property: string | undefined];

const QUERY_FAULTS: readonly Refusal[] = [
  ["undefined", { id: undefined }, "id"],
  ["undefined beside a value", { title: "x", rank: undefined }, "rank"],
  ["undefined in eq", { id: eq(undefined) }, "id"],
  ["undefined in gt", { rank: gt(undefined as never) }, "rank"],
  ["undefined in between", { rank: between(1, undefined as never) }, "rank"],
  ["undefined in oneOf", { rank: oneOf([1, undefined as never]) }, "rank"],
  ["a hole in notOneOf", { rank: notOneOf(Object.assign(new Array<number>(2), [1])) }, "rank"],
  ["undefined as a pattern", { title: like(undefined as never) }, "title"],
  ["undefined below and, or, not", and({ title: "x" }, or(not({ rank: undefined } as never))), "rank"],
  ["an unknown property", { titel: "x" }, "titel"],
  ["a property of another case", { Title: "x" }, "Title"],
  ["a column instead of its property", { user_id: 1 }, "user_id"],
  ["SQL for a name", { "1=1 or title": "x" }, "1=1 or title"],
  ["__proto__ from JSON", JSON.parse('{ "__proto__": { "title": "x" } }'), "__proto__"],
  ["constructor from JSON", JSON.parse('{ "constructor": "x" }'), "constructor"],
  ["prototype from JSON", JSON.parse('{ "prototype": "x", "title": "x" }'), "prototype"],
  ["toString", { toString: "x" }, "toString"],
  ["an operator's name", { $or: [{ title: "x" }] }, "$or"],
  ["and as a property", { and: [{ title: "x" }] }, "and"],
  ["null", null, undefined],
  ["a string", "title = 'x'", undefined],
  ["a number", 1, undefined],
  ["an array", [{ title: "x" }], undefined],
  ["a Date", new Date(), undefined],
  ["an entity", new Tag(), undefined],
  ["an operator", eq("x"), undefined],
  ["a function", () => true, undefined],
  ["an inherited condition", Object.create({ title: "x" }), undefined],
  ["an array inside and", and([] as never), undefined],
  ["undefined inside or", or(undefined as never), undefined],
  ["nothing inside not", not(undefined as never), undefined],
  ["a look-alike of a combination", Object.assign(Object.create(Object.getPrototypeOf(all) as object), { kind: "all" }), undefined],
  ["a context", UserContext.forKey(User, 1), undefined],
  ["a context inside and", and(UserContext.forKey(User, 1) as never), undefined],
  ["an operator of other types", { rank: contains("1") as never }, "rank"],
  ["order of JSON", { labels: gt([] as never) }, "labels"],
];

const VALUE_FAULTS: readonly Refusal[] = [
  ["{ $ne: 1 }", { rank: { $ne: 1 } }, "rank"],
  ["{ $gt: '' } for text", { title: { $gt: "" } }, "title"],
  ["{ gt: 1 }", { rank: { gt: 1 } }, "rank"],
  ["{ not: null }", { title: { not: null } }, "title"],
  ["an empty object", { title: {} }, "title"],
  ["an array of values", { rank: [1, 2] }, "rank"],
  ["an array of one", { title: ["x"] }, "title"],
  ["an unsafe integer", { rank: 2 ** 53 }, "rank"],
  ["a fraction", { rank: 1.5 }, "rank"],
  ["NaN", { rank: Number.NaN }, "rank"],
  ["Infinity in between", { rank: between(0, Infinity) }, "rank"],
  ["a numeric string", { rank: "1" }, "rank"],
  ["a bigint for an integer", { rank: 1n }, "rank"],
  ["a boolean for text", { title: true }, "title"],
  ["a number for text", { title: 5 }, "title"],
  ["an invalid Date", { due: new Date(Number.NaN) }, "due"],
  ["a Date as text", { due: "2026-01-01T00:00:00.000Z" }, "due"],
  ["a Date as a number", { due: gt(0 as never) }, "due"],
  ["a lone surrogate", { title: "a\ud800" }, "title"],
  ["a lone low surrogate in a list", { title: oneOf(["x", "\udc00"]) }, "title"],
  ["U+0000", { title: "a\u0000b" }, "title"],
  ["U+0000 in a pattern", { title: like("a\u0000%") }, "title"],
  ["a lone surrogate in a pattern", { title: contains("\udfff") }, "title"],
  ["a pattern that is no string", { title: like(5 as never) }, "title"],
  ["a regular expression", { title: /x/ }, "title"],
  ["no member of the enum", { state: "gone" }, "state"],
  ["null that is compared", { rank: lt(null as never) }, "rank"],
  ["null in a list", { rank: oneOf([1, null as never]) }, "rank"],
  ["no list at all", { rank: oneOf("12" as never) }, "rank"],
  ["a Set for a list", { rank: notOneOf(new Set([1]) as never) }, "rank"],
  ["a look-alike operator", { rank: { kind: "comparison", name: "eq", operator: "=", value: 1 } }, "rank"],
  ["an object with an operator's prototype", { rank: Object.create(Object.getPrototypeOf(gt(1)) as object) }, "rank"],
  ["a copy of an operator", { rank: { ...gt(1) } }, "rank"],
  ["a combination for a value", { rank: all }, "rank"],
  ["an operator inside an operator", { rank: eq(ne(1) as never) }, "rank"],
  ["a function", { title: () => "x" }, "title"],
  ["a boxed string", { title: new String("x") }, "title"],
  ["another owner's key as text", { userId: "1" }, "userId"],
];

onEveryEngine("what is refused in a condition, before any SQL", (databases) => {
  let db: Database;
  let tasks: Repository<Task>;

  beforeEach(async () => {
    db = await databases.open({ ...plannerModel, entities: [...plannerModel.entities, Sample] });
    tasks = db.repository(Task).as(UserContext.forKey(User, 1));
  });

  /** Every method that takes a condition refuses it alike. */
  async function refused<E extends FreeholdError>(
    type: abstract new (...args: never[]) => E, where: unknown, property: string | undefined,
  ): Promise<E> {
    const condition = where as never;
    const errors = [
      await failure(type, () => tasks.find(condition)), await failure(type, () => tasks.findOne(condition)),
      await failure(type, () => tasks.findOneOrFail(condition)), await failure(type, () => tasks.count(condition)),
      await failure(type, () => tasks.exists(condition)), await failure(type, () => tasks.update(condition, { rank: 1 })),
      await failure(type, () => tasks.delete(condition)),
    ];
    for (const error of errors) expect([error.entity, error.property]).toEqual(["Task", property]);
    expect(databases.events).toEqual([]);
    return errors[0] as E;
  }

  it.each(QUERY_FAULTS)("%s is an InvalidQueryError", async (_, where, property) => {
    const error = await refused(InvalidQueryError, where, property);
    expect(error.code).toBe("INVALID_QUERY");
    if (property !== undefined && !(property in Task.prototype) && error.message.includes("has no property")) {
      expect(error.message).toContain(JSON.stringify(property));
      expect(error.message).toContain("it has id, userId, title, list, state, rank, token, labels, due, secret, country, details, createdAt.");
    }
  });

  it.each(VALUE_FAULTS)("%s is a ValidationError", async (_, where, property) => {
    const error = await refused(ValidationError, where, property);
    expect(error.faults).toHaveLength(1);
    expect(error.faults[0]).toMatchObject({ property });
  });

  it("names the known properties where one is unknown", async () => {
    for (const name of ["titel", "__proto__", "constructor", "toString"]) {
      const where: unknown = JSON.parse(`{ ${JSON.stringify(name)}: 1 }`);
      const error = await failure(InvalidQueryError, () => tasks.find(where as never));
      expect(error.message).toBe(`Task has no property ${JSON.stringify(name)}: it has id, userId, title, list, state, rank, token, `
        + "labels, due, secret, country, details, createdAt.");
    }
  });

  it("tells a context for an un-owned entity what is missing", async () => {
    for (const context of [UserContext.forKey(User, 1), db.system("a slip")]) {
      const error = await failure(InvalidQueryError, () => db.repository(Tag).find(context as never));
      expect(error.entity).toBe("Tag");
      expect(error.message).toContain("@UserOwned() is missing");
    }
    expect(databases.events).toEqual([]);
  });

  it("answers an empty list without asking, and refuses lists and patterns that no statement can hold", async () => {
    expect(await tasks.find({ rank: oneOf<number>([]) })).toEqual([]);
    const before = databases.events.length;
    const blobs = Array.from({ length: 20_000 }, (_, index) => Buffer.from(String(index)));
    expect(await failure(InvalidQueryError, () => db.repository(Sample).find({ blob: oneOf(blobs) }))).toMatchObject({ entity: "Sample", property: "blob" });
    const long = "*".repeat(16_001);
    for (const operator of [like(long), ilike(long), startsWith(long)]) {
      expect(await failure(InvalidQueryError, () => tasks.find({ title: operator }))).toMatchObject({ entity: "Task", property: "title" });
    }
    expect(databases.events).toHaveLength(before);
    const samples = db.repository(Sample);
    await samples.insert({ text: "*".repeat(16_000) });
    for (const operator of [like, ilike, startsWith]) expect(await samples.exists({ text: operator("*".repeat(16_000)) })).toBe(true);
    expect(await samples.exists({ text: like("\\*".repeat(8_000)) })).toBe(false);
  });

  it("takes any text that fits the column's type, longer than the column too", async () => {
    expect(await db.repository(Sample).find({ code: "much longer than three" })).toEqual([]);
    expect(await db.repository(Sample).find({ code: oneOf(["much longer than three"]) })).toEqual([]);
    expect(await tasks.find({ title: contains("x".repeat(100_000)) })).toEqual([]);
  });

  it("refuses the same in a repository whose context comes first", async () => {
    const settings = db.repository(Setting);
    const ctx = UserContext.forKey(User, 1);
    await failure(InvalidQueryError, () => settings.find(ctx, { key: undefined }));
    await failure(ValidationError, () => settings.update(ctx, { key: { $ne: "" } } as never, { value: "x" }));
    await failure(InvalidQueryError, () => settings.delete(ctx, { user: 1 } as never));
    expect(databases.events).toEqual([]);
  });
});

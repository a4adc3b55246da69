import * as fc from "fast-check";
import {
  all, and, between, contains, eq, gt, ilike, InvalidQueryError, isNull, like, ne, not, notOneOf, oneOf, or, startsWith, type Database, type Where,
} from "freehold";
import { failure, onEveryEngine } from "../support/databases";
import { build, judge, matches, type OperatorName, type Plan } from "../support/reference-where";
import { inOrder, Level, Sample, sampleModel, type OrderedProperty } from "../support/samples";

const PROPERTIES = Object.keys(inOrder) as OrderedProperty[];

onEveryEngine("where", (databases) => {
  let db: Database;

  beforeEach(async () => {
    db = await databases.open(sampleModel);
  });

  const samples = () => db.repository(Sample);
  const leaf = (property: string, operator: OperatorName, ...operands: readonly unknown[]): Plan =>
    ({ kind: "leaf", property, operator, operands });

  /** Asks the library and plain JavaScript, and wants one answer. */
  async function agree(plan: Plan, rows: readonly Sample[]): Promise<void> {
    const wanted = rows.filter((row) => judge(plan, row as unknown as Record<string, unknown>) === true).map((row) => row.id);
    const where = build<Sample>(plan);
    const found = await samples().find(where, { select: ["id"] });
    expect({ plan, ids: found.map((row) => row.id) }).toEqual({ plan, ids: wanted });
  }

  it.each(PROPERTIES)("compares %s values as they are ordered, nulls as unknown", async (property) => {
    const values: readonly unknown[] = inOrder[property];
    const shuffled = [null, ...values.filter((_, index) => index % 2 === 1), ...values.filter((_, index) => index % 2 === 0).reverse()];
    const rows = await samples().insertMany(shuffled.map((value) => ({ [property]: value })));
    for (const value of values) {
      for (const operator of ["value", "eq", "ne", "gt", "gte", "lt", "lte"] as const) {
        await agree(leaf(property, operator, value), rows);
        await agree({ kind: "not", part: leaf(property, operator, value) }, rows);
      }
      await agree(leaf(property, "between", values[0], value), rows);
      await agree(leaf(property, "between", value, values[0]), rows);
      await agree({ kind: "not", part: leaf(property, "between", value, values.at(-1)) }, rows);
      for (const operator of ["oneOf", "notOneOf"] as const) {
        await agree(leaf(property, operator, value), rows);
        await agree(leaf(property, operator, value, values[0], values.at(-1)), rows);
        await agree({ kind: "not", part: leaf(property, operator, value) }, rows);
      }
    }
    for (const operator of ["isNull", "isNotNull"] as const) {
      await agree(leaf(property, operator), rows);
      await agree({ kind: "not", part: leaf(property, operator) }, rows);
    }
    for (const operator of ["value", "eq", "ne"] as const) await agree(leaf(property, operator, null), rows);
    for (const operator of ["oneOf", "notOneOf"] as const) {
      await agree(leaf(property, operator), rows);
      await agree({ kind: "not", part: leaf(property, operator) }, rows);
    }
    const sorted = await samples().find({ [property]: ne(null) }, { orderBy: { [property]: "asc" } });
    expect(sorted.map((row) => row[property])).toEqual(values);
  });

  it("compares decimals by value and JSON only with null", async () => {
    await samples().insertMany([{ money: "1.50", json: { a: 1 } }, { money: null, json: null }, { money: "10", json: [] }]);
    const ids = async (where: Where<Sample>): Promise<number[]> => (await samples().find(where)).map((row) => row.id);
    expect(await ids({ money: "1.5" })).toEqual([1]);
    expect(await ids({ money: ne("010.0") })).toEqual([1]);
    expect(await ids({ money: oneOf(["10.00", "1.5"]) })).toEqual([1, 3]);
    expect(await ids({ money: isNull() })).toEqual([2]);
    expect(await ids({ json: null })).toEqual([2]);
    expect(await ids({ json: isNull(false) })).toEqual([1, 3]);
    // PostgreSQL's numbers have an order; on SQLite they are text, and "10" would come before "9".
    const ordered = [{ money: gt("2") }, { money: between("2", "11") }];
    if (databases.dialect === "postgres") for (const where of ordered) expect(await ids(where)).toEqual([3]);
    const before = databases.events.length;
    for (const where of [...databases.dialect === "sqlite" ? ordered : [], { json: eq({ a: 1 }) }, { json: oneOf([1]) }, { json: { a: 1 } },
      { integer: like("1") }, { blob: contains("a") }, { uuid: startsWith("0") }, { level: like("1") }, { datetime: ilike("2") }]) {
      const error = await failure(InvalidQueryError, () => samples().find(where as never));
      expect(error).toMatchObject({ entity: "Sample", property: Object.keys(where)[0] });
    }
    expect(databases.events).toHaveLength(before);
  });

  it.each([1, 2, 3, 63, 64, 65, 5_000])("takes lists of %i values of every type", async (length) => {
    const list = <T>(make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));
    const uuid = (index: number): string => `00000000-0000-0000-0000-${String(index).padStart(12, "0")}`;
    const makers: Readonly<Record<string, (index: number) => unknown>> = {
      integer: (index) => Number.MAX_SAFE_INTEGER - index, bigint: (index) => 2n ** 63n - 1n - BigInt(index), real: (index) => index / 7,
      text: (index) => `it's "${index}" \\ %`, uuid, datetime: (index) => new Date(index), decimal: (index) => `${index}.5`,
      blob: (index) => Buffer.from(`b${index}`), boolean: () => true, level: () => Level.high,
      date: (index) => new Date(index * 86_400_000).toISOString().slice(0, 10),
    };
    for (const [property, make] of Object.entries(makers)) {
      const last = make(length - 1);
      const { id } = await samples().insert({ [property]: last });
      const other = await samples().insert({ [property]: property === "boolean" ? false : property === "level" ? Level.low : make(length) });
      const values = list(make);
      expect((await samples().find({ [property]: oneOf(values) })).map((row) => row.id)).toEqual([id]);
      expect((await samples().find({ [property]: notOneOf(values) })).map((row) => row.id)).toEqual([other.id]);
    }
  });

  it("matches patterns as a plain implementation does", async () => {
    const alphabet = fc.constantFrom("a", "A", "b", "z", "%", "_", "\\", "*", "?", "[", "]", "^", "-", "é", "É", "😀", "\n", "'", '"', " ");
    const text = fc.array(alphabet, { maxLength: 6 }).map((characters) => characters.join(""));
    const operator = fc.constantFrom<OperatorName>("like", "ilike", "startsWith", "contains");
    const texts = fc.sample(text, { numRuns: 120, seed: 7 });
    const rows = await samples().insertMany([null, ...texts].map((value) => ({ text: value })));
    await fc.assert(fc.asyncProperty(operator, text, fc.boolean(), async (name, pattern, negated) => {
      const plan = leaf("text", name, pattern);
      await agree(negated ? { kind: "not", part: plan } : plan, rows);
    }), { numRuns: 250 });
    // Patterns that come from the stored texts themselves are the likeliest to match.
    for (const [index, pattern] of texts.entries()) {
      await agree(leaf("text", (["like", "ilike", "startsWith", "contains"] as const)[index % 4] ?? "like", pattern), rows);
    }
  });

  it.each<readonly [string, string, boolean, boolean]>([
    ["%", "", true, true], ["", "", true, true], ["_", "😀", true, true], ["__", "😀", false, false], ["a%c", "abbbc", true, true], ["a_c", "ac", false, false],
    ["A%", "abc", false, true], ["É", "é", false, false], ["100\\%", "100%", true, true], ["100\\%", "1000", false, false], ["a\\_b", "axb", false, false],
    ["a\\", "a\\", true, true], ["\\\\", "\\", true, true], ["[ab]", "a", false, false], ["[ab]", "[ab]", true, true], ["*", "x", false, false],
    ["?", "x", false, false], ["*?[", "*?[", true, true], ["\\a", "a", true, true], ["\\*", "*", true, true], ["[^a]", "b", false, false], ["%\n%", "a\nb", true, true],
  ])("like %j on %j: %s, ilike %s", async (pattern, text, sensitive, folded) => {
    await samples().insert({ text });
    expect(await samples().exists({ text: like(pattern) })).toBe(sensitive);
    expect(await samples().exists({ text: ilike(pattern) })).toBe(folded);
    expect(matches(pattern, text)).toBe(sensitive);
  });

  it("matches patterns on enums of text", async () => {
    await samples().insertMany([{ color: "red" }, { color: "it's" }, { color: null }]);
    expect(await samples().find({ color: startsWith("it'") as never }, { select: ["color"] })).toEqual([{ id: 2, color: "it's" }]);
  });

  it("agrees with a plain JavaScript filter on random conditions, by three-valued logic", async () => {
    const integer = fc.integer({ min: -3, max: 3 });
    const real = fc.constantFrom(-1.5, 0, 0.5, 2);
    const text = fc.constantFrom("", "a", "A", "ab", "%", "b_");
    const color = fc.constantFrom("red", "green", "it's");
    const boolean = fc.boolean();
    const columns: Readonly<Record<string, fc.Arbitrary<unknown>>> = { integer, real, text, color, boolean };
    const row = fc.record(Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, fc.option(value, { freq: 3 })])));
    const rows = await samples().insertMany(fc.sample(row, { numRuns: 60, seed: 11 }));
    const leaves = fc.oneof(...Object.entries(columns).map(([property, value]) => fc.oneof(
      fc.tuple(fc.constantFrom<OperatorName>("value", "eq", "ne"), fc.option(value, { freq: 4 })).map(([name, operand]) => leaf(property, name, operand)),
      fc.tuple(fc.constantFrom<OperatorName>("gt", "gte", "lt", "lte"), value).map(([name, operand]) => leaf(property, name, operand)),
      fc.tuple(value, value).map(([low, high]) => leaf(property, "between", low, high)),
      fc.tuple(fc.constantFrom<OperatorName>("oneOf", "notOneOf"), fc.array(value, { maxLength: 5 })).map(([name, list]) => leaf(property, name, ...list)),
      fc.constantFrom<OperatorName>("isNull", "isNotNull").map((name) => leaf(property, name)),
      ...(property === "text" || property === "color"
        ? [fc.tuple(fc.constantFrom<OperatorName>("like", "ilike", "startsWith", "contains"), text).map(([name, pattern]) => leaf(property, name, pattern))] : []),
    )));
    const { plan } = fc.letrec<{ plan: Plan }>((tie) => ({
      plan: fc.oneof({ maxDepth: 4 }, leaves,
        fc.tuple(fc.constantFrom("and" as const, "or" as const), fc.array(tie("plan"), { maxLength: 3 })).map(([kind, parts]): Plan => ({ kind, parts })),
        tie("plan").map((part): Plan => ({ kind: "not", part }))),
    }));
    await fc.assert(fc.asyncProperty(plan, async (condition) => agree(condition, rows)), { numRuns: 200 });
  });

  it("folds constants without mixing up conditions that differ only in them", async () => {
    const rows = await samples().insertMany([{ integer: 1 }, { integer: 2 }]);
    const count = (where: Where<Sample>): Promise<number> => samples().count(where);
    const one = { integer: 1 };
    for (let round = 0; round < 2; round += 1) {
      expect(await count(or(all, one))).toBe(2);
      expect(await count(or(one))).toBe(1);
      expect(await count(or(all))).toBe(2);
      expect(await count(or())).toBe(0);
      expect(await count(and(one, or(all)))).toBe(1);
      expect(await count(and(one, or()))).toBe(0);
      expect(await count(not(all))).toBe(0);
      expect(await count(not(or()))).toBe(2);
      expect(await count(and())).toBe(2);
      expect(await count({ integer: oneOf<number>([]) })).toBe(0);
      expect(await count({ integer: notOneOf<number>([]) })).toBe(2);
      expect(await count(all)).toBe(rows.length);
    }
    expect(await samples().delete(and(one, or()))).toBe(0);
    expect(await samples().delete(and(one, or(all)))).toBe(1);
  });
});

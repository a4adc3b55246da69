import { between, eq, gt, isNull, jsonPath, Json, PrimaryKey, ne, notOneOf, oneOf, type Condition, type PathCondition, type Where } from "freehold";

class Sample {
  @PrimaryKey() id!: number;
  title!: string;
  when!: Date;
  maybe!: string | null;
  @Json() settings!: { theme: string };
  @Json() list!: string[];
  @Json() anything: unknown;
}

export const fine: readonly Where<Sample>[] = [
  { settings: jsonPath("theme", "dark") }, { settings: jsonPath(["theme", 0], eq(1)) }, { list: jsonPath([0], isNull()) }, { anything: jsonPath("a", gt(1)) },
];

const path: readonly (string | number)[] = ["a", 0];
export const ofAnyType: readonly PathCondition[] = [
  jsonPath(path, eq(null)), jsonPath("a", ne(null)), jsonPath("a", oneOf(["a", 1, true])), jsonPath("a", notOneOf([1])), jsonPath("a", between("a", "b")),
  jsonPath("a", eq<string | null>("x")), jsonPath("a", gt<string | number>(1)),
];
export const intoSome: readonly [Condition<string | { a: string }>, Condition<number[] | undefined>, Condition<object | null>] =
  [jsonPath("a", 1), jsonPath("a", 1), jsonPath("a", 1)];

// @ts-expect-error a text has no inside
export const intoText: Where<Sample> = { title: jsonPath("a", 1) };
// @ts-expect-error nor has one that may be null
export const intoMaybe: Where<Sample> = { maybe: jsonPath("a", 1) };
// @ts-expect-error nor a moment
export const intoDate: Where<Sample> = { when: jsonPath("a", 1) };
// @ts-expect-error nor a number
export const intoNumber: Condition<number> = jsonPath("a", 1);
// @ts-expect-error a place holds text, numbers, true, false or null
export const anObject = jsonPath("a", { b: 1 });
// @ts-expect-error and operators on these
export const ofObject = jsonPath("a", eq({ b: 1 }));
// @ts-expect-error a moment is text in JSON
export const ofDate = jsonPath("a", eq(new Date()));
// @ts-expect-error lists hold no lists
export const ofLists = jsonPath("a", oneOf([["x"]]));
// @ts-expect-error jsonPath stands once
export const twice = jsonPath("a", jsonPath("b", 1));
// @ts-expect-error a path is no number
export const noPath = jsonPath(1, "a");

import { eq, gt, isNull, jsonPath, Json, PrimaryKey, type Condition, type Where } from "freehold";

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
// @ts-expect-error a path is no number
export const noPath = jsonPath(1, "a");

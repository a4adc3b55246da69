import { compileFiller, loopOver, type Field } from "../../lib/hydrate/filler";

/** Names that would be something else in code than they are in a string. */
const NAMES = ["id", "a b", "it's", 'say "x"', "back\\slash", "line\nbreak", "\u2028", "constructor", "${x}", "`", "];process.exit();//", "ä", "1", ""];

const fields: readonly Field[] = NAMES.map((name, index) => ({ name, position: NAMES.length - 1 - index, decode: (raw) => `read ${String(raw)}` }));
const row = NAMES.map((_, index) => index);

describe.each([["compiled", compileFiller], ["a loop", loopOver]] as const)("a filler that is %s", (_, make) => {
  it("writes every field by its name, whatever the name", () => {
    const target: Record<string, unknown> = {};
    make(fields)(target, row);
    expect(target).toEqual(Object.fromEntries(NAMES.map((name, index) => [name, `read ${NAMES.length - 1 - index}`])));
    expect(Object.keys(target)).toHaveLength(NAMES.length);
  });

  it("writes nothing where one value cannot be read", () => {
    const target: Record<string, unknown> = { a: "before" };
    const fill = make([{ name: "a", position: 0, decode: (raw) => raw }, { name: "b", position: 1, decode: () => { throw new RangeError("no"); } }]);
    expect(() => fill(target, [1, 2])).toThrow(RangeError);
    expect(target).toEqual({ a: "before" });
  });

  it("does nothing for no fields", () => {
    const target = {};
    make([])(target, [1]);
    expect(target).toEqual({});
  });
});

it("compiled and looped fillers agree, also for many fields", () => {
  const many = Array.from({ length: 300 }, (_, index): Field => ({ name: `p${index}`, position: index, decode: (raw) => raw }));
  const values = many.map((_, index) => index * 2);
  const [one, other] = [{}, {}];
  compileFiller(many)(one, values);
  loopOver(many)(other, values);
  expect(one).toEqual(other);
});

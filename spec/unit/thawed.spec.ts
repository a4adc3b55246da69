import { thawed } from "../../lib/util/thawed";

describe("a list for loops", () => {
  it("holds the same items, is made once for each list, and is not the frozen list", () => {
    const [a, b] = [{}, {}];
    const list = Object.freeze([a, b]);
    const copy = thawed(list);
    expect(copy).toHaveLength(2);
    expect([copy[0] === a, copy[1] === b]).toEqual([true, true]);
    expect(Object.isFrozen(copy)).toBe(false);
    expect(thawed(list)).toBe(copy);
    expect(thawed(Object.freeze([a, b]))).not.toBe(copy);
    expect(Object.isFrozen(list)).toBe(true);
  });
});

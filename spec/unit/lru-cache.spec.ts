import { LruCache } from "../../lib/driver/lru-cache";

describe("a cache of bounded size", () => {
  let dropped: string[];
  let cache: LruCache<string>;

  beforeEach(() => {
    dropped = [];
    cache = new LruCache<string>(2, (value) => { dropped.push(value); });
    cache.set("a", "A");
    cache.set("b", "B");
  });

  it("drops what was not asked for the longest time", () => {
    expect([cache.get("a"), cache.get("a")]).toEqual(["A", "A"]);
    cache.set("c", "C");
    expect(dropped).toEqual(["B"]);
    expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual(["A", undefined, "C"]);
  });

  it("takes an entry that is set again for the youngest", () => {
    cache.set("a", "A2");
    cache.set("c", "C");
    cache.set("d", "D");
    expect(dropped).toEqual(["B", "A2"]);
    expect([cache.get("a"), cache.get("c"), cache.get("d")]).toEqual([undefined, "C", "D"]);
  });

  it("is empty after it was drained", () => {
    cache.get("b");
    expect(cache.drain()).toEqual(["A", "B"]);
    expect([cache.get("b"), cache.get("a")]).toEqual([undefined, undefined]);
    expect(dropped).toEqual([]);
  });
});

import fc from "fast-check";
import { canonicalUuid, uuidV7Generator } from "../../lib/util/uuid";

const RFC_9562 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const LAST = 0xffff_ffff_ffff;

/** The milliseconds in the first 48 bits. */
const timeOf = (uuid: string): number => parseInt(uuid.replaceAll("-", "").slice(0, 12), 16);

/** Generates one uuid for each time that the clock shows. */
function generate(times: readonly number[]): readonly string[] {
  let index = 0;
  const next = uuidV7Generator(() => times[index++] ?? 0);
  return times.map(() => next());
}

function expectGrowing(uuids: readonly string[]): void {
  expect(new Set(uuids).size).toBe(uuids.length);
  expect([...uuids].sort()).toEqual(uuids);
}

describe("generated uuids", () => {
  it("are version 7 of RFC 9562 and hold the time", () => {
    const time = Date.UTC(2026, 0, 31, 12, 0, 0, 123);
    const [uuid = ""] = generate([time]);
    expect(uuid).toMatch(RFC_9562);
    expect(timeOf(uuid)).toBe(time);
  });

  it("put the time where the RFC's own example has it", () => {
    // RFC 9562, appendix A.6: 2022-02-22T19:22:22.000Z is 017F22E2-79B0-7….
    const [uuid = ""] = generate([Date.UTC(2022, 1, 22, 19, 22, 22)]);
    expect(uuid.slice(0, 15)).toBe("017f22e2-79b0-7");
  });

  it("grow while the clock stands still", () => {
    const uuids = generate(new Array<number>(5_000).fill(1_700_000_000_000));
    expectGrowing(uuids);
    for (const uuid of uuids) expect(uuid).toMatch(RFC_9562);
    expect(new Set(uuids.map(timeOf))).toEqual(new Set([1_700_000_000_000]));
  });

  it("grow while the clock steps back, and follow it again when it has caught up", () => {
    const uuids = generate([1_000, 500, 499, -1, 1_000, 1_001, 2]);
    expectGrowing(uuids);
    expect(uuids.map(timeOf)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 1_001, 1_001]);
  });

  it("grow whatever the clock shows", () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: LAST - 10 }), fc.integer({ min: 0, max: 3 })), { maxLength: 50 }), (times) => {
      const uuids = generate(times);
      expectGrowing(uuids);
      for (const uuid of uuids) expect(uuid).toMatch(RFC_9562);
    }));
  });

  it("are well-formed and grow even on a clock that shows nonsense", () => {
    fc.assert(fc.property(fc.array(fc.double(), { maxLength: 20 }), (times) => {
      const uuids = generate(times.filter((time) => !(time > LAST - 10)));
      for (const uuid of uuids) expect(uuid).toMatch(RFC_9562);
      expectGrowing(uuids);
    }));
    for (const odd of [NaN, -1, -Infinity, 1.75, LAST + 1, Infinity, 8.64e15]) expect(generate([odd])[0]).toMatch(RFC_9562);
    expect(timeOf(generate([1.75])[0] ?? "")).toBe(1);
    expect(timeOf(generate([NaN])[0] ?? "")).toBe(0);
    expect(timeOf(generate([8.64e15])[0] ?? "")).toBe(LAST);
  });

  it("differ between generators of one moment in all random fields", () => {
    const uuids = Array.from({ length: 300 }, () => generate([1])[0] ?? "");
    expect(new Set(uuids).size).toBe(300);
    // Each of the 73 random bits of a first uuid is seen as 0 and as 1; the top one of the counter is kept clear.
    const bits = uuids.map((uuid) => BigInt(`0x${uuid.replaceAll("-", "")}`));
    const low = Array.from({ length: 62 }, (_, bit) => BigInt(bit));
    const high = Array.from({ length: 11 }, (_, bit) => BigInt(bit + 64));
    for (const bit of [...low, ...high]) expect(new Set(bits.map((value) => (value >> bit) & 1n)).size).toBe(2);
    expect(new Set(bits.map((value) => (value >> 75n) & 1n))).toEqual(new Set([0n]));
  });

  it("do not tell the next one: steps within a millisecond are random", () => {
    const uuids = generate(new Array<number>(50).fill(9)).map((uuid) => BigInt(`0x${uuid.replaceAll("-", "")}`) & ((1n << 62n) - 1n));
    const steps = uuids.slice(1).map((value, index) => value - (uuids[index] ?? 0n));
    expect(new Set(steps).size).toBeGreaterThan(45);
  });
});

describe("canonicalUuid", () => {
  it.each([
    ["018F3A5E-7C1B-7D2A-9B1E-3F5A7C9D0E1F", "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f"],
    ["00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"],
    ["f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"],
  ])("gives %s in lower case", (given, canonical) => {
    expect(canonicalUuid(given)).toBe(canonical);
  });

  it.each([
    "", "018f3a5e7c1b7d2a9b1e3f5a7c9d0e1f", "{018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f}", "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1", "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f\n",
    "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1g", " 018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f", "018f3a5e-7c1b-7d2a-9b1e-3f5a7c9d0e1f' or 1",
  ])("knows that %j is none", (text) => {
    expect(canonicalUuid(text)).toBeNull();
  });

  it("agrees with itself on every uuid in any case", () => {
    fc.assert(fc.property(fc.uuid(), fc.infiniteStream(fc.boolean()), (uuid, upper) => {
      const mixed = [...uuid].map((sign) => upper.next().value === true ? sign.toUpperCase() : sign).join("");
      expect(canonicalUuid(mixed)).toBe(uuid);
      expect(canonicalUuid(uuid)).toBe(uuid);
    }));
  });
});

import * as fc from "fast-check";
import { parseMoment, writeMoment } from "../../lib/util/moment";

/** What the function stands for. */
function slowly(text: string): Date | null {
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString() === text ? date : null;
}

describe("moments as text", () => {
  it("are read as Date reads them", () => {
    fc.assert(fc.property(fc.date({ min: new Date("0000-01-01T00:00:00.000Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true }), (date) => {
      expect(parseMoment(date.toISOString())?.getTime()).toBe(date.getTime());
    }), { numRuns: 5_000 });
  });

  it("are written as Date writes them, beyond these years too", () => {
    const others: string[] = [];
    for (let time = Date.UTC(-1, 0, 1) - 1; time < Date.UTC(10_001, 0, 1); time += 86_400_000 * 17 + 1_234_567) {
      const date = new Date(time);
      if (writeMoment(date) !== date.toISOString()) others.push(date.toISOString());
    }
    expect(others).toEqual([]);
    fc.assert(fc.property(fc.date({ noInvalidDate: true, min: new Date(-8.64e15), max: new Date(8.64e15) }), (date) => {
      expect(writeMoment(date)).toBe(date.toISOString());
    }), { numRuns: 2_000 });
    for (const edge of ["0000-01-01T00:00:00.000Z", "0000-02-29T23:59:59.999Z", "0000-03-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z", "2000-02-29T12:00:00.001Z", "2100-02-28T00:00:00.010Z", "9999-12-31T23:59:59.999Z"]) {
      for (const ms of [-1, 0, 1]) {
        const date = new Date(Date.parse(edge) + ms);
        expect(writeMoment(date)).toBe(date.toISOString());
      }
    }
    expect(() => writeMoment(new Date(NaN))).toThrow(RangeError);
  });

  it("are refused where Date would make something else of them, or nothing", () => {
    const part = (from: number, to: number) => fc.integer({ min: from, max: to });
    const pad = (value: number, width: number): string => String(value).padStart(width, "0");
    fc.assert(fc.property(part(0, 9999), part(0, 13), part(0, 32), part(0, 25), part(0, 61), part(0, 61), part(0, 999), (y, mo, d, h, mi, s, ms) => {
      const text = `${pad(y, 4)}-${pad(mo, 2)}-${pad(d, 2)}T${pad(h, 2)}:${pad(mi, 2)}:${pad(s, 2)}.${pad(ms, 3)}Z`;
      expect(parseMoment(text)?.getTime()).toBe(slowly(text)?.getTime());
    }), { numRuns: 20_000 });
    for (const day of ["2023-02-29", "2024-02-30", "2100-02-29", "2024-04-31", "0099-02-29", "0100-02-29"]) expect(parseMoment(`${day}T00:00:00.000Z`)).toBeNull();
    expect(parseMoment("0096-02-29T00:00:00.000Z")?.toISOString()).toBe("0096-02-29T00:00:00.000Z");
  });

  it("are refused with any other sign in any place", () => {
    const good = "2026-01-31T12:34:56.789Z";
    fc.assert(fc.property(fc.nat(23), fc.string({ unit: "binary", minLength: 0, maxLength: 2 }), (at, other) => {
      const text = good.slice(0, at) + other + good.slice(at + 1);
      expect(parseMoment(text)?.getTime()).toBe(slowly(text)?.getTime());
    }), { numRuns: 5_000 });
  });
});

import { randomBytes } from "node:crypto";

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The canonical lower-case form of a uuid (RFC 9562), or `null` when the text is none. */
export function canonicalUuid(text: string): string | null {
  const lower = text.toLowerCase();
  return CANONICAL.test(lower) ? lower : null;
}

/** RFC 9562 has 48 bits for the milliseconds; a clock that gives no number counts as standing still. */
function clamp(time: number): number {
  return Math.min(Math.max(Math.floor(time) || 0, 0), 0xffff_ffff_ffff);
}

/**
 * Returns a generator of time-ordered UUIDv7 values (RFC 9562, section 5.7). Within a millisecond, and when
 * the clock steps back, a 74-bit counter in the random field keeps the values growing (method 2 of section 6.2).
 *
 * @param now milliseconds since the epoch
 */
export function uuidV7Generator(now: () => number): () => string {
  let lastTime = -1;
  let counter = 0n;
  return () => {
    const time = clamp(now());
    if (time > lastTime) {
      lastTime = time;
      // The top bit stays clear so that the counter has room to grow within its millisecond.
      counter = BigInt(`0x${randomBytes(10).toString("hex")}`) & ((1n << 73n) - 1n);
    } else {
      counter += 1n + BigInt(randomBytes(4).readUInt32BE());
      if (counter >> 74n !== 0n) {
        lastTime += 1;
        counter &= (1n << 73n) - 1n;
      }
    }
    const head = lastTime.toString(16).padStart(12, "0");
    const a = 0x7000n | (counter >> 62n);
    const b = 0x8000n | ((counter >> 48n) & 0x3fffn);
    const tail = (counter & 0xffffffffffffn).toString(16).padStart(12, "0");
    return `${head.slice(0, 8)}-${head.slice(8)}-${a.toString(16)}-${b.toString(16)}-${tail}`;
  };
}

const ZERO = 48;
/** Places of the digits in `2026-01-31T12:00:00.000Z`, and of what stands between them. */
const SIGNS: readonly (readonly [at: number, code: number])[] = [[4, 45], [7, 45], [10, 84], [13, 58], [16, 58], [19, 46], [23, 90]];

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * The moment of a text as `Date.toISOString` writes it for the years 0 to 9999, or null for any other text: the 31st of February is none.
 * Several times as fast as parsing it and writing it again for comparison.
 */
export function parseMoment(text: string): Date | null {
  if (text.length !== 24) return null;
  for (const [at, code] of SIGNS) if (text.charCodeAt(at) !== code) return null;
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)];
  const [hour, minute, second, ms] = [digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19), digits(text, 20, 23)];
  if (!(month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59 && ms >= 0)) return null;
  // Date.UTC takes the years 0 to 99 for those of the twentieth century; 400 years later the calendar is the same.
  const shifted = year < 100 ? year + 400 : year;
  const time = Date.UTC(shifted, month - 1, day, hour, minute, second, ms);
  const date = new Date(shifted === year ? time : time - 146_097 * 86_400_000);
  return date.getUTCDate() === day ? date : null;
}

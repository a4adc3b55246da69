const [HYPHEN, POINT, ZERO, COLON, T, Z] = [45, 46, 48, 58, 84, 90];
const NONE = -1_000_000;
/** The days of each month from January on, in years that have no 29th of February. */
const DAYS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The digit at a place. What is none makes every number negative that it is part of: whole numbers are faster than NaN. */
function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : NONE;
}

function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

/**
 * The moment of a text as `Date.toISOString` writes it for the years 0 to 9999, or null for any other text: the 31st of February is none.
 * Several times as fast as parsing it and writing it again for comparison.
 */
export function parseMoment(text: string): Date | null {
  if (text.length !== 24 || !isPunctuated(text)) return null;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const ms = twoDigits(text, 20) * 10 + digit(text, 22);
  if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || ms < 0) return null;
  if (day > daysOf(year, month)) return null;
  return new Date((((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1_000 + ms);
}

/** By codes: a character is a text of its own. */
function isPunctuated(text: string): boolean {
  return text.charCodeAt(4) === HYPHEN && text.charCodeAt(7) === HYPHEN && text.charCodeAt(10) === T && text.charCodeAt(13) === COLON
    && text.charCodeAt(16) === COLON && text.charCodeAt(19) === POINT && text.charCodeAt(23) === Z;
}

function daysOf(year: number, month: number): number {
  const leaps = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS[month - 1] ?? 0) + (leaps ? 1 : 0);
}

/**
 * The days from 1970 on in the Gregorian calendar, counted in years that begin in March, so that leap days come last: `days_from_civil` of
 * Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms" (https://howardhinnant.github.io/date_algorithms.html), here without
 * years before 0. Takes a third of the time of `Date.UTC`.
 */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const m = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leapDays + Math.floor((153 * m + 2) / 5) + day - 1 - 719_468;
}

const DAY_MS = 86_400_000;
/** Where the year 0 begins, and where the year 9999 has ended. */
const [FIRST, END] = [-719_528 * DAY_MS, 2_932_897 * DAY_MS];
/** 00 to 99. */
const TWO_DIGITS: readonly string[] = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, "0"));

/** What `Date.toISOString` gives, which {@link parseMoment} reads; for the years 0 to 9999 in a third of its time. */
export function writeMoment(moment: Date): string {
  const time = moment.getTime();
  if (!(time >= FIRST && time < END)) return moment.toISOString();
  const days = Math.floor(time / DAY_MS);
  const ms = time - days * DAY_MS;
  return `${dayText(days)}T${two(Math.floor(ms / 3_600_000))}:${two(Math.floor(ms / 60_000) % 60)}:${two(Math.floor(ms / 1_000) % 60)}.${Math.floor(ms / 100) % 10}${two(ms % 100)}Z`;
}

function two(number: number): string {
  return TWO_DIGITS[number] ?? "";
}

/** The day of a number of days since 1970, which may be negative: `civil_from_days` of the same source, without years before 0. */
function dayText(days: number): string {
  // Counted from the 1st of March of the year 0, in cycles of 400 years; the two months before it belong to the cycle before.
  const all = days + 719_468;
  const cycle = Math.floor(all / 146_097);
  const ofCycle = all - cycle * 146_097;
  const yearOfCycle = Math.floor((ofCycle - Math.floor(ofCycle / 1_460) + Math.floor(ofCycle / 36_524) - Math.floor(ofCycle / 146_096)) / 365);
  const ofYear = ofCycle - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100));
  const m = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * m + 2) / 5) + 1;
  const month = m < 10 ? m + 3 : m - 9;
  const year = cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0);
  return `${two(Math.floor(year / 100))}${two(year % 100)}-${two(month)}-${two(day)}`;
}

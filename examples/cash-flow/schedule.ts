import type { Recurrence } from "./entities";

/** When something happens: what {@link daysOf} needs of a scheduled event. Days are written `YYYY-MM-DD`. */
export interface Rule {
  readonly every: Recurrence;
  readonly starts: string;
  readonly valid_from: string;
  readonly valid_until: string | null;
}

/**
 * The days of a rule from `from` up to, but not including, `until`. A monthly rule keeps its day of the month, and takes the last one
 * of a month that is too short.
 */
export function daysOf(rule: Rule, from: string, until: string): readonly string[] {
  const first = latest(from, rule.valid_from);
  const end = rule.valid_until === null || rule.valid_until > until ? until : rule.valid_until;
  const days: string[] = [];
  for (let step = 0; ; step += 1) {
    const day = occurrence(rule, step);
    if (day >= end) return days;
    if (day >= first) days.push(day);
    if (rule.every === "once") return days;
  }
}

/** The first day of each month that begins from `from` up to, but not including, `until`. */
export function monthsBetween(from: string, until: string): readonly string[] {
  return daysOf({ every: "monthly", starts: `${from.slice(0, 7)}-01`, valid_from: from, valid_until: null }, from, until);
}

/** The first day of the month before. */
export function monthBefore(day: string): string {
  return monthly(`${day.slice(0, 7)}-01`, -1);
}

function occurrence({ every, starts }: Rule, step: number): string {
  return every === "monthly" ? monthly(starts, step) : every === "weekly" ? plusDays(starts, 7 * step) : starts;
}

function plusDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00.000Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

function monthly(starts: string, months: number): string {
  const [year = 0, month = 1, day = 1] = starts.split("-").map(Number);
  const count = year * 12 + month - 1 + months;
  const [inYear, inMonth] = [Math.floor(count / 12), count % 12];
  const last = new Date(Date.UTC(inYear, inMonth + 1, 0)).getUTCDate();
  return new Date(Date.UTC(inYear, inMonth, Math.min(day, last))).toISOString().slice(0, 10);
}

function latest(a: string, b: string): string {
  return a > b ? a : b;
}

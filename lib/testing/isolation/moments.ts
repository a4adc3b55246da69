const ISO = String.raw`\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}(?::?\d{2})?)?`;
const HTTP = String.raw`[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT`;
const COUNTED = String.raw`(?<![\d.])(?:\d{13}|\d{10}(?:\.\d+)?)(?!\d)`;
const MOMENTS = new RegExp(`${ISO}|${HTTP}|${COUNTED}`, "g");

const SECOND_MS = 1_000;
const FARTHEST_MS = 10 * 366 * 86_400_000;

/** Replaces each moment of a text: in ISO's form or HTTP's, in milliseconds, or in seconds as tokens have them. */
export function replaceMoments(text: string, replace: (time: number, moment: string) => string): string {
  return text.replace(MOMENTS, (moment) => replace(momentOf(moment), moment));
}

/**
 * Whether two texts are the same but for moments that went on with the clock: those from the run's beginning on, such as when a session
 * ends, which are no farther apart than the run is long.
 */
export function moved(one: string, two: string, since: number): boolean {
  const times = [one, two].map((): number[] => []);
  const [first, second] = [one, two].map((text, index) => replaceMoments(text, (time, moment) => {
    if (!(time >= since - SECOND_MS && time <= since + FARTHEST_MS)) return moment;
    times[index]?.push(time);
    return "<moment>";
  }));
  const longest = Date.now() - since + SECOND_MS;
  return first === second && times[0]?.every((time, index) => Math.abs(time - (times[1]?.[index] ?? Number.NaN)) <= longest) === true;
}

function momentOf(text: string): number {
  if (/^\d{13}$/.test(text)) return Number(text);
  if (/^\d{10}(?:\.\d+)?$/.test(text)) return Number(text) * SECOND_MS;
  if (text.endsWith("GMT")) return Date.parse(text);
  const zone = /(?:Z|[+-]\d{2}(?::?\d{2})?)$/.exec(text.slice(10))?.[0] ?? "Z";
  const rest = text.slice(0, text.length - (text.endsWith(zone) ? zone.length : 0)).replace(" ", "T").replace(/(\.\d{3})\d+$/, "$1");
  return Date.parse(`${rest}${/^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone}`);
}

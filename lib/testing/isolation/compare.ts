import { shorten } from "./marks";
import { Shape, type Leaf } from "./observe";
import { RUN_IDS } from "./numbers";

const UUIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const MOMENTS = /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}(?::?\d{2})?)?/g;
const OPAQUE = /^[\w+/=.~-]{16,}$/;

/** What stands for values that are made anew in each database: by their order for uuids and counted ids, one word for moments of the run. */
export class Names {
  readonly #known: ReadonlyMap<string, string>;
  readonly #small: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #since: number;
  readonly #uuids = new Map<string, string>();
  readonly #ids = new Map<string, string>();

  /**
   * @param known uuids of rows that were there before
   * @param small keys that could not be set, and of which rows they may be
   * @param since when the run began, in milliseconds
   */
  constructor(known: ReadonlyMap<string, string>, small: ReadonlyMap<string, ReadonlySet<string>>, since: number) {
    this.#known = known;
    this.#small = small;
    this.#since = since;
  }

  text(text: string): string {
    return text
      .replace(UUIDS, (uuid) => this.#known.get(uuid.toLowerCase()) ?? ordinal(this.#uuids, uuid.toLowerCase(), "uuid"))
      .replace(MOMENTS, (moment) => this.#isNow(momentOf(moment)) ? "<now>" : moment)
      .replace(RUN_IDS, (id) => ordinal(this.#ids, id, "new id"))
      .replace(/(?<!\d)\d{13}(?!\d)/g, (ms) => this.#isNow(Number(ms)) ? "<now>" : ms);
  }

  value(value: Leaf["value"]): string {
    if (value instanceof Shape) return value.text;
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid moment" : `moment ${this.text(value.toISOString())}`;
    if (Buffer.isBuffer(value)) return `bytes ${JSON.stringify(this.text(value.toString("latin1")))}`;
    return typeof value === "string" ? JSON.stringify(this.text(value)) : typeof value === "bigint" ? `${this.text(String(value))}n` : this.text(String(value));
  }

  /** The rows that a number may be the key of, where such keys cannot be set. */
  rows(value: Leaf["value"]): ReadonlySet<string> | undefined {
    return typeof value === "number" || typeof value === "string" ? this.#small.get(String(value)) : undefined;
  }

  #isNow(time: number): boolean {
    return time >= this.#since && time <= Date.now() + 1_000;
  }
}

function ordinal(known: Map<string, string>, text: string, word: string): string {
  const name = known.get(text) ?? `<${word} ${known.size + 1}>`;
  known.set(text, name);
  return name;
}

function momentOf(text: string): number {
  const zone = /(?:Z|[+-]\d{2}(?::?\d{2})?)$/.exec(text)?.[0] ?? "Z";
  const rest = text.slice(0, text.length - (text.endsWith(zone) ? zone.length : 0)).replace(" ", "T").replace(/(\.\d{3})\d+$/, "$1");
  return Date.parse(`${rest}${/^[+-]\d{2}$/.test(zone) ? `${zone}:00` : zone}`);
}

export interface Difference {
  readonly path: string;
  readonly first: string;
  readonly second: string;
  /** Whether both are tokens that nobody can read. */
  readonly opaque: boolean;
}

export interface Compared {
  readonly leaves: readonly Leaf[];
  readonly names: Names;
}

/** Where two answers differ, in their order; places in `masked` may hold any token. */
export function differences(first: Compared, second: Compared, masked: ReadonlySet<string>): readonly Difference[] {
  const [one, two] = [named(first), named(second)];
  const found: Difference[] = [];
  for (const [path, { text, value }] of one) {
    const other = two.get(path);
    if (other?.text === text || (other !== undefined && isSameRow(first.names.rows(value), second.names.rows(other.value)))) continue;
    const opaque = isOpaque(value) && isOpaque(other?.value);
    if (opaque && masked.has(placeOf(path))) continue;
    found.push({ path, first: shorten(text), second: other === undefined ? "not there" : shorten(other.text), opaque });
  }
  for (const [path, { text }] of two) if (!one.has(path)) found.push({ path, first: "not there", second: shorten(text), opaque: false });
  return found;
}

function isSameRow(one: ReadonlySet<string> | undefined, two: ReadonlySet<string> | undefined): boolean {
  return one !== undefined && two !== undefined && [...one].some((row) => two.has(row));
}

/** A path without the numbers in it. */
export function placeOf(path: string): string {
  return path.replace(/\[\d+\]/g, "[]");
}

function named({ leaves, names }: Compared): ReadonlyMap<string, { readonly text: string; readonly value: Leaf["value"] }> {
  return new Map(leaves.map(({ path, value }) => [names.text(path), { text: names.value(value), value }]));
}

function isOpaque(value: Leaf["value"]): boolean {
  return typeof value === "string" && OPAQUE.test(value);
}

import { shorten } from "./marks";
import { Shape, type Leaf } from "./observe";
import { moved, replaceMoments } from "./moments";
import { RUN_IDS } from "./numbers";

const UUIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
/** What nobody can read: base64, tokens, digests. */
const TOKENS = /[\w+/=.~%-]{16,}/g;

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
    const named = text.replace(UUIDS, (uuid) => this.#known.get(uuid.toLowerCase()) ?? ordinal(this.#uuids, uuid.toLowerCase(), "uuid"));
    return replaceMoments(named, (time, moment) => this.#isNow(time, moment) ? "<now>" : moment)
      .replace(RUN_IDS, (id) => ordinal(this.#ids, id, "new id"));
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

  /** Whether two values, as they are named, differ only by the time that passed between them. */
  moved(one: string, two: string): boolean {
    return moved(one, two, this.#since);
  }

  /** A moment of whole seconds is as late as it can be. */
  #isNow(time: number, moment: string): boolean {
    const whole = /^\d{10}(?:000)?$|GMT$|:\d{2}(?:\.0+)?(?:Z|[+-][\d:]+)?$/.test(moment);
    return time + (whole ? 999 : 0) >= this.#since && time <= Date.now() + 1_000;
  }
}

function ordinal(known: Map<string, string>, text: string, word: string): string {
  const name = known.get(text) ?? `<${word} ${known.size + 1}>`;
  known.set(text, name);
  return name;
}

export interface Difference {
  readonly path: string;
  readonly first: string;
  readonly second: string;
  /** Whether they are the same but for tokens that nobody can read. */
  readonly opaque: boolean;
}

/** An answer, or rows, under names that are the same in every database. */
export interface Compared {
  readonly leaves: readonly Leaf[];
  readonly names: Names;
}

/** Where two answers differ, in their order; places in `masked` may hold any token, and with `live` moments may have gone on with the clock. */
export function differences(first: Compared, second: Compared, { masked, live }: { readonly masked: ReadonlySet<string>; readonly live: boolean }): readonly Difference[] {
  const [one, two] = [named(first), named(second)];
  const found: Difference[] = [];
  for (const [path, { text, value }] of one) {
    const other = two.get(path);
    if (other?.text === text || (other !== undefined && isSameRow(first.names.rows(value), second.names.rows(other.value)))) continue;
    if (live && other !== undefined && first.names.moved(text, other.text)) continue;
    const opaque = isOpaque(value, other?.value);
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

function isOpaque(one: Leaf["value"], two: Leaf["value"]): boolean {
  if (typeof one !== "string" || typeof two !== "string") return false;
  const [first, second] = [one, two].map((text) => text.replace(TOKENS, "<token>"));
  return first === second;
}

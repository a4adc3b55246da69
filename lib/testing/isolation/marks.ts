import { Shape, type Leaf } from "./observe";
import type { RowLeaf } from "./rows";

/** A value by which a user's row can be told wherever it turns up. */
export interface Mark {
  readonly source: string;
  readonly row: string;
  /** The value as messages show it. */
  readonly shown: string;
  readonly found: (leaf: Searched) => boolean;
}

/** A leaf of an answer, in the forms in which a value may hide in it. */
export interface Searched {
  readonly path: string;
  readonly value: Leaf["value"];
  readonly texts: readonly string[];
}

const SMALLEST_TELLING = 1_000_000;
const SHORTEST_TELLING = 6;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The marks of a user's rows: values that tell by themselves whose they are. A text does with six characters, unless it is one plain word,
 * which the code may say of itself; a number from a million on, or with six digits; a moment that is no full hour; bytes from eight on. No member of
 * an enum and no boolean does, and nothing that the other user's rows, shared rows or the arguments hold too.
 */
export function marksOf(rows: readonly RowLeaf[], known: readonly Leaf["value"][]): readonly Mark[] {
  const knownTexts = known.flatMap((value) => textsOf(value));
  const marks = new Map<string, Mark>();
  for (const { source, row, value, common } of rows) {
    const text = common || value instanceof Shape || source.endsWith("(its name)") ? null : telling(value);
    // The owner's key stands in every row; the first to have it is the owner's own.
    if (text === null || marks.has(text)) continue;
    const found = finder(value, text);
    if (knownTexts.some((other) => found({ path: "", value: undefined, texts: [other] }))) continue;
    marks.set(text, { source, row, shown: shorten(typeof value === "string" ? value : text), found });
  }
  return [...marks.values()];
}

/** The value as text, or null where it tells nothing. */
function telling(value: Leaf["value"]): string | null {
  if (value instanceof Date) return Number.isNaN(value.getTime()) || value.getTime() % 3_600_000 === 0 ? null : value.toISOString().toLowerCase();
  if (Buffer.isBuffer(value)) return value.length >= 8 ? value.toString("hex") : null;
  if (typeof value === "number" || typeof value === "bigint") return isTellingNumber(String(value)) ? String(value) : null;
  if (typeof value !== "string") return null;
  const text = value.trim();
  if (/^-?\d+(\.\d+)?$/.test(text)) return isTellingNumber(text) ? text : null;
  // A day may be anybody's.
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  return UUID.test(text) || (text.length >= SHORTEST_TELLING && !/^[\p{L}_-]+$/u.test(text)) ? text.toLowerCase() : null;
}

function isTellingNumber(text: string): boolean {
  return Math.abs(Number(text)) >= SMALLEST_TELLING || text.replace(/^-?0?\.?0*|[.]|0+$/g, "").length >= SHORTEST_TELLING;
}

function finder(value: Leaf["value"], text: string): Mark["found"] {
  if (Buffer.isBuffer(value)) {
    const forms = [text, value.toString("base64").toLowerCase(), value.toString("latin1").toLowerCase()];
    return ({ value: other, texts }) => (Buffer.isBuffer(other) && other.includes(value)) || texts.some((one) => forms.some((form) => one.includes(form)));
  }
  if (value instanceof Date) {
    const ms = String(value.getTime());
    return ({ texts }) => texts.some((one) => one.includes(text) || hasNumber(one, ms));
  }
  if (/^-?\d+(\.\d+)?$/.test(text)) return ({ texts }) => texts.some((one) => hasNumber(one, text));
  return ({ texts }) => texts.some((one) => one.includes(text));
}

/** Whether a number stands in a text as a number of its own. */
function hasNumber(text: string, number: string): boolean {
  for (let at = text.indexOf(number); at >= 0; at = text.indexOf(number, at + 1)) {
    if (!/\d/.test(text[at - 1] ?? "") && !/\d/.test(text[at + number.length] ?? "")) return true;
  }
  return false;
}

/** A leaf with what can be read in it. */
export function searched({ path, value }: Leaf): Searched {
  return { path, value, texts: textsOf(value) };
}

const BASE64 = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
const HEX = /(?:[0-9a-f]{2}){8,}/gi;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'", nbsp: " " };

/** A value as text, in lower case: as it is, out of a URL, out of HTML, out of JSON, out of base64, out of hexadecimal digits. */
function textsOf(value: Leaf["value"]): readonly string[] {
  if (value === null || value === undefined || typeof value === "boolean" || value instanceof Shape) return [];
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? [] : [value.toISOString().toLowerCase(), String(value.getTime())];
  if (Buffer.isBuffer(value)) return [value.toString("utf8").toLowerCase(), value.toString("hex")];
  if (typeof value !== "string") return [String(value)];
  const forms = new Set([value, ...fromUrl(value), fromHtml(value), ...jsonTexts(value)]);
  for (const [match] of value.matchAll(BASE64)) {
    // A slash may be one of base64's own, or the path's that it stands in.
    for (const part of [match, ...match.split("/")]) if (part.length >= 8) forms.add(Buffer.from(part, "base64").toString("utf8"));
  }
  for (const [match] of value.matchAll(HEX)) forms.add(Buffer.from(match, "hex").toString("utf8"));
  return [...forms].map((form) => form.toLowerCase());
}

/** Each piece by itself: a lone % elsewhere spoils none. */
function fromUrl(text: string): readonly string[] {
  const decoded = text.replace(/(?:%[0-9a-f]{2})+/gi, (piece) => {
    try {
      return decodeURIComponent(piece);
    } catch {
      return piece;
    }
  });
  return text.includes("+") ? [decoded, decoded.replaceAll("+", " ")] : [decoded];
}

function fromHtml(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|([a-z]+));/gi, (entity, decimal?: string, hex?: string, name?: string) =>
    name === undefined ? String.fromCodePoint(Number(decimal ?? `0x${hex}`)) : ENTITIES[name.toLowerCase()] ?? entity);
}

function jsonTexts(text: string): readonly string[] {
  if (!/^\s*[{["]/.test(text)) return [];
  try {
    const texts: string[] = [];
    JSON.parse(text, (_, part: unknown) => {
      if (typeof part === "string") texts.push(part);
      return part;
    });
    return texts;
  } catch {
    return [];
  }
}

const MOST_SHOWN = 40;

/** No more of a value than is needed to find it again. */
export function shorten(text: string): string {
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`;
}

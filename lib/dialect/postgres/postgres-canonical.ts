/** A cast, with all that a type's name may have. */
const CAST = /::\s*(?:"(?:[^"]|"")*"|\w+)(?:\.(?:"(?:[^"]|"")*"|\w+))?(?:\s+(?:precision|varying))?(?:\s*\(\s*\d+(?:\s*,\s*-?\d+)?\s*\))?(?:\s+with(?:out)?\s+time\s+zone)?(?:\s*\[\s*\])*/;
const SIGN = new RegExp(`'(?:[^']|'')*'|\\bE'(?:[^'\\\\]|''|\\\\[^])*'|"(?:[^"]|"")*"|${CAST.source}|\\s+|\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|[\\p{L}_][\\p{L}\\p{N}_$]*|<>|<=|>=|[^]`, "giu");

/** The text as its signs, strings, quoted names and casts whole, each in one way of writing; blanks are gone. */
export function signsOf(sql: string): readonly string[] {
  return (sql.match(SIGN) ?? []).flatMap((sign) => {
    if (/^\s/.test(sign)) return [];
    if (sign.startsWith("'")) return [sign];
    if (/^E'/i.test(sign)) return [`'${sign.slice(2, -1).replaceAll("\\\\", "\\")}'`];
    if (sign.startsWith('"')) return [sign.slice(1, -1).replaceAll('""', '"')];
    return [sign.toLowerCase()];
  });
}

/** Words before a parenthesis that groups; after any other word it holds a function's arguments. */
const GROUPING = new Set("all and any as by case check else for from in is like not on or select then using values when where with".split(" "));

/**
 * An expression in a form that survives PostgreSQL's rewriting of it: without blanks, grouping parentheses, casts and the quotes of
 * names. None of the expressions that Freehold writes means anything else with its parentheses elsewhere.
 */
export function canonical(sql: string): string {
  return join(signsOf(sql));
}

function join(signs: readonly string[]): string {
  const kept: string[] = [];
  const calls: boolean[] = [];
  for (const sign of signs) {
    const before = kept.at(-1) ?? "";
    if (sign === "(") calls.push(/[\p{L}\p{N}_$]$/u.test(before) && !GROUPING.has(before));
    if (sign === ")" ? calls.pop() === true : sign === "(" ? calls.at(-1) === true : !sign.startsWith("::")) kept.push(sign);
  }
  return kept.reduce((text, sign, place) => {
    const close = place === 0 || [",", ".", ")", "]", "(", "["].includes(sign) || [".", "(", "["].includes(kept[place - 1] ?? "");
    return `${text}${close ? "" : " "}${sign}`;
  }, "");
}

export interface IndexText {
  /** Columns and expressions, each with what is said of its order. */
  readonly parts: readonly string[];
  /** What follows them, such as a condition. */
  readonly rest: string;
}

/** Takes the text of CREATE INDEX apart: `create unique index name on only schema.table using method (parts) rest`. */
export function indexText(definition: string): IndexText {
  const signs = signsOf(definition);
  // Not the first `using`, which may be somebody's name.
  const on = signs.indexOf("index") + 2;
  const using = on + (signs[on + 1] === "only" && signs[on + 2] !== "." ? 5 : 4);
  const method = signs[using + 1] ?? "";
  const parts: string[][] = [[]];
  let depth = 0;
  let at = using + 2;
  for (; at < signs.length; at += 1) {
    const sign = signs[at] ?? "";
    if (sign === ")" && depth === 1) break;
    if (sign === "," && depth === 1) parts.push([]);
    else if (depth > 0) parts.at(-1)?.push(sign);
    depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
  }
  const rest = join(signs.slice(at + 1));
  return { parts: parts.map(join), rest: method === "btree" ? rest : `using ${method} ${rest}`.trim() };
}

/** A default as text: of a constant its value, so that it does not matter how the server writes it. */
export function canonicalDefault(type: string, sql: string): string {
  const text = join(signsOf(sql)).replace(/^- (?=\d)/, "-");
  return constant(type, text) ?? text;
}

function constant(type: string, sign: string): string | null {
  const value = sign.startsWith("'") ? sign.slice(1, -1).replaceAll("''", "'") : sign;
  if (type.startsWith("timestamp")) return moment(value);
  if (type.startsWith("numeric")) return /^-?[\d.]+$/.test(value) ? value : null;
  if (type === "double precision") return Number.isNaN(Number(value)) ? null : String(Number(value));
  if (type === "bigint") return /^-?\d+$/.test(value) ? value : null;
  if (type !== "jsonb" || !sign.startsWith("'")) return null;
  try {
    return JSON.stringify(sorted(JSON.parse(value)));
  } catch {
    return null;
  }
}

const MOMENT = /^(\d{4,})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(\.\d+)?(?:Z|([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)( BC)?$/;

/** The server writes moments in the session's time zone, of which old ones have odd offsets, and which may lead out of our years. */
function moment(text: string): string | null {
  const found = MOMENT.exec(text);
  if (found === null) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
  const [hours = 0, minutes = 0, seconds = 0] = found.slice(9, 12).map((part: string | undefined) => Number(part ?? 0));
  const away = (hours * 3600 + minutes * 60 + seconds) * (found[8] === "-" ? -1 : 1);
  const date = new Date(0);
  // Not Date.UTC, which takes the first hundred years for those of the twentieth century.
  date.setUTCFullYear(found[12] === undefined ? year : 1 - year, month - 1, day);
  date.setUTCHours(hour, minute, second - away, Math.round(Number(found[7] ?? 0) * 1000));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** `jsonb` puts keys in an order of its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([name, inner]) => [name, sorted(inner)]);
}

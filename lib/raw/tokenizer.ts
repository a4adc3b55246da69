import { textFault } from "../util/text";
import type { Segment, Token } from "./token";

const HOLE_TEXT = "${…}";

const SPACE = /[ \t\r\n\f]+/y;
const LINE_COMMENT = /--[^\n]*\n?/y;
const BLOCK_COMMENT = /\/\*[^]*?\*\//y;
const STRING = /'(?:[^']|'')*'/y;
const NAMES = [/"(?:[^"]|"")+"/y, /`(?:[^`]|``)+`/y, /\[[^\]]+\]/y];
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const SIGN = /->>|->|\|\||<<|>>|<=|>=|<>|!=|==|[()=<>,.*+\-/%|&~]/y;
/** What may not stand right behind a word: it would make another kind of literal or name of it. */
const GLUED = /&?['"`]|[[$#@:\u0080-\uffff]/y;
const AFTER_NUMBER = /[A-Za-z0-9_.$\u0080-\uffff]/y;

/**
 * Takes a text apart, each segment by itself: no token and no comment reaches over a border. Whitespace and comments are
 * left out, and what is not plainly one of the kinds becomes a `foreign` token.
 */
export function tokenize(segments: readonly Segment[]): readonly Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  segments.forEach((segment, position) => {
    if (typeof segment === "string") tokens.push(...tokensOf(segment, offset, position === segments.length - 1));
    else tokens.push({ kind: "hole", text: HOLE_TEXT, offset, index: segment, why: "" });
    offset += textOf(segment).length;
  });
  tokens.push({ kind: "end", text: "", offset, index: -1, why: "" });
  return tokens;
}

/** The whole as messages show it. */
export function joined(segments: readonly Segment[]): string {
  return segments.map(textOf).join("");
}

function textOf(segment: Segment): string {
  return typeof segment === "string" ? segment : HOLE_TEXT;
}

function* tokensOf(text: string, base: number, last: boolean): Generator<Token> {
  const fault = textFault(text);
  if (fault !== null) yield token("foreign", "", base, `it ${fault}`);
  for (let at = 0; at < text.length;) {
    const found = match(SPACE, text, at);
    if (found !== null) {
      at += found.length;
      continue;
    }
    const lexeme = lexemeAt(text, at, last);
    if (lexeme.kind !== null) yield token(lexeme.kind, lexeme.text, base + at, lexeme.why);
    at += lexeme.length;
  }
}

interface Lexeme {
  /** null: a comment. */
  readonly kind: Token["kind"] | null;
  readonly text: string;
  readonly length: number;
  readonly why: string;
}

function lexemeAt(text: string, at: number, last: boolean): Lexeme {
  return comment(text, at, last) ?? quoted(text, at) ?? bare(text, at) ?? foreign(text, at, 1, "it is no part of the SQL taken here");
}

function comment(text: string, at: number, last: boolean): Lexeme | null {
  const line = match(LINE_COMMENT, text, at);
  if (line !== null) {
    const runsOn = !last && !line.endsWith("\n");
    return runsOn ? foreign(text, at, line.length, "the comment does not end before the next hole") : { kind: null, text: "", length: line.length, why: "" };
  }
  if (!text.startsWith("/*", at)) return null;
  const block = match(BLOCK_COMMENT, text, at);
  if (block === null) return foreign(text, at, text.length - at, "the comment has no end before the next hole");
  // Databases disagree on whether comments nest.
  return block.includes("/*", 2)
    ? foreign(text, at, block.length, "a comment begins within this comment")
    : { kind: null, text: "", length: block.length, why: "" };
}

function quoted(text: string, at: number): Lexeme | null {
  const string = match(STRING, text, at);
  if (string !== null) return { kind: "string", text: string.slice(1, -1).replaceAll("''", "'"), length: string.length, why: "" };
  for (const pattern of NAMES) {
    const name = match(pattern, text, at);
    if (name === null) continue;
    const quote = name[0] ?? "";
    const inner = name.slice(1, -1);
    return { kind: "name", text: quote === "[" ? inner : inner.replaceAll(quote + quote, quote), length: name.length, why: "" };
  }
  return /['"`[]/.test(text[at] ?? "") ? foreign(text, at, text.length - at, "the quote has no end before the next hole, or nothing in it") : null;
}

function bare(text: string, at: number): Lexeme | null {
  const word = match(WORD, text, at);
  if (word !== null) {
    return match(GLUED, text, at + word.length) === null ? { kind: "word", text: word, length: word.length, why: "" }
      : foreign(text, at, word.length + 1, "words hold letters, digits and _ alone, and no quote touches them: give binary and escaped texts as ${value}");
  }
  const number = match(NUMBER, text, at);
  if (number !== null) {
    return match(AFTER_NUMBER, text, at + number.length) === null ? { kind: "number", text: number, length: number.length, why: "" }
      : foreign(text, at, number.length + 1, "numbers are written in plain decimal digits");
  }
  const sign = match(SIGN, text, at);
  if (sign !== null) return { kind: "sign", text: sign, length: sign.length, why: "" };
  if (text[at] === ";") return foreign(text, at, 1, "there is one statement, without a semicolon");
  return /[?:@$#]/.test(text[at] ?? "") ? foreign(text, at, 1, "values are given as ${value}, never as placeholders of the database") : null;
}

function foreign(text: string, at: number, length: number, why: string): Lexeme {
  return { kind: "foreign", text: text.slice(at, at + Math.min(length, 40)), length, why };
}

function token(kind: Token["kind"], text: string, offset: number, why: string): Token {
  return { kind, text, offset, index: -1, why };
}

function match(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

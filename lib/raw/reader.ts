import { textRefused } from "../errors/sql-errors";
import type { HoleShape, Piece } from "./piece";
import type { Columns } from "./columns";
import type { Token } from "./token";
import { reserved, type Vocabulary } from "./vocabulary";

const DEEPEST = 100;

/** Goes through the tokens once and collects what is to be written; shared by all parts of the grammar. */
export class Reader {
  readonly vocabulary: Vocabulary;
  readonly #tokens: readonly Token[];
  readonly #holes: readonly HoleShape[];
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #names = 0;
  readonly #out: Piece[][] = [[]];
  readonly #sources: { readonly alias: string; readonly names: () => Columns }[] = [];
  readonly #references: { readonly alias: string; readonly name: string; readonly token: Token }[] = [];

  constructor(tokens: readonly Token[], holes: readonly HoleShape[], text: string, vocabulary: Vocabulary) {
    this.#tokens = tokens;
    this.#holes = holes;
    this.#text = text;
    this.vocabulary = vocabulary;
  }

  /** Everything written so far. */
  get pieces(): readonly Piece[] { return this.#out.flat(); }

  get position(): number { return this.#at; }

  peek(ahead = 0): Token {
    const found = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)];
    if (found === undefined) throw textRefused("", this.#text, 0, "it is empty");
    if (found.kind === "foreign") this.refuse(found, found.why);
    return found;
  }

  /** Takes a token without writing it. */
  skip(): Token {
    const token = this.peek();
    this.#at++;
    return token;
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "word" && token.text.toLowerCase() === word;
  }

  isSign(sign: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "sign" && token.text === sign;
  }

  /** Whether a sub-select may begin here. */
  isSelect(ahead = 0): boolean {
    return this.isWord("select", ahead) || this.isWord("with", ahead) || this.isWord("values", ahead);
  }

  /** Takes and writes the first of the words that stands here. */
  word(...words: readonly string[]): string | null {
    return this.#take(words.find((word) => this.isWord(word)));
  }

  sign(...signs: readonly string[]): string | null {
    return this.#take(signs.find((sign) => this.isSign(sign)));
  }

  expectWord(...words: readonly string[]): string {
    return this.word(...words) ?? this.refuse(this.peek(), `${words.map((word) => word.toUpperCase()).join(" or ")} is expected here`);
  }

  expectSign(sign: string): void {
    if (this.sign(sign) === null) this.refuse(this.peek(), `"${sign}" is expected here`);
  }

  isName(ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "name" || (token.kind === "word" && !reserved.has(token.text.toLowerCase()));
  }

  /** Takes a name without writing it. `marked`: behind AS or a point no bare word can be anything else. */
  name(what: string, marked = false): string {
    const token = this.peek();
    if (this.isName() || (marked && token.kind === "word")) return this.skip().text;
    return this.refuse(token, `${what} is expected here${token.kind === "word" ? ", and a reserved word is none without quotes" : ""}`);
  }

  hole(ahead = 0): HoleShape | null {
    const token = this.peek(ahead);
    return token.kind === "hole" ? this.#holes[token.index] ?? null : null;
  }

  write(text: string): void {
    this.emit({ kind: "text", text });
  }

  writeName(name: string): void {
    this.emit({ kind: "name", name });
  }

  emit(...pieces: readonly Piece[]): void {
    this.#out.at(-1)?.push(...pieces);
  }

  /** Notes what stands in FROM; its columns may be known later only. */
  source(alias: string, names: () => Columns): void {
    this.#sources.push({ alias: alias.toLowerCase(), names });
  }

  /** Notes that a column of a source is named. */
  reference(alias: string, name: string, token: Token): void {
    this.#references.push({ alias: alias.toLowerCase(), name, token });
  }

  /**
   * That every `alias.name` names a column: where there is none of the name, PostgreSQL calls the function of that name with the row.
   * Where an alias is given twice, whichever is meant has to have the column.
   */
  checkReferences(): void {
    for (const { alias, name, token } of this.#references) {
      const sources = this.#sources.filter((source) => source.alias === alias);
      if (sources.length === 0) this.refuse(token, `nothing behind FROM is called ${alias}`);
      for (const { names } of sources) {
        const known = names();
        if (known === null) this.refuse(token, `the columns of ${alias} are not known here: give them names, as in with ${alias} (a, b) as (…)`);
        if (!known.some((column) => column?.toLowerCase() === name.toLowerCase())) {
          this.refuse(token, `${alias} has no column ${name}${sources.length > 1 ? ` everywhere: ${sources.length} sources have this alias` : ""}`);
        }
      }
    }
  }

  /** Leaves a place that is filled when the rest is known. */
  later(): (...pieces: readonly Piece[]) => void {
    const place: Piece[] = [];
    this.#out.push(place, []);
    return (...pieces) => { place.push(...pieces); };
  }

  /** A name that nothing else in the database has. */
  freshName(): string {
    this.#names++;
    return `freehold_cte_${this.#names}`;
  }

  /** Bounds the nesting, which costs this process and the database stack. */
  deeper<T>(work: () => T): T {
    if (++this.#depth > DEEPEST) this.refuse(this.peek(), `it is nested more than ${DEEPEST} deep`);
    const result = work();
    this.#depth--;
    return result;
  }

  refuse(token: Token, why: string): never {
    throw textRefused(token.text, this.#text, token.offset, why);
  }

  #take(found: string | undefined): string | null {
    if (found === undefined) return null;
    this.skip();
    this.write(found);
    return found;
  }
}

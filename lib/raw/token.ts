/**
 * `word`: bare, a keyword or a name. `name`: quoted, without its quotes. `string`: without its quotes. `hole`: a value's place,
 * `index` tells which. `foreign`: what the tokenizer does not take, `why` tells the reason. `end`: behind the last one.
 */
export interface Token {
  readonly kind: "word" | "name" | "string" | "number" | "sign" | "hole" | "foreign" | "end";
  readonly text: string;
  /** In the text in which every hole is written `${…}`. */
  readonly offset: number;
  readonly index: number;
  readonly why: string;
}

/** A stretch of text, or the number of the hole that stands there. */
export type Segment = string | number;

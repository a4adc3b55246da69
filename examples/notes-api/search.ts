import { and, some, startsWith, type Where } from "freehold";
import type { Note } from "./entities";

const LONGEST_WORD = 40;
const MOST_WORDS_ASKED = 8;

/** The words of a text as they are searched: without case, accents and punctuation, in any script that parts words. */
export function wordsOf(text: string): string[] {
  const folded = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = folded.match(/[\p{L}\p{N}]+/gu) ?? [];
  return [...new Set(words.map((word) => [...word].slice(0, LONGEST_WORD).join("")))];
}

/**
 * Notes in which every word that was asked for begins some word. What a user types only ever becomes values of operators: signs that mean
 * something to SQL or LIKE are no words, or are part of one.
 *
 * @returns null where the text holds no word at all: such a search finds nothing
 */
export function searchFor(text: string): Where<Note> | null {
  const words = wordsOf(text).slice(0, MOST_WORDS_ASKED);
  return words.length === 0 ? null : and<Note>(...words.map((word): Where<Note> => ({ words: some({ word: startsWith(word) }) })));
}

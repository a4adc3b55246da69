import type { CheckedText, HoleShape } from "./piece";
import { Reader } from "./reader";
import { grammarOf, outermost } from "./selects";
import type { Segment } from "./token";
import { joined, tokenize } from "./tokenizer";
import type { Vocabulary } from "./vocabulary";

/**
 * Reads a hand-written text by an allow-list: whatever is not understood as one SELECT over the given holes is refused.
 *
 * @param holes what the numbers among the segments stand for
 * @throws InvalidQueryError that tells what was found, where, and what may stand there
 */
export function checkText(segments: readonly Segment[], holes: readonly HoleShape[], vocabulary: Vocabulary): CheckedText {
  const reader = new Reader(tokenize(segments), holes, joined(segments), vocabulary);
  const { columns, limit } = outermost(grammarOf(reader));
  return Object.freeze({ pieces: Object.freeze(reader.pieces), columns: Object.freeze(columns), limit });
}

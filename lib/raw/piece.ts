import type { LexicalPart } from "../sql/hand-written";

/**
 * A part of a checked text, to be written anew by a dialect: nothing of the text itself reaches the database but what was
 * understood.
 */
export type Piece =
  | LexicalPart
  | { readonly kind: "hole"; readonly index: number; readonly role: HoleRole }
  /** The greatest number of rows. */
  | { readonly kind: "limit" };

/** `labelled`: columns of the result, each under a name of its own. */
export type HoleRole = "rows" | "columns" | "labelled" | "value" | "list";

/** What stands in a hole, as far as the grammar asks. */
export type HoleShape =
  | { readonly kind: "rows"; readonly alias: string; readonly columns: readonly RowColumn[] }
  | { readonly kind: "columns"; readonly alias: string; readonly names: readonly string[]; readonly labels: readonly string[] }
  | { readonly kind: "list" }
  | { readonly kind: "value" };

export interface RowColumn {
  readonly name: string;
  /** Whether `*` means it too. */
  readonly starred: boolean;
}

/** A LIMIT of the text's own. */
export type OwnLimit = { readonly literal: number } | { readonly hole: number } | null;

/** A text that passed the allow-list. */
export interface CheckedText {
  readonly pieces: readonly Piece[];
  /** The result's columns in their order. */
  readonly columns: readonly string[];
  readonly limit: OwnLimit;
}

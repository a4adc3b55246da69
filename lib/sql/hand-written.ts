import { forgedSource, mixedScopes } from "../errors/query-errors";
import type { PropertyModel } from "../model/entity-model";
import { reachOf, type Scope } from "../scope/access";
import { requireSource, type TableSource } from "./table-source";

/** A part of hand-written text that passed the allow-list, to be written anew; see `raw/piece.ts`. */
export type LexicalPart =
  /** Keywords, signs, numbers, listed functions and types. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "string"; readonly text: string }
  /** Where the time is looked at; `lead`: it opens the WHERE clause, else conditions follow. */
  | { readonly kind: "clock"; readonly lead: boolean };

/** A value, encoded as a column of its type stores it; of no type where it is null, which fits beside any. */
export interface ValuePart {
  readonly kind: "value";
  readonly property: PropertyModel | null;
  readonly slot: number;
}

export type HandWrittenPart =
  | LexicalPart
  | ValuePart
  | { readonly kind: "list"; readonly items: readonly ValuePart[] }
  /** The greatest number of rows. */
  | { readonly kind: "limit"; readonly slot: number }
  /** The rows of the source's scope, as a derived table. */
  | { readonly kind: "rows"; readonly source: TableSource; readonly alias: string }
  /** Columns of what is called `alias`; with labels, under these names and as decoders want them. */
  | { readonly kind: "columns"; readonly alias: string; readonly columns: readonly PropertyModel[]; readonly labels: readonly string[] | null }
  /** Text as it was written, and a table itself: for the system alone. */
  | { readonly kind: "verbatim"; readonly text: string }
  | { readonly kind: "bare"; readonly source: TableSource; readonly alias: string | null };

/** A statement whose text somebody wrote; tables are in it as sources alone, as in every statement. */
export interface HandWritten {
  readonly scope: Scope;
  readonly parts: readonly HandWrittenPart[];
  /** Whether the text is known to read only. */
  readonly checked: boolean;
}

/** The only maker of hand-written statements: sources of the scope itself, and in a user's name nothing unchecked. */
export function handWritten(node: HandWritten): HandWritten {
  const free = reachOf(node.scope).kind === "system";
  if (!node.checked && !free) throw forgedSource();
  for (const part of node.parts) {
    if (part.kind === "rows" || part.kind === "bare") {
      const source = requireSource(part.source);
      if (source.scope !== node.scope) throw mixedScopes();
    }
    if ((part.kind === "verbatim" || part.kind === "bare") && !free) throw forgedSource();
  }
  return Object.freeze({ ...node, parts: Object.freeze(node.parts.slice()) });
}

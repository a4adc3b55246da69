import { expression } from "./expressions";
import type { FromClause } from "./from";
import type { Piece } from "./piece";
import type { Columns } from "./columns";
import type { Grammar, Scope } from "./scope";
import type { Token } from "./token";

/** A column between SELECT and FROM as it was read: what `*` stands for shows when FROM has been read. */
type Item =
  | { readonly kind: "named"; readonly name: string | null; readonly token: Token }
  | { readonly kind: "columns"; readonly names: readonly string[]; readonly token: Token }
  | { readonly kind: "star"; readonly alias: string | null; readonly token: Token; readonly fill: (...pieces: readonly Piece[]) => void };

/** In JavaScript's objects such names change their place or vanish. */
const ODD = /^(__proto__|\d+)$/;

/** Finds out the columns' names when it is given the FROM clause. */
export type Results = (from: FromClause | null) => Columns;

/**
 * The columns of a SELECT. Every column that has a name gets it by AS, so that all databases agree on it, and `*` is
 * written out. `outermost`: these are the result's, `cols()` gets labels and each column needs a name.
 */
export function results(grammar: Grammar, scope: Scope, outermost: boolean): Results {
  const { reader } = grammar;
  const items: Item[] = [];
  do items.push(item(grammar, scope, outermost)); while (reader.sign(",") !== null);
  return (from) => items.flatMap((found) => namesOf(grammar, found, from, outermost));
}

function item(grammar: Grammar, scope: Scope, outermost: boolean): Item {
  const { reader } = grammar;
  const token = reader.peek();
  const hole = reader.hole();
  if (hole?.kind === "columns") {
    for (const name of hole.names) reader.reference(hole.alias, name, token);
    reader.emit({ kind: "hole", index: reader.skip().index, role: outermost ? "labelled" : "columns" });
    return { kind: "columns", names: outermost ? hole.labels : hole.names, token };
  }
  if (reader.isSign("*")) {
    reader.skip();
    return { kind: "star", alias: null, token, fill: reader.later() };
  }
  if (reader.isName() && reader.isSign(".", 1) && reader.isSign("*", 2)) {
    reader.skip();
    reader.skip();
    reader.skip();
    return { kind: "star", alias: token.text, token, fill: reader.later() };
  }
  const begin = reader.position;
  const last = plainColumn(grammar);
  expression(grammar, scope);
  const plain = last !== null && reader.position === begin + last.length ? last.name : null;
  const named = reader.isWord("as");
  if (named) reader.skip();
  const name = named || reader.isName() ? reader.name("a column's name", named) : plain;
  if (name !== null) {
    reader.write("as");
    reader.writeName(name);
  }
  return { kind: "named", name, token };
}

/** The name and the number of tokens of `name` or `alias.name`, if that is what begins here. */
function plainColumn({ reader }: Grammar): { readonly name: string; readonly length: number } | null {
  if (!reader.isName()) return null;
  if (!reader.isSign(".", 1)) return { name: reader.peek().text, length: 1 };
  return reader.isName(2) || reader.peek(2).kind === "word" ? { name: reader.peek(2).text, length: 3 } : null;
}

function namesOf({ reader }: Grammar, found: Item, from: FromClause | null, outermost: boolean): readonly (string | null)[] {
  switch (found.kind) {
    case "columns": return found.names;
    case "named":
      if (found.name === null && outermost) reader.refuse(found.token, "a column of the result needs a name: expression as name");
      if (outermost && ODD.test(found.name ?? "")) reader.refuse(found.token, `a result cannot hold a column called ${found.name ?? ""}: give it another name with AS`);
      return [found.name];
    case "star": {
      const columns = star(found.alias, from);
      if (typeof columns === "string") return reader.refuse(found.token, columns);
      found.fill(...columns.flatMap(({ alias, name }, index): Piece[] => [
        ...(index === 0 ? [] : [{ kind: "text", text: "," } as const]), { kind: "name", name: alias }, { kind: "text", text: "." },
        { kind: "name", name }, { kind: "text", text: "as" }, { kind: "name", name },
      ]));
      return columns.map((column) => column.name);
    }
  }
}

/** The columns that a star stands for, or why that cannot be told. */
function star(alias: string | null, from: FromClause | null): string | readonly { readonly alias: string; readonly name: string }[] {
  if (from === null) return "there is no FROM whose columns it could mean";
  if (alias === null && from.merged) return "behind USING the columns are named one by one";
  const items = alias === null ? from.items : from.items.filter((one) => one.alias.toLowerCase() === alias.toLowerCase());
  const columns: { readonly alias: string; readonly name: string }[] = [];
  for (const one of items) {
    if (one.columns === null) return `the columns of ${one.alias} are not known here: name them`;
    for (const name of one.columns) if (name !== null) columns.push({ alias: one.alias, name });
  }
  return columns.length > 0 ? columns : `nothing in FROM with columns of a name is called ${alias ?? "so"}`;
}

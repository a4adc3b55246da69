import { functionName } from "./calls";
import { expression, expressions } from "./expressions";
import type { Columns } from "./columns";
import type { Grammar, Scope } from "./scope";

/** One item behind FROM or JOIN. */
export interface FromItem {
  readonly alias: string;
  readonly columns: Columns;
}

/** What a FROM clause brings in. */
export interface FromClause {
  readonly items: readonly FromItem[];
  /** USING makes one column of two, so that `*` alone does not tell which. */
  readonly merged: boolean;
  /** Whether some item is no table: its rows are not counted where they are read. */
  readonly derived: boolean;
}

/** The sources of rows: `table()` holes, WITH names, derived tables, listed functions; nothing else. */
export function fromClause(grammar: Grammar, scope: Scope): FromClause {
  const { reader } = grammar;
  const items: FromItem[] = [];
  let merged = false;
  let derived = false;
  for (let more = true; more;) {
    derived ||= reader.hole() === null;
    items.push(fromItem(grammar, scope));
    if (reader.word("on") !== null) expression(grammar, scope);
    else if (reader.word("using") !== null) {
      merged = true;
      reader.expectSign("(");
      nameList(grammar);
      reader.expectSign(")");
    }
    more = reader.sign(",") !== null || join(grammar);
  }
  return { items, merged, derived };
}

/** Names between commas. */
export function nameList({ reader }: Grammar): readonly string[] {
  const names: string[] = [];
  do {
    const name = reader.name("a column's name");
    names.push(name);
    reader.writeName(name);
  } while (reader.sign(",") !== null);
  return names;
}

function join({ reader }: Grammar): boolean {
  if (reader.isWord("natural")) reader.refuse(reader.peek(), "it would join by whatever columns are called alike: say ON or USING");
  const kind = reader.word("left", "right", "full", "inner", "cross");
  if (kind !== null && kind !== "inner" && kind !== "cross") reader.word("outer");
  if (kind !== null) reader.expectWord("join");
  return kind !== null || reader.word("join") !== null;
}

function fromItem(grammar: Grammar, scope: Scope): FromItem {
  const { reader } = grammar;
  const token = reader.peek();
  const hole = reader.hole();
  if (hole !== null) {
    if (hole.kind !== "rows") return reader.refuse(token, "rows come from a table(…) hole: values and columns have none");
    reader.emit({ kind: "hole", index: reader.skip().index, role: "rows" });
    if (reader.isWord("as") || reader.isName()) reader.refuse(reader.peek(), "the alias of a table is given in the hole: table(Task, \"t\")");
    reader.source(hole.alias, () => hole.columns.map((column) => column.name));
    return { alias: hole.alias, columns: hole.columns.map((column) => column.starred ? column.name : null) };
  }
  if (reader.isSign("(")) return derivedTable(grammar, scope);
  if (token.kind === "word" && reader.isSign("(", 1)) return tableFunction(grammar, scope);
  return withName(grammar, scope);
}

function derivedTable(grammar: Grammar, scope: Scope): FromItem {
  const { reader } = grammar;
  reader.expectSign("(");
  if (!reader.isSelect()) reader.refuse(reader.peek(), "brackets behind FROM and JOIN hold a SELECT: write joins without them");
  const columns = reader.deeper(() => grammar.select(scope));
  reader.expectSign(")");
  const alias = givenAlias(grammar) ?? reader.refuse(reader.peek(), "a derived table needs a name: (select …) as x");
  reader.source(alias, () => columns);
  return { alias, columns };
}

function tableFunction(grammar: Grammar, scope: Scope): FromItem {
  const { reader } = grammar;
  const name = functionName(reader, reader.vocabulary.tableFunctions);
  reader.expectSign("(");
  expressions(grammar, scope);
  reader.expectSign(")");
  const alias = givenAlias(grammar) ?? name;
  const columns = reader.vocabulary.tableFunctions.get(name) ?? null;
  reader.source(alias, () => columns);
  return { alias, columns };
}

function withName(grammar: Grammar, scope: Scope): FromItem {
  const { reader } = grammar;
  const token = reader.peek();
  const found = reader.isName() ? scope.find(token.text) : null;
  if (found === null || reader.isSign(".", 1)) {
    return reader.refuse(token, "rows come from table(…) holes, names that WITH gives before, and derived tables: for a table write ${table(Entity, \"alias\")}");
  }
  reader.skip();
  reader.writeName(found.fresh);
  const alias = givenAlias(grammar, token.text) ?? token.text;
  // Within itself, a recursive name's columns are known when its first select has been read.
  reader.source(alias, () => found.columns);
  return { alias, columns: found.columns };
}

/** `as x` or `x`; written as `as x`. */
function givenAlias(grammar: Grammar, otherwise?: string): string | null {
  const { reader } = grammar;
  const named = reader.isWord("as");
  if (named) reader.skip();
  const alias = named || reader.isName() ? reader.name("an alias", named) : otherwise;
  if (alias === undefined) return null;
  reader.write("as");
  reader.writeName(alias);
  return alias;
}

import { windowSpec } from "./calls";
import { argumentRules, expression, expressions, orderTerms } from "./expressions";
import { fromClause, nameList } from "./from";
import type { OwnLimit } from "./piece";
import type { Reader } from "./reader";
import { results } from "./results";
import type { Columns } from "./columns";
import { Scope, type Cte, type Grammar } from "./scope";

const COMPOUND = ["union", "intersect", "except"];

/** What the whole text is. */
export interface Outermost {
  readonly columns: readonly string[];
  readonly limit: OwnLimit;
}

export function grammarOf(reader: Reader): Grammar {
  const grammar: Grammar = {
    reader,
    select: (scope) => {
      const inner = withClause(grammar, scope);
      const columns = compound(grammar, inner, () => undefined, false);
      orderAndLimit(grammar, inner);
      return columns;
    },
  };
  return grammar;
}

/** The text itself: a sub-select but for its limit, which is bounded, and its columns, which all have names. */
export function outermost(grammar: Grammar): Outermost {
  const { reader } = grammar;
  if (!reader.isWord("select") && !reader.isWord("with")) reader.refuse(reader.peek(), "the text begins with SELECT or WITH");
  const scope = withClause(grammar, new Scope(null));
  const columns = compound(grammar, scope, () => undefined, true);
  orderBy(grammar, scope);
  const limit = ownLimit(grammar);
  reader.emit({ kind: "limit" });
  if (limit !== null && reader.word("offset") !== null) expression(grammar, scope);
  if (reader.peek().kind !== "end") reader.refuse(reader.peek(), "the statement should end here");
  reader.checkReferences();
  return { columns: (columns ?? []).filter((name) => name !== null), limit };
}

function withClause(grammar: Grammar, outer: Scope): Scope {
  const { reader } = grammar;
  const scope = new Scope(outer);
  if (reader.word("with") === null) return scope;
  const recursive = reader.word("recursive") !== null;
  do {
    const token = reader.peek();
    const cte: Cte = { fresh: reader.freshName(), columns: null };
    const name = reader.name("a name");
    // Without RECURSIVE a name is known behind its own select alone: inside, databases would look for a table.
    const declare = (): void => {
      if (!scope.declare(name, cte)) reader.refuse(token, "WITH gives this name twice");
    };
    if (recursive) declare();
    reader.writeName(cte.fresh);
    const explicit = reader.sign("(") === null ? null : nameList(grammar);
    if (explicit !== null) reader.expectSign(")");
    cte.columns = explicit;
    reader.expectWord("as");
    if (reader.word("not") !== null || reader.isWord("materialized")) reader.expectWord("materialized");
    reader.expectSign("(");
    if (!reader.isSelect()) reader.refuse(reader.peek(), "WITH names a SELECT or VALUES: nothing else, and nothing that writes, stands here");
    cte.columns = explicit ?? reader.deeper(() => body(grammar, scope, cte));
    if (explicit !== null) reader.deeper(() => grammar.select(scope));
    reader.expectSign(")");
    if (!recursive) declare();
  } while (reader.sign(",") !== null);
  return scope;
}

/** A WITH name's select: the columns of its first part are known to the parts that follow. */
function body(grammar: Grammar, scope: Scope, cte: Cte): Columns {
  const { reader } = grammar;
  if (reader.isWord("with")) return grammar.select(scope);
  const columns = compound(grammar, scope, (first) => { cte.columns = first; }, false);
  orderAndLimit(grammar, scope);
  return columns;
}

function compound(grammar: Grammar, scope: Scope, onFirst: (columns: Columns) => void, isOutermost: boolean): Columns {
  const { reader } = grammar;
  const first = core(grammar, scope, isOutermost);
  onFirst(first);
  for (let found = reader.word(...COMPOUND); found !== null; found = reader.word(...COMPOUND)) {
    if (found === "union") reader.word("all");
    core(grammar, scope, isOutermost);
  }
  return first;
}

function core(grammar: Grammar, scope: Scope, isOutermost: boolean): Columns {
  const { reader } = grammar;
  if (!isOutermost && reader.word("values") !== null) return values(grammar, scope);
  reader.expectWord("select");
  reader.word("distinct", "all");
  const named = results(grammar, scope, isOutermost);
  const from = reader.word("from") === null ? null : fromClause(grammar, scope);
  const columns = named(from);
  const ticks = from?.derived === true;
  if (reader.word("where") !== null) {
    if (ticks) reader.emit({ kind: "clock", lead: false });
    reader.write("(");
    expression(grammar, scope);
    reader.write(")");
  } else if (ticks) {
    reader.emit({ kind: "clock", lead: true });
  }
  if (reader.word("group") !== null) {
    reader.expectWord("by");
    expressions(grammar, scope);
  }
  if (reader.word("having") !== null) expression(grammar, scope);
  if (reader.word("window") !== null) windows(grammar, scope);
  return columns;
}

function values(grammar: Grammar, scope: Scope): Columns {
  const { reader } = grammar;
  do {
    reader.expectSign("(");
    expressions(grammar, scope);
    reader.expectSign(")");
  } while (reader.sign(",") !== null);
  // What the columns are called differs between databases.
  return null;
}

function windows(grammar: Grammar, scope: Scope): void {
  const { reader } = grammar;
  do {
    reader.writeName(reader.name("a window's name"));
    reader.expectWord("as");
    windowSpec(grammar, scope, argumentRules);
  } while (reader.sign(",") !== null);
}

function orderBy(grammar: Grammar, scope: Scope): void {
  const { reader } = grammar;
  if (reader.word("order") === null) return;
  reader.expectWord("by");
  orderTerms(grammar, scope);
}

/** The end of a sub-select, whose limit may be any expression. */
function orderAndLimit(grammar: Grammar, scope: Scope): void {
  const { reader } = grammar;
  orderBy(grammar, scope);
  if (reader.word("limit") === null) return;
  expression(grammar, scope);
  if (reader.word("offset") !== null) expression(grammar, scope);
}

/** A number or a value, so that it can be compared with the greatest number of rows before the statement runs. */
function ownLimit({ reader }: Grammar): OwnLimit {
  if (!reader.isWord("limit")) return null;
  reader.skip();
  const token = reader.skip();
  if (token.kind === "number" && /^\d{1,15}$/.test(token.text)) return { literal: Number(token.text) };
  if (token.kind === "hole") return { hole: token.index };
  return reader.refuse(token, "the LIMIT of the whole statement is a whole number or a ${value}");
}

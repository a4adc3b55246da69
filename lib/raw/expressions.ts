import type { Grammar, Scope } from "./scope";
import { call, type ArgumentRules } from "./calls";

const CONSTANTS = ["null", "true", "false", "current_date", "current_time", "current_timestamp"];
const OPERATORS = ["=", "==", "!=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "||", "&", "|", "<<", ">>", "->", "->>"];
const WORD_OPERATORS = ["and", "or", "is", "like", "glob", "between", "escape"];

/**
 * An expression. Precedence does not matter here: what counts is that operands and operators take turns, that rows come
 * from sub-selects alone, and that every function is a listed one.
 */
export function expression(grammar: Grammar, scope: Scope): void {
  const { reader } = grammar;
  reader.deeper(() => {
    operand(grammar, scope);
    while (operator(grammar, scope)) operand(grammar, scope);
  });
}

/** One or more expressions between commas. */
export function expressions(grammar: Grammar, scope: Scope): void {
  do expression(grammar, scope); while (grammar.reader.sign(",") !== null);
}

/** The terms of an ORDER BY. */
export function orderTerms(grammar: Grammar, scope: Scope): void {
  const { reader } = grammar;
  do {
    expression(grammar, scope);
    reader.word("asc", "desc");
    if (reader.word("nulls") === null) continue;
    // FIRST and LAST are names elsewhere.
    reader.expectWord("first", "last");
  } while (reader.sign(",") !== null);
}

/** What calls and windows need of expressions, which in turn need them. */
export const argumentRules: ArgumentRules = { expression, expressions, orderTerms };

/** Takes an operator, and what follows it where that is no operand; false: the expression ends here. */
function operator(grammar: Grammar, scope: Scope): boolean {
  const { reader } = grammar;
  for (;;) {
    if (reader.sign(...OPERATORS) !== null) return true;
    if (reader.word("isnull", "notnull") !== null) continue;
    if (reader.word("collate") !== null) {
      collation(grammar);
      continue;
    }
    const negated = reader.isWord("not") && !reader.isWord("not", 1);
    if (negated) reader.word("not");
    if (negated && reader.word("null") !== null) continue;
    if (reader.word("in") !== null) {
      members(grammar, scope);
      continue;
    }
    const found = negated ? reader.expectWord("like", "glob", "between") : reader.word(...WORD_OPERATORS);
    if (found !== "is") return found !== null;
    reader.word("not");
    if (reader.word("distinct") !== null) reader.expectWord("from");
    return true;
  }
}

/** What IN looks through: SQLite would take a table's name here. */
function members(grammar: Grammar, scope: Scope): void {
  const { reader } = grammar;
  if (reader.hole()?.kind === "list") {
    reader.emit({ kind: "hole", index: reader.skip().index, role: "list" });
    return;
  }
  if (!reader.isSign("(")) reader.refuse(reader.peek(), "IN looks through ( … ) or a list([…]) hole, never through a name");
  brackets(grammar, scope);
}

function operand(grammar: Grammar, scope: Scope): void {
  const { reader } = grammar;
  while (reader.word("not") !== null || reader.sign("-", "+", "~") !== null);
  const token = reader.peek();
  switch (token.kind) {
    case "number":
      reader.write(reader.skip().text);
      return;
    case "string":
      reader.emit({ kind: "string", text: reader.skip().text });
      return;
    case "hole":
      if (reader.hole()?.kind !== "value") {
        reader.refuse(token, "a value is expected here: table(…) belongs behind FROM and JOIN, cols(…) among the columns, list([…]) behind IN");
      }
      reader.emit({ kind: "hole", index: reader.skip().index, role: "value" });
      return;
    case "sign":
      if (!reader.isSign("(")) reader.refuse(token, "an expression is expected here");
      brackets(grammar, scope);
      return;
    default:
      worded(grammar, scope);
  }
}

function brackets(grammar: Grammar, scope: Scope): void {
  const { reader } = grammar;
  reader.expectSign("(");
  if (reader.isSelect()) reader.deeper(() => grammar.select(scope));
  else expressions(grammar, scope);
  reader.expectSign(")");
}

function worded(grammar: Grammar, scope: Scope): void {
  const { reader } = grammar;
  if (reader.isSign("(", 1) && !reader.isWord("exists")) {
    if (reader.isWord("cast")) cast(grammar, scope);
    else call(grammar, scope, argumentRules);
    return;
  }
  if (reader.word(...CONSTANTS) !== null) return;
  if (reader.word("exists") !== null) {
    reader.expectSign("(");
    if (!reader.isSelect()) reader.refuse(reader.peek(), "EXISTS asks about a sub-select");
    reader.deeper(() => grammar.select(scope));
    reader.expectSign(")");
    return;
  }
  if (reader.isWord("case")) {
    choice(grammar, scope);
    return;
  }
  const first = reader.name("an expression");
  reader.writeName(first);
  if (reader.sign(".") === null) return;
  const token = reader.peek();
  const column = reader.name("a column's name", true);
  reader.reference(first, column, token);
  reader.writeName(column);
  if (reader.isSign(".")) reader.refuse(reader.peek(), "a column is named alone or behind one alias");
}

function choice(grammar: Grammar, scope: Scope): void {
  const { reader } = grammar;
  reader.expectWord("case");
  if (!reader.isWord("when")) expression(grammar, scope);
  do {
    reader.expectWord("when");
    expression(grammar, scope);
    reader.expectWord("then");
    expression(grammar, scope);
  } while (reader.isWord("when"));
  if (reader.word("else") !== null) expression(grammar, scope);
  reader.expectWord("end");
}

function cast(grammar: Grammar, scope: Scope): void {
  const { reader } = grammar;
  reader.expectWord("cast");
  reader.expectSign("(");
  expression(grammar, scope);
  reader.expectWord("as");
  listed(grammar, grammar.reader.vocabulary.types, "a type to cast to");
  reader.expectSign(")");
}

function collation(grammar: Grammar): void {
  listed(grammar, grammar.reader.vocabulary.collations, "a collation");
}

/** Takes a bare word of a list. */
function listed({ reader }: Grammar, list: ReadonlySet<string>, what: string): void {
  const token = reader.skip();
  const name = token.text.toLowerCase();
  if (token.kind !== "word" || !list.has(name)) reader.refuse(token, `it is not ${what}: there are ${[...list].join(", ")}`);
  reader.write(name);
}

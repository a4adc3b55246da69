import type { Reader } from "./reader";
import type { Grammar, Scope } from "./scope";

type Rule = (grammar: Grammar, scope: Scope) => void;

/** The rules that a call's arguments follow; given by the caller, which they in turn call. */
export interface ArgumentRules {
  readonly expression: Rule;
  readonly expressions: Rule;
  readonly orderTerms: Rule;
}

/** A call of a listed function, with FILTER and OVER. */
export function call(grammar: Grammar, scope: Scope, rules: ArgumentRules): void {
  const { reader } = grammar;
  functionName(reader, reader.vocabulary.functions);
  reader.expectSign("(");
  if (reader.sign("*") === null && !reader.isSign(")")) {
    reader.word("distinct");
    rules.expressions(grammar, scope);
    if (reader.word("order") !== null) {
      reader.expectWord("by");
      rules.orderTerms(grammar, scope);
    }
  }
  reader.expectSign(")");
  if (reader.isWord("filter") && reader.isSign("(", 1)) {
    reader.expectWord("filter");
    reader.expectSign("(");
    reader.expectWord("where");
    rules.expression(grammar, scope);
    reader.expectSign(")");
  }
  if (reader.word("over") === null) return;
  if (reader.isSign("(")) windowSpec(grammar, scope, rules);
  else reader.writeName(reader.name("a window's name"));
}

/** Takes the name of a call if the list has it. */
export function functionName(reader: Reader, list: { has(name: string): boolean }): string {
  const token = reader.skip();
  const name = token.text.toLowerCase();
  if (token.kind !== "word" || !list.has(name)) {
    reader.refuse(token, "it is not among the functions that hand-written SQL may call; docs/sql.md lists them");
  }
  reader.write(name);
  return name;
}

/** `(partition by … order by … rows between …)` */
export function windowSpec(grammar: Grammar, scope: Scope, rules: ArgumentRules): void {
  const { reader } = grammar;
  reader.expectSign("(");
  if (reader.isName()) reader.writeName(reader.name("a window's name"));
  if (reader.word("partition") !== null) {
    reader.expectWord("by");
    rules.expressions(grammar, scope);
  }
  if (reader.word("order") !== null) {
    reader.expectWord("by");
    rules.orderTerms(grammar, scope);
  }
  if (reader.word("range", "rows", "groups") !== null) frame(grammar, scope, rules);
  reader.expectSign(")");
}

function frame(grammar: Grammar, scope: Scope, rules: ArgumentRules): void {
  const { reader } = grammar;
  if (reader.word("between") !== null) {
    bound(grammar, scope, rules);
    reader.expectWord("and");
  }
  bound(grammar, scope, rules);
  if (reader.word("exclude") === null) return;
  switch (reader.expectWord("no", "current", "group", "ties")) {
    case "no":
      reader.expectWord("others");
      break;
    case "current":
      reader.expectWord("row");
      break;
    default:
  }
}

function bound(grammar: Grammar, scope: Scope, rules: ArgumentRules): void {
  const { reader } = grammar;
  if (reader.isWord("current") && reader.isWord("row", 1)) {
    reader.expectWord("current");
    reader.expectWord("row");
    return;
  }
  if (reader.word("unbounded") === null) number(grammar, scope, rules);
  reader.expectWord("preceding", "following");
}

/** A distance: AND would belong to BETWEEN, so it is no free expression. */
function number(grammar: Grammar, scope: Scope, rules: ArgumentRules): void {
  const { reader } = grammar;
  if (reader.peek().kind === "number") {
    reader.write(reader.skip().text);
    return;
  }
  if (reader.hole()?.kind === "value") {
    reader.emit({ kind: "hole", index: reader.skip().index, role: "value" });
    return;
  }
  reader.expectSign("(");
  rules.expression(grammar, scope);
  reader.expectSign(")");
}

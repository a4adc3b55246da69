import {
  and, between, contains, eq, gt, gte, ilike, isNull, like, lt, lte, ne, not, notOneOf, oneOf, or, startsWith, type Where,
} from "freehold";

/** What a condition is, in words of its own, so that it can be built for the library and judged in plain JavaScript. */
export type Plan =
  | { readonly kind: "and" | "or"; readonly parts: readonly Plan[] }
  | { readonly kind: "not"; readonly part: Plan }
  | { readonly kind: "leaf"; readonly property: string; readonly operator: OperatorName; readonly operands: readonly unknown[] };

export type OperatorName =
  | "value" | "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "between" | "oneOf" | "notOneOf" | "isNull" | "isNotNull"
  | "like" | "ilike" | "startsWith" | "contains";

/** SQL's third answer is null. */
export type Truth = boolean | null;

/** The condition as callers write it. */
export function build<E>(plan: Plan): Where<E> {
  switch (plan.kind) {
    case "and": return and<E>(...plan.parts.map((part) => build<E>(part) as never));
    case "or": return or<E>(...plan.parts.map((part) => build<E>(part) as never));
    case "not": return not<E>(build<E>(plan.part));
    case "leaf": return { [plan.property]: operator(plan.operator, plan.operands) } as Where<E>;
  }
}

function operator(name: OperatorName, operands: readonly unknown[]): unknown {
  const [first, second] = operands;
  const text = first as string;
  switch (name) {
    case "value": return first;
    case "between": return between(first, second);
    case "oneOf": return oneOf(operands);
    case "notOneOf": return notOneOf(operands);
    case "isNull": return isNull();
    case "isNotNull": return isNull(false);
    case "like": return like(text);
    case "ilike": return ilike(text);
    case "startsWith": return startsWith(text);
    case "contains": return contains(text);
    default: return ({ eq, ne, gt, gte, lt, lte } as const)[name]<unknown>(first);
  }
}

/** Whether a row meets the condition, by SQL's three-valued logic. */
export function judge(plan: Plan, row: Readonly<Record<string, unknown>>): Truth {
  switch (plan.kind) {
    case "and": return conjunction(plan.parts.map((part) => judge(part, row)));
    case "or": return negation(conjunction(plan.parts.map((part) => negation(judge(part, row)))));
    case "not": return negation(judge(plan.part, row));
    case "leaf": return judgeLeaf(row[plan.property] ?? null, plan.operator, plan.operands);
  }
}

function conjunction(truths: readonly Truth[]): Truth {
  return truths.includes(false) ? false : truths.includes(null) ? null : true;
}

function negation(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

function judgeLeaf(value: unknown, name: OperatorName, operands: readonly unknown[]): Truth {
  const [first, second] = operands;
  if (name === "isNull") return value === null;
  if (name === "isNotNull") return value !== null;
  if ((name === "value" || name === "eq") && first === null) return value === null;
  if (name === "ne" && first === null) return value !== null;
  // Of no values at all, nothing is one of them, whatever it may be.
  if (name === "oneOf" && operands.length === 0) return false;
  if (name === "notOneOf" && operands.length === 0) return true;
  if (value === null) return null;
  switch (name) {
    case "value": case "eq": return compare(value, first) === 0;
    case "ne": return compare(value, first) !== 0;
    case "gt": return compare(value, first) > 0;
    case "gte": return compare(value, first) >= 0;
    case "lt": return compare(value, first) < 0;
    case "lte": return compare(value, first) <= 0;
    case "between": return compare(value, first) >= 0 && compare(value, second) <= 0;
    case "oneOf": return operands.some((operand) => compare(value, operand) === 0);
    case "notOneOf": return operands.every((operand) => compare(value, operand) !== 0);
    case "like": return matches(first as string, value as string);
    case "ilike": return matches(foldAscii(first as string), foldAscii(value as string));
    case "startsWith": return (value as string).startsWith(first as string);
    case "contains": return (value as string).includes(first as string);
  }
}

/** Text by code points (as UTF-8 sorts), bytes one by one, all else as JavaScript has it. */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (Buffer.isBuffer(a) && Buffer.isBuffer(b)) return Buffer.compare(a, b);
  const [left, right] = [a, b] as [number, number];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function foldAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** `%` any text, `_` one character, a backslash makes the next one literal, and a last one stands for itself. */
export function matches(pattern: string, text: string): boolean {
  const signs: { readonly kind: "many" | "one" | "is"; readonly character: string }[] = [];
  const characters = [...pattern];
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] as string;
    const next = characters[index + 1];
    if (character === "\\" && next !== undefined) {
      signs.push({ kind: "is", character: next });
      index += 1;
    } else {
      signs.push({ kind: character === "%" ? "many" : character === "_" ? "one" : "is", character });
    }
  }
  // Which positions of the text the signs so far can have come to.
  const letters = [...text];
  let reached = new Set([0]);
  for (const { kind, character } of signs) {
    const next = new Set<number>();
    for (const position of reached) {
      if (kind === "many") for (let to = position; to <= letters.length; to += 1) next.add(to);
      else if (position < letters.length && (kind === "one" || letters[position] === character)) next.add(position + 1);
    }
    reached = next;
  }
  return reached.has(letters.length);
}

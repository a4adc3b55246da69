import type { Dialect } from "../dialect/dialect";
import { contextNotExpected } from "../errors/context-errors";
import {
  badJsonPath, badRelated, badWhere, listTooLong, nestsTooDeep, operatorNotForPath, operatorNotForType, patternTooLong, undefinedCondition, unknownProperty,
} from "../errors/query-errors";
import { invalidData, valueFaults } from "../errors/value-errors";
import { acceptValue } from "../model/accept";
import { parseJsonPath, samePath } from "../model/json-path";
import { plainProperty } from "../model/plain-property";
import type { EntityModel, PropertyModel, RelationModel } from "../model/entity-model";
import { SystemContext } from "../scope/system-context";
import { UserContext } from "../scope/user-context";
import { always, logic, negate, never, untrue, type JsonPathNode, type MatchMode, type PredicateNode } from "../sql/predicate";
import type { TableSource } from "../sql/table-source";
import { describeValue } from "../util/describe";
import { isPlainObject } from "../util/plain-object";
import { textFault } from "../util/text";
import type { Engine } from "./engine";
import { jsonCondition } from "./json-condition";
import { listSize, MOST_INLINE } from "./lists";
import { Operator, type OperatorSpec } from "./operators";
import { MOST_STEPS, relatedTarget, targetOf } from "./related";
import { Combined, Quantified } from "./where";

/** A condition as a tree without values, the values by slot, and a text that is equal for equal trees. */
export interface ParsedWhere {
  readonly predicate: PredicateNode;
  readonly shape: string;
}

/** Engines end much deeper conditions in an error of their own, or in a full stack. */
const DEEPEST = 64;
/** SQLite stops at 50,000 bytes, and only when it meets a row; escaping can make three of one. */
const MOST_PATTERN_BYTES = 16_000;

/**
 * Checks a caller's condition against the model and turns it into a tree; tables that it reaches are opened in the
 * name of the source. Values are appended to `values`; the
 * tree and its shape hold only their positions.
 *
 * @throws InvalidQueryError for unknown properties, `undefined` and operators that do not fit
 * @throws ContextRequiredError where it reaches an owned entity without a context
 * @throws ValidationError for values of a wrong type, an operator-shaped object among them
 */
export function parseWhere(source: TableSource, where: unknown, engine: Engine, values: unknown[]): ParsedWhere {
  const parser: Parser = { source, model: source.model, engine, dialect: engine.dialect, values, shape: [], steps: 0 };
  const predicate = parseNode(where, parser, 1);
  return { predicate, shape: parser.shape.join("") };
}

/** State of one parse, as seen from one table. */
interface Parser {
  readonly source: TableSource;
  readonly model: EntityModel;
  readonly engine: Engine;
  readonly dialect: Dialect;
  readonly values: unknown[];
  readonly shape: string[];
  /** How many relations lead to this table. */
  readonly steps: number;
}

/** @param depth how many conditions deep it is, counted from 1 */
function parseNode(where: unknown, parser: Parser, depth: number): PredicateNode {
  if (depth > DEEPEST + 1) throw nestsTooDeep(parser.model.name, "condition", DEEPEST);
  const combined = Combined.specOf(where);
  if (combined !== undefined) {
    if (combined.kind === "all") {
      // Folding drops it from the tree, so the shape alone tells `or(all, x)` from `or(x)`.
      parser.shape.push("all;");
      return always;
    }
    parser.shape.push(`${combined.kind}(`);
    const node = combined.kind === "not"
      ? negate(parseNode(combined.condition, parser, depth + 1))
      : logic(combined.kind, combined.conditions.map((condition) => parseNode(condition, parser, depth + 1)));
    parser.shape.push(")");
    return node;
  }
  if (UserContext.is(where) || SystemContext.is(where)) throw contextNotExpected(parser.model.name, parser.model.ownership !== null);
  if (!isPlainObject(where)) throw badWhere(parser.model.name, where);
  parser.shape.push("{");
  const items: PredicateNode[] = [];
  for (const name of Object.keys(where)) items.push(parseProperty(name, where[name], parser, depth));
  parser.shape.push("}");
  return logic("and", items);
}

function parseProperty(name: string, condition: unknown, parser: Parser, depth: number): PredicateNode {
  const { model } = parser;
  const property = model.properties[name];
  const relation = model.relations[name];
  if (property === undefined && relation === undefined) throw unknownProperty(model.name, name, knownNames(model));
  if (condition === undefined) throw undefinedCondition(model.name, name);
  if (property === undefined) return parseRelated(relation as RelationModel, condition, parser, depth);
  return parseOperator(property, Operator.specOf(condition) ?? equal(condition), parser);
}

/** A condition on a single value, such as an operator or the value itself. */
export function parseCondition(source: TableSource, property: PropertyModel, condition: unknown, engine: Engine, values: unknown[]): ParsedWhere {
  const parser: Parser = { source, model: source.model, engine, dialect: engine.dialect, values, shape: [], steps: 0 };
  if (condition === undefined) throw undefinedCondition(source.model.name, property.name);
  const predicate = parseOperator(property, Operator.specOf(condition) ?? equal(condition), parser);
  return { predicate, shape: parser.shape.join("") };
}

function equal(value: unknown): OperatorSpec {
  return { kind: "comparison", name: "eq", operator: "=", value };
}

/** The names that conditions may use. */
function knownNames(model: EntityModel): readonly string[] {
  return [...model.columns.map((column) => column.name), ...Object.keys(model.relations)];
}

function parseRelated(relation: RelationModel, condition: unknown, parser: Parser, depth: number): PredicateNode {
  const { source, engine, model, shape } = parser;
  const steps = parser.steps + (relation.through === null ? 1 : 2);
  if (steps > MOST_STEPS) throw nestsTooDeep(model.name, "condition", MOST_STEPS);
  const target = targetOf(engine, source, relation);
  const name = `@${relation.name.length}:${relation.name}`;
  const within = (inner: unknown, wrap: (node: PredicateNode) => PredicateNode): PredicateNode => {
    shape.push(`${name}(`);
    const node = wrap(parseNode(inner, { ...parser, source: target, model: target.model, steps }, depth + 1));
    shape.push(")");
    return relatedTarget(engine, source, relation, target, node);
  };
  if (relation.many) {
    const spec = Quantified.specOf(condition);
    if (spec === undefined) throw badRelated(model.name, relation.name, "made with some, none or every", condition);
    if (spec.condition === undefined) throw undefinedCondition(model.name, relation.name);
    shape.push(spec.kind);
    return spec.kind === "some" ? within(spec.condition, (node) => node)
      : negate(within(spec.condition, (node) => spec.kind === "none" ? node : untrue(node)));
  }
  const operator = Operator.specOf(condition);
  if (condition === null || operator?.kind === "null") {
    const present = operator?.kind === "null" && operator.negated;
    shape.push(`${name}${present ? "!" : ""}0;`);
    const found = relatedTarget(engine, source, relation, target, always);
    return present ? found : negate(found);
  }
  if (operator !== undefined || Quantified.specOf(condition) !== undefined) {
    throw badRelated(model.name, relation.name, `a condition on ${relation.target}, null or isNull()`, condition);
  }
  return within(condition, (node) => node);
}

function parseOperator(property: PropertyModel, spec: OperatorSpec, parser: Parser): PredicateNode {
  const { model, dialect, shape } = parser;
  const refuse = (): never => { throw operatorNotForType(model.name, property.name, spec.name, property.type); };
  switch (spec.kind) {
    case "null": return nullNode(property, spec.negated, parser);
    case "comparison": {
      if (spec.value === undefined) throw undefinedCondition(model.name, property.name);
      const equality = spec.operator === "=" || spec.operator === "<>";
      if (spec.value === null && equality) return nullNode(property, spec.operator === "<>", parser);
      if (property.type === "json" || (!equality && !dialect.ordered(property))) refuse();
      shape.push(`${property.position}${spec.operator};`);
      return { kind: "comparison", property, operator: spec.operator, slot: slot(property, spec.value, parser) };
    }
    case "between":
      if (spec.low === undefined || spec.high === undefined) throw undefinedCondition(model.name, property.name);
      if (!dialect.ordered(property)) refuse();
      shape.push(`${property.position}..;`);
      return { kind: "between", property, lowSlot: slot(property, spec.low, parser), highSlot: slot(property, spec.high, parser) };
    case "list":
      if (property.type === "json") refuse();
      return listNode(property, spec.values, spec.negated, parser);
    case "jsonPath":
      if (property.type !== "json") refuse();
      return parsePath(property, spec.path, spec.condition, parser);
    case "match": {
      if (property.type !== "text" && typeof property.values?.[0] !== "string") refuse();
      shape.push(`${property.position}~${spec.mode};`);
      return { kind: "match", property, mode: spec.mode, slot: parser.values.push(pattern(property, spec, parser)) - 1 };
    }
  }
}

/** A condition on a place inside a JSON column. */
function parsePath(property: PropertyModel, given: unknown, condition: unknown, parser: Parser): PredicateNode {
  const { model, values, shape } = parser;
  const path = parseJsonPath(given);
  if ("fault" in path) throw badJsonPath(model.name, property.name, path.fault);
  if (condition === undefined) throw undefinedCondition(model.name, property.name);
  // The model's own copy is written out, never the caller's.
  const indexed = model.indexes.flatMap(({ parts }) => parts).find((part) => part.property.column === property.column && samePath(part.path, path))?.path ?? null;
  const place: JsonPathNode["path"] = indexed === null ? { slot: values.push(path) - 1 } : { indexed };
  shape.push(`${property.position}$${indexed === null ? "" : JSON.stringify(indexed)}`);
  return jsonCondition(Operator.specOf(condition) ?? equal(condition), {
    at: (test) => ({ kind: "jsonPath", property, path: place, test }),
    slot: (value) => values.push(value) - 1,
    mark: (text) => { shape.push(`${text};`); },
    refuse: (what) => { throw operatorNotForPath(model.name, property.name, what); },
    pattern: (spec) => pattern(property, spec, parser),
    value: (value) => {
      const accepted = acceptValue(plainProperty(property.name, typeof value === "string" ? "text" : typeof value === "number" ? "real" : "boolean"), value);
      if ("fault" in accepted) throw invalidData(model.name, [valueFaults.inList(property.name, accepted.constraint, accepted.fault)]);
      return accepted.value;
    },
  });
}

function nullNode(property: PropertyModel, negated: boolean, parser: Parser): PredicateNode {
  parser.shape.push(`${property.position}${negated ? "!" : ""}0;`);
  const node: PredicateNode = { kind: "null", property };
  return negated ? negate(node) : node;
}

function listNode(property: PropertyModel, list: unknown, negated: boolean, parser: Parser): PredicateNode {
  const { model, shape, values } = parser;
  if (!Array.isArray(list)) {
    throw invalidData(model.name, [valueFaults.inList(property.name, "type", `needs a list of values, not ${describeValue(list)}`)]);
  }
  if (list.includes(undefined)) throw undefinedCondition(model.name, property.name);
  if (list.length === 0) {
    shape.push(`${property.position}${negated ? "!" : ""}in0;`);
    return negated ? always : never;
  }
  const accepted = list.map((value) => acceptCondition(property, value, parser));
  const size = listSize(property, accepted.length);
  if (size === null) throw listTooLong(model.name, property.name, accepted.length, MOST_INLINE);
  shape.push(`${property.position}${negated ? "!" : ""}in${size === 0 ? "j" : size};`);
  return { kind: "list", property, negated, size, slot: values.push(accepted) - 1 };
}

function slot(property: PropertyModel, value: unknown, parser: Parser): number {
  return parser.values.push(acceptCondition(property, value, parser)) - 1;
}

function acceptCondition(property: PropertyModel, value: unknown, parser: Parser): unknown {
  const accepted = value === null
    ? { constraint: "type", fault: "cannot be compared with null like this: use isNull()" }
    : acceptValue(property, value);
  if (!("fault" in accepted)) return accepted.value;
  // A text that is too long to be stored is a fair question; the answer is no row.
  if (accepted.constraint === "length") return value;
  throw invalidData(parser.model.name, [valueFaults.inList(property.name, accepted.constraint, accepted.fault)]);
}

function pattern(property: PropertyModel, spec: { readonly mode: MatchMode; readonly pattern: unknown }, parser: Parser): string {
  const { model } = parser;
  const text = spec.pattern;
  if (text === undefined) throw undefinedCondition(model.name, property.name);
  const fault = typeof text === "string" ? textFault(text) : `needs a string, not ${describeValue(text)}`;
  if (typeof text !== "string" || fault !== null) {
    throw invalidData(model.name, [valueFaults.inList(property.name, "type", fault ?? "needs a string")]);
  }
  // `contains` looks for the text itself, however long.
  if (spec.mode !== "contains" && Buffer.byteLength(text) > MOST_PATTERN_BYTES) throw patternTooLong(model.name, property.name, MOST_PATTERN_BYTES);
  return text;
}

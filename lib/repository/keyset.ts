import type { Dialect } from "../dialect/dialect";
import { orderNotForPages } from "../errors/query-errors";
import type { EntityModel, PropertyModel } from "../model/entity-model";
import { always, logic, negate, never, type PredicateNode } from "../sql/predicate";
import type { OrderTerm } from "../sql/statement";
import type { ParsedWhere } from "./where-parser";

/** A place in an order: the values of its columns in one row. */
export interface Position {
  readonly values: readonly unknown[];
  /** Whether the row at the place itself is meant too. */
  readonly inclusive: boolean;
}

/** The columns of an order by which a read can go on from a row. */
export function keysetColumns(model: EntityModel, order: readonly OrderTerm[], { exact }: Pick<Dialect, "exact">): readonly PropertyModel[] {
  for (const { property, via } of order) {
    if (via !== undefined) throw orderNotForPages(model.name, property.name, "belongs to another entity");
    if (!property.select) throw orderNotForPages(model.name, property.name, "is read only when asked for by name (select: false)");
    if (!exact(property)) throw orderNotForPages(model.name, property.name, `holds finer parts than it is read with (${property.columnType ?? property.type})`);
  }
  return order.map(({ property }) => property);
}

/** The same order from its end. */
export function backwards(order: readonly OrderTerm[]): readonly OrderTerm[] {
  return order.map(({ property, direction, nulls }) => ({
    property, direction: direction === "asc" ? "desc" : "asc", nulls: nulls === "first" ? "last" : "first",
  }));
}

/**
 * The rows behind a place, as conditions to be read one after the other: where nulls of the first column come last, an index
 * serves the values behind the place, and then the nulls, but not both together.
 *
 * @param values takes the values of the conditions
 */
export function behind(order: readonly OrderTerm[], position: Position, values: unknown[]): readonly ParsedWhere[] {
  const [first] = order;
  if (first?.property.nullable !== true || first.nulls !== "last" || (position.values[0] ?? null) === null) return [stretch(order, position, values)];
  const present: readonly OrderTerm[] = [{ ...first, nulls: "first" }, ...order.slice(1)];
  const valued = stretch(present, position, values);
  // The values of both stretches come together, so that the slots behind them depend on the first one's shape too.
  return [valued, { predicate: { kind: "null", property: first.property }, shape: `n${valued.shape}` }];
}

/** Of equal values in the columns before, the rows whose column comes later. Nulls have a place of their own, which a comparison cannot say. */
function stretch(order: readonly OrderTerm[], position: Position, values: unknown[]): ParsedWhere {
  const shape: string[] = [position.inclusive ? "i" : "x"];
  const places = order.map((term, index) => {
    const value = position.values[index] ?? null;
    shape.push(value === null ? "0" : "1");
    return { term, value, slot: value === null ? -1 : values.push(value) - 1 };
  });
  const equal = ({ term: { property }, value, slot }: Place): PredicateNode =>
    value === null ? { kind: "null", property } : { kind: "comparison", property, operator: "=", slot };
  const steps = places.map((place, index) => logic("and", [...places.slice(0, index).map(equal), later(place)]));
  if (position.inclusive) steps.push(logic("and", places.map(equal)));
  return { predicate: logic("and", [atLeast(places), logic("or", steps)]), shape: shape.join("") };
}

interface Place {
  readonly term: OrderTerm;
  readonly value: unknown;
  readonly slot: number;
}

function later({ term: { property, direction, nulls }, value, slot }: Place): PredicateNode {
  const isNull: PredicateNode = { kind: "null", property };
  if (value === null) return nulls === "first" ? negate(isNull) : never;
  const beyond: PredicateNode = { kind: "comparison", property, operator: direction === "asc" ? ">" : "<", slot };
  return property.nullable && nulls === "last" ? logic("or", [beyond, isNull]) : beyond;
}

/** Says of the first column what all steps imply, in a form that an index can serve. */
function atLeast(places: readonly Place[]): PredicateNode {
  const [first] = places;
  if (first === undefined || places.length === 1) return always;
  const { property, nulls } = first.term;
  if (first.value === null) return nulls === "last" ? { kind: "null", property } : always;
  if (property.nullable && nulls === "last") return always;
  return { kind: "comparison", property: first.term.property, operator: first.term.direction === "asc" ? ">=" : "<=", slot: first.slot };
}

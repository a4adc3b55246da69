import { badOption, nestsTooDeep, operatorNotForType, orderThroughMany } from "../errors/query-errors";
import type { Reach, Reachable, TargetOf, ToOneKeys } from "../metadata/relation";
import type { EntityModel, PropertyModel } from "../model/entity-model";
import type { Hop, OrderTerm } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import { isPlainObject } from "../util/plain-object";
import type { Engine } from "./engine";
import { namingKey } from "./keys";
import { hopsTo, MOST_STEPS, targetOf } from "./related";
import { propertyOf } from "./selection";
import type { PropertyKeys } from "./where";

/** Nulls come last both ways unless `nulls` says otherwise. */
export type Direction = "asc" | "desc" | { readonly dir?: "asc" | "desc"; readonly nulls?: "first" | "last" };
/** Properties, or those of the row that a to-one relation leads to: `{ project: { name: "asc" } }`. */
export type Order<E, R extends Reach = "bound"> = {
  readonly [K in PropertyKeys<E> | Reachable<E, ToOneKeys<E>, R>]?: K extends ToOneKeys<E> ? Order<TargetOf<E[K]>, R> : Direction;
};
/** The order asked for, then the primary key: without it, ties would follow what others do to the table. */
export function parseOrder(source: TableSource, orderBy: unknown, engine: Engine): readonly OrderTerm[] {
  const terms = new Map<string, OrderTerm>();
  for (const part of orderBy === undefined ? [] : Array.isArray(orderBy) ? orderBy as unknown[] : [orderBy]) {
    collectOrder(source, part, engine, [], "", terms);
  }
  for (const property of namingKey(source)) {
    const path = `${property.position}`;
    if (!terms.has(path)) terms.set(path, { property, direction: "asc", nulls: "last" });
  }
  return [...terms.values()];
}

function collectOrder(
  source: TableSource, part: unknown, engine: Engine, via: readonly Hop[], path: string, terms: Map<string, OrderTerm>,
): void {
  const { model } = source;
  if (!isPlainObject(part)) throw badOption(model.name, "orderBy", 'an object such as { title: "asc" } or a list of them', part);
  for (const [name, direction] of Object.entries(part)) {
    const relation = model.relations[name];
    if (relation !== undefined) {
      if (relation.many) throw orderThroughMany(model.name, name);
      if (via.length >= MOST_STEPS) throw nestsTooDeep(model.name, "orderBy", MOST_STEPS);
      const target = targetOf(engine, source, relation);
      collectOrder(target, direction, engine, [...via, ...hopsTo(relation, target)], `${path}${name.length}:${name}.`, terms);
      continue;
    }
    const property = propertyOf(model, name);
    if (!engine.dialect.ordered(property)) throw operatorNotForType(model.name, name, "orderBy", property.type);
    const key = `${path}${property.position}`;
    if (!terms.has(key)) terms.set(key, { ...parseDirection(model, property, direction), ...(via.length === 0 ? {} : { via }) });
  }
}

/** An order as part of a statement's shape. */
export function orderShape(order: readonly OrderTerm[]): string {
  return order.map(({ via = [], property, direction, nulls }) =>
    `${via.map(({ source, pairs }) => `${source.model.table.length}:${source.model.table}${pairs.map((pair) => `${pair.outer.position}-${pair.inner.position}`).join("&")}/`).join("")}${
      property.position}${direction}${nulls}`).join(",");
}

export function parseDirection(model: EntityModel, property: PropertyModel, given: unknown): OrderTerm & { readonly nulls: "first" | "last" } {
  const { dir = "asc", nulls = "last", ...others } = isPlainObject(given) ? given : { dir: given ?? "" };
  if ((dir !== "asc" && dir !== "desc") || (nulls !== "first" && nulls !== "last") || Object.keys(others).length > 0) {
    throw badOption(model.name, `orderBy.${property.name}`, '"asc", "desc" or { dir, nulls: "first" | "last" }', given);
  }
  return { property, direction: dir, nulls };
}

import { columnNotLoaded } from "../errors/query-errors";
import type { Decoder } from "../dialect/dialect";
import type { PropertyModel, RelationModel } from "../model/entity-model";
import { logic } from "../sql/predicate";
import { statement, type OrderTerm, type SelectStatement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import { execute, type Engine } from "./engine";
import { keyText, memberOf, partText } from "./lists";
import { orderShape } from "./ordering";
import type { ReadPlan, RelationPlan } from "./read-plan";
import { positions } from "./shapes";

/** A row in hand whose relations are to be filled: the entity, and its columns' values. */
export interface Parent {
  readonly entity: object;
  readonly valueOf: (property: PropertyModel) => unknown;
}

/** Makes entities of rows and loads the relations that the plan names: one statement for each, at every level. */
export async function hydrateRows<E extends object>(
  engine: Engine, plan: ReadPlan<E>, rows: readonly (readonly unknown[])[], signal: AbortSignal | undefined,
): Promise<E[]> {
  const entities = rows.map((row) => plan.hydrator.hydrate(row));
  if (plan.relations.length > 0 && entities.length > 0) {
    const read = rowReader(engine, plan.columns);
    await loadRelations(engine, plan, entities.map((entity, index): Parent => {
      const row = rows[index] ?? [];
      return { entity, valueOf: (property) => read(row, property) };
    }), signal);
  }
  return entities;
}

/** Entities that a caller holds, as parents. */
export function parentsOf(source: TableSource, entities: readonly object[]): readonly Parent[] {
  return entities.map((entity) => ({
    entity,
    valueOf: (property) => {
      const value = (entity as Record<string, unknown>)[property.name];
      if (value === undefined) throw columnNotLoaded(source.model.name, property.name);
      return value;
    },
  }));
}

export async function loadRelations(
  engine: Engine, plan: Pick<ReadPlan<object>, "source" | "relations">, parents: readonly Parent[], signal: AbortSignal | undefined,
): Promise<void> {
  for (const relation of plan.relations) await loadRelation(engine, plan.source, relation, parents, signal);
}

async function loadRelation(
  engine: Engine, source: TableSource, plan: RelationPlan, parents: readonly Parent[], signal: AbortSignal | undefined,
): Promise<void> {
  const { relation } = plan;
  const wanted = new Map<string, readonly unknown[]>();
  const keys = parents.map(({ valueOf }) => {
    const key = keyOf(source, plan, valueOf);
    if (key === null) return null;
    const text = keyText(key);
    wanted.set(text, key);
    return text;
  });
  const groups = wanted.size === 0 || plan.limit === 0 ? new Map<string, object[]>() : await readGroups(engine, plan, [...wanted.values()], signal);
  parents.forEach(({ entity }, index) => {
    const found = groups.get(keys[index] ?? "") ?? [];
    const own = keys[index] === null ? [] : found;
    (entity as Record<string, unknown>)[relation.name] = relation.many ? [...own] : own[0] ?? null;
  });
}

/** The values by which a row's relation is found; null where it has none. */
function keyOf(source: TableSource, plan: RelationPlan, valueOf: Parent["valueOf"]): readonly unknown[] | null {
  const { access } = source;
  // An entity that somebody else's context read has no relations in this one's.
  if (access.kind === "user" && plan.relation.pairs.some((pair) => pair.outer === access.owner)
    && valueOf(access.owner) !== access.key) return null;
  const values = plan.pairs.map((pair) => valueOf(pair.outer));
  return values.some((value) => value === null || value === undefined) ? null : values;
}

/** Reads the rows of all parents at once, and puts them in order under the keys that they were found by. */
async function readGroups(
  engine: Engine, plan: RelationPlan, keys: readonly (readonly unknown[])[], signal: AbortSignal | undefined,
): Promise<Map<string, object[]>> {
  const { source, link, where, relation } = plan;
  const inner = plan.pairs.map((pair) => pair.inner);
  const order = link === null && plan.limit === null ? groupedOrder(inner, plan.order) : plan.order;
  const values = [...plan.values];
  const limitSlot = plan.limit === null ? null : values.push(plan.limit) - 1;
  const among = memberOf(source.model.name, inner, keys, values);
  const linkColumns = link === null ? [] : inner;
  const result = await execute(engine, {
    operation: "load", scope: source.scope, source, values, signal,
    shape: `${relationShape(relation)}${where.shape}>${positions(plan.columns)}|${positions(linkColumns)}?${among.shape}|${orderShape(order)}|${
      limitSlot === null ? "" : "l"}`,
    build: (opened) => statement<SelectStatement>({
      kind: "select", source: opened, columns: plan.columns, order, limitSlot: null, offsetSlot: null, many: true,
      where: link === null ? logic("and", [among.predicate, where.predicate]) : where.predicate,
      ...(link === null ? {} : { link: { source: link, pairs: relation.through?.pairs ?? [], where: among.predicate, columns: linkColumns } }),
      ...(limitSlot === null ? {} : { group: { by: inner, limitSlot } }),
    }),
  });
  const entities = await hydrateRows(engine, plan, result.rows, signal);
  const decode = inner.map((property): readonly [number, Decoder] => [
    link === null ? plan.columns.indexOf(property) : plan.columns.length + linkColumns.indexOf(property), engine.dialect.decoder(property),
  ]);
  const groups = new Map<string, object[]>();
  const [only, second] = decode;
  entities.forEach((entity, index) => {
    const row = result.rows[index] ?? [];
    // Most keys have one part, and need no list.
    const text = only !== undefined && second === undefined ? partText(only[1](row[only[0]])) : keyText(decode.map(([position, read]) => read(row[position])));
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [entity]);
    else group.push(entity);
  });
  return groups;
}

/**
 * The order within the groups, one group after the other: the index of the foreign key gives it, while rows in the order of their own keys
 * alone would be looked for among all that the owner has.
 */
function groupedOrder(by: readonly PropertyModel[], order: readonly OrderTerm[]): readonly OrderTerm[] {
  return [
    ...by.map((property): OrderTerm => ({ property, direction: "asc", nulls: "any" })),
    ...order.filter(({ via, property }) => via !== undefined || !by.includes(property)),
  ];
}

/** The statement's source is the target: which relation leads there is part of the shape. */
function relationShape(relation: RelationModel): string {
  const { through } = relation;
  const pairs = (list: RelationModel["pairs"]): string => list.map(({ outer, inner }) => `${outer.position}-${inner.position}`).join("&");
  return through === null ? `${pairs(relation.pairs)}:` : `${pairs(relation.pairs)}/${through.entity.length}:${through.entity}${pairs(through.pairs)}:`;
}

function rowReader(engine: Engine, columns: readonly PropertyModel[]): (row: readonly unknown[], property: PropertyModel) => unknown {
  const decoders = new Map(columns.map((property, position) => [property, [position, engine.dialect.decoder(property)] as const]));
  return (row, property) => {
    const found = decoders.get(property);
    return found === undefined ? undefined : found[1](row[found[0]]);
  };
}

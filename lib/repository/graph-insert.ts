import type { PropertyModel, RelationModel } from "../model/entity-model";
import type { TableSource } from "../sql/table-source";
import type { Engine } from "./engine";
import { connectRows } from "./graph-connect";
import { distinctive, type GraphNode, type GraphRelation } from "./graph-plan";
import type { PreparedGraph } from "./graph-prepare";
import { settleRow, storeRows, type StoredRow } from "./inserts";
import { EntityUnit } from "./unit";

/** One call that inserts graphs. */
export interface GraphCall {
  readonly engine: Engine;
  readonly rows: PreparedGraph;
  readonly operation: string;
  readonly signal: AbortSignal | undefined;
  readonly progress: (rows: number) => void;
}

/** Values of other rows for the columns that await them. */
type Links = ReadonlyMap<PropertyModel, unknown>;

/** A row to be inserted, and what it takes from others. */
interface Entry {
  readonly node: GraphNode;
  readonly links: Links;
}

/** A row that has been written; `settle` gives its entity, once all is stored. */
interface Written {
  readonly values: readonly unknown[];
  readonly settle: () => object;
}

/** Inserts rows with all that comes with them, level by level: what they refer to first, what refers to them afterwards. */
export async function insertLevel(call: GraphCall, source: TableSource, entries: readonly Entry[]): Promise<readonly Written[]> {
  const unit = new EntityUnit<object>(call.engine, source.model);
  const children = entries.map(() => new Map<string, readonly Written[]>());
  const linked = entries.map(({ links }) => new Map(links));
  for (const name of namesOf(entries, (relation) => relation.key !== null)) await insertReferred(call, entries, name, linked, children);
  const rows = entries.flatMap(({ node }, index) => {
    const row = call.rows.get(node);
    return row === undefined ? [] : [{ ...row, values: completed(node, row.values, linked[index]) }];
  });
  const stored = await storeRows(unit, source, rows, call);
  for (const name of namesOf(entries, (relation) => relation.key === null)) await insertReferring(call, source, entries, name, stored, children);
  return stored.map((row, index): Written => ({ values: row.values, settle: () => settleGraph(unit, row, entries[index], children[index]) }));
}

/** The values with those that were awaited. */
function completed({ source, taken: { awaited } }: GraphNode, values: readonly unknown[], links: Links | undefined): readonly unknown[] {
  return awaited.size === 0 ? values : source.model.columns.map((property) => awaited.has(property) ? links?.get(property) : values[property.position]);
}

function namesOf(entries: readonly Entry[], chosen: (relation: RelationModel) => boolean): readonly string[] {
  return [...new Set(entries.flatMap(({ node }) => node.relations.filter(({ relation }) => chosen(relation)).map(({ relation }) => relation.name)))];
}

/** The given relation of each row that has it. */
function given(entries: readonly Entry[], name: string): readonly (readonly [number, GraphRelation])[] {
  return entries.flatMap(({ node }, index) => {
    const found = node.relations.find(({ relation }) => relation.name === name);
    return found === undefined ? [] : [[index, found] as const];
  });
}

/** Rows that the entries' own foreign keys refer to. */
async function insertReferred(
  call: GraphCall, entries: readonly Entry[], name: string, linked: readonly Map<PropertyModel, unknown>[],
  children: readonly Map<string, readonly Written[]>[],
): Promise<void> {
  const fresh = given(entries, name).flatMap(([index, from]) => from.nodes.map((node) => ({ index, from, node })));
  const [first] = fresh;
  if (first === undefined) return;
  const written = await insertLevel(call, first.from.target, fresh.map(({ node }): Entry => ({ node, links: new Map() })));
  fresh.forEach(({ index, from }, position) => {
    const row = written[position];
    if (row === undefined) return;
    const { outer, inner } = distinctive(from.relation.pairs, from.target);
    linked[index]?.set(outer, row.values[inner.position]);
    children[index]?.set(name, [row]);
  });
}

/** Rows that refer to the entries, directly or through rows between. */
async function insertReferring(
  call: GraphCall, source: TableSource, entries: readonly Entry[], name: string, stored: readonly StoredRow<object>[],
  children: readonly Map<string, readonly Written[]>[],
): Promise<void> {
  const groups = given(entries, name);
  const [, like] = groups[0] ?? [];
  if (like === undefined) return;
  const { target, link, relation: { pairs, through } } = like;
  const linksTo = (index: number): Map<PropertyModel, unknown> =>
    new Map(pairs.map((pair) => [pair.inner, stored[index]?.values[pair.outer.position]]));
  const fresh = groups.flatMap(([index, { nodes }]) => nodes.map((node) => ({
    index, entry: { node, links: link === null ? linksTo(index) : ownerLinks(source, target, stored[index]) },
  })));
  const written = fresh.length === 0 ? [] : await insertLevel(call, target, fresh.map(({ entry }) => entry));
  for (const [index, { connected }] of groups) {
    children[index]?.set(name, written.filter((_, position) => fresh[position]?.index === index));
    if (connected.length > 0) await connectRows(call, source, target, connected, pairs, (property) => stored[index]?.values[property.position]);
  }
  if (link === null || through === null) return;
  const onward = distinctive(through.pairs, target);
  let position = 0;
  const between = groups.flatMap(([index, { nodes, between: rows }]) => rows.map((node, at): Entry => ({
    node, links: at < nodes.length ? linksTo(index).set(onward.outer, written[position++]?.values[onward.inner.position]) : linksTo(index),
  })));
  if (between.length > 0) await insertLevel(call, link, between);
}

/** Under a SystemContext, rows that come with a row belong to the same owner. */
function ownerLinks(source: TableSource, target: TableSource, row: StoredRow<object> | undefined): Links {
  const [from, to] = [source.model.ownership, target.model.ownership];
  return from === null || to === null ? new Map() : new Map([[to.property, row?.values[from.property.position]]]);
}

function settleGraph(
  unit: EntityUnit<object>, row: StoredRow<object>, entry: Entry | undefined, children: ReadonlyMap<string, readonly Written[]> | undefined,
): object {
  const entity = settleRow(unit.model, row);
  for (const { relation, whole } of entry?.node.relations ?? []) {
    const entities = (children?.get(relation.name) ?? []).map(({ settle }) => settle());
    // What is connected is not loaded: a part of the collection would pass for the whole.
    if (whole) (entity as Record<string, unknown>)[relation.name] = relation.many ? entities : entities[0] ?? null;
  }
  return entity;
}

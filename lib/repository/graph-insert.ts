import { ValidationError } from "../errors/classes";
import { rowNotAccessible } from "../errors/context-errors";
import { rowNotFound } from "../errors/query-errors";
import { invalidData } from "../errors/value-errors";
import type { PropertyModel, RelationModel } from "../model/entity-model";
import { logic } from "../sql/predicate";
import { statement, type UpdateStatement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import { inTurns } from "./bulk";
import { execute, type Engine } from "./engine";
import { connectedValue, distinctive, type GraphNode, type GraphRelation } from "./graph-plan";
import { prepareInsert, settleRow, storeRows, type Links, type StoredRow } from "./inserts";
import { keyPredicate, parseId, positions } from "./keys";
import { requireSystem } from "./references";
import { EntityUnit } from "./unit";

/** One call that inserts graphs. */
export interface GraphCall {
  readonly engine: Engine;
  /** The root entity's name, for messages. */
  readonly root: string;
  readonly operation: string;
  readonly signal: AbortSignal | undefined;
  readonly progress: (rows: number) => void;
}

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
  for (const name of namesOf(entries, (relation) => relation.key !== null)) await insertReferred(call, source, entries, name, linked, children);
  const rows = await inTurns(entries, async ({ node }, index) => {
    try {
      return await prepareInsert(unit, source, node.data, call.signal, linked[index]);
    } catch (error) {
      throw located(call, node, error);
    }
  });
  const stored = await storeRows(unit, source, rows, call);
  for (const name of namesOf(entries, (relation) => relation.key === null)) await insertReferring(call, source, entries, name, stored, children);
  return stored.map((row, index): Written => ({ values: row.values, settle: () => settleGraph(unit, row, entries[index], children[index]) }));
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
  call: GraphCall, source: TableSource, entries: readonly Entry[], name: string, linked: readonly Map<PropertyModel, unknown>[],
  children: readonly Map<string, readonly Written[]>[],
): Promise<void> {
  const fresh: { readonly index: number; readonly entry: Entry; readonly from: GraphRelation }[] = [];
  for (const [index, from] of given(entries, name)) {
    const { outer, inner } = distinctive(from.relation.pairs, from.target);
    const [id] = from.connected;
    if (from.connected.length > 0) linked[index]?.set(outer, connectedValue(from.target.model.name, inner, id));
    // A row of the same owner: under a SystemContext the owner is the one that the data names.
    const owner = source.model.ownership?.property;
    const named = owner === undefined ? undefined : (entries[index]?.node.data as Record<string, unknown>)[owner.name];
    const links = new Map(from.relation.pairs.flatMap((pair) => pair.outer === owner && named !== undefined ? [[pair.inner, named] as const] : []));
    for (const node of from.nodes) fresh.push({ index, from, entry: { node, links } });
  }
  const [first] = fresh;
  if (first === undefined) return;
  const written = await insertLevel(call, first.from.target, fresh.map(({ entry }) => entry));
  fresh.forEach(({ index, from }, position) => {
    const row = written[position];
    const { outer, inner } = distinctive(from.relation.pairs, from.target);
    if (row === undefined) return;
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
  const linksTo = (index: number, inner: TableSource): Map<PropertyModel, unknown> =>
    new Map(pairs.filter((pair) => !isStamped(inner, pair.inner)).map((pair) => [pair.inner, stored[index]?.values[pair.outer.position]]));
  const fresh = groups.flatMap(([index, { nodes }]) => nodes.map((node) => ({ index, entry: { node, links: link === null ? linksTo(index, target) : ownerLinks(source, target, stored[index]) } })));
  const written = fresh.length === 0 ? [] : await insertLevel(call, target, fresh.map(({ entry }) => entry));
  for (const [index, { connected }] of groups) {
    children[index]?.set(name, written.filter((_, position) => fresh[position]?.index === index));
    if (link !== null || through !== null) continue;
    for (const id of connected) await connectRow(call, target, id, linksTo(index, target));
  }
  if (link === null || through === null) return;
  const onward = distinctive(through.pairs, target);
  const rows = [
    ...fresh.map(({ index }, position): Links => linksTo(index, link).set(onward.outer, written[position]?.values[onward.inner.position])),
    ...groups.flatMap(([index, { connected }]) => connected.map((id): Links =>
      linksTo(index, link).set(onward.outer, connectedValue(target.model.name, onward.inner, id)))),
  ];
  await insertLevel(call, link, rows.map((links) => ({ links, node: { data: {}, path: name, relations: [] } })));
}

/** In a user's name the owner is stamped, and needs no telling. */
function isStamped({ access }: TableSource, property: PropertyModel): boolean {
  return access.kind === "user" && property === access.owner;
}

/** Under a SystemContext, rows that come with a row belong to the same owner. */
function ownerLinks(source: TableSource, target: TableSource, row: StoredRow<object> | undefined): Links {
  const [from, to] = [source.model.ownership, target.model.ownership];
  return from === null || to === null || isStamped(target, to.property) || from.ownerClass !== to.ownerClass
    ? new Map() : new Map([[to.property, row?.values[from.property.position]]]);
}

/** Lets a row that is there already refer to a new one. */
async function connectRow(call: GraphCall, target: TableSource, id: unknown, links: ReadonlyMap<PropertyModel, unknown>): Promise<void> {
  const { model } = target;
  const key = parseId(target, id);
  const assignments = [...links.keys()].filter((property) => !key.properties.includes(property));
  const unit = new EntityUnit<object>(call.engine, model);
  requireSystem(unit, target.scope, "update", assignments);
  const result = await execute(call.engine, {
    operation: call.operation, scope: target.scope, source: target, signal: call.signal,
    values: [...assignments.map((property) => links.get(property)), ...key.values],
    shape: `connect${positions(assignments)}?${positions(key.properties)}`,
    build: (opened) => statement<UpdateStatement>({
      kind: "update", mode: "set", source: opened, assignments, returning: [],
      where: logic("and", [keyPredicate(key.properties, assignments.length)]),
    }),
  });
  if (result.changes === 0) throw model.ownership === null ? rowNotFound(model.name) : rowNotAccessible(model.name, "");
}

function settleGraph(
  unit: EntityUnit<object>, row: StoredRow<object>, entry: Entry | undefined, children: ReadonlyMap<string, readonly Written[]> | undefined,
): object {
  const entity = settleRow(unit.model, row);
  for (const { relation, connected } of entry?.node.relations ?? []) {
    const entities = (children?.get(relation.name) ?? []).map(({ settle }) => settle());
    // What is connected is not loaded: a part of the collection would pass for the whole.
    if (connected.length === 0) (entity as Record<string, unknown>)[relation.name] = relation.many ? entities : entities[0] ?? null;
  }
  return entity;
}

/** Says where in the caller's data a fault is. */
function located({ root }: GraphCall, node: GraphNode, error: unknown): unknown {
  if (node.path === "" || !(error instanceof ValidationError)) return error;
  return invalidData(root, error.faults.map((fault) => ({ ...fault, property: `${node.path}.${fault.property}` })));
}

import { foreignOwner } from "../errors/context-errors";
import { badConnect, instanceTwice, linkNeedsMore, nestsTooDeep } from "../errors/query-errors";
import { invalidData, valueFaults } from "../errors/value-errors";
import type { ColumnPair, PropertyModel, RelationModel } from "../model/entity-model";
import type { TableSource } from "../sql/table-source";
import { isPlainObject } from "../util/plain-object";
import { Connect } from "./connect";
import type { Engine } from "./engine";
import { nothingTaken, type Taken } from "./inserts";
import { parseId, type KeyCondition } from "./keys";
import { keyText } from "./lists";
import { requireSystem } from "./references";
import { linkOf, targetOf } from "./related";
import { EntityUnit } from "./unit";
import { checkValue } from "./validation";

const DEEPEST = 32;

/** One row to be inserted, with the rows that come with it. */
export interface GraphNode {
  readonly source: TableSource;
  /** Its columns as plain data, or the caller's instance. */
  readonly data: unknown;
  /** Where it stands in the caller's data, such as `tasks[1]`; empty for a root. */
  readonly path: string;
  readonly taken: Taken;
  readonly relations: readonly GraphRelation[];
}

/** What is given for one relation of a row. */
export interface GraphRelation {
  readonly relation: RelationModel;
  readonly target: TableSource;
  readonly link: TableSource | null;
  /** Rows to be inserted. */
  readonly nodes: readonly GraphNode[];
  /** Rows between: for each of `nodes`, then for each connected row. */
  readonly between: readonly GraphNode[];
  /** Rows that are there already and are to refer to this one. */
  readonly connected: readonly KeyCondition[];
  /** Whether `nodes` are all that there is. */
  readonly whole: boolean;
}

/** One call's work of taking data apart. */
export interface GraphPlanning {
  readonly engine: Engine;
  /** Instances met so far: each stands for one row. */
  readonly seen: Set<object>;
}

/** A node whose relations are being planned: its own keys settle what it takes. */
interface Draft {
  readonly planning: GraphPlanning;
  readonly source: TableSource;
  readonly data: Readonly<Record<string, unknown>>;
  readonly known: Map<PropertyModel, unknown>;
  readonly awaited: Set<PropertyModel>;
  readonly depth: number;
}

/** Whether data holds anything for a relation; instances are taken by their columns alone. */
export function hasRelations(source: TableSource, data: unknown): boolean {
  return isPlainObject(data) && Object.keys(data).some((name) => source.model.relations[name] !== undefined && data[name] !== undefined);
}

/** Takes data apart, level by level, and opens every table that it reaches: all before any SQL. */
export function planGraph(planning: GraphPlanning, source: TableSource, data: unknown, taken = nothingTaken, path = "", depth = 0): GraphNode {
  const { model } = source;
  if (depth > DEEPEST) throw nestsTooDeep(model.name, "data", DEEPEST);
  if (!isPlainObject(data)) {
    if (data instanceof model.target) {
      if (planning.seen.has(data)) throw instanceTwice(model.name, path);
      planning.seen.add(data);
    }
    return { source, data, path, taken, relations: [] };
  }
  const columns = Object.fromEntries(Object.entries(data).filter(([name]) => model.relations[name] === undefined));
  const draft: Draft = { planning, source, data: columns, known: new Map(taken.known), awaited: new Set(taken.awaited), depth };
  const relations = Object.entries(data).flatMap(([name, value]) => {
    const relation = model.relations[name];
    return relation === undefined || value === undefined ? [] : [planRelation(draft, relation, value, path === "" ? name : `${path}.${name}`)];
  });
  return { source, data: columns, path, taken: { known: draft.known, awaited: draft.awaited }, relations };
}

interface Given {
  readonly ids: readonly unknown[];
  readonly rows: readonly { readonly data: object; readonly path: string }[];
}

function readRelation({ model }: TableSource, relation: RelationModel, value: unknown, place: string): Given {
  const refuse = (wanted: string): never => {
    throw invalidData(model.name, [valueFaults.inList(place, "type", `needs ${wanted}`)]);
  };
  const items: readonly unknown[] = relation.many
    ? Array.isArray(value) ? value as unknown[] : refuse("a list of data or connect(id)")
    : value === null ? refuse("data or connect(id); leave it out for none") : [value];
  return {
    ids: items.flatMap((item) => Connect.is(item) ? [Connect.idOf(item)] : []),
    rows: items.flatMap((item, index) => {
      if (Connect.is(item)) return [];
      if (typeof item !== "object" || item === null || Array.isArray(item)) return refuse("data or connect(id)");
      return [{ data: item, path: relation.many ? `${place}[${index}]` : place }];
    }),
  };
}

function planRelation(draft: Draft, relation: RelationModel, value: unknown, place: string): GraphRelation {
  const { source, planning, known, awaited } = draft;
  const target = targetOf(planning.engine, source, relation);
  const link = linkOf(planning.engine, source, relation);
  const { ids, rows } = readRelation(source, relation, value, place);
  const nodesWith = (taken: Taken): GraphNode[] => rows.map(({ data, path }) => planGraph(planning, target, data, taken, path, draft.depth + 1));
  const base = { relation, target, link, between: [], connected: [], whole: ids.length === 0 };
  if (relation.key !== null) {
    const { outer, inner } = distinctive(relation.pairs, target);
    for (const id of ids) known.set(outer, connectedValue(target.model.name, inner, id));
    // The owner of a row in a user's name is there already: it cannot come with it.
    if (rows.length > 0 && isStamped(source, outer)) throw foreignOwner(source.model.name, outer.name);
    if (rows.length > 0) awaited.add(outer);
    return { ...base, nodes: nodesWith(sameOwner(draft, target)) };
  }
  if (link !== null && relation.through !== null) {
    const onward = distinctive(relation.through.pairs, target);
    refuseDemanding(source, relation, link, [...relation.pairs.map(({ inner }) => inner), onward.outer]);
    const near = takenFrom(draft, link, relation.pairs);
    const nodes = nodesWith(sameOwner(draft, target));
    if (nodes.length > 0 && isStamped(link, onward.outer)) throw foreignOwner(link.model.name, onward.outer.name);
    const values = new Map(ids.map((id) => connectedValue(target.model.name, onward.inner, id)).map((each) => [keyText([each]), each]));
    const row = (path: string, taken: Taken): GraphNode => ({ source: link, data: {}, path, taken, relations: [] });
    return {
      ...base, nodes,
      between: [
        ...nodes.map((node) => row(node.path, {
          known: new Map([...ownerOf(node, link), ...near.known]), awaited: new Set([...near.awaited, onward.outer]),
        })),
        ...[...values.values()].map((each) => row(place, { ...near, known: new Map([...near.known, [onward.outer, each]]) })),
      ],
    };
  }
  if (ids.length > 0) requireSystem(new EntityUnit<object>(planning.engine, target.model), target.scope, "update", [distinctive(relation.pairs, source, true).inner]);
  return { ...base, nodes: nodesWith(takenFrom(draft, target, relation.pairs)), connected: ids.map((id) => parseId(target, id)) };
}

/**
 * What rows that refer to this one take from it.
 *
 * @throws AccessViolationError where that would be another owner than the context's
 */
function takenFrom(draft: Draft, inner: TableSource, pairs: readonly ColumnPair[]): Taken {
  const owner = draft.source.model.ownership?.property;
  const known = new Map<PropertyModel, unknown>();
  const awaited = new Set<PropertyModel>();
  for (const pair of pairs) {
    const value = pair.outer === owner ? ownOwner(draft) : undefined;
    if (isStamped(inner, pair.inner)) {
      if (pair.outer !== owner) throw foreignOwner(inner.model.name, pair.inner.name);
    } else if (value !== undefined) known.set(pair.inner, value);
    else awaited.add(pair.inner);
  }
  return { known, awaited };
}

/** Under a SystemContext, rows that come with a row belong to the same owner. */
function sameOwner(draft: Draft, target: TableSource): Taken {
  const [from, to] = [draft.source.model.ownership, target.model.ownership];
  if (from === null || to === null || from.ownerClass !== to.ownerClass || isStamped(target, to.property)) return nothingTaken;
  const value = ownOwner(draft);
  if (value !== undefined) return { known: new Map([[to.property, value]]), awaited: new Set() };
  return draft.awaited.has(from.property) ? { known: new Map(), awaited: new Set([to.property]) } : nothingTaken;
}

function ownOwner({ source, data, known }: Draft): unknown {
  const owner = source.model.ownership?.property;
  return owner === undefined ? undefined : known.get(owner) ?? data[owner.name] ?? undefined;
}

/** Under a SystemContext, a row between belongs to the owner that the row at its other end names. */
function ownerOf({ source, data, taken }: GraphNode, link: TableSource): readonly (readonly [PropertyModel, unknown])[] {
  const [from, to] = [source.model.ownership?.property, link.model.ownership?.property];
  if (from === undefined || to === undefined || isStamped(link, to)) return [];
  const value = taken.known.get(from) ?? (data as Readonly<Record<string, unknown>>)[from.name];
  return value === undefined || value === null ? [] : [[to, value]];
}

/** In a user's name the owner is stamped, and needs no telling. */
export function isStamped({ access }: TableSource, property: PropertyModel): boolean {
  return access.kind === "user" && property === access.owner;
}

/** @throws InvalidQueryError when a row between cannot be made of its two keys */
function refuseDemanding(source: TableSource, relation: RelationModel, { model }: TableSource, keys: readonly PropertyModel[]): void {
  const more = model.columns.filter((property) => !keys.includes(property) && property !== model.ownership?.property
    && !property.nullable && property.generated === null && property.default === null);
  if (more.length > 0) throw linkNeedsMore(source.model.name, relation.name, model.name, more.map((property) => property.name));
}

/**
 * The pair whose columns tell rows of one owner apart; the other one, where there is one, is the owner.
 *
 * @param reverse whether `side` is where the pairs begin instead of where they end
 */
export function distinctive(pairs: readonly ColumnPair[], side: TableSource, reverse = false): ColumnPair {
  const owner = side.model.ownership?.property;
  const found = pairs.find((pair) => (reverse ? pair.outer : pair.inner) !== owner) ?? pairs[0];
  if (found === undefined) throw new TypeError("a relation without columns");
  return found;
}

/** The value that a foreign key takes from `connect(id)`: the id itself, or an object of that one property. */
function connectedValue(entity: string, property: PropertyModel, id: unknown): unknown {
  const value = isPlainObject(id) && Object.keys(id).length === 1 ? id[property.name] : id;
  if (value === undefined || value === null) throw badConnect(entity, property.name);
  const outcome = checkValue(property, value);
  if ("fault" in outcome) throw invalidData(entity, [outcome.fault]);
  return outcome.value;
}

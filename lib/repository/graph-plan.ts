import { badConnect, nestsTooDeep } from "../errors/query-errors";
import { invalidData, valueFaults } from "../errors/value-errors";
import type { ColumnPair, PropertyModel, RelationModel } from "../model/entity-model";
import type { TableSource } from "../sql/table-source";
import { isPlainObject } from "../util/plain-object";
import { Connect } from "./connect";
import type { Engine } from "./engine";
import { linkOf, targetOf } from "./related";
import { checkValue } from "./validation";

const DEEPEST = 32;

/** One row to be inserted, with the rows that come with it. */
export interface GraphNode {
  /** Its columns as plain data, or the caller's instance. */
  readonly data: unknown;
  /** Where it stands in the caller's data, such as `tasks[1]`; empty for a root. */
  readonly path: string;
  readonly relations: readonly GraphRelation[];
}

/** What is given for one relation of a row. */
export interface GraphRelation {
  readonly relation: RelationModel;
  readonly target: TableSource;
  readonly link: TableSource | null;
  /** Rows to be inserted. */
  readonly nodes: readonly GraphNode[];
  /** Ids of rows that are there already. */
  readonly connected: readonly unknown[];
}

/** Whether data holds anything for a relation; instances are taken by their columns alone. */
export function hasRelations(source: TableSource, data: unknown): boolean {
  return isPlainObject(data) && Object.keys(data).some((name) => source.model.relations[name] !== undefined && data[name] !== undefined);
}

/** Takes data apart, level by level, and opens every table that it reaches: all before any SQL. */
export function planGraph(engine: Engine, source: TableSource, data: unknown, path = "", depth = 0): GraphNode {
  if (depth > DEEPEST) throw nestsTooDeep(source.model.name, "data", DEEPEST);
  if (!isPlainObject(data)) return { data, path, relations: [] };
  const { model } = source;
  const relations = Object.entries(data).flatMap(([name, value]) => {
    const relation = model.relations[name];
    return relation === undefined || value === undefined ? [] : [planRelation(engine, source, relation, value, path, depth)];
  });
  const columns = Object.fromEntries(Object.entries(data).filter(([name]) => model.relations[name] === undefined));
  return { data: columns, path, relations };
}

function planRelation(
  engine: Engine, source: TableSource, relation: RelationModel, value: unknown, path: string, depth: number,
): GraphRelation {
  const place = path === "" ? relation.name : `${path}.${relation.name}`;
  const refuse = (wanted: string): never => {
    throw invalidData(source.model.name, [valueFaults.inList(place, "type", `needs ${wanted}`)]);
  };
  const target = targetOf(engine, source, relation);
  const link = linkOf(engine, source, relation);
  const items: readonly unknown[] = relation.many
    ? Array.isArray(value) ? value as unknown[] : refuse("a list of data or connect(id)")
    : value === null ? refuse("data or connect(id); leave it out for none") : [value];
  const connected = items.flatMap((item) => Connect.is(item) ? [Connect.idOf(item)] : []);
  const nodes = items.flatMap((item, index) => {
    if (Connect.is(item)) return [];
    if (typeof item !== "object" || item === null || Array.isArray(item)) return refuse("data or connect(id)");
    return [planGraph(engine, target, item, relation.many ? `${place}[${index}]` : place, depth + 1)];
  });
  return { relation, target, link, nodes, connected };
}

/** The pair whose columns tell rows of one owner apart; the other one, where there is one, is the owner. */
export function distinctive(pairs: readonly ColumnPair[], inner: TableSource): ColumnPair {
  const owner = inner.model.ownership?.property;
  const found = pairs.find((pair) => pair.inner !== owner) ?? pairs[0];
  if (found === undefined) throw new TypeError("a relation without columns");
  return found;
}

/** The value that a foreign key takes from `connect(id)`: the id itself, or an object of that one property. */
export function connectedValue(entity: string, property: PropertyModel, id: unknown): unknown {
  const value = isPlainObject(id) && Object.keys(id).length === 1 ? id[property.name] : id;
  if (value === undefined || value === null) throw badConnect(entity, property.name);
  const outcome = checkValue(property, value);
  if ("fault" in outcome) throw invalidData(entity, [outcome.fault]);
  return outcome.value;
}

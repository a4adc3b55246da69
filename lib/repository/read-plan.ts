import { badOption, nestsTooDeep, unknownRelation } from "../errors/query-errors";
import type { Hydrator } from "../hydrate/hydrator";
import type { ColumnPair, PropertyModel, RelationModel } from "../model/entity-model";
import type { OrderTerm, RowLock } from "../sql/statement";
import { shownBeside, type TableSource } from "../sql/table-source";
import { isPlainObject } from "../util/plain-object";
import type { Engine } from "./engine";
import { parseOrder } from "./ordering";
import { parseCount } from "./options";
import { linkOf, targetOf } from "./related";
import { parseSelection } from "./selection";
import { parseWhere, type ParsedWhere } from "./where-parser";

/** What is read of an entity, and of which relations. */
export interface ReadPlan<E extends object> {
  readonly source: TableSource;
  readonly hydrator: Hydrator<E>;
  /** The hydrator's columns, then those that relations need besides. */
  readonly columns: readonly PropertyModel[];
  readonly relations: readonly RelationPlan[];
  readonly lock?: RowLock | undefined;
}

/** How one relation is read: checked, with its tables opened, before any SQL runs. */
export interface RelationPlan extends ReadPlan<object> {
  readonly relation: RelationModel;
  readonly link: TableSource | null;
  /** By which its rows are found: columns of the row in hand (outer), and of the link or the target (inner). */
  readonly pairs: readonly ColumnPair[];
  readonly where: ParsedWhere;
  /** The values of `where`. */
  readonly values: readonly unknown[];
  readonly order: readonly OrderTerm[];
  readonly limit: number | null;
}

const none: readonly RelationPlan[] = Object.freeze([]);
const DEEPEST = 32;
const TO_ONE = ["where", "select", "with", "withDeleted"];
const TO_MANY = [...TO_ONE, "orderBy", "limit"];

/**
 * Checks `select` and `with` of a read, however deep.
 *
 * @param pinned columns that must be read although nobody selected them
 */
export function planRead<E extends object>(
  engine: Engine, source: TableSource, asked: { readonly select?: unknown; readonly with?: unknown; readonly lock?: unknown }, pinned: readonly PropertyModel[] = [],
  depth = 0,
): ReadPlan<E> {
  const { model } = source;
  if (asked.select === undefined && asked.with === undefined && pinned.length === 0) {
    const hydrator = engine.hydrators.whole<E>(model);
    return { source, hydrator, relations: none, columns: hydrator.columns, lock: asked.lock as RowLock | undefined };
  }
  const hydrator = asked.select === undefined ? engine.hydrators.whole<E>(model)
    : engine.hydrators.of<E>(model, parseSelection(model, asked.select));
  const relations = planRelations(engine, source, asked.with, depth);
  const needed = new Set([...hydrator.columns, ...pinned, ...relations.flatMap(({ relation }) => relation.pairs.map(({ outer }) => outer))]);
  return { source, hydrator, relations, lock: asked.lock as RowLock | undefined, columns: relations.length === 0 && pinned.length === 0 ? hydrator.columns : [...needed] };
}

/** Checks the `with` of a read or of `db.load`. */
export function planRelations(engine: Engine, source: TableSource, asked: unknown, depth = 0): readonly RelationPlan[] {
  const { model } = source;
  if (asked === undefined) return [];
  if (depth >= DEEPEST) throw nestsTooDeep(model.name, "with", DEEPEST);
  if (!isPlainObject(asked)) throw badOption(model.name, "with", "an object such as { project: true }", asked);
  return Object.entries(asked).flatMap(([name, entry]) => {
    const relation = model.relations[name];
    if (relation === undefined) throw unknownRelation(model.name, name, Object.keys(model.relations));
    return entry === undefined || entry === false ? [] : [planRelation(engine, source, relation, entry, depth)];
  });
}

function planRelation(engine: Engine, source: TableSource, relation: RelationModel, entry: unknown, depth: number): RelationPlan {
  const { model } = source;
  const option = `with.${relation.name}`;
  if (entry !== true && !isPlainObject(entry)) throw badOption(model.name, option, `true or an object of ${TO_MANY.join(", ")}`, entry);
  const asked: Readonly<Record<string, unknown>> = entry === true ? {} : entry;
  const known = relation.many ? TO_MANY : TO_ONE;
  for (const name of Object.keys(asked)) if (!known.includes(name)) throw badOption(model.name, option, `true or an object of ${known.join(", ")}`, asked);
  const { withDeleted = false } = asked;
  if (typeof withDeleted !== "boolean") throw badOption(model.name, `${option}.withDeleted`, "true or false", withDeleted);
  const shown = withDeleted ? "all" : shownBeside(source);
  const target = targetOf(engine, source, relation, shown);
  const link = linkOf(engine, source, relation, shown);
  const values: unknown[] = [];
  const where = parseWhere(target, asked["where"] ?? {}, engine, values);
  const pairs = searched(relation, link ?? target);
  return {
    ...planRead<object>(engine, target, asked, link === null ? pairs.map(({ inner }) => inner) : [], depth + 1),
    relation, link, pairs, where, values,
    order: parseOrder(target, asked["orderBy"], engine),
    limit: parseCount(target.model, "limit", asked["limit"]),
  };
}

/** Where the guard says the owner anyway, the other columns find the row. */
function searched(relation: RelationModel, inner: TableSource): readonly ColumnPair[] {
  const { access } = inner;
  const rest = access.kind === "user" ? relation.pairs.filter((pair) => pair.inner !== access.owner) : relation.pairs;
  return rest.length === 0 ? relation.pairs : rest;
}

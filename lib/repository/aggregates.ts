import { Undecodable } from "../dialect/dialect";
import { undecodable } from "../errors/constraint-errors";
import { badOption, needsGroups, nothingToAggregate, operatorNotForType, unknownOption } from "../errors/query-errors";
import type { EntityModel, PropertyModel } from "../model/entity-model";
import type { Scope } from "../scope/access";
import type { AggregateOrder, AggregateStatement, DatePart, GroupColumn, MeasureColumn, MeasureKind } from "../sql/aggregate";
import { logic, type PredicateNode } from "../sql/predicate";
import { statement } from "../sql/statement";
import { isPlainObject } from "../util/plain-object";
import { execute, type Engine } from "./engine";
import { openRead } from "./open-read";
import { COUNT_OPTIONS, parseCount, type CountOptions } from "./options";
import { parseDirection } from "./ordering";
import { propertyOf } from "./selection";
import type { EntityUnit } from "./unit";
import { parseCondition, parseWhere } from "./where-parser";

const MEASURES: readonly MeasureKind[] = ["countDistinct", "sum", "avg", "min", "max"];
const REQUEST: readonly string[] = ["where", "groupBy", "count", ...MEASURES, "having", "orderBy", "limit", "offset"];
const GROUPS_ONLY = ["having", "orderBy", "limit", "offset"];
const PARTS: readonly unknown[] = ["day", "month", "year"];

/** Counts, sums, means and extremes over rows, or over each group of rows. */
export async function aggregate<E extends object>(
  unit: EntityUnit<E>, scope: Scope, request: unknown, options: CountOptions | undefined,
): Promise<unknown> {
  const { engine, model } = unit;
  const { source, asked: { signal } } = openRead(unit, scope, options, COUNT_OPTIONS);
  const asked = checkRequest(model, request);
  const columns = new AggregateColumns(engine, model, asked);
  const values: unknown[] = [];
  const where = parseWhere(source, asked["where"] ?? {}, engine, values);
  const having = named(model, "having", asked["having"]).flatMap(([kind, entry]) =>
    columns.addressed(kind, entry, `having.${kind}`).map(([column, condition]) => parseCondition(source, compared(column, kind, model), condition, engine, values)));
  const order = columns.order(asked["orderBy"]);
  const slotOf = (option: "limit" | "offset"): number | null => {
    const value = parseCount(model, option, asked[option]);
    return value === null ? null : values.push(value) - 1;
  };
  const [limitSlot, offsetSlot] = [slotOf("limit"), slotOf("offset")];
  const { groups, measures } = columns;
  const result = await execute(engine, {
    operation: "aggregate", scope, source, values, signal,
    shape: [
      where.shape, groups.map(({ property, part }) => `${property.position}${part ?? ""}`).join(","),
      measures.map(({ kind, property, selected }) => `${kind}${property?.position ?? ""}${selected ? "" : "-"}`).join(","),
      having.map(({ shape }) => shape).join("&"), order.map(({ property, direction, nulls }) => `${property.column}${direction}${nulls}`).join(","),
      `${limitSlot === null ? "" : "l"}${offsetSlot === null ? "" : "o"}`,
    ].join(">"),
    build: (opened) => statement<AggregateStatement>({
      kind: "aggregate", source: opened, where: where.predicate, groups, measures, order, limitSlot, offsetSlot,
      having: logic("and", having.map(({ predicate }): PredicateNode => predicate)),
    }),
  });
  const rows = result.rows.map((row) => columns.read(row));
  return asked["groupBy"] === undefined ? rows[0] : rows;
}

function checkRequest(model: EntityModel, request: unknown): Readonly<Record<string, unknown>> {
  if (!isPlainObject(request)) throw badOption(model.name, "aggregate", 'an object such as { count: true, sum: ["hours"] }', request);
  for (const name of Object.keys(request)) if (!REQUEST.includes(name)) throw unknownOption(model.name, name, REQUEST);
  if (request["groupBy"] === undefined) {
    for (const name of GROUPS_ONLY) if (request[name] !== undefined) throw needsGroups(model.name, name);
  }
  return request;
}

function named(model: EntityModel, option: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (value === undefined) return [];
  if (!isPlainObject(value)) throw badOption(model.name, option, "an object such as { count: gte(2) }", value);
  return Object.entries(value);
}

/** The columns of one aggregate: what it groups by, and what it computes. */
class AggregateColumns {
  readonly groups: readonly GroupColumn[];
  readonly #engine: Engine;
  readonly #model: EntityModel;
  readonly #measures: MeasureColumn[] = [];
  #readers: readonly ((row: readonly unknown[], into: Record<string, unknown>) => void)[] | null = null;

  constructor(engine: Engine, model: EntityModel, asked: Readonly<Record<string, unknown>>) {
    this.#engine = engine;
    this.#model = model;
    this.groups = this.#groups(asked["groupBy"]);
    const { count } = asked;
    if (count !== undefined && count !== true && count !== false) throw badOption(model.name, "count", "true", count);
    if (count === true) this.#measure("count", null, true);
    for (const kind of MEASURES) {
      const list = asked[kind];
      if (list === undefined) continue;
      if (!Array.isArray(list)) throw badOption(model.name, kind, 'a list of properties such as ["hours"]', list);
      for (const name of list as readonly unknown[]) this.#measure(kind, propertyOf(model, name), true);
    }
    if (this.groups.length === 0 && this.#measures.length === 0) throw nothingToAggregate(model.name);
  }

  get measures(): readonly MeasureColumn[] { return this.#measures; }

  /** The columns that `having` or `orderBy` name under a kind, with what is said of each. */
  addressed(kind: string, entry: unknown, option: string): readonly (readonly [PropertyModel, unknown])[] {
    if (kind === "count") return [[this.#measure("count", null, false), entry]];
    const measure = MEASURES.find((known) => known === kind);
    if (measure === undefined) throw unknownOption(this.#model.name, option, ["count", ...MEASURES]);
    return named(this.#model, option, entry).map(([name, said]) => [this.#measure(measure, propertyOf(this.#model, name), false), said]);
  }

  order(orderBy: unknown): readonly AggregateOrder[] {
    const model = this.#model;
    const list = orderBy === undefined ? [] : Array.isArray(orderBy) ? orderBy as readonly unknown[] : [orderBy];
    const asked = list.flatMap((part) => {
      if (!isPlainObject(part)) throw badOption(model.name, "orderBy", 'an object such as { count: "desc" } or a list of them', part);
      return Object.entries(part).flatMap(([kind, entry]) => kind === "group" ? this.#grouped(entry) : this.addressed(kind, entry, `orderBy.${kind}`))
        .map(([property, said]): AggregateOrder => ({ ...parseDirection(model, property, said) }));
    });
    const all = [...asked, ...this.groups.map(({ as }): AggregateOrder => ({ property: as, direction: "asc", nulls: "last" }))];
    return all.filter((one, index) => all.findIndex((other) => other.property === one.property) === index);
  }

  /** A row as the caller gets it. */
  read(row: readonly unknown[]): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const reader of this.#readers ??= this.#compile()) reader(row, result);
    return result;
  }

  #compile(): readonly ((row: readonly unknown[], into: Record<string, unknown>) => void)[] {
    const { dialect } = this.#engine;
    return [...this.groups, ...this.#measures].filter(({ selected }) => selected).map((column, position) => {
      const decode = dialect.decoder(column.as);
      const read = (row: readonly unknown[]): unknown => {
        try {
          return "kind" in column ? totalOf(column, decode(row[position])) : decode(row[position]);
        } catch (error) {
          if (!(error instanceof Undecodable)) throw error;
          throw undecodable(this.#model.name, column.property?.name ?? "count", "(aggregate)", error.message);
        }
      };
      const kind = "kind" in column ? column.kind : "group";
      const { property } = column;
      return (row, into) => {
        if (property === null) into[kind] = read(row);
        else Object.assign(into, { [kind]: { ...(into[kind] as object | undefined), [property.name]: read(row) } });
      };
    });
  }

  #groups(groupBy: unknown): readonly GroupColumn[] {
    if (groupBy === undefined) return [];
    const model = this.#model;
    if (!Array.isArray(groupBy) || groupBy.length === 0) throw badOption(model.name, "groupBy", 'a list such as ["state", { due: "month" }]', groupBy);
    const terms = (groupBy as readonly unknown[]).flatMap((term): readonly (readonly [PropertyModel, DatePart | null])[] => {
      if (!isPlainObject(term)) return [[propertyOf(model, term), null]];
      return Object.entries(term).map(([name, part]) => {
        const property = propertyOf(model, name);
        if (!PARTS.includes(part)) throw badOption(model.name, `groupBy.${name}`, '"day", "month" or "year"', part);
        if (property.type !== "datetime" && property.type !== "date") throw operatorNotForType(model.name, name, `groupBy ${String(part)}`, property.type);
        return [property, part as DatePart];
      });
    });
    return terms.map(([property, part], index) => {
      if (terms.findIndex(([other]) => other === property) < index) throw badOption(model.name, "groupBy", "a list that names each property once", property.name);
      if (property.type === "json") throw operatorNotForType(model.name, property.name, "groupBy", property.type);
      const as: PropertyModel = outer(property, `g${index}`, part === null ? property.type : "text", index);
      return { property, part, as, selected: true };
    });
  }

  #grouped(entry: unknown): readonly (readonly [PropertyModel, unknown])[] {
    return named(this.#model, "orderBy.group", entry).map(([name, said]) => {
      const property = propertyOf(this.#model, name);
      const group = this.groups.find((one) => one.property === property);
      if (group === undefined) throw badOption(this.#model.name, "orderBy.group", "an object of properties in groupBy", name);
      if (group.part === null && !this.#engine.dialect.ordered(property)) throw operatorNotForType(this.#model.name, name, "orderBy", property.type);
      return [group.as, said];
    });
  }

  /** The measure, added where it is not there yet. */
  #measure(kind: MeasureKind, property: PropertyModel | null, selected: boolean): PropertyModel {
    const index = this.#measures.findIndex((one) => one.kind === kind && one.property === property);
    const found = this.#measures[index];
    if (found !== undefined) return found.as;
    const type = property === null ? "integer" : this.#typeOf(kind, property);
    const as = outer(property, `m${this.#measures.length}`, type, this.groups.length + this.#measures.length);
    this.#measures.push({ kind, property, as, selected });
    return as;
  }

  #typeOf(kind: MeasureKind, property: PropertyModel): PropertyModel["type"] {
    const { dialect } = this.#engine;
    const { name, type } = property;
    const fits = kind === "countDistinct" ? type !== "json" : kind === "sum" || kind === "avg" ? dialect.summable(property) : dialect.ordered(property);
    if (!fits) throw operatorNotForType(this.#model.name, name, kind, type);
    if (kind === "countDistinct") return "integer";
    if (kind === "avg") return "real";
    // Whole numbers add up to more than either driver reads exactly: as text they travel whole.
    return kind === "sum" && type === "integer" ? "bigint" : type;
  }
}

/** A column of the grouping as those outside see it. */
function outer(property: PropertyModel | null, column: string, type: PropertyModel["type"], position: number): PropertyModel {
  return Object.freeze({
    name: property?.name ?? "count", column, type, position, nullable: true, generated: null, default: null, json: null, columnType: null, loose: false,
    values: type === "enum" ? property?.values ?? null : null,
    length: null, precision: property?.precision ?? null, scale: property?.scale ?? null, select: true, key: false, partial: false,
  });
}

/** A sum of whole numbers travels as a bigint, and is compared with numbers all the same. */
function compared(column: PropertyModel, kind: string, model: EntityModel): PropertyModel {
  return kind === "sum" && model.properties[column.name]?.type === "integer" ? Object.freeze({ ...column, type: "integer" }) : column;
}

/** A sum of whole numbers, which was read as a bigint, as the number that it is. */
function totalOf({ kind, property }: MeasureColumn, value: unknown): unknown {
  if (kind !== "sum" || property?.type !== "integer" || typeof value !== "bigint") return value;
  const total = Number(value);
  if (!Number.isSafeInteger(total)) throw new Undecodable("adds up to a whole number beyond ±(2^53 − 1)");
  return total;
}

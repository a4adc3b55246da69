import type { PropertyModel } from "../model/entity-model";
import type { PredicateNode } from "./predicate";
import type { TableSource } from "./table-source";

export type DatePart = "day" | "month" | "year";
export type MeasureKind = "count" | "countDistinct" | "sum" | "avg" | "min" | "max";

/** `as`: the column that it is outside of the grouping. */
export interface GroupColumn {
  readonly property: PropertyModel;
  readonly part: DatePart | null;
  readonly as: PropertyModel;
  readonly selected: boolean;
}

/** A `count` of no property counts rows. One that only `having` or the order asks for is not selected. */
export interface MeasureColumn {
  readonly kind: MeasureKind;
  readonly property: PropertyModel | null;
  readonly as: PropertyModel;
  readonly selected: boolean;
}

/** Of an outer column. */
export interface AggregateOrder {
  readonly property: PropertyModel;
  readonly direction: "asc" | "desc";
  readonly nulls: "first" | "last";
}

/** `having` speaks of the outer columns (`as`), `where` of the table's. */
export interface AggregateStatement {
  readonly kind: "aggregate";
  readonly source: TableSource;
  readonly where: PredicateNode;
  readonly groups: readonly GroupColumn[];
  readonly measures: readonly MeasureColumn[];
  readonly having: PredicateNode;
  readonly order: readonly AggregateOrder[];
  readonly limitSlot: number | null;
  readonly offsetSlot: number | null;
}

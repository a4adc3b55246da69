import { selfOwnedBySystem } from "../errors/context-errors";
import { mixedScopes, ownerAssigned } from "../errors/query-errors";
import type { ColumnPair, PropertyModel } from "../model/entity-model";
import type { AggregateStatement } from "./aggregate";
import { sourcesIn, type PredicateNode } from "./predicate";
import { requireSource, shownBeside, type TableSource } from "./table-source";

/** A step to the one row of another table that the pairs name. */
export interface Hop {
  readonly source: TableSource;
  readonly pairs: readonly ColumnPair[];
}

export interface OrderTerm {
  /** The steps to the row that has the property; none: the row itself. */
  readonly via?: readonly Hop[];
  readonly property: PropertyModel;
  readonly direction: "asc" | "desc";
  /** `any`: where no row that is read has null there. */
  readonly nulls: "first" | "last" | "any";
}

/** Slots in all statements: the position of a value among those given when the statement runs. */
export interface SelectStatement {
  readonly kind: "select";
  readonly source: TableSource;
  readonly columns: readonly PropertyModel[];
  readonly where: PredicateNode;
  readonly order: readonly OrderTerm[];
  readonly limitSlot: number | null;
  readonly offsetSlot: number | null;
  /** Whether more than a few rows may come, so that an engine may send them in another way. */
  readonly many?: boolean;
  /** Keeps others from changing the rows until the transaction ends; `skipLocked` leaves out those that somebody keeps already. */
  readonly lock?: RowLock;
  /** Values of rows that these lead to, selected after the table's own columns. */
  readonly reached?: readonly ReachedColumn[];
  /** A table between these rows and those that they are read for. */
  readonly link?: LinkClause;
  /** Cuts the rows of each group instead of all: rows that agree in `link`'s columns, or without a link in `by`. */
  readonly group?: GroupClause;
}

export type RowLock = "update" | "skipLocked";

/** A property of the one row that the steps lead to. */
export interface ReachedColumn {
  readonly via: readonly Hop[];
  readonly property: PropertyModel;
}

/** `pairs`: from the link (outer) to the selected table (inner). `columns` are selected after the table's own. */
export interface LinkClause {
  readonly source: TableSource;
  readonly pairs: readonly ColumnPair[];
  readonly where: PredicateNode;
  readonly columns: readonly PropertyModel[];
}

export interface GroupClause {
  readonly by: readonly PropertyModel[];
  readonly limitSlot: number;
}

export interface CountStatement {
  readonly kind: "count";
  readonly source: TableSource;
  readonly where: PredicateNode;
}

export interface ExistsStatement {
  readonly kind: "exists";
  readonly source: TableSource;
  readonly where: PredicateNode;
}

/**
 * `columns` never holds the owner under a user's scope: it is written from the source's own access. Row r, column c
 * takes slot `r * columns.length + c`.
 */
export interface InsertStatement {
  readonly kind: "insert";
  readonly source: TableSource;
  readonly columns: readonly PropertyModel[];
  readonly rows: number;
  readonly conflict: ConflictClause | null;
  readonly returning: readonly PropertyModel[];
}

/** On a conflict in `target` (a whole key, the owner in it where the key is per owner) the row of the same owner takes the new values of `update`. */
export interface ConflictClause {
  readonly target: readonly PropertyModel[];
  readonly update: readonly PropertyModel[];
  /** What the row takes: the new values, the sums of old and new, or the greater of both. */
  readonly mode: "set" | "add" | "greater";
  /** Whether the key ignores deleted rows. */
  readonly live: boolean;
  /** What counts the changes of the row. */
  readonly version: PropertyModel | null;
}

/** A column that the framework keeps: it takes the value of a slot, or without one goes up by 1. */
export interface Keep {
  readonly property: PropertyModel;
  readonly slot: number | null;
}

export interface UpdateStatement {
  readonly kind: "update";
  readonly source: TableSource;
  /** `add`: the values are added to what is there. */
  readonly mode: "set" | "add";
  /** Assignment i takes slot i. */
  readonly assignments: readonly PropertyModel[];
  readonly keeps: readonly Keep[];
  readonly where: PredicateNode;
  readonly returning: readonly PropertyModel[];
}

export interface DeleteStatement {
  readonly kind: "delete";
  readonly source: TableSource;
  readonly where: PredicateNode;
  readonly returning: readonly PropertyModel[];
}

export type Statement =
  | SelectStatement | CountStatement | ExistsStatement | AggregateStatement | InsertStatement | UpdateStatement | DeleteStatement;

/**
 * The only maker of statements: it takes sources that came through the door alone, and no statement in a user's
 * name that writes the owner column.
 */
export function statement<S extends Statement>(node: S): S {
  const source = requireSource(node.source);
  for (const other of sourcesOf(node)) {
    const alike = requireSource(other).reach.kind === source.reach.kind && keyOf(other) === keyOf(source);
    if (!alike || other.shown !== shownBeside(source)) throw mixedScopes();
  }
  if (source.access.kind === "user") {
    const { model } = source;
    const deletes = node.kind === "delete" || (node.kind === "update" && node.keeps.some(({ property }) => property === model.kept.deletedAt));
    if (model.ownership?.itself === true && (node.kind === "insert" || deletes)) throw selfOwnedBySystem(model.name, deletes ? "delete" : "insert");
    const { owner } = source.access;
    const written = node.kind === "insert" ? [...node.columns, ...(node.conflict?.update ?? [])]
      : node.kind === "update" ? [...node.assignments, ...node.keeps.map((keep) => keep.property)] : [];
    // By column: a copy of the owner's property writes the same place.
    if (written.some((property) => property.column === owner.column)) throw ownerAssigned(source.model.name, owner.name);
  }
  return Object.freeze(node);
}

/** The sources besides the statement's own. */
function sourcesOf(node: Statement): readonly TableSource[] {
  if (node.kind === "insert") return [];
  const inWhere = sourcesIn(node.where);
  if (node.kind !== "select") return inWhere;
  const linked = node.link === undefined ? [] : [node.link.source, ...sourcesIn(node.link.where)];
  const hops = [...node.order, ...node.reached ?? []].flatMap((term) => term.via ?? []);
  return [...inWhere, ...linked, ...hops.map((hop) => hop.source)];
}

function keyOf(source: TableSource): unknown {
  return source.reach.kind === "user" ? source.reach.key : undefined;
}

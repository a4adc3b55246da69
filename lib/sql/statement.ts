import { ownerAssigned } from "../errors/query-errors";
import type { PropertyModel } from "../model/entity-model";
import type { PredicateNode } from "./predicate";
import { requireSource, type TableSource } from "./table-source";

export interface OrderTerm {
  readonly property: PropertyModel;
  readonly direction: "asc" | "desc";
  readonly nulls: "first" | "last";
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
}

export interface UpdateStatement {
  readonly kind: "update";
  readonly source: TableSource;
  /** Assignment i takes slot i. */
  readonly assignments: readonly PropertyModel[];
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
  | SelectStatement | CountStatement | ExistsStatement | InsertStatement | UpdateStatement | DeleteStatement;

/**
 * The only maker of statements: it takes sources that came through the door alone, and no statement in a user's
 * name that writes the owner column.
 */
export function statement<S extends Statement>(node: S): S {
  const source = requireSource(node.source);
  if (source.access.kind === "user") {
    const { owner } = source.access;
    const written = node.kind === "insert" ? [...node.columns, ...(node.conflict?.update ?? [])]
      : node.kind === "update" ? node.assignments : [];
    // By column: a copy of the owner's property writes the same place.
    if (written.some((property) => property.column === owner.column)) throw ownerAssigned(source.model.name, owner.name);
  }
  return Object.freeze(node);
}

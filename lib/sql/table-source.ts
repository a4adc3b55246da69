import { forgedSource } from "../errors/query-errors";
import type { EntityModel, OwnedModel, PublicModel } from "../model/entity-model";
import { accessOf, reachOf, type Access, type Context, type Reach, type Scope } from "../scope/access";

const opened = new WeakSet<object>();
/** Of each model what was opened last: the same context, a frozen thing of its own, opens the same again. */
const lastOpened = new WeakMap<EntityModel, TableSource>();
declare const door: unique symbol;

/**
 * A table that a statement may name, with what the scope may do there. Only {@link openTable} makes one: the brand
 * holds at compile time, the set of opened sources at run time.
 */
export interface TableSource {
  readonly kind: "table";
  readonly model: EntityModel;
  readonly access: Access;
  /** In whose name it was opened; further tables of the statement are opened in the same. */
  readonly scope: Scope;
  /** What the scope is, whichever entity it opens: one statement never mixes two. */
  readonly reach: Reach;
  /** Which of its rows it shows, where an entity keeps those that were deleted. */
  readonly shown: Shown;
  readonly [door]: true;
}

/** `live`: those that are not deleted; `deleted`: those that are; `all`: both. */
export type Shown = "live" | "deleted" | "all";

/** What opens a model: a context where it is known to be owned, any scope where that shows at run time alone. */
export type ScopeFor<M extends EntityModel> = [M] extends [OwnedModel] ? Context : Scope;

/**
 * THE DOOR. The only way for a table to enter a statement; an owned one needs a context, at compile time where the
 * model is known to be owned and at run time always.
 *
 * @throws ContextRequiredError (`CONTEXT_REQUIRED`) for an owned entity without a context of its owner entity
 */
export function openTable<M extends EntityModel>(model: M, scope: ScopeFor<M>, shown?: Shown): TableSource;
export function openTable(model: PublicModel, scope?: Scope, shown?: Shown): TableSource;
export function openTable(model: EntityModel, scope?: Scope, shown: Shown = "live"): TableSource {
  const last = shown === "live" ? lastOpened.get(model) : undefined;
  if (last !== undefined && last.scope === scope) return last;
  const source = Object.freeze({
    kind: "table", model, access: accessOf(model, scope as Scope), scope, reach: Object.freeze(reachOf(scope as Scope)), shown,
  }) as TableSource;
  opened.add(source);
  if (shown === "live") lastOpened.set(model, source);
  return source;
}

/** What the other tables of a statement show: deleted rows only where its own table shows them. */
export function shownBeside(source: TableSource): Shown {
  return source.shown === "live" ? "live" : "all";
}

/** Returns the source if it came through the door. */
export function requireSource(source: TableSource): TableSource {
  if (!opened.has(source)) throw forgedSource();
  return source;
}

/** Whether a value is a source that came through the door. */
export function isTableSource(value: unknown): value is TableSource {
  return typeof value === "object" && value !== null && opened.has(value);
}

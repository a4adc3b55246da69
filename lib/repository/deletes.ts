import { rowNotAccessible } from "../errors/context-errors";
import { nothingRestorable, rowNotFound } from "../errors/query-errors";
import { keyMissing } from "../errors/value-errors";
import type { PropertyModel } from "../model/entity-model";
import { kindOf } from "../model/kinds";
import type { Scope } from "../scope/access";
import { statement, type DeleteStatement, type Statement, type UpdateStatement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import { execute, openFor } from "./engine";
import { hasHooks, runHooks } from "./hooks";
import { inKeyOrder } from "./key-order";
import { keptOnDelete } from "./kept";
import { keyOfRow, keyPredicate, namingKey } from "./keys";
import {
  checkOptions, DELETE_OPTIONS, REMOVE_OPTIONS, WRITE_OPTIONS, type DeleteOptions, type RemoveOptions, type WriteOptions,
} from "./options";
import { assign, readPayload, refuseForeignOwner } from "./payload";
import { requireSystem } from "./references";
import { positions } from "./shapes";
import { requireCondition } from "./updates";
import type { EntityUnit } from "./unit";
import { refuseStale, versionKey } from "./versions";
import { parseWhere } from "./where-parser";

/** Deletes rows: for good, or where the entity keeps them and nobody says `hard`, by marking them. */
export async function deleteWhere<E extends object>(
  unit: EntityUnit<E>, scope: Scope, where: unknown, options: DeleteOptions | undefined,
): Promise<number | E[]> {
  openFor(unit.engine, unit.model, scope);
  requireSystem(unit, scope, "delete", null);
  const { returning, signal, hard } = checkOptions(unit.model, options, DELETE_OPTIONS);
  const { deletedAt } = unit.model.kept;
  return deletedAt === null || hard === true
    ? deleteRows(unit, openFor(unit.engine, unit.model, scope, hard === true ? "all" : "live"), where, returning, signal)
    : markRows(unit, openFor(unit.engine, unit.model, scope), where, { operation: "delete", deletedAt, to: "deleted", returning, signal });
}

/** Brings rows back that were deleted softly. */
export async function restore<E extends object>(
  unit: EntityUnit<E>, scope: Scope, where: unknown, options: WriteOptions | undefined,
): Promise<number | E[]> {
  const source = openFor(unit.engine, unit.model, scope, "deleted");
  requireSystem(unit, scope, "restore", null);
  const { returning, signal } = checkOptions(unit.model, options, WRITE_OPTIONS);
  const { deletedAt } = unit.model.kept;
  if (deletedAt === null) throw nothingRestorable(unit.model.name);
  return markRows(unit, source, where, { operation: "restore", deletedAt, to: "live", returning, signal });
}

async function deleteRows<E extends object>(
  unit: EntityUnit<E>, source: TableSource, where: unknown, returning: boolean | undefined, signal: AbortSignal | undefined,
): Promise<number | E[]> {
  const { engine, model } = unit;
  const values: unknown[] = [];
  const parsed = parseWhere(source, where, engine, values);
  requireCondition(model.name, "delete", where, parsed.predicate);
  const columns = returning === true ? unit.whole.columns : [];
  const result = await execute(engine, {
    operation: "delete", scope: source.scope, source, values, signal, shape: `${parsed.shape}>${positions(columns)}`,
    build: (opened) => statement<DeleteStatement>({ kind: "delete", source: opened, where: parsed.predicate, returning: columns }),
  });
  return returning === true ? returned(unit, source, result.rows) : result.changes;
}

interface Marking {
  readonly operation: "delete" | "restore";
  readonly deletedAt: PropertyModel;
  readonly to: "deleted" | "live";
  readonly returning: boolean | undefined;
  readonly signal: AbortSignal | undefined;
}

async function markRows<E extends object>(
  unit: EntityUnit<E>, source: TableSource, where: unknown, { operation, deletedAt, to, returning, signal }: Marking,
): Promise<number | E[]> {
  const { engine, model } = unit;
  const values: unknown[] = [];
  const keeps = keptOnDelete(engine, model, deletedAt, to, values);
  const parsed = parseWhere(source, where, engine, values);
  requireCondition(model.name, operation, where, parsed.predicate);
  const columns = returning === true ? unit.whole.columns : [];
  const result = await execute(engine, {
    operation, scope: source.scope, source, values, signal, shape: `mark?${parsed.shape}>${positions(columns)}`,
    build: (opened) => statement<UpdateStatement>({
      kind: "update", mode: "set", source: opened, assignments: [], keeps, where: parsed.predicate, returning: columns,
    }),
  });
  return returning === true ? returned(unit, source, result.rows) : result.changes;
}

function returned<E extends object>(unit: EntityUnit<E>, source: TableSource, rows: readonly (readonly unknown[])[]): E[] {
  return inKeyOrder(rows.map((row) => unit.whole.hydrate(row)), namingKey(source));
}

/** Deletes one entity by its key, softly where the entity keeps deleted rows. */
export async function remove<E extends object>(
  unit: EntityUnit<E>, scope: Scope, entity: unknown, options: RemoveOptions | undefined,
): Promise<void> {
  const { engine, model } = unit;
  openFor(engine, model, scope);
  requireSystem(unit, scope, "remove", null);
  const { signal, hard } = checkOptions(model, options, REMOVE_OPTIONS);
  const soft = hard === true ? null : model.kept.deletedAt;
  const source = openFor(engine, model, scope, hard === true ? "all" : "live");
  const payload = readPayload<E>(model, entity, engine.model);
  const given = refuseForeignOwner(model, source.access, payload.given);
  const rowKey = keyOfRow(source, given);
  if (rowKey === null) throw keyMissing(model.name, "remove", model.primaryKey.properties[0]?.name ?? "");
  const kind = kindOf(model, payload.entity, given);
  if (hasHooks(model, kind, "beforeDelete")) await runHooks(model, kind, "beforeDelete", payload, given);
  const key = versionKey(model, rowKey, given);
  const values: unknown[] = [];
  const keeps = soft === null ? [] : keptOnDelete(engine, model, soft, "deleted", values);
  const first = values.length;
  const columns = soft === null ? [] : keeps.map((keep) => keep.property);
  const result = await execute(engine, {
    operation: "remove", scope, source, values: [...values, ...key.values], signal,
    shape: `${soft === null ? "" : "mark?"}${positions(key.properties)}`,
    build: (opened): Statement => {
      const where = keyPredicate(key.properties, first);
      return soft === null ? statement<DeleteStatement>({ kind: "delete", source: opened, where, returning: [] })
        : statement<UpdateStatement>({ kind: "update", mode: "set", source: opened, assignments: [], keeps, where, returning: columns });
    },
  });
  const [row] = result.rows;
  if (soft === null ? result.changes === 0 : row === undefined) {
    await refuseStale(unit, source, { operation: "remove", rowKey, key, signal });
    throw model.ownership === null ? rowNotFound(model.name) : rowNotAccessible(model.name, "");
  }
  if (row === undefined || payload.entity === null) return;
  const written = model.columns.map((property) => {
    const place = columns.indexOf(property);
    return place < 0 ? undefined : engine.dialect.decoder(property)(row[place]);
  });
  assign(payload.entity, columns, written);
}

import { rowNotAccessible } from "../errors/context-errors";
import { rowNotFound } from "../errors/query-errors";
import { keyMissing } from "../errors/value-errors";
import type { Scope } from "../scope/access";
import { statement, type DeleteStatement } from "../sql/statement";
import { execute, openFor } from "./engine";
import { inKeyOrder } from "./key-order";
import { keyOfRow, keyPredicate, namingKey, positions } from "./keys";
import { CALL_OPTIONS, checkOptions, WRITE_OPTIONS, type CallOptions, type WriteOptions } from "./options";
import { readPayload, refuseForeignOwner } from "./payload";
import { requireSystem } from "./references";
import type { EntityUnit } from "./unit";
import { requireCondition } from "./updates";
import { parseWhere } from "./where-parser";

export async function deleteWhere<E extends object>(
  unit: EntityUnit<E>, scope: Scope, where: unknown, options: WriteOptions | undefined,
): Promise<number | E[]> {
  const { engine, model } = unit;
  const source = openFor(engine, model, scope);
  requireSystem(unit, scope, "delete", null);
  const { returning, signal } = checkOptions(model, options, WRITE_OPTIONS);
  const values: unknown[] = [];
  const parsed = parseWhere(source, where, engine, values);
  requireCondition(model.name, "delete", where, parsed.predicate);
  const columns = returning === true ? unit.whole.columns : [];
  const result = await execute(engine, {
    operation: "delete", scope, source, values, signal, shape: `${parsed.shape}>${positions(columns)}`,
    build: (opened) => statement<DeleteStatement>({ kind: "delete", source: opened, where: parsed.predicate, returning: columns }),
  });
  if (returning !== true) return result.changes;
  return inKeyOrder(result.rows.map((row) => unit.whole.hydrate(row)), namingKey(source));
}

export async function remove<E extends object>(
  unit: EntityUnit<E>, scope: Scope, entity: unknown, options: CallOptions | undefined,
): Promise<void> {
  const { engine, model } = unit;
  const source = openFor(engine, model, scope);
  requireSystem(unit, scope, "remove", null);
  const { signal } = checkOptions(model, options, CALL_OPTIONS);
  const payload = readPayload<E>(model, entity, engine.model);
  const key = keyOfRow(source, refuseForeignOwner(model, source.access, payload.given));
  if (key === null) throw keyMissing(model.name, "remove", model.primaryKey.properties[0]?.name ?? "");
  const result = await execute(engine, {
    operation: "remove", scope, source, values: key.values, signal, shape: positions(key.properties),
    build: (opened) => statement<DeleteStatement>({ kind: "delete", source: opened, where: keyPredicate(key.properties, 0), returning: [] }),
  });
  if (result.changes === 0) throw model.ownership === null ? rowNotFound(model.name) : rowNotAccessible(model.name, "");
}

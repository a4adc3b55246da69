import { uniqueViolation } from "../errors/constraint-errors";
import { badOption, notAUniqueKey } from "../errors/query-errors";
import type { EntityModel, PropertyModel } from "../model/entity-model";
import type { Scope } from "../scope/access";
import { statement, type InsertStatement } from "../sql/statement";
import type { TableSource } from "../sql/table-source";
import { execute, openFor } from "./engine";
import { prepareInsert, writtenColumns } from "./inserts";
import { positions } from "./keys";
import { checkOptions, UPSERT_OPTIONS, type UpsertOptions } from "./options";
import { requireSystem } from "./references";
import { propertyOf } from "./selection";
import type { EntityUnit } from "./unit";

/** Inserts, or updates the row of the same owner that agrees in a unique key; what was not given stays as it is. */
export async function upsert<E extends object>(
  unit: EntityUnit<E>, scope: Scope, data: unknown, options: UpsertOptions<E> | undefined,
): Promise<E> {
  const { engine, model } = unit;
  const source = openFor(engine, model, scope);
  const { on, signal } = checkOptions(model, options, UPSERT_OPTIONS);
  const target = conflictTarget(model, source, on);
  const { payload, values } = await prepareInsert(unit, source, data, signal);
  const columns = writtenColumns(source, values);
  const owner = model.ownership?.property;
  const changed = columns.filter((property) => payload.given[property.position] !== undefined
    && !target.includes(property) && !property.key && property !== owner && property.generated === null);
  requireSystem(unit, scope, "upsert", changed);
  const result = await execute(engine, {
    operation: "upsert", scope, source, signal,
    values: columns.map((property) => values[property.position]),
    shape: `${positions(columns)}!${positions(target)}=${positions(changed)}`,
    build: (opened) => statement<InsertStatement>({
      kind: "insert", source: opened, columns, rows: 1, conflict: { target, update: changed }, returning: unit.whole.columns,
    }),
  });
  const [row] = result.rows;
  // Only a key over all owners can meet somebody else's row; it answers as an insert would.
  if (row === undefined) {
    const names = target.filter((property) => property !== owner).map((property) => property.name);
    throw uniqueViolation(model.name, names, false, undefined);
  }
  return payload.entity === null ? unit.whole.hydrate(row) : unit.whole.fill(payload.entity, row);
}

/** The columns of the key that `on` names, in the key's own order. */
function conflictTarget(model: EntityModel, source: TableSource, on: unknown): readonly PropertyModel[] {
  if (!Array.isArray(on)) throw badOption(model.name, "on", "a list of the properties of a unique key", on);
  const names = new Set(on.map((name) => propertyOf(model, name)));
  // A user cannot give a key that the framework makes, so nothing could ever meet in it.
  const generated = source.access.kind === "user" && model.primaryKey.generate !== "none";
  const keys = [model.primaryKey.columns, ...model.uniques.map((unique) => unique.properties)]
    .filter((key) => !(generated && key.some((property) => property.key)));
  const owner = model.ownership?.property;
  const found = keys.find((key) => {
    const rest = key.filter((property) => property !== owner);
    const wanted = [...names].filter((property) => property !== owner);
    return rest.length === wanted.length && rest.every((property) => names.has(property)) && (rest.length > 0 || names.size > 0);
  });
  if (found === undefined) {
    throw notAUniqueKey(model.name, on.map(String), keys.map((key) => `(${key.filter((part) => part !== owner).map((part) => part.name).join(", ")})`));
  }
  return found;
}

import { modelFaults } from "../errors/model-errors";
import { textFault } from "../util/text";
import { tableOwner, type EntityDraft } from "./draft";
import type { EntityModel, PropertyModel } from "./entity-model";
import type { FaultList } from "./faults";

const RESERVED = new Set(["__proto__", "constructor", "prototype"]);

/** Whether every object has a property of that name already. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name);
}

/** No two entities may share a name or a table. */
export function checkEntityNames(drafts: readonly EntityDraft[], faults: FaultList): void {
  const byName = new Map<string, EntityDraft>();
  const byTable = new Map<string, EntityDraft>();
  for (const draft of drafts) {
    const sameName = byName.get(draft.name);
    if (sameName !== undefined) faults.add(draft.name, undefined, modelFaults.duplicateName(sameName.target.name));
    byName.set(draft.name, draft);
    if (tableOwner(draft) !== draft) continue;
    if (!isRelationName(draft.table)) {
      faults.add(draft.name, undefined, modelFaults.badIdentifier("table", draft.table));
      continue;
    }
    const sameTable = byTable.get(folded(draft.table));
    if (sameTable !== undefined) faults.add(draft.name, undefined, modelFaults.duplicateTable(sameTable.name, draft.table));
    byTable.set(folded(draft.table), draft);
  }
}

/** No two properties of an entity may share a column. */
export function checkColumnNames(draft: EntityDraft, columns: readonly PropertyModel[], faults: FaultList): void {
  const seen = new Map<string, PropertyModel>();
  for (const property of columns) {
    if (!isIdentifier(property.column)) {
      faults.add(draft.name, property.name, modelFaults.badIdentifier("column", property.column));
      continue;
    }
    const other = seen.get(folded(property.column));
    if (other !== undefined) faults.add(draft.name, property.name, modelFaults.duplicateColumn(other.name, property.column));
    seen.set(folded(property.column), property);
  }
}

/**
 * Tables, indexes and keys share one space of names. A second index of a name would be taken for the first one, which
 * exists already, and never be made.
 */
export function checkConstraintNames(entities: readonly EntityModel[], faults: FaultList): void {
  const seen = new Map<string, EntityModel>(entities.map((entity) => [folded(entity.table), entity]));
  for (const entity of entities) {
    // A composite foreign key that sets null may need a trigger, which is named after it.
    const nulling = entity.foreignKeys.filter((key) => key.properties.length > 1 && (key.onDelete === "SET NULL" || key.onUpdate === "SET NULL"));
    for (const { name } of [...entity.uniques, ...entity.indexes, ...nulling]) {
      const other = seen.get(folded(name));
      if (other !== undefined) faults.add(entity.name, undefined, modelFaults.duplicateConstraint(name, other.name));
      seen.set(folded(name), entity);
    }
  }
}

/** No entity may have a table that the framework keeps for itself. */
export function checkOwnTables(entities: readonly EntityModel[], own: readonly EntityModel[], faults: FaultList): void {
  for (const table of own) {
    const other = entities.find((entity) => folded(entity.table) === folded(table.table));
    if (other !== undefined) faults.add(other.name, undefined, modelFaults.duplicateTable(table.name, table.table));
  }
}

/** Whether a name that a decorator gave to an index or constraint can be one; derived names may be longer. */
export function isRelationName(name: unknown): boolean {
  return isIdentifier(name) && !/^sqlite_/i.test(name);
}

/** Whether a name can be that of a column. */
export function isIdentifier(name: unknown): name is string {
  return typeof name === "string" && name.length >= 1 && name.length <= 63 && textFault(name) === null;
}

/** Names fold case, as SQLite's do. A naming strategy may have given what is no name; that is a fault already. */
function folded(name: unknown): string {
  return String(name).toLowerCase();
}

import { modelError, modelFaults } from "../errors/model-errors";
import type { AnyClass, EntityClass } from "../metadata/records";
import { deepFreeze, dictionary } from "../util/freeze";
import { collectEntities } from "./collect";
import { modelColumns } from "./columns";
import { indexes, primaryKey, uniqueKeys } from "./constraints";
import type { EntityDraft } from "./draft";
import type { DatabaseModel, EntityModel, OwnershipModel, PropertyModel } from "./entity-model";
import { faultList, type FaultList } from "./faults";
import { foreignKeys } from "./foreign-keys";
import { jsonTypeName } from "./json-shape";
import { snakeCaseNaming, type NamingStrategy } from "./naming";
import { ownershipWarnings, resolveOwners } from "./ownership";
import { resolveReferences } from "./references";
import { resolveTypes } from "./types";

export interface ModelOptions {
  readonly entities: readonly EntityClass[];
  readonly jsonTypes?: readonly AnyClass[] | undefined;
  readonly naming?: NamingStrategy | undefined;
}

/**
 * Builds the model of one database in separate passes, each of which reports all that it finds.
 *
 * @throws ModelError (`MODEL_ERROR`) with every fault of every entity
 */
export function buildModel(options: ModelOptions): DatabaseModel {
  const faults = faultList();
  const naming = options.naming ?? snakeCaseNaming;
  const jsonTypes = options.jsonTypes ?? [];
  checkJsonTypes(jsonTypes, faults);
  const drafts = collectEntities(options.entities, naming, faults);
  checkNames(drafts, faults);
  resolveReferences(drafts, faults);
  resolveOwners(drafts, faults);
  resolveTypes(drafts, faults);
  modelColumns(drafts, { naming, jsonTypes, faults });
  const entities = drafts.flatMap((draft) => assemble(draft, drafts, faults) ?? []);
  if (faults.found.length > 0) throw modelError(faults.found);
  return freezeModel(entities, ownershipWarnings(drafts));
}

function assemble(draft: EntityDraft, drafts: readonly EntityDraft[], faults: FaultList): EntityModel | null {
  const columns = [...draft.properties.values()].flatMap((property) => property.model ?? []);
  checkColumns(draft, columns, faults);
  const key = primaryKey(draft, faults);
  const references = foreignKeys(draft, faults);
  if (key === null) return null;
  const uniques = uniqueKeys(draft, key, faults);
  const base = {
    name: draft.name, table: draft.table, target: draft.target, columns, uniques,
    properties: dictionary(columns.map((property) => [property.name, property] as const)),
    primaryKey: key,
    indexes: indexes(draft, [key.columns, ...uniques.map((unique) => unique.properties)], faults),
    foreignKeys: references,
  };
  if (draft.owned !== null) {
    const ownership = ownershipOf(draft);
    return ownership === null ? null : { ...base, ownership };
  }
  const referencedByOwned = drafts
    .filter((other) => other.owned !== null && [...other.properties.values()].some((property) => property.target?.entity === draft))
    .map((other) => other.name);
  return { ...base, ownership: null, referencedByOwned };
}

function ownershipOf(draft: EntityDraft): OwnershipModel | null {
  const target = draft.owner?.target;
  if (draft.owner?.model == null || target?.property.model == null) return null;
  return {
    property: draft.owner.model,
    ownerEntity: target.entity.name,
    ownerClass: target.entity.target,
    ownerKey: target.property.model,
  };
}

function checkNames(drafts: readonly EntityDraft[], faults: FaultList): void {
  const byName = new Map<string, EntityDraft>();
  const byTable = new Map<string, EntityDraft>();
  for (const draft of drafts) {
    const sameName = byName.get(draft.name);
    if (sameName !== undefined) faults.add(draft.name, undefined, modelFaults.duplicateName(sameName.target.name));
    // Table and column names fold case, as SQLite does.
    const sameTable = byTable.get(draft.table.toLowerCase());
    if (sameTable !== undefined) faults.add(draft.name, undefined, modelFaults.duplicateTable(sameTable.name, draft.table));
    if (!isIdentifier(draft.table)) faults.add(draft.name, undefined, modelFaults.badIdentifier("table", draft.table));
    byName.set(draft.name, draft);
    byTable.set(draft.table.toLowerCase(), draft);
  }
}

function checkColumns(draft: EntityDraft, columns: readonly PropertyModel[], faults: FaultList): void {
  const seen = new Map<string, PropertyModel>();
  for (const property of columns) {
    const other = seen.get(property.column.toLowerCase());
    if (other !== undefined) faults.add(draft.name, property.name, modelFaults.duplicateColumn(other.name, property.column));
    if (!isIdentifier(property.column)) faults.add(draft.name, property.name, modelFaults.badIdentifier("column", property.column));
    seen.set(property.column.toLowerCase(), property);
  }
}

function isIdentifier(name: unknown): boolean {
  return typeof name === "string" && name.length >= 1 && name.length <= 63 && !name.includes("\u0000");
}

function checkJsonTypes(jsonTypes: readonly AnyClass[], faults: FaultList): void {
  const seen = new Set<string>();
  for (const type of jsonTypes) {
    const name = jsonTypeName(type);
    if (seen.has(name)) faults.add(type.name, undefined, modelFaults.duplicateJsonType(name));
    seen.add(name);
  }
}

function freezeModel(entities: readonly EntityModel[], warnings: readonly string[]): DatabaseModel {
  const byClass = new Map<AnyClass, EntityModel>(entities.map((entity) => [entity.target, entity]));
  for (const entity of entities) {
    deepFreeze(entity);
    for (const property of entity.columns) deepFreeze(property);
  }
  return Object.freeze({
    entities: Object.freeze(entities.slice()),
    byName: dictionary(entities.map((entity) => [entity.name, entity] as const)),
    warnings: Object.freeze(warnings.slice()),
    modelOf: (target: AnyClass) => byClass.get(target),
  });
}

import { modelError, modelFaults } from "../errors/model-errors";
import type { AnyClass, EntityClass } from "../metadata/records";
import { describeValue } from "../util/describe";
import { deepFreeze, dictionary } from "../util/freeze";
import { altKeyOf, checkAltKey } from "./alt-keys";
import { collectEntities } from "./collect";
import { modelColumns } from "./columns";
import { indexes, primaryKey, uniqueKeys } from "./constraints";
import { countersOf } from "./counters";
import { isPublic, keyProperties, tableOwner, type EntityDraft } from "./draft";
import type { CounterModel, DatabaseModel, EntityModel, OwnershipModel, RelationModel } from "./entity-model";
import { faultList, type FaultList } from "./faults";
import { foreignKeys } from "./foreign-keys";
import { hooksOf, keptColumns } from "./kept";
import { nameLost } from "./lost-names";
import { unmanagedOf } from "./unmanaged";
import { familyModel } from "./kinds";
import { jsonTypeName } from "./json-class";
import { checkColumnNames, checkConstraintNames, checkEntityNames, checkOwnTables } from "./names";
import { snakeCaseNaming, type NamingStrategy } from "./naming";
import { ownershipWarnings, resolveOwners } from "./ownership";
import { resolveReferences } from "./references";
import { relationsOf } from "./relations";
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
  const jsonTypes = checkedJsonTypes(options.jsonTypes ?? [], faults);
  const drafts = collectEntities(options.entities, naming, faults);
  checkEntityNames(drafts, faults);
  resolveReferences(drafts, faults);
  resolveOwners(drafts, faults);
  resolveTypes(drafts, faults);
  modelColumns(drafts, { naming, jsonTypes, faults });
  const entities = relate(drafts, drafts.flatMap((draft) => assemble(draft, drafts, faults) ?? []), faults);
  const counters = countersOf(entities);
  checkConstraintNames(entities.filter(hasOwnTable), faults);
  checkOwnTables(entities, [...counters.values()], faults);
  if (faults.found.length > 0) throw modelError(faults.found);
  return freezeModel(entities, counters, ownershipWarnings(drafts));
}

function assemble(draft: EntityDraft, drafts: readonly EntityDraft[], faults: FaultList): EntityModel | null {
  const columns = [...draft.properties.values()].flatMap((property) => property.model ?? []);
  checkColumnNames(draft, columns, faults);
  const key = primaryKey(draft, faults);
  const references = foreignKeys(draft, faults);
  if (key === null) return null;
  const uniques = uniqueKeys(draft, key, drafts, faults);
  const base = {
    name: draft.name, table: draft.table, target: draft.target, strict: draft.strict, unmanaged: unmanagedOf(draft, faults), columns, uniques,
    family: familyModel(draft, columns),
    properties: dictionary(columns.map((property) => [property.name, property] as const)),
    primaryKey: key,
    relations: dictionary<RelationModel>([]),
    indexes: indexes(draft, [key.columns, ...uniques.filter((unique) => !unique.live).map((unique) => unique.properties)], faults),
    foreignKeys: references,
    altKey: null,
    kept: keptColumns(draft, faults),
    hooks: hooksOf(draft),
  };
  if (draft.owned !== null || draft.selfOwned) {
    const ownership = draft.selfOwned ? ownershipOfItself(draft) : ownershipOf(draft);
    return ownership === null ? null : { ...base, ownership };
  }
  return { ...base, ownership: null, systemOnly: draft.systemOwned, referencedByOwned: ownedReferrers(draft, drafts).map((other) => other.name) };
}

function hasOwnTable(entity: EntityModel): boolean {
  return entity.family?.whole !== false;
}

/** Relations and alternative keys come last: they follow foreign keys of other entities too. */
function relate(drafts: readonly EntityDraft[], entities: readonly EntityModel[], faults: FaultList): readonly EntityModel[] {
  const models = new Map(entities.map((entity) => [entity.name, entity]));
  return drafts.flatMap((draft) => {
    const relations = relationsOf(draft, { drafts, models, faults });
    checkAltKey(draft, faults);
    const entity = models.get(draft.name);
    return entity === undefined ? [] : [{ ...entity, relations, altKey: altKeyOf(draft, { models }) }];
  });
}

/** The owned entities that hold on to rows of a public one, through cascades between public entities too. */
function ownedReferrers(draft: EntityDraft, drafts: readonly EntityDraft[]): readonly EntityDraft[] {
  const reached = new Set<EntityDraft>([draft]);
  const owned = new Set<EntityDraft>();
  for (const target of reached) {
    for (const other of drafts) {
      const references = [...other.properties.values()].filter((property) => property.target !== null && tableOwner(property.target.entity) === tableOwner(target));
      if (references.length > 0 && !isPublic(other)) owned.add(other);
      else if (references.some(({ foreignKey }) => foreignKey?.options.onDelete === "CASCADE" || foreignKey?.options.onUpdate === "CASCADE")) {
        reached.add(other);
      }
    }
  }
  return [...owned];
}

function ownershipOf(draft: EntityDraft): OwnershipModel | null {
  const target = draft.owner?.target ?? null;
  const property = draft.owner?.model ?? null;
  const ownerKey = target?.property.model ?? null;
  if (target === null || property === null || ownerKey === null) return null;
  return { property, ownerKey, ownerEntity: target.entity.name, ownerClass: target.entity.target, itself: false };
}

function ownershipOfItself(draft: EntityDraft): OwnershipModel | null {
  const property = keyProperties(draft)[0]?.model ?? null;
  return property === null ? null : { property, ownerKey: property, ownerEntity: draft.name, ownerClass: draft.target, itself: true };
}

function checkedJsonTypes(jsonTypes: readonly AnyClass[], faults: FaultList): readonly AnyClass[] {
  const seen = new Set<string>();
  return jsonTypes.filter((type) => {
    if (typeof type !== "function") {
      faults.add(describeValue(type), undefined, modelFaults.badJsonType());
      return false;
    }
    const name = jsonTypeName(type);
    if (name === type.name && nameLost(type)) faults.add(name, undefined, modelFaults.jsonTypeNameLost(name));
    if (seen.has(name)) faults.add(type.name, undefined, modelFaults.duplicateJsonType(name));
    seen.add(name);
    return true;
  });
}

function freezeModel(
  entities: readonly EntityModel[], counters: ReadonlyMap<string, CounterModel>, warnings: readonly string[],
): DatabaseModel {
  const byClass = new Map<AnyClass, EntityModel>(entities.map((entity) => [entity.target, entity]));
  const tables = [...entities.filter(hasOwnTable), ...counters.values()];
  [...entities, ...tables].forEach(deepFreeze);
  return Object.freeze({
    entities: Object.freeze(entities.slice()),
    byName: dictionary(entities.map((entity) => [entity.name, entity] as const)),
    tables: Object.freeze(tables),
    warnings: Object.freeze(warnings.slice()),
    counterOf: ({ ownership, primaryKey: { generate } }: EntityModel) =>
      ownership === null || generate !== "perOwner" ? undefined : counters.get(ownership.ownerEntity),
    modelOf: (target: AnyClass) => byClass.get(target),
  });
}

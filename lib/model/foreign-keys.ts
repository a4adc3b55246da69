import { modelFaults } from "../errors/model-errors";
import type { Deferrable, ReferentialAction } from "../metadata/records";
import { constraintName, ownerFirst } from "./constraints";
import { isPublic, type EntityDraft, type PropertyDraft } from "./draft";
import type { ForeignKeyModel, PropertyModel } from "./entity-model";
import type { FaultList } from "./faults";
import { isRelationName } from "./names";

const ACTIONS: readonly ReferentialAction[] = ["RESTRICT", "CASCADE", "SET NULL", "NO ACTION"];
const DEFERRABLE: readonly Deferrable[] = ["INITIALLY DEFERRED", "INITIALLY IMMEDIATE"];

/**
 * Pass 9: foreign keys, and the rules that keep owners apart. Between two owned entities a key holds the owner,
 * `(user_id, project_id) → project(user_id, project_id)`, so that no statement whatever can cross owners.
 */
export function foreignKeys(entity: EntityDraft, faults: FaultList): readonly ForeignKeyModel[] {
  return [...entity.properties.values()].flatMap((property) => {
    const { model, target } = property;
    const targetKey = target?.property.model ?? null;
    if (model === null || target === null || targetKey === null) return [];
    return foreignKey(entity, property, model, target, targetKey, faults) ?? [];
  });
}

function foreignKey(
  entity: EntityDraft, property: PropertyDraft, reference: PropertyModel,
  target: NonNullable<PropertyDraft["target"]>, targetKey: PropertyModel, faults: FaultList,
): ForeignKeyModel | null {
  const report = (words: readonly [string, string]): void => faults.add(entity.name, property.name, words);
  const options = property.foreignKey?.options ?? {};
  const crossing = !isPublic(entity) && isPublic(target.entity) && property !== entity.owner;
  const across = entity.systemOwned && (target.entity.owned !== null || target.entity.selfOwned);
  const onDelete = options.onDelete ?? (across ? (reference.nullable ? "SET NULL" : "CASCADE") : crossing ? "RESTRICT" : "NO ACTION");
  const onUpdate = options.onUpdate ?? "NO ACTION";
  for (const action of [onDelete, onUpdate]) {
    if (!ACTIONS.includes(action)) report(modelFaults.badAction());
    else if (action === "SET NULL" && !reference.nullable) report(modelFaults.setNullOnRequired());
    else if (crossing && (action === "CASCADE" || action === "SET NULL") && options.acrossOwners !== true) {
      report(modelFaults.crossOwners(action, target.entity.name));
    }
  }
  if (options.deferrable !== undefined && !DEFERRABLE.includes(options.deferrable)) report(modelFaults.badDeferrable());
  if (options.constraintName !== undefined && !isRelationName(options.constraintName)) report(modelFaults.badIdentifier("foreign key", options.constraintName));
  if (!mayRefer(entity, property, target.entity, report)) return null;
  if (across) {
    if (target.entity.owned !== null && targetKey.generated !== "identity") report(modelFaults.systemReferenceKey(target.entity.name));
    if (onDelete !== "CASCADE" && onDelete !== "SET NULL") report(modelFaults.systemReferenceHolds(target.entity.name));
  }
  const targetOwner = target.entity.owner?.model ?? null;
  if (targetOwner === targetKey) {
    report(modelFaults.foreignKeyToOwner(target.entity.name, targetKey.name));
    return null;
  }
  const owner = targetOwner === null ? null : entity.owner?.model ?? null;
  const properties = ownerFirst(owner, [reference]);
  return {
    name: options.constraintName ?? constraintName("fk", entity, properties),
    reference, properties, onDelete, onUpdate, deferrable: options.deferrable ?? null,
    targetEntity: target.entity.name,
    targetTable: target.entity.table,
    targetColumns: ownerFirst(across ? null : targetOwner, [targetKey]).map((column) => column.column),
  };
}

/** Whether rows of the one may point at rows of the other without telling anybody of rows that it cannot see. */
function mayRefer(
  entity: EntityDraft, property: PropertyDraft, target: EntityDraft, report: (words: readonly [string, string]) => void,
): boolean {
  if (entity.systemOwned) return true;
  if (target.systemOwned) {
    report(modelFaults.referenceToSystem(target.name));
    return false;
  }
  if (target.selfOwned && property !== entity.owner) {
    report(modelFaults.referenceToSelf(target.name));
    return false;
  }
  return target.owned === null || sameOwner(entity, target, report);
}

function sameOwner(entity: EntityDraft, target: EntityDraft, report: (words: readonly [string, string]) => void): boolean {
  if (entity.owned === null) {
    report(modelFaults.publicToOwned(target.name));
    return false;
  }
  const owner = entity.owner?.target?.entity;
  const targetOwner = target.owner?.target?.entity;
  if (owner !== undefined && targetOwner !== undefined && owner !== targetOwner) {
    report(modelFaults.otherOwner(target.name, owner.name, targetOwner.name));
    return false;
  }
  return true;
}

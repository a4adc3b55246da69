import { modelFaults } from "../errors/model-errors";
import { isPublic, keyProperties, tableOwner, type EntityDraft, type PropertyDraft } from "./draft";
import type { FaultList } from "./faults";

/**
 * Pass 3: which property holds the owner. `by` says so; else it is the only foreign key to an entity that is not
 * owned. The brand of `OwnerId` cannot help: it is gone at run time.
 */
export function resolveOwners(entities: readonly EntityDraft[], faults: FaultList): void {
  // Those that share a table have the owner that its own entity has.
  for (const entity of [...entities].sort((a, b) => Number(tableOwner(a) !== a) - Number(tableOwner(b) !== b))) {
    checkMarks(entity, faults);
    if (entity.owned === null) continue;
    const root = tableOwner(entity);
    if (root !== entity) {
      entity.owner = root.owner === null ? null : entity.properties.get(root.owner.name) ?? null;
      if (root.owned === null) faults.add(entity.name, undefined, modelFaults.subEntityOwned(root.name));
      continue;
    }
    entity.owner = findOwner(entity, entity.owned.by, faults);
    if (entity.owner !== null) checkOwner(entity, entity.owner, faults);
  }
}

/** Whose its rows are has one answer at most. */
function checkMarks(entity: EntityDraft, faults: FaultList): void {
  const marks = [
    ...(entity.owned === null ? [] : ["@UserOwned()"]), ...(entity.selfOwned ? ["@SelfOwned()"] : []), ...(entity.systemOwned ? ["@SystemOwned()"] : []),
  ];
  if (marks.length > 1) faults.add(entity.name, undefined, modelFaults.ownedTwice(marks));
  if (entity.selfOwned && keyProperties(entity).length !== 1) faults.add(entity.name, undefined, modelFaults.selfOwnedKey());
}

function findOwner(entity: EntityDraft, by: string | null, faults: FaultList): PropertyDraft | null {
  const candidates = [...entity.properties.values()]
    .filter((property) => !property.partial && property.target !== null && property.target.entity.owned === null && !property.target.entity.systemOwned);
  // A reference that points nowhere is reported already; without it nothing can be said of the owner.
  const broken = [...entity.properties.values()].filter((property) => property.foreignKey !== null && property.target === null);
  if (by !== null) {
    if (broken.some((property) => property.name === by)) return null;
    const named = candidates.find((property) => property.name === by);
    if (named === undefined) faults.add(entity.name, by, modelFaults.ownerNotForeignKey(by));
    return named ?? null;
  }
  if (candidates.length === 0 && broken.length === 0) faults.add(entity.name, undefined, modelFaults.ownerMissing());
  if (candidates.length > 1) {
    faults.add(entity.name, undefined, modelFaults.ownerAmbiguous(candidates.map((property) => property.name)));
  }
  return candidates.length === 1 ? candidates[0] ?? null : null;
}

function checkOwner(entity: EntityDraft, owner: PropertyDraft, faults: FaultList): void {
  const target = owner.target;
  if (target !== null) {
    const keys = keyProperties(target.entity);
    if (keys.length !== 1 || keys[0] !== target.property) {
      faults.add(entity.name, owner.name, modelFaults.ownerNotKey(target.entity.name));
    }
  }
  if (owner.foreignKey?.options.nullable === true) faults.add(entity.name, owner.name, modelFaults.ownerNullable());
  if (owner.foreignKey?.options.default !== undefined) faults.add(entity.name, owner.name, modelFaults.ownerDefault());
  if (owner.key !== null) faults.add(entity.name, owner.name, modelFaults.ownerIsKey());
}

/** What is likely a slip: a reference to an owner entity on a class that nobody owns. */
export function ownershipWarnings(entities: readonly EntityDraft[]): readonly string[] {
  const owners = new Set(entities.map((entity) => entity.owner?.target?.entity));
  return entities.flatMap((entity) => !isPublic(entity) ? [] : [...entity.properties.values()]
    .filter((property) => property.target !== null && property.target.entity !== entity && owners.has(property.target.entity))
    .map((property) => `${entity.name}.${property.name} refers to the owner entity ${property.target?.entity.name ?? ""}, but `
      + `${entity.name} is not @UserOwned(): its rows are visible to every user. Add @UserOwned() if they belong to somebody.`));
}

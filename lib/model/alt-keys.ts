import { modelFaults } from "../errors/model-errors";
import type { EntityDraft, PropertyDraft } from "./draft";
import type { AltKeyModel, EntityModel } from "./entity-model";
import type { FaultList } from "./faults";
import { pairsOf } from "./relations";

/** The properties of an entity's alternative key, in the order of their declaration. */
export function altKeyProperties(entity: EntityDraft): readonly PropertyDraft[] {
  return [...entity.properties.values()].filter((property) => entity.altKey.includes(property.name) && !property.partial);
}

/** What cannot be part of an alternative key, and keys that lead nowhere or in a circle. */
export function checkAltKey(entity: EntityDraft, faults: FaultList): void {
  for (const name of entity.altKey) {
    const property = entity.properties.get(name);
    if (property === undefined) {
      faults.add(entity.name, name, modelFaults.altKeyAlone());
      continue;
    }
    const { model, target } = property;
    const { family } = entity;
    if (family !== null && family.root !== entity && family.root.properties.get(name)?.partial !== false) faults.add(entity.name, name, modelFaults.subEntityFixed());
    if (property === entity.owner) faults.add(entity.name, name, modelFaults.altKeyOwner());
    else if (model?.nullable === true) faults.add(entity.name, name, modelFaults.altKeyNullable());
    else if (model?.type === "json") faults.add(entity.name, name, modelFaults.altKeyJson());
    if (target === null || property === entity.owner) continue;
    if (leadsTo(target.entity, entity, new Set())) faults.add(entity.name, name, modelFaults.altKeyCircle(target.entity.name));
    else if (altKeyProperties(target.entity).length === 0) faults.add(entity.name, name, modelFaults.altKeyTarget(target.entity.name));
    else if (entity.systemOwned && target.entity.owned !== null) faults.add(entity.name, name, modelFaults.altKeyAcross(target.entity.name));
  }
}

function leadsTo(from: EntityDraft, entity: EntityDraft, seen: Set<EntityDraft>): boolean {
  if (from === entity) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return altKeyProperties(from).some((property) => property.target !== null && property !== from.owner && leadsTo(property.target.entity, entity, seen));
}

/** Pass 10b: the alternative key with the ways on into other entities'. */
export function altKeyOf(
  entity: EntityDraft, around: { readonly models: ReadonlyMap<string, EntityModel> },
): AltKeyModel | null {
  const parts = altKeyProperties(entity).flatMap((property) => {
    const { model, target } = property;
    if (model === null) return [];
    const pairs = target === null ? null : pairsOf(entity, property, target.entity, around);
    return [{ property: model, target: target === null || pairs === null ? null : { entity: target.entity.name, pairs } }];
  });
  return parts.length === 0 ? null : { parts };
}

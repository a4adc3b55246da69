import type { EntityDraft } from "./draft";
import type { EntityModel, FamilyModel, KindModel, PropertyModel } from "./entity-model";
import { hooksOf } from "./kept";

/** How an entity sees those that share its table. */
export function familyModel(draft: EntityDraft, columns: readonly PropertyModel[]): FamilyModel | null {
  const { family } = draft;
  const discriminator = columns.find((property) => property.name === family?.discriminator);
  if (family === null || discriminator === undefined) return null;
  const kinds = [draft, ...family.descendants].flatMap((member) => kindModel(member, columns) ?? []);
  return {
    root: family.root.name, whole: draft === family.root, discriminator, kinds,
    own: kinds.find((kind) => kind.name === draft.name) ?? null,
  };
}

function kindModel(member: EntityDraft, columns: readonly PropertyModel[]): KindModel | null {
  const value = member.family?.value ?? null;
  if (value === null) return null;
  const declared = (property: PropertyModel): boolean => member.properties.get(property.name)?.partial === false;
  const properties = columns.filter(declared);
  const required = properties.filter((property) => member.properties.get(property.name)?.model?.nullable === false);
  return { name: member.name, value, target: member.target, properties, required, hooks: hooksOf(member) };
}

/**
 * The kind of a row: that of the instance's class, or what the discriminator says, or the entity's own. Null where an entity has no kinds,
 * and where nothing says which.
 */
export function kindOf(model: EntityModel, entity: object | null, values: readonly unknown[]): KindModel | null {
  const { family } = model;
  if (family === null) return null;
  const instance = entity === null ? undefined : family.kinds.filter((kind) => entity instanceof kind.target).at(-1);
  if (instance !== undefined) return instance;
  const value = values[family.discriminator.position];
  return value === undefined ? family.own : family.kinds.find((kind) => kind.value === value) ?? null;
}

import type { EntityModel } from "../model/entity-model";

const same = (name: string): string => name;

/**
 * The names of the properties whose columns a constraint is about; the owner, which every key of an owned entity holds, goes without
 * saying unless it stands alone.
 *
 * @param inDatabase how the engine calls a column
 */
export function violatedProperties(
  model: EntityModel | null, columns: readonly string[], { withOwner = false, inDatabase = same }: { withOwner?: boolean; inDatabase?: (name: string) => string } = {},
): readonly string[] {
  if (model === null) return [];
  const owner = model.ownership?.property;
  const found = columns.flatMap((column) => model.columns.find((property) => inDatabase(property.column) === column) ?? []);
  const others = found.filter((property) => withOwner || property !== owner);
  return (others.length === 0 ? found : others).map((property) => property.name);
}

/** Whether a key is one per owner: keys over all owners, such as counted ids, leave the owner out. */
export function holdsOwner(model: EntityModel | null, columns: readonly string[]): boolean {
  const owner = model?.ownership?.property.column;
  return owner !== undefined && columns.includes(owner);
}

/** The property that a CHECK constraint of ours is about: they are named `ck_<table>_<column>`. */
export function checkedProperty(model: EntityModel | null, constraint: string | undefined, inDatabase = same): string | undefined {
  return model?.columns.find((property) => inDatabase(`ck_${model.table}_${property.column}`) === constraint)?.name;
}

import type { EntityModel } from "../model/entity-model";

/** Referenced entities before those that refer to them; within a cycle, in the order in which they were listed. */
export function dependencyOrder(models: readonly EntityModel[]): readonly EntityModel[] {
  const ordered: EntityModel[] = [];
  const visited = new Set<EntityModel>();
  const visit = (model: EntityModel): void => {
    if (visited.has(model)) return;
    visited.add(model);
    for (const key of model.foreignKeys) {
      const target = models.find((candidate) => candidate.table === key.targetTable);
      if (target !== undefined) visit(target);
    }
    ordered.push(model);
  };
  models.forEach(visit);
  return ordered;
}

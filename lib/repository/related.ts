import { unknownEntity } from "../errors/model-errors";
import type { EntityModel, RelationModel } from "../model/entity-model";
import type { PredicateNode } from "../sql/predicate";
import type { Hop } from "../sql/statement";
import { shownBeside, type TableSource } from "../sql/table-source";
import { openFor, type Engine } from "./engine";

/** How many tables a condition or an order leads through: SQLite takes 23 sub-selects within each other. */
export const MOST_STEPS = 16;

/** Opens the entity at the other end of a relation, in the name of the source. */
export function targetOf(engine: Engine, source: TableSource, relation: RelationModel, shown = shownBeside(source)): TableSource {
  return openFor(engine, entityNamed(engine, relation.target), source.scope, shown);
}

/** Opens the entity between, where there is one. */
export function linkOf(engine: Engine, source: TableSource, relation: RelationModel, shown = shownBeside(source)): TableSource | null {
  return relation.through === null ? null : openFor(engine, entityNamed(engine, relation.through.entity), source.scope, shown);
}

/** That a row of the target belongs to the source's row and meets a condition. */
export function relatedTarget(
  engine: Engine, source: TableSource, relation: RelationModel, target: TableSource, where: PredicateNode,
): PredicateNode {
  const link = linkOf(engine, source, relation);
  if (link === null || relation.through === null) return { kind: "related", source: target, pairs: relation.pairs, where };
  return {
    kind: "related", source: link, pairs: relation.pairs,
    where: { kind: "related", source: target, pairs: relation.through.pairs, where },
  };
}

/** The steps from a row to the one row of a to-one relation. */
export function hopsTo(relation: RelationModel, target: TableSource): readonly Hop[] {
  return [{ source: target, pairs: relation.pairs }];
}

export function entityNamed(engine: Engine, name: string): EntityModel {
  const model = engine.model.byName[name];
  if (model === undefined) throw unknownEntity(name);
  return model;
}

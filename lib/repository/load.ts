import { badArgument, mixedEntities } from "../errors/query-errors";
import { unknownEntity } from "../errors/model-errors";
import type { AnyClass } from "../metadata/records";
import type { EntityModel } from "../model/entity-model";
import type { Scope } from "../scope/access";
import { describeValue } from "../util/describe";
import type { Engine } from "./engine";
import { openRead } from "./open-read";
import { COUNT_OPTIONS, type CountOptions } from "./options";
import { planRelations } from "./read-plan";
import { loadRelations, parentsOf } from "./relation-loader";
import { EntityUnit } from "./unit";

/** Fills relations of entities in hand, which may be one or a list of one class. */
export async function load(
  engine: Engine, scope: Scope, given: unknown, asked: unknown, options: CountOptions | undefined,
): Promise<unknown> {
  const entities: readonly unknown[] = Array.isArray(given) ? [...given as unknown[]] : [given];
  const models = new Set(entities.map((entity) => modelOf(engine, entity)));
  const [model, other] = common(engine, [...models]);
  if (model === undefined) return given;
  if (other !== undefined) throw mixedEntities(model.name, other.name);
  const { source, asked: { signal } } = openRead(new EntityUnit<object>(engine, model), scope, options, COUNT_OPTIONS);
  if (asked === undefined) throw badArgument(model.name, "load", "the relations to load, such as { project: true }", asked);
  const relations = planRelations(engine, source, asked);
  await loadRelations(engine, { source, relations }, parentsOf(source, entities as readonly object[]), signal);
  return given;
}

/** Entities that share a table are seen through the one whose table it is. */
function common(engine: Engine, models: readonly EntityModel[]): readonly EntityModel[] {
  const [first] = models;
  if (models.length < 2 || first?.family === null || models.some((model) => model.family?.root !== first?.family?.root)) return models;
  const root = engine.model.byName[first?.family?.root ?? ""];
  return root === undefined ? models : [root];
}

function modelOf(engine: Engine, entity: unknown): EntityModel {
  const type: unknown = typeof entity === "object" && entity !== null ? entity.constructor : undefined;
  const model = typeof type === "function" ? engine.model.modelOf(type as AnyClass) : undefined;
  if (model === undefined) throw unknownEntity(typeof type === "function" && type !== Object ? type.name : describeValue(entity));
  return model;
}

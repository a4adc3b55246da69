import type { ModulesContainer } from "@nestjs/core";
import type { EntityClass } from "../metadata/records";

/** What a module's `forFeature` leaves in it, for `autoLoadEntities` to find. */
export const FEATURE = Symbol("FreeholdFeature");

export interface Feature {
  readonly database: string;
  readonly entities: readonly EntityClass[];
}

/**
 * The entities that the modules of this one application name for a database. Nest has read every module before it makes the first
 * provider, so none is missed, and another application in the same process adds nothing.
 */
export function entitiesOfFeatures(modules: ModulesContainer, database: string): readonly EntityClass[] {
  return [...modules.values()].flatMap((module) => {
    const feature = module.getProviderByKey(FEATURE)?.instance as Feature | undefined;
    return feature?.database === database ? feature.entities : [];
  });
}

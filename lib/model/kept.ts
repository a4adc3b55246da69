import { modelFaults } from "../errors/model-errors";
import type { HookEvent, KeptKind } from "../metadata/records";
import type { EntityDraft } from "./draft";
import type { HooksModel, KeptModel, PropertyModel } from "./entity-model";
import type { FaultList } from "./faults";

const KINDS: readonly string[] = ["createdAt", "updatedAt", "version", "deletedAt"] satisfies readonly KeptKind[];

export function isKeptKind(kind: string): kind is KeptKind {
  return KINDS.includes(kind);
}

/** Whether the framework alone changes a column once the row is there. */
export function isKept(property: PropertyModel): boolean {
  return property.generated !== null && isKeptKind(property.generated);
}

export const nothingKept: KeptModel = Object.freeze({ updatedAt: null, version: null, deletedAt: null });
export const noHooks: HooksModel = Object.freeze({ beforeInsert: [], beforeUpdate: [], beforeDelete: [], afterLoad: [] });

/** The columns that the framework keeps in an entity: one of each kind at most. */
export function keptColumns(entity: EntityDraft, faults: FaultList): KeptModel {
  const only = (kind: KeptKind): PropertyModel | null => {
    const [first, ...others] = [...entity.properties.values()].filter((property) => property.column?.kind === kind);
    for (const other of others) faults.add(entity.name, other.name, modelFaults.keptTwice(kind, first?.name ?? ""));
    return first?.model ?? null;
  };
  return { updatedAt: only("updatedAt"), version: only("version"), deletedAt: only("deletedAt") };
}

/** The hooks of an entity by what they wait for. */
export function hooksOf(entity: EntityDraft): HooksModel {
  const methods = (event: HookEvent): readonly string[] => entity.hooks.filter((hook) => hook.event === event).map((hook) => hook.property);
  return { beforeInsert: methods("beforeInsert"), beforeUpdate: methods("beforeUpdate"), beforeDelete: methods("beforeDelete"), afterLoad: methods("afterLoad") };
}

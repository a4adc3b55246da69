import { modelFaults } from "../errors/model-errors";
import type { ForeignKeyTarget } from "../metadata/records";
import { isClass } from "../util/is-class";
import { isUniqueOption } from "./constraints";
import { keyProperties, type EntityDraft, type PropertyDraft } from "./draft";
import type { FaultList } from "./faults";

/** Pass 2: what each foreign key points at. */
export function resolveReferences(entities: readonly EntityDraft[], faults: FaultList): void {
  for (const entity of entities) {
    for (const property of entity.properties.values()) {
      if (property.foreignKey !== null) {
        property.target = resolve(property.foreignKey.target, entity, property, entities, faults);
      }
    }
  }
}

function resolve(
  target: ForeignKeyTarget, entity: EntityDraft, property: PropertyDraft, entities: readonly EntityDraft[], faults: FaultList,
): PropertyDraft["target"] {
  const report = (words: readonly [string, string]): null => {
    faults.add(entity.name, property.name, words);
    return null;
  };
  const named = typeof target === "string" ? byText(target, entities) : byFunction(target, entities);
  if ("fault" in named) return report(named.fault);
  const found = named.entity.properties.get(named.property);
  if (found === undefined) {
    return report(modelFaults.foreignKeyProperty(named.entity.name, named.property, [...named.entity.properties.keys()]));
  }
  if (!isUniqueAlone(named.entity, found)) return report(modelFaults.foreignKeyNotUnique(named.entity.name, found.name));
  return { entity: named.entity, property: found };
}

type Named = { readonly entity: EntityDraft; readonly property: string } | { readonly fault: readonly [string, string] };

function byText(target: string, entities: readonly EntityDraft[]): Named {
  const dot = target.lastIndexOf(".");
  if (dot <= 0 || dot === target.length - 1) return { fault: modelFaults.foreignKeyText(target) };
  const name = target.slice(0, dot);
  const entity = entities.find((candidate) => candidate.name === name);
  return entity === undefined
    ? { fault: modelFaults.foreignKeyEntity(name) }
    : { entity, property: target.slice(dot + 1) };
}

function byFunction(target: unknown, entities: readonly EntityDraft[]): Named {
  const pair: unknown = typeof target === "function" && !isClass(target) ? (target as () => unknown)() : null;
  if (!Array.isArray(pair) || typeof pair[0] !== "function" || typeof pair[1] !== "string") {
    return { fault: modelFaults.foreignKeyThunk() };
  }
  const type = pair[0] as { readonly name: string };
  const entity = entities.find((candidate) => candidate.target === type);
  return entity === undefined
    ? { fault: modelFaults.foreignKeyEntity(type.name) }
    : { entity, property: pair[1] };
}

function isUniqueAlone(entity: EntityDraft, property: PropertyDraft): boolean {
  if (property.key !== null) return keyProperties(entity).length === 1;
  const options = property.foreignKey?.options ?? property.column?.options;
  return isUniqueOption(options?.unique);
}

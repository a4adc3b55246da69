import { modelFaults } from "../errors/model-errors";
import { designType } from "../metadata/design-type";
import type { ColumnType } from "../metadata/records";
import { typedDecorator } from "./typed-decorator";
import { keyProperties, type EntityDraft, type PropertyDraft } from "./draft";
import type { FaultList } from "./faults";

const KNOWN_TYPES: readonly ColumnType[] = [
  "integer", "bigint", "real", "decimal", "boolean", "text", "uuid", "blob", "datetime", "date", "json",
];

/** Pass 4: the column type of every property; a foreign key takes its target's. */
export function resolveTypes(entities: readonly EntityDraft[], faults: FaultList): void {
  for (const entity of entities) {
    for (const property of entity.properties.values()) {
      property.type ??= resolveType(entity, property, new Set(), faults);
    }
  }
  for (const entity of entities) {
    for (const property of entity.properties.values()) {
      const targetType = property.target?.property.type ?? null;
      if (property.type !== null && targetType !== null && property.type !== targetType) {
        faults.add(entity.name, property.name, modelFaults.foreignKeyType(property.type, targetType));
      }
    }
  }
}

function resolveType(
  entity: EntityDraft, property: PropertyDraft, visiting: Set<PropertyDraft>, faults: FaultList,
): ColumnType | null {
  if (property.type !== null) return property.type;
  if (visiting.has(property)) {
    faults.add(entity.name, property.name, modelFaults.foreignKeyLoop());
    return null;
  }
  visiting.add(property);
  const stated = statedType(entity, property, faults);
  if (property.foreignKey !== null) {
    // A stated type ends a circle of references; whether it is the target's is seen when all types are known.
    if (stated !== null || property.target === null) return stated;
    const targetType = resolveType(property.target.entity, property.target.property, visiting, faults);
    property.target.property.type ??= targetType;
    return targetType;
  }
  return stated ?? inferType(entity, property, faults);
}

/** What the decorators themselves say. */
function statedType(entity: EntityDraft, property: PropertyDraft, faults: FaultList): ColumnType | null {
  switch (property.column?.kind) {
    case "json": return "json";
    case "enum": return "enum";
    case "createdAt":
    case "updatedAt":
    case "deletedAt": return "datetime";
    case "version": return "integer";
    default:
  }
  const type = property.key?.options.type ?? property.foreignKey?.options.type ?? property.column?.options.type;
  if (type === undefined) return null;
  if (KNOWN_TYPES.includes(type)) return type;
  faults.add(entity.name, property.name, modelFaults.badType(type, KNOWN_TYPES));
  return null;
}

function inferType(entity: EntityDraft, property: PropertyDraft, faults: FaultList): ColumnType | null {
  const generate = property.key?.options.generate;
  const design = designType(property.declaredBy, property.name);
  switch (design.kind) {
    case "column":
      // A string key is a generated uuid unless the caller supplies it.
      return design.type === "text" && property.key !== null && generate !== "none" && keyProperties(entity).length === 1
        ? "uuid" : design.type;
    case "array":
      faults.add(entity.name, property.name, modelFaults.typeIsArray());
      return null;
    case "class":
      faults.add(entity.name, property.name, modelFaults.typeIsClass(design.name));
      return null;
    case "unknown":
    case "absent":
      if (generate === "identity" || generate === "perOwner") return "integer";
      if (generate === "uuid") return "uuid";
      faults.add(entity.name, property.name, modelFaults.typeUnknown(design.kind, typedDecorator(property)));
      return null;
  }
}

import { modelFaults } from "../errors/model-errors";
import { lineage } from "../metadata/record-store";
import type { EnumSource } from "../metadata/records";
import type { EntityDraft, FamilyDraft, PropertyDraft } from "./draft";
import type { FaultList } from "./faults";
import { isReserved } from "./names";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An entity as collected, and what it says of a shared table. */
export interface Collected {
  readonly draft: EntityDraft;
  /** Of a class that others share the table of. */
  readonly discriminator: string | null;
  /** Of a class that shares another's. */
  readonly value: string | number | null;
}

/**
 * Pass 1b: entities that share a table. Each sees, besides its own properties, those of its subclasses, so that rows of all kinds can be read
 * by it; in its view these are partial.
 */
export function joinFamilies(collected: readonly Collected[], faults: FaultList): readonly EntityDraft[] {
  for (const { draft, discriminator } of collected) {
    if (discriminator !== null) joinFamily(draft, discriminator, collected, faults);
  }
  return collected.flatMap(({ draft, value }) => {
    if (value === null || draft.family !== null) return [draft];
    faults.add(draft.name, undefined, modelFaults.subEntityBase());
    return [];
  });
}

function joinFamily(root: EntityDraft, discriminator: string, collected: readonly Collected[], faults: FaultList): void {
  if (typeof (discriminator as unknown) !== "string" || discriminator === "" || isReserved(discriminator)) {
    faults.add(root.name, undefined, modelFaults.discriminatorName());
    return;
  }
  const members = collected.filter(({ draft, value }) => value !== null && derives(draft, root))
    .sort((a, b) => lineage(a.draft.target).length - lineage(b.draft.target).length);
  if (members.length === 0) faults.add(root.name, undefined, modelFaults.discriminatorAlone(discriminator));
  const values = members.flatMap(({ value }) => value ?? []);
  if (new Set(values).size < values.length) faults.add(root.name, undefined, modelFaults.subEntityTwice(values));
  const drafts = members.map(({ draft }) => draft);
  for (const entity of [root, ...drafts]) {
    const descendants = drafts.filter((other) => other !== entity && derives(other, entity));
    const value = members.find(({ draft }) => draft === entity)?.value ?? null;
    (entity as Mutable<EntityDraft>).family = { root, discriminator, value, descendants } satisfies FamilyDraft;
    declareDiscriminator(entity, root, discriminator, values, faults);
  }
  // Only now: what is taken over from a subclass must not be taken over again.
  const own = new Map([root, ...drafts].map((entity) => [entity, [...entity.properties]]));
  for (const entity of [root, ...drafts]) {
    const properties = entity.properties as Map<string, PropertyDraft>;
    for (const descendant of entity.family?.descendants ?? []) {
      for (const [name, property] of own.get(descendant) ?? []) takeOver(entity, descendant, name, property, properties, faults);
    }
  }
}

function derives(entity: EntityDraft, base: EntityDraft): boolean {
  return entity !== base && lineage(entity.target).includes(base.target);
}

/** The discriminator as declared, or an enum of all values. */
function declareDiscriminator(
  entity: EntityDraft, root: EntityDraft, name: string, values: readonly (string | number)[], faults: FaultList,
): void {
  const declared = entity.properties.get(name);
  if (declared === undefined) {
    const column: PropertyDraft["column"] = { kind: "enum", property: name, values, options: {} };
    (entity.properties as Map<string, PropertyDraft>).set(name, {
      name, declaredBy: root.target, column, key: null, foreignKey: null, partial: false, target: null, type: null, model: null,
    });
    return;
  }
  if (entity !== root) return;
  const { column } = declared;
  const plain = (column?.kind === "column" || column?.kind === "enum") && declared.key === null && declared.foreignKey === null
    && column.options.nullable !== true && column.options.default === undefined && column.options.select !== false;
  if (!plain) faults.add(entity.name, name, modelFaults.discriminatorColumn());
  else if (column.kind === "enum" && values.some((value) => !members(column.values).includes(value))) {
    faults.add(entity.name, name, modelFaults.discriminatorValues(values));
  }
}

function members(source: EnumSource): readonly unknown[] {
  return Object.values(source);
}

function takeOver(
  entity: EntityDraft, descendant: EntityDraft, name: string, property: PropertyDraft, properties: Map<string, PropertyDraft>, faults: FaultList,
): void {
  const known = properties.get(name);
  if (known !== undefined) {
    // A property that came from a class between is the same; one that another class declares is not.
    if (known.declaredBy !== property.declaredBy) faults.add(descendant.name, name, modelFaults.subEntityProperty(entity.name, name));
    return;
  }
  if (property.key !== null || (property.column !== null && !["column", "json", "enum"].includes(property.column.kind))) {
    faults.add(descendant.name, name, modelFaults.subEntityFixed());
  }
  properties.set(name, { ...property, partial: true });
}

import { modelFaults } from "../errors/model-errors";
import { altKeyProperties } from "./alt-keys";
import { tableRecords } from "./collect";
import { isKeptKind } from "./kept";
import { keyProperties, tableOwner, type EntityDraft, type PropertyDraft } from "./draft";
import type { IndexModel, IndexPart, KeyModel, PrimaryKeyModel, PropertyModel } from "./entity-model";
import type { FaultList } from "./faults";
import { parseJsonPath, samePath } from "./json-path";
import { isRelationName } from "./names";

const KEY_TYPES = new Set<PropertyModel["type"]>(["integer", "bigint", "text", "uuid", "date", "datetime", "enum"]);

/**
 * Pass 6: the primary key. Of an owned entity, every key that the database does not count is one per owner, so
 * that no insert can meet somebody else's row: the owner comes first in it.
 */
export function primaryKey(entity: EntityDraft, faults: FaultList): PrimaryKeyModel | null {
  const properties = models(keyProperties(entity));
  if (keyProperties(entity).length === 0) {
    faults.add(entity.name, undefined, modelFaults.noPrimaryKey());
    return null;
  }
  for (const property of properties) {
    if (!KEY_TYPES.has(property.type)) faults.add(entity.name, property.name, modelFaults.badKeyType(property.type));
  }
  const generated = properties[0]?.generated ?? null;
  const generate = generated === null || isKeptKind(generated) ? "none" : generated;
  const owner = entity.owner?.model ?? null;
  return {
    properties, generate, columns: generate === "identity" ? properties : ownerFirst(owner, properties), clustered: generate === "perOwner",
    autoIncrement: keyProperties(entity)[0]?.key?.options.autoIncrement !== false,
  };
}

/** The names of properties that foreign keys point at, by the entity whose table holds them. */
export type ReferencedProperties = ReadonlyMap<EntityDraft, ReadonlySet<string>>;

/** Looked for once: each entity would otherwise have to ask all others. */
export function referencedProperties(drafts: readonly EntityDraft[]): ReferencedProperties {
  const found = new Map<EntityDraft, Set<string>>();
  for (const draft of drafts) {
    for (const { target } of draft.properties.values()) {
      if (target === null) continue;
      const holder = tableOwner(target.entity);
      const names = found.get(holder) ?? new Set<string>();
      found.set(holder, names.add(target.property.name));
    }
  }
  return found;
}

/** Pass 7: unique constraints, from `unique: true`, `@Unique` and what composite references need. */
export function uniqueKeys(
  entity: EntityDraft, key: PrimaryKeyModel, references: ReferencedProperties, faults: FaultList,
): readonly KeyModel[] {
  const owner = entity.owner?.model ?? null;
  const keys: KeyModel[] = [];
  const add = (properties: readonly PropertyModel[], name?: string): void => {
    const columns = properties.map((property) => property.column);
    const same = [key.columns, ...keys.map((other) => other.properties)]
      .some((other) => other.length === columns.length && other.every((property) => columns.includes(property.column)));
    if (!same) keys.push({ name: name ?? constraintName("uq", entity, properties), properties, live: soft && !referenced(properties) });
  };
  const soft = [...entity.properties.values()].some((property) => property.column?.kind === "deletedAt");
  const targets = references.get(tableOwner(entity));
  // What a reference points at must be unique among all rows, deleted ones too.
  const referenced = (properties: readonly PropertyModel[]): boolean => {
    const rest = properties.filter((property) => property !== owner);
    return rest.length === 1 && rest.every((property) => targets?.has(property.name) === true);
  };
  // References from other owned entities hold the owner: (owner, id) must be a key of its own.
  if (owner !== null && key.generate === "identity") {
    const properties = ownerFirst(owner, key.properties);
    keys.push({ name: constraintName("uq", entity, properties), properties, live: false });
  }
  for (const property of entity.properties.values()) {
    const options = property.foreignKey?.options ?? property.column?.options;
    if (isUniqueOption(options?.unique) && property.model !== null) {
      const name = typeof options?.unique === "string" ? options.unique : undefined;
      checkNoJson(entity, [property.model], "unique: true", faults);
      checkName(entity, name, faults);
      add(ownerFirst(owner, [property.model]), name);
    }
  }
  const altKey = models(altKeyProperties(entity));
  if (altKey.length > 0) add(ownerFirst(owner, altKey));
  for (const record of tableRecords(entity, "unique")) {
    const properties = named(entity, record.properties, "@Unique", faults);
    if (properties === null) continue;
    checkName(entity, record.options.name, faults);
    add(record.options.global === true ? properties : ownerFirst(owner, properties), record.options.name);
  }
  return keys;
}

/** Pass 8: indexes, from `index: true`, foreign keys and `@Index`. */
export function indexes(
  entity: EntityDraft, keys: readonly (readonly PropertyModel[])[], faults: FaultList,
): readonly IndexModel[] {
  const owner = entity.owner?.model ?? null;
  const found: IndexModel[] = [];
  const add = (parts: readonly IndexPart[], name?: string): void => {
    const covered = [...keys.map(whole), ...found.map((index) => index.parts)]
      .some((other) => parts.every(({ property, path }, position) => other[position]?.property === property && samePath(other[position].path, path)));
    if (!covered) found.push({ name: name ?? indexName(entity, parts), parts });
  };
  for (const property of entity.properties.values()) {
    if (property.model === null) continue;
    if (property.foreignKey !== null) {
      if (property.foreignKey.options.index !== false) add(whole(referenceIndex(property, property.model, owner)));
    } else if (property.column?.options.index === true) {
      checkNoJson(entity, [property.model], "index: true", faults);
      add(whole(ownerFirst(owner, [property.model])));
    }
  }
  for (const record of tableRecords(entity, "index")) {
    const parts = indexParts(entity, record.properties, faults);
    if (parts === null) continue;
    checkName(entity, record.options.name, faults);
    add(owner === null ? parts : [...whole([owner]), ...parts.filter(({ property }) => property !== owner)], record.options.name);
  }
  return found;
}

/** A name stands for true. */
export function isUniqueOption(unique: boolean | string | undefined): boolean {
  return unique === true || typeof unique === "string";
}

function whole(properties: readonly PropertyModel[]): readonly IndexPart[] {
  return properties.map((property) => ({ property, path: null }));
}

/** `"address.city"` is a place in the JSON column `address`. */
function indexParts(entity: EntityDraft, names: readonly string[], faults: FaultList): readonly IndexPart[] | null {
  const paths = names.map((name) => entity.properties.has(name) ? null : /^([^.]+)\.(.+)$/s.exec(name));
  const heads = names.map((name, index) => paths[index]?.[1] ?? name);
  const jsonHeads = paths.flatMap((path) => path?.[1] !== undefined && entity.properties.get(path[1])?.model?.type === "json" ? [path[1]] : []);
  const properties = named(entity, heads, "@Index", faults, jsonHeads);
  if (properties === null) return null;
  const parts = properties.flatMap((property, index): readonly IndexPart[] => {
    const rest = paths[index]?.[2];
    if (rest === undefined) return [{ property, path: null }];
    const path = parseJsonPath(rest);
    if (property.type === "json" && !("fault" in path)) return [{ property, path }];
    faults.add(entity.name, property.name, modelFaults.indexPath(names[index] ?? "", "fault" in path ? path.fault : `leads into a ${property.type}`));
    return [];
  });
  return parts.length === properties.length ? parts : null;
}

function indexName(entity: EntityDraft, parts: readonly IndexPart[]): string {
  return ["ix", entity.table, ...parts.map(({ property, path }) => [property.column, ...path ?? []].join("_"))].join("_");
}

/** Deleting a public row looks its references up without an owner, so there the reference leads the index. */
function referenceIndex(property: PropertyDraft, model: PropertyModel, owner: PropertyModel | null): readonly PropertyModel[] {
  if (owner === null || owner === model) return [model];
  return property.target?.entity.owned === null ? [model, owner] : [owner, model];
}

function named(
  entity: EntityDraft, names: readonly string[], what: string, faults: FaultList, within: readonly string[] = [],
): readonly PropertyModel[] | null {
  if (names.length === 0) {
    faults.add(entity.name, undefined, modelFaults.constraintEmpty(what));
    return null;
  }
  for (const name of names) {
    if (!entity.properties.has(name)) {
      faults.add(entity.name, undefined, modelFaults.constraintProperty(what, name, [...entity.properties.keys()]));
    }
  }
  const drafts = names.flatMap((name) => entity.properties.get(name) ?? []);
  const properties = models(drafts);
  checkNoJson(entity, properties.filter((property) => !within.includes(property.name)), what, faults);
  return drafts.length === names.length && properties.length === names.length ? properties : null;
}

function checkNoJson(entity: EntityDraft, properties: readonly PropertyModel[], what: string, faults: FaultList): void {
  for (const property of properties) {
    if (property.type === "json") faults.add(entity.name, property.name, modelFaults.constraintJson(what, property.name));
  }
}

function checkName(entity: EntityDraft, name: string | undefined, faults: FaultList): void {
  if (name !== undefined && !isRelationName(name)) faults.add(entity.name, undefined, modelFaults.badIdentifier("index or constraint", name));
}

function models(drafts: readonly PropertyDraft[]): readonly PropertyModel[] {
  return drafts.flatMap((draft) => draft.model ?? []);
}

/** The owner, then the others: how every key of an owned entity begins. */
export function ownerFirst(owner: PropertyModel | null, properties: readonly PropertyModel[]): readonly PropertyModel[] {
  return owner === null ? properties : [owner, ...properties.filter((property) => property !== owner)];
}

export function constraintName(prefix: string, entity: EntityDraft, properties: readonly PropertyModel[]): string {
  return [prefix, entity.table, ...properties.map((property) => property.column)].join("_");
}

import { modelFaults } from "../errors/model-errors";
import { lineage, ownRecords } from "../metadata/record-store";
import type { AltKeyRecord, AnyClass, ClassRecord, ConcreteClass, EntityClass, HookRecord, PropertyRecord, RelationRecord } from "../metadata/records";
import { describeValue } from "../util/describe";
import type { EntityDraft, PropertyDraft } from "./draft";
import { joinFamilies, type Collected } from "./families";
import type { FaultList } from "./faults";
import { isReserved } from "./names";
import { nameLost } from "./lost-names";
import type { NamingStrategy } from "./naming";

/** Pass 1: the records of each class and its bases become drafts. */
export function collectEntities(
  classes: readonly EntityClass[], naming: NamingStrategy, faults: FaultList,
): readonly EntityDraft[] {
  const collected: Collected[] = [];
  const seen = new Set<unknown>();
  for (const target of classes) {
    if (typeof target !== "function") {
      faults.add(describeValue(target), undefined, modelFaults.notAClass());
    } else if (seen.has(target)) {
      faults.add(target.name, undefined, modelFaults.listedTwice());
    } else {
      seen.add(target);
      const found = collectEntity(target as ConcreteClass, naming, faults);
      if (found !== null) collected.push(found);
    }
  }
  return joinFamilies(collected, faults);
}

function collectEntity(target: ConcreteClass, naming: NamingStrategy, faults: FaultList): Collected | null {
  const { classes } = ownRecords(target);
  const value = classes.find((record) => record.kind === "subEntity")?.value ?? null;
  const own = classes.find((record) => record.kind === "entity");
  if (own !== undefined && value !== null) faults.add(target.name, undefined, modelFaults.subEntityAndEntity());
  const entity = own ?? (value === null ? undefined : sharedEntity(target));
  if (entity === undefined) {
    faults.add(target.name, undefined, modelFaults.notAnEntity());
    return null;
  }
  const name = value === null ? entity.name ?? target.name : target.name;
  if (value === null && entity.name === null && entity.table === null && nameLost(target)) faults.add(name, undefined, modelFaults.nameLost(name));
  const { properties, relations, hooks, altKey } = collectProperties(target, name, faults);
  if (properties.size === 0) faults.add(name, undefined, modelFaults.noColumns());
  const marks = classRecords(target, "userOwned");
  const draft: EntityDraft = {
    name, target, properties, relations, hooks, altKey: [...altKey], family: null,
    table: entity.table ?? naming.table(entity.name ?? (value === null ? target : baseOf(target)).name),
    strict: entity.strict, unmanaged: entity.unmanaged,
    selfOwned: classRecords(target, "selfOwned").length > 0,
    systemOwned: classRecords(target, "systemOwned").length > 0,
    // A subclass that says @UserOwned() again, without a name, keeps the owner property that its base names.
    owned: marks.length === 0 ? null : { by: marks.reduce<string | null>((by, mark) => mark.by ?? by, null) },
    owner: null,
  };
  return { draft, value, discriminator: value === null ? entity.discriminator : null };
}

/** The class whose table a subclass under `@SubEntity()` shares. */
function baseOf(target: AnyClass): AnyClass {
  const bases = lineage(target).filter((type) => type !== target && ownRecords(type).classes.some((record) => record.kind === "entity"));
  return bases.at(-1) ?? target;
}

/** What it says of itself; without one, its place in the family will be a fault. */
function sharedEntity(target: AnyClass): Extract<ClassRecord, { kind: "entity" }> {
  const found = ownRecords(baseOf(target)).classes.find((record) => record.kind === "entity");
  return found ?? { kind: "entity", name: null, table: null, discriminator: null, strict: true, unmanaged: [] };
}

/** Class decorators of one kind that hold for an entity's table: its own, those of its bases and of its subclasses that share the table. */
export function tableRecords<K extends ClassRecord["kind"]>(entity: EntityDraft, kind: K): readonly Extract<ClassRecord, { kind: K }>[] {
  const all = [entity, ...entity.family?.descendants ?? []].flatMap((member) => classRecords(member.target, kind));
  return [...new Set(all)];
}

/** Class decorators of one kind, those of base classes first. */
export function classRecords<K extends ClassRecord["kind"]>(
  target: AnyClass, kind: K,
): readonly Extract<ClassRecord, { kind: K }>[] {
  return lineage(target).flatMap((type) => ownRecords(type).classes)
    .filter((record): record is Extract<ClassRecord, { kind: K }> => record.kind === kind);
}

type StoredRecord = Exclude<PropertyRecord, HookRecord | AltKeyRecord>;

/** What a class and its bases declare: stored properties, relations and hooks. */
interface Declared {
  readonly properties: Map<string, PropertyDraft>;
  readonly relations: Map<string, RelationRecord>;
  readonly hooks: HookRecord[];
  readonly altKey: Set<string>;
}

function collectProperties(target: AnyClass, entity: string, faults: FaultList): Declared {
  const collected: Declared = { properties: new Map(), relations: new Map(), hooks: [], altKey: new Set() };
  for (const type of lineage(target)) {
    const declared = new Map<string, StoredRecord[]>();
    for (const record of ownRecords(type).properties) {
      if (record.kind === "hook") {
        collectHook(target, entity, record, collected.hooks, faults);
        continue;
      }
      if (record.kind === "altKey") {
        collected.altKey.add(record.property);
        continue;
      }
      declared.set(record.property, [...(declared.get(record.property) ?? []), record]);
    }
    // A class that declares a property again replaces what its bases said of it.
    for (const [name, records] of declared) {
      if (isReserved(name)) faults.add(entity, name, modelFaults.reservedName());
      collected.properties.delete(name);
      collected.relations.delete(name);
      const [first] = records;
      if (first?.kind === "relation" && records.length === 1) collected.relations.set(name, first);
      else collected.properties.set(name, draftProperty(name, type, records, entity, faults));
    }
  }
  return collected;
}

/** A method that a subclass marks again is called once, in the place of its base's. */
function collectHook(target: AnyClass, entity: string, hook: HookRecord, hooks: HookRecord[], faults: FaultList): void {
  const method: unknown = (target.prototype as Record<string, unknown>)[hook.property];
  if (typeof method !== "function") faults.add(entity, hook.property, modelFaults.hookNotMethod());
  if (!hooks.some((other) => other.event === hook.event && other.property === hook.property)) hooks.push(hook);
}

function draftProperty(
  name: string, declaredBy: AnyClass, records: readonly StoredRecord[], entity: string, faults: FaultList,
): PropertyDraft {
  const draft = { name, declaredBy, column: null, key: null, foreignKey: null, partial: false, target: null, type: null, model: null } as {
    -readonly [K in keyof PropertyDraft]: PropertyDraft[K]
  };
  let repeated = false;
  for (const record of records) {
    if (record.kind === "primaryKey") {
      repeated ||= draft.key !== null;
      draft.key = record;
    } else if (record.kind === "foreignKey") {
      repeated ||= draft.foreignKey !== null;
      draft.foreignKey = record;
    } else if (record.kind === "relation") {
      repeated = true;
    } else {
      repeated ||= draft.column !== null;
      draft.column = record;
    }
  }
  const keyAsOther = draft.key !== null && draft.column !== null && draft.column.kind !== "enum";
  if (repeated || keyAsOther || (draft.column !== null && draft.foreignKey !== null)) {
    faults.add(entity, name, modelFaults.declaredTwice());
  }
  return draft;
}

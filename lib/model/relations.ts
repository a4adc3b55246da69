import { modelFaults } from "../errors/model-errors";
import type { RelationRecord, RelationTarget } from "../metadata/records";
import { dictionary, type Dictionary } from "../util/freeze";
import { isClass } from "../util/is-class";
import { isKindOf, type EntityDraft, type PropertyDraft } from "./draft";
import type { ColumnPair, EntityModel, PropertyModel, RelationModel } from "./entity-model";
import type { FaultList } from "./faults";

/** What the pass looks at besides the entity itself. */
interface Surroundings {
  readonly drafts: readonly EntityDraft[];
  /** The models so far, by entity name; an entity with faults has none. */
  readonly models: ReadonlyMap<string, EntityModel>;
  readonly faults: FaultList;
}

/** Pass 10: relations. Each follows a foreign key, forwards or backwards, owner and all. */
export function relationsOf(entity: EntityDraft, around: Surroundings): Dictionary<RelationModel> {
  return dictionary([...entity.relations].flatMap(([name, record]) => {
    const relation = relationOf(entity, record, around);
    return relation === null ? [] : [[name, relation] as const];
  }));
}

type Words = readonly [string, string];

function relationOf(entity: EntityDraft, record: RelationRecord, around: Surroundings): RelationModel | null {
  const report = (words: Words): null => {
    around.faults.add(entity.name, record.property, words);
    return null;
  };
  const target = entityOf(record.target, around.drafts);
  if ("fault" in target) return report(target.fault);
  const { draft } = target;
  const base = { name: record.property, target: draft.name, through: null, key: null };
  switch (record.relation) {
    case "manyToOne": {
      const key = foreignKeyOf(entity, draft, record.by, []);
      if ("fault" in key) return report(key.fault);
      const pairs = pairsOf(entity, key.draft, draft, around);
      return pairs === null ? null : { ...base, many: false, pairs, key: key.draft.model };
    }
    case "oneToMany": {
      const key = foreignKeyOf(draft, entity, record.by, []);
      if ("fault" in key) return report(key.fault);
      const pairs = pairsOf(draft, key.draft, entity, around);
      return pairs === null ? null : { ...base, many: true, pairs: pairs.map(reversed) };
    }
    case "oneToOne": {
      const side = sideOf(entity, draft, record.by, record.options.on);
      if ("fault" in side) return report(side.fault);
      const holder = side.own ? entity : draft;
      const pairs = pairsOf(holder, side.key, side.own ? draft : entity, around);
      if (pairs === null) return null;
      if (!isUnique(around.models.get(holder.name), side.key.model)) report(modelFaults.relationNotUnique(holder.name, side.key.name));
      return { ...base, many: false, pairs: side.own ? pairs : pairs.map(reversed), key: side.own ? side.key.model : null };
    }
    case "manyToMany": {
      if (typeof (record.options as { readonly through?: unknown }).through !== "function") return report(modelFaults.relationThrough());
      const link = entityOf(record.options.through, around.drafts);
      if ("fault" in link) return report(link.fault);
      const { from = null, to = null } = record.options;
      const near = foreignKeyOf(link.draft, entity, from, entity === draft ? [to] : []);
      if ("fault" in near) return report(near.fault);
      const far = foreignKeyOf(link.draft, draft, to, [near.draft.name]);
      if ("fault" in far) return report(far.fault);
      const [pairs, onward] = [pairsOf(link.draft, near.draft, entity, around), pairsOf(link.draft, far.draft, draft, around)];
      if (pairs === null || onward === null) return null;
      return { ...base, many: true, pairs: pairs.map(reversed), through: { entity: link.draft.name, pairs: onward } };
    }
  }
}

function entityOf(target: RelationTarget, drafts: readonly EntityDraft[]): { readonly draft: EntityDraft } | { readonly fault: Words } {
  const type: unknown = typeof target === "function" && !isClass(target) ? target() : undefined;
  if (typeof type !== "function") return { fault: modelFaults.relationTarget() };
  const draft = drafts.find((candidate) => candidate.target === type);
  return draft === undefined ? { fault: modelFaults.relationEntity(type.name) } : { draft };
}

/** The foreign key of one entity to another: the one named, or the only one that is not spoken for. */
function foreignKeyOf(
  holder: EntityDraft, target: EntityDraft, by: string | null, taken: readonly (string | null)[],
): { readonly draft: PropertyDraft } | { readonly fault: Words } {
  const candidates = keysBetween(holder, target);
  if (by !== null) {
    const named = candidates.find((property) => property.name === by);
    return named === undefined ? { fault: modelFaults.relationKey(by, holder.name, target.name) } : { draft: named };
  }
  const free = candidates.filter((property) => !taken.includes(property.name));
  const [only] = free;
  if (only === undefined) return { fault: modelFaults.relationKeyMissing(holder.name, target.name) };
  return free.length === 1 ? { draft: only } : { fault: modelFaults.relationKeyAmbiguous(holder.name, target.name, free.map(({ name }) => name)) };
}

function keysBetween(holder: EntityDraft, target: EntityDraft): readonly PropertyDraft[] {
  return [...holder.properties.values()].filter((property) => property.target !== null && isKindOf(target, property.target.entity));
}

/** On which of the two classes the foreign key of a one-to-one relation is. */
function sideOf(
  entity: EntityDraft, target: EntityDraft, by: string | null, on: "this" | "target" | undefined,
): { readonly own: boolean; readonly key: PropertyDraft } | { readonly fault: Words } {
  const matching = (holder: EntityDraft, other: EntityDraft): readonly PropertyDraft[] =>
    keysBetween(holder, other).filter((property) => by === null || property.name === by);
  const own = on === "target" ? [] : matching(entity, target);
  const other = on === "this" ? [] : matching(target, entity);
  if (own.length > 0 && other.length > 0) return { fault: modelFaults.relationSide(by ?? own[0]?.name ?? "") };
  const holder = own.length > 0 || on === "this" ? entity : target;
  const key = foreignKeyOf(holder, holder === entity && on !== "target" ? target : entity, by, []);
  return "fault" in key ? key : { own: own.length > 0, key: key.draft };
}

/** The columns of a foreign key and those that they refer to; null when the key has a fault of its own. */
export function pairsOf(
  holder: EntityDraft, property: PropertyDraft, referred: EntityDraft, around: Pick<Surroundings, "models">,
): readonly ColumnPair[] | null {
  const key = around.models.get(holder.name)?.foreignKeys.find((candidate) => candidate.reference.name === property.name);
  const target = around.models.get(referred.name);
  if (key === undefined || target === undefined) return null;
  return key.properties.flatMap((outer, index) => {
    const inner = target.columns.find((column) => column.column === key.targetColumns[index]);
    return inner === undefined ? [] : [{ outer, inner }];
  });
}

function reversed({ outer, inner }: ColumnPair): ColumnPair {
  return { outer: inner, inner: outer };
}

function isUnique(model: EntityModel | undefined, property: PropertyModel | null): boolean {
  if (model === undefined || property === null) return true;
  const owner = model.ownership?.property;
  return [model.primaryKey.columns, ...model.uniques.map((unique) => unique.properties)]
    .some((key) => key.every((part) => part === property || part === owner) && key.includes(property));
}

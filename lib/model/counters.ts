import { dictionary } from "../util/freeze";
import type { CounterModel, EntityModel, OwnershipModel, PropertyModel, RelationModel } from "./entity-model";
import { noHooks, nothingKept } from "./kept";
import { plainProperty } from "./plain-property";

/** What rows of a counter would be, if somebody made instances of them. */
class Counter {}

/**
 * Pass 11: a counter for each owner entity with rows whose ids are counted per owner. It is an owned table like any other:
 * no statement reaches another owner's counter, and it goes when the owner goes.
 */
export function countersOf(entities: readonly EntityModel[]): ReadonlyMap<string, CounterModel> {
  const counters = new Map<string, CounterModel>();
  for (const { ownership, primaryKey } of entities) {
    const owners = entities.find((entity) => entity.name === ownership?.ownerEntity);
    if (ownership === null || primaryKey.generate !== "perOwner" || owners === undefined || counters.has(owners.name)) continue;
    counters.set(owners.name, counter(owners, ownership));
  }
  return counters;
}

function counter(owners: EntityModel, { ownerKey, ownerEntity, ownerClass }: OwnershipModel): CounterModel {
  const table = `freehold_counter_${owners.table}`;
  const owner: PropertyModel = { ...ownerKey, name: "owner", column: "owner", position: 0, generated: null, default: null, key: false, nullable: false };
  const counted: PropertyModel = { ...plainProperty("entity", "text"), position: 1, nullable: false, key: true };
  const last: PropertyModel = { ...plainProperty("last", "integer"), position: 2, nullable: false };
  const columns = [owner, counted, last];
  return {
    name: `counter of ${owners.name}`, table, target: Counter, family: null, columns, counted, last,
    properties: dictionary(columns.map((property) => [property.name, property] as const)),
    primaryKey: { properties: [counted], columns: [owner, counted], generate: "none", clustered: true, autoIncrement: true },
    strict: true, unmanaged: [], relations: dictionary<RelationModel>([]), uniques: [], indexes: [], altKey: null, kept: nothingKept, hooks: noHooks,
    foreignKeys: [{
      name: `fk_${table}_owner`, reference: owner, properties: [owner], targetEntity: owners.name, targetTable: owners.table,
      targetColumns: [ownerKey.column], onDelete: "CASCADE", onUpdate: "CASCADE", deferrable: null,
    }],
    ownership: { property: owner, ownerKey, ownerEntity, ownerClass, itself: false },
  };
}

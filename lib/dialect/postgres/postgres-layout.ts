import type { ModelFault } from "../../errors/classes";
import { modelError } from "../../errors/model-errors";
import { badLayout, layoutFaults } from "../../errors/schema-errors";
import { ownerFirst } from "../../model/constraints";
import type { DatabaseModel, EntityModel, ForeignKeyModel, KeyModel, OwnedModel, PropertyModel } from "../../model/entity-model";
import type { SchemaLayout } from "../dialect";
import { primaryKeyName } from "./postgres-names";

/** Null: every table is whole. */
export type Layout = SchemaLayout | null;

/** Far more than anybody has use for: planning looks at each of them. */
const MOST_PARTITIONS = 1024;

export interface TableKeys {
  readonly primary: { readonly name: string; readonly properties: readonly PropertyModel[] };
  /** The other unique keys. */
  readonly uniques: readonly KeyModel[];
}

/** Refuses what is no layout, in JavaScript too. */
export function checkLayout(layout: unknown): void {
  if (layout === null || layout === "citus") return;
  const { owned, partitions } = (typeof layout === "object" ? layout : {}) as { readonly owned?: unknown; readonly partitions?: unknown };
  const count = Number.isSafeInteger(partitions) ? partitions as number : 0;
  if (owned !== "hash-partitions" || count < 1 || count > MOST_PARTITIONS) throw badLayout(MOST_PARTITIONS);
}

/**
 * Whether the rows are spread by their owner. Entities whose rows own themselves are not: other rules of theirs, such as a
 * unique e-mail address, hold over all of them.
 */
export function isSpread(model: EntityModel, layout: Layout): model is OwnedModel {
  return layout !== null && model.ownership !== null && !model.ownership.itself;
}

export function partitionCount(model: EntityModel, layout: Layout): number {
  return layout !== null && layout !== "citus" && isSpread(model, layout) ? layout.partitions : 0;
}

export function partitionName(model: EntityModel, place: number): string {
  return `${model.table}_p${place}`;
}

/** The keys of a table. Where rows are spread by their owner, no key can do without it. */
export function tableKeys(model: EntityModel, layout: Layout): TableKeys {
  const { columns } = model.primaryKey;
  const properties = isSpread(model, layout) ? ownerFirst(model.ownership.property, columns) : columns;
  const same = (key: KeyModel): boolean => key.properties.length === properties.length && key.properties.every((property) => properties.includes(property));
  return { primary: { name: primaryKeyName(model.table), properties }, uniques: model.uniques.filter((key) => key.live || !same(key)) };
}

/** What a foreign key does. Nobody declared those of the framework's own counters: on Citus they do what they can. */
export function actionsOf(table: EntityModel, { onDelete, onUpdate }: ForeignKeyModel, layout: Layout): Pick<ForeignKeyModel, "onDelete" | "onUpdate"> {
  return { onDelete, onUpdate: layout === "citus" && "counted" in table ? "NO ACTION" : onUpdate };
}

/** @throws ModelError with all that keeps the rows of owned entities from being spread */
export function checkSpread(model: DatabaseModel, layout: Layout): void {
  if (layout === null) return;
  const faults = model.tables.flatMap((table) => [...keyFaults(table, layout), ...table.foreignKeys.flatMap((key) => referenceFaults(table, key, model, layout))]);
  if (faults.length > 0) throw modelError(faults);
}

type Words = readonly [fault: string, remedy: string];

function fault(entity: EntityModel, property: PropertyModel | undefined, [words, remedy]: Words): ModelFault {
  return Object.freeze({ entity: entity.name, property: property?.name, fault: words, remedy });
}

function keyFaults(table: EntityModel, layout: Layout): readonly ModelFault[] {
  if (!isSpread(table, layout)) return [];
  const owner = table.ownership.property;
  return tableKeys(table, layout).uniques
    .filter(({ properties }) => !properties.includes(owner))
    .map(({ name }) => fault(table, undefined, layoutFaults.uniqueAcross(name)));
}

function referenceFaults(table: EntityModel, key: ForeignKeyModel, model: DatabaseModel, layout: Layout): readonly ModelFault[] {
  const report = (words: Words): readonly ModelFault[] => [fault(table, key.reference, words)];
  const { onDelete, onUpdate } = actionsOf(table, key, layout);
  const target = model.tables.find((candidate) => candidate.table === key.targetTable);
  if (target !== undefined && isSpread(target, layout) && !key.targetColumns.includes(target.ownership.property.column)) {
    return report(layoutFaults.referenceAcross(target.name));
  }
  if (layout !== "citus" || !isSpread(table, layout) || !key.properties.includes(table.ownership.property)) return [];
  return [
    ...(onDelete === "SET NULL" ? report(layoutFaults.citusDelete()) : []),
    ...(onUpdate === "SET NULL" || onUpdate === "CASCADE" ? report(layoutFaults.citusUpdate(onUpdate)) : []),
  ];
}

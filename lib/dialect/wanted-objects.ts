import type { EntityModel } from "../model/entity-model";
import type { SchemaFault, SchemaObject, TableDescription } from "./dialect";

/** The statements of the object that a missing index, unique key, trigger or partition is; none where it is a part of its table. */
export function wantedObject(
  { kind, name }: SchemaFault, table: Pick<EntityModel, "indexes" | "uniques">, expected: TableDescription, objects: readonly SchemaObject[],
): SchemaObject | undefined {
  const called = (wanted: string | undefined, as: SchemaObject["kind"]): SchemaObject | undefined =>
    wanted === undefined ? undefined : objects.find((object) => object.kind === as && object.name === wanted);
  switch (kind) {
    case "index": return called(table.indexes[expected.indexes.findIndex((columns) => columnsText(columns) === name)]?.name, "index");
    case "unique": return called(table.uniques[expected.uniques.findIndex(({ columns, where }) => uniqueText(columns, where) === name)]?.name, "index");
    case "trigger": return objects.find((object) => object.kind === "trigger" && name.startsWith(`${object.name}: `));
    case "partition": return objects.find((object) => object.kind === "partition" && name.startsWith(`${object.name}: `));
    default: return undefined;
  }
}

/** The columns of a key or an index, as differences name it. */
export function columnsText(columns: readonly string[]): string {
  return `(${columns.join(", ")})`;
}

/** A unique key, with the condition of a partial one. */
export function uniqueText(columns: readonly string[], where: string | null): string {
  return `${columnsText(columns)}${where === null ? "" : ` where ${where}`}`;
}

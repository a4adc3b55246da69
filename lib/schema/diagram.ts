import type { DatabaseModel, EntityModel, ForeignKeyModel, PropertyModel } from "../model/entity-model";

/**
 * The tables and their references as a Mermaid `erDiagram`. What a table's rows belong to stands beside its name: Mermaid knows no notes
 * in such diagrams, and an alias is shown everywhere.
 */
export function mermaid(model: DatabaseModel): string {
  const ids = new Map(model.tables.map((table, place) => [table.table, idOf(table.table, place)]));
  return [
    "erDiagram",
    ...model.tables.flatMap((table) => entityLines(table, model, ids)),
    ...model.tables.flatMap((table) => table.foreignKeys.map((key) => `  ${relation(table, key, ids)}`)),
    "",
  ].join("\n");
}

/** In quotes, where no word of Mermaid's own means anything; what it does not even take there, goes by a number. */
function idOf(table: string, place: number): string {
  return `"${quoted(table) === table ? table : `table ${place + 1}`}"`;
}

function entityLines(table: EntityModel, model: DatabaseModel, ids: ReadonlyMap<string, string>): readonly string[] {
  const id = ids.get(table.table) ?? "";
  const label = `"${quoted(labelOf(table, model))}"`;
  return [
    `  ${id}${label === id ? "" : `[${label}]`} {`,
    ...table.columns.map((property) => `    ${columnLine(table, property)}`),
    "  }",
  ];
}

function labelOf(table: EntityModel, model: DatabaseModel): string {
  if (table.ownership === null) return table.systemOnly ? `${table.table} (system only)` : table.table;
  if (table.ownership.itself) return `${table.table} (owned by itself)`;
  return `${table.table} (owned by ${model.byName[table.ownership.ownerEntity]?.table ?? table.ownership.ownerEntity})`;
}

function columnLine(table: EntityModel, property: PropertyModel): string {
  const name = property.column.replaceAll(/[^\w-]/g, "_").replace(/^(?![A-Za-z_])|^(?=[pfu]k$)/i, "_");
  const marks = [
    ...(table.primaryKey.columns.includes(property) ? ["PK"] : []),
    ...(table.foreignKeys.some(({ properties }) => properties.includes(property)) ? ["FK"] : []),
    ...(isUnique(table, property) ? ["UK"] : []),
  ];
  const words = [
    ...(name === property.column ? [] : [property.column]),
    ...(table.ownership?.property === property && !table.ownership.itself ? ["owner"] : []),
    ...(property.nullable ? ["nullable"] : []),
  ];
  return [property.type, name, ...(marks.length === 0 ? [] : [marks.join(", ")]), ...(words.length === 0 ? [] : [`"${quoted(words.join(", "))}"`])].join(" ");
}

/** Alone, or among the rows of its owner. */
function isUnique(table: EntityModel, property: PropertyModel): boolean {
  return !isKey(table, table.primaryKey.properties, [property]) && table.uniques.some(({ properties }) => isKey(table, properties, [property]));
}

/** Whether a key holds those columns and no others, the owner aside. */
function isKey(table: EntityModel, key: readonly PropertyModel[], columns: readonly PropertyModel[]): boolean {
  const owner = table.ownership?.property;
  const plain = (list: readonly PropertyModel[]): readonly PropertyModel[] => list.length > 1 ? list.filter((property) => property !== owner) : list;
  return plain(key).length === plain(columns).length && plain(key).every((property) => plain(columns).includes(property));
}

/** One or none of the target, then how many may refer to it. */
function relation(table: EntityModel, key: ForeignKeyModel, ids: ReadonlyMap<string, string>): string {
  const single = [table.primaryKey.columns, ...table.uniques.map(({ properties }) => properties)].some((columns) => isKey(table, columns, key.properties));
  const ends = `${key.reference.nullable ? "|o" : "||"}--${single ? "o|" : "o{"}`;
  return `${ids.get(key.targetTable) ?? ""} ${ends} ${ids.get(table.table) ?? ""} : "${quoted(key.reference.column)}"`;
}

/** There is no way to write these signs between quotes. */
function quoted(text: string): string {
  return text.replaceAll('"', "'").replaceAll(/[%\\]/g, "_").replaceAll(/\s+/g, " ");
}

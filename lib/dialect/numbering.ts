import type { DatabaseModel, EntityModel } from "../model/entity-model";
import type { SchemaChange, SqlStep, TableChange } from "./migration-dialect";
import type { NumberingShape } from "./schema-shape";

export function numberingOf(model: DatabaseModel, entity: EntityModel): NumberingShape | null {
  const counter = model.counterOf(entity);
  const [key] = entity.primaryKey.properties;
  return counter === undefined || key === undefined || entity.ownership === null ? null
    : { counters: counter.table, owner: entity.ownership.property.column, key: key.column };
}

/** Tables whose counters have to follow. */
export function renumbered({ tables }: SchemaChange): readonly TableChange[] {
  return tables.filter(({ from, to }) => to.numbering !== null && (from.numbering === null || from.table !== to.table));
}

/** Ids that were given once are not given again, under another name of the table neither, nor where another count gave them. */
export function numberingSteps(change: SchemaChange, quote: (name: string) => string, text: (value: string) => string): readonly SqlStep[] {
  const changed = renumbered(change);
  const kept = changed.filter(({ from }) => from.numbering !== null);
  const begun = changed.filter(({ from }) => from.numbering === null);
  const rename = (counters: string, from: string, to: string): SqlStep => (
    { sql: `update ${quote(counters)} set ${quote("entity")} = ${text(to)} where ${quote("entity")} = ${text(from)}` });
  return [
    // By way of a name that no table has: two of them may exchange theirs.
    ...kept.map(({ from, to }) => rename(to.numbering?.counters ?? "", from.table, `freehold_moved ${to.table}`)),
    ...kept.map(({ to }) => rename(to.numbering?.counters ?? "", `freehold_moved ${to.table}`, to.table)),
    ...begun.flatMap(({ to: { table, numbering } }) => numbering === null ? [] : [
      { sql: `delete from ${quote(numbering.counters)} where ${quote("entity")} = ${text(table)}` },
      {
        sql: `insert into ${quote(numbering.counters)} (${["owner", "entity", "last"].map(quote).join(", ")})\n`
          + `select ${quote(numbering.owner)}, ${text(table)}, max(${quote(numbering.key)}) from ${quote(table)} group by ${quote(numbering.owner)}`,
      },
    ]),
  ];
}

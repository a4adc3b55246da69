import { isCountedByDatabase, type Rehearsal } from "../rehearsal";
import { quoteIdentifier } from "./sqlite-syntax";
import { quoteText } from "./sqlite-text";

export const sqliteRehearsal: Rehearsal = Object.freeze<Rehearsal>({
  empty: (tables) => [
    // Rows may refer to each other in circles.
    "pragma foreign_keys = off", "begin immediate",
    ...tables.map(({ table }) => `delete from ${quoteIdentifier(table)}`),
    // The table is there as soon as one table counts so that no id comes again.
    ...tables.some(counts) ? [`delete from sqlite_sequence where name in (${tables.map(({ table }) => quoteText(table)).join(", ")})`] : [],
    "commit", "pragma foreign_keys = on",
  ].join(";\n"),
  countFrom: (model, next) => !counts(model) ? null
    : `delete from sqlite_sequence where name = ${quoteText(model.table)};\ninsert into sqlite_sequence (name, seq) values (${quoteText(model.table)}, ${next - 1})`,
  stored: ({ table, columns }) =>
    `select ${columns.map(({ column }, index) => `quote(${quoteIdentifier(column)}) as c${index}`).join(", ")} from ${quoteIdentifier(table)}`,
});

function counts(model: Parameters<Rehearsal["stored"]>[0]): boolean {
  return isCountedByDatabase(model) && model.primaryKey.autoIncrement;
}

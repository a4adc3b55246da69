import { isCountedByDatabase, type Rehearsal } from "../rehearsal";
import { databaseName, quoteIdentifier, quoteLiteral } from "./postgres-names";

export const postgresRehearsal: Rehearsal = Object.freeze<Rehearsal>({
  empty: (tables) => `truncate ${tables.map(({ table }) => quoteIdentifier(table)).join(", ")} restart identity`,
  countFrom: (model, next) => {
    const key = model.primaryKey.properties[0];
    if (!isCountedByDatabase(model) || key === undefined) return null;
    return `select setval(pg_get_serial_sequence(${quoteLiteral(quoteIdentifier(model.table))}, ${quoteLiteral(databaseName(key.column))})::regclass, ${next}, false)`;
  },
  stored: ({ table, columns }) =>
    `select ${columns.map(({ column }, index) => `${quoteIdentifier(column)}::text as c${index}`).join(", ")} from ${quoteIdentifier(table)}`,
});

/** A schema in which everybody may look, as in the one that a new database has. */
export function createSchemaSql(name: string): string {
  return `create schema ${quoteIdentifier(name)};\ngrant usage on schema ${quoteIdentifier(name)} to public`;
}

export function dropSchemaSql(name: string): string {
  return `drop schema if exists ${quoteIdentifier(name)} cascade`;
}

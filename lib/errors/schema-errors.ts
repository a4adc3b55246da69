import { DataError, InvalidQueryError } from "./classes";

export function dropUnconfirmed(): InvalidQueryError {
  return new InvalidQueryError("schema.drop deletes every table of the model with all its rows: call it with { confirm: true } if that is meant.");
}

export function alreadyExists(table: string): DataError {
  return new DataError(`The table ${table} exists already: schema.create makes a whole new schema; use schema.ensure to create what is missing.`);
}

export function indexedColumnMissing(entity: string, index: string, column: string): DataError {
  return new DataError(
    `The index ${index} cannot be created: the table of ${entity} is there already and has no column ${column}. `
    + "schema.ensure changes no table that exists; db.schema.check() lists all differences.", { entity });
}

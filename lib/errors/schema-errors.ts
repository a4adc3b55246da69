import { DataError, InvalidQueryError } from "./classes";

export function dropUnconfirmed(): InvalidQueryError {
  return new InvalidQueryError("schema.drop deletes every table of the model with all its rows: call it with { confirm: true } if that is meant.");
}

export function alreadyExists(table: string): DataError {
  return new DataError(`The table ${table} exists already: schema.create makes a whole new schema; use schema.ensure to create what is missing.`);
}

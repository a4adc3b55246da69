import { DataError, InvalidQueryError } from "./classes";

export function introspectionFailed(differences: readonly string[]): DataError {
  return new DataError(
    "The database could not be told in entities: the model would still differ from it. Leave the tables concerned out (tables: […], --table), and please report what they are:\n"
    + differences.map((difference) => `  - ${difference}`).join("\n"));
}

export function tablesUnknown(unknown: readonly string[], known: readonly string[]): InvalidQueryError {
  return new InvalidQueryError(`There is no table ${unknown.map((name) => JSON.stringify(name)).join(", ")}; the tables are ${known.join(", ")}.`);
}

export function badIntrospectOption(option: string, wanted: string): InvalidQueryError {
  return new InvalidQueryError(`introspect takes no such ${option}: give ${wanted}.`);
}

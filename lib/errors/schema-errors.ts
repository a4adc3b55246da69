import { DataError, ForeignKeyViolationError, InvalidQueryError } from "./classes";

export function dropUnconfirmed(): InvalidQueryError {
  return new InvalidQueryError("schema.drop deletes every table of the model with all its rows: call it with { confirm: true } if that is meant.");
}

export function stillReferred(cause: unknown): ForeignKeyViolationError {
  return new ForeignKeyViolationError(
    "The tables of the model are still referenced by other rows, of tables that the model does not know: drop those first, or their foreign keys.", { cause });
}

export function alreadyExists(table: string): DataError {
  return new DataError(`The table ${table} exists already: schema.create makes a whole new schema; use schema.ensure to create what is missing.`);
}

export function missingColumn(entity: string, what: "index" | "foreign key", name: string, column: string): DataError {
  return new DataError(
    `The ${what} ${name} cannot be created: the table of ${entity} is there already and has no column ${column}. `
    + "schema.ensure changes no table that exists; db.schema.check() lists all differences.", { entity });
}

/** The statements are those that the current role may not run, or could not get to. */
export function needsAdministrator(statements: readonly string[]): DataError {
  return new DataError(
    "The schema needs roles or rights that the current role may not make or give. Let an administrator run this once in the database, then try again:\n\n"
    + `${statements.map((statement) => `${statement};`).join("\n")}\n`);
}

export function layoutUnsupported(engine: string): InvalidQueryError {
  return new InvalidQueryError(`${engine} keeps every table whole: leave out { layout }, which is for PostgreSQL.`);
}

export function badSqlOptions(): InvalidQueryError {
  return new InvalidQueryError("schema.sql takes nothing but { layout }.");
}

export function badLayout(mostPartitions: number): InvalidQueryError {
  return new InvalidQueryError(
    `A layout is "citus" (for schema.sql alone) or { owned: "hash-partitions", partitions } with a whole number from 1 to ${mostPartitions}.`);
}

/** The wording of each fault that keeps a model from being laid out over partitions or servers: what is wrong, and how to mend it. */
type Words = readonly [fault: string, remedy: string];

export const layoutFaults = {
  uniqueAcross: (name: string): Words => [
    `its unique constraint ${name} holds over all owners, and rows are spread by their owner`, "make it one for each owner: leave out global: true",
  ],
  referenceAcross: (target: string): Words => [
    `refers to ${target} without its owner, and the rows of ${target} are spread by their owner`, "keep the key as a plain column, without @ForeignKey()",
  ],
  citusDelete: (): Words => [
    "says onDelete: \"SET NULL\" in a foreign key that holds the owner, which Citus refuses", "use another action, and null the property before the delete",
  ],
  citusUpdate: (action: string): Words => [
    `says onUpdate: "${action}" in a foreign key that holds the owner, which Citus refuses`, 'leave it at "NO ACTION"',
  ],
} as const;

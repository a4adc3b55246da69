import type { ForeignKeyDescription, TableDescription } from "../dialect/dialect";
import type { OwnedModel } from "../model/entity-model";
import type { Finding } from "./finding";
import type { Patient } from "./patient";

/** What the database's own keys and indexes fail to do for owners. */
export function referenceChecks(patient: Patient): readonly Finding[] {
  return patient.owned.flatMap((model) => {
    const found = patient.tables.get(model.table);
    if (found === undefined) return [];
    return [...ownerIndex(patient, model, found), ...crossing(patient, model, found), ...unguarded(patient, model, found)];
  });
}

/** Every statement with a context asks for the owner's rows. */
function ownerIndex({ dialect, model: whole }: Patient, model: OwnedModel, found: TableDescription): readonly Finding[] {
  const owner = columnName(dialect.ddl.expected(model, whole), model);
  if (!found.columns.some(({ name }) => same(name, owner))) return [];
  const keys = [found.primaryKey, ...found.uniques.filter(({ where }) => where === null).map(({ columns }) => columns), ...found.indexes.filter(isPlain)];
  if (keys.some(([first]) => first !== undefined && same(first, owner))) return [];
  return [{
    severity: "warning", code: "OWNER_INDEX_MISSING", place: `${model.table}.${owner}`,
    message: `No index of ${model.table} begins with ${owner}: every statement in a user's name reads the rows of all owners.`,
    cure: `${dialect.examination.ownerIndex({ table: model.table, owner: model.ownership.property.column })};`,
  }];
}

/** What follows an index's columns (a condition, another method) stands as its last part. */
function isPlain(parts: readonly string[]): boolean {
  return !/^(?:where|using|invalid)\b/.test(parts.at(-1) ?? "");
}

/** A foreign key between rows of owners that does not hold the owner takes anybody's row for a target. */
function crossing(patient: Patient, model: OwnedModel, found: TableDescription): readonly Finding[] {
  const owner = columnName(patient.dialect.ddl.expected(model, patient.model), model);
  return found.foreignKeys.flatMap((key): readonly Finding[] => {
    const target = patient.model.tables.find(({ table }) => same(table, key.targetTable));
    if (target === undefined || target.ownership === null || target.ownership.itself) return [];
    if (holds(key, owner) || found.foreignKeys.some((other) => holds(other, owner) && enforced(other) && covers(other, key))) return [];
    return [{
      severity: "error", code: "REFERENCE_CROSSES_OWNERS", place: `${model.table}.${key.columns.join(", ")}`,
      message: `The foreign key (${key.columns.join(", ")}) of ${model.table} to ${key.targetTable} leaves the owner out: a row may refer to another owner's.`,
      cure: `Put ${owner} first in it, as npx freehold schema check says; rows that cross already come first (ROWS_CROSS_OWNERS).`,
    }];
  });
}

/** What the model wants to be a foreign key, and nothing in the database looks after. */
function unguarded({ dialect, model: whole }: Patient, model: OwnedModel, found: TableDescription): readonly Finding[] {
  return dialect.ddl.expected(model, whole).foreignKeys.flatMap((wanted): readonly Finding[] => {
    if (!wanted.columns.every((column) => found.columns.some(({ name }) => same(name, column)))) return [];
    if (found.foreignKeys.some((key) => same(key.targetTable, wanted.targetTable) && enforced(key) && (covers(key, wanted) || covers(wanted, key)))) return [];
    const off = found.foreignKeys.some((key) => same(key.targetTable, wanted.targetTable) && covers(key, wanted));
    return [{
      severity: "error", code: "REFERENCE_UNGUARDED", place: `${model.table}.${wanted.columns.join(", ")}`,
      message: off
        ? `The foreign key (${wanted.columns.join(", ")}) of ${model.table} to ${wanted.targetTable} is there, but is not looked after, or not for the rows that were there before.`
        : `No foreign key looks after (${wanted.columns.join(", ")}) of ${model.table}, which refers to ${wanted.targetTable}.`,
      cure: "See npx freehold schema check.",
    }];
  });
}

function holds({ columns }: ForeignKeyDescription, owner: string): boolean {
  return columns.some((column) => same(column, owner));
}

/** The catalogue says so behind what happens on update. */
function enforced({ onUpdate }: ForeignKeyDescription): boolean {
  return !/not valid|not enforced|triggers disabled/.test(onUpdate);
}

function covers(key: ForeignKeyDescription, other: ForeignKeyDescription): boolean {
  return other.columns.every((column) => holds(key, column));
}

/** The owner's column as the database calls it. */
function columnName(expected: TableDescription, model: OwnedModel): string {
  return expected.columns[model.columns.indexOf(model.ownership.property)]?.name ?? model.ownership.property.column;
}

function same(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

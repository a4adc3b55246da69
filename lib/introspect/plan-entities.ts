import type { Survey, SurveyedColumn, SurveyedKey, SurveyedTable } from "../dialect/survey";
import { isColumnType } from "../model/column-type";
import { isIdentifier as isColumnName, isRelationName } from "../model/names";
import { unmanagedText } from "../model/unmanaged";
import { className, newClassNames, newPropertyNames, propertyName } from "./identifiers";
import { ownersOf } from "./owned";
import { columnId, type ColumnPlan, type Decisions, type EntityPlan, type KeyPlan } from "./plan";
import { planReferences, type Chosen, type ChosenColumn } from "./plan-references";
import { planRelations } from "./plan-relations";

/** Makes entities of tables. What no model can say is left out, and named where it is. */
export function planEntities(survey: Survey, decisions: Decisions): readonly EntityPlan[] {
  const names = newClassNames();
  const tables = new Set<string>();
  const chosen = survey.tables.flatMap((table): readonly Chosen[] => {
    const reason = decisions.tables.get(table.name) ?? tableFault(table, tables) ?? keyFault(table, decisions);
    if (reason !== null) {
      decisions.tables.set(table.name, reason);
      return [];
    }
    tables.add(table.name.toLowerCase());
    return [{ table, name: className(table.name, names), columns: chooseColumns(table, decisions) }];
  });
  const references = planReferences(chosen, decisions);
  const taken = new Set(tables);
  const plans = chosen.map((entity) => planEntity(entity, references.get(entity) ?? [], survey, decisions, taken));
  return plans.map((plan) => ({ ...plan, relations: planRelations(plan, plans, decisions) }));
}

function tableFault(table: SurveyedTable, tables: ReadonlySet<string>): string | null {
  if (table.primaryKey.length === 0) return "it has no primary key, so its rows cannot be told apart";
  if (!isRelationName(table.name)) return "its name is none that an entity's table can have";
  if (tables.has(table.name.toLowerCase())) return "its name differs from another table's in case alone";
  return null;
}

function keyFault(table: SurveyedTable, decisions: Decisions): string | null {
  const columns = chooseColumns(table, decisions);
  const missing = table.primaryKey.find((name) => !columns.some(({ column, type }) => column.name === name && type !== null));
  return missing === undefined ? null : `the column ${JSON.stringify(missing)} of its primary key has a type or name that no key of an entity can have`;
}

function chooseColumns(table: SurveyedTable, decisions: Decisions): readonly ChosenColumn[] {
  const seen = new Set<string>();
  const usable = table.columns.filter((column) => {
    const folded = column.name.toLowerCase();
    if (column.computed || decisions.columns.has(columnId(table.name, column.name)) || !isUsable(column) || seen.has(folded)) return false;
    seen.add(folded);
    return true;
  });
  const keys = table.primaryKey.flatMap((name) => usable.find((column) => column.name === name) ?? []);
  const properties = newPropertyNames();
  return [...keys, ...usable.filter((column) => !keys.includes(column))].map((column) => ({
    column, property: propertyName(column.name, properties), type: keys.includes(column) ? column.keyType : column.type, isKey: keys.includes(column),
  }));
}

function isUsable(column: SurveyedColumn): boolean {
  return isColumnName(column.name) && isColumnType(column.fullType);
}

function planEntity(
  { table, name, columns }: Chosen, planned: readonly ColumnPlan[], survey: Survey, decisions: Decisions, taken: Set<string>,
): EntityPlan {
  const propertyOf = (column: string): string | undefined => columns.find((candidate) => candidate.column.name === column)?.property;
  const keys = (list: readonly SurveyedKey[], prefix: string): readonly (KeyPlan & { readonly columns: readonly string[] })[] => list.flatMap((key) => {
    const properties = key.columns.flatMap((column) => propertyOf(column) ?? []);
    const keyName = key.name ?? `${prefix}_${table.name}_${key.columns.join("_")}`.slice(0, 60);
    if (properties.length < key.columns.length || decisions.keys.has(`${table.name} ${keyName}`) || !isRelationName(keyName) || taken.has(keyName.toLowerCase())) return [];
    return [{ name: keyName, properties, columns: key.columns }];
  });
  const uniques = keys(table.uniques, "uq").filter((key, at, all) =>
    ![table.primaryKey, ...all.slice(0, at).map((other) => other.columns)].some((other) => sameColumns(other, key.columns)));
  const plain = [table.primaryKey, ...uniques.map((key) => key.columns)];
  const indexes = keys(table.indexes, "ix").filter((key, at, all) => ![...plain, ...all.filter((other, place) =>
    place !== at && (other.columns.length > key.columns.length || place < at)).map((other) => other.columns)]
    .some((other) => key.columns.every((column, place) => other[place] === column)));
  for (const key of [...uniques, ...indexes]) taken.add(key.name.toLowerCase());
  const single = (property: string): string | null => uniques.find(({ properties }) => properties.length === 1 && properties[0] === property)?.name ?? null;
  const all = planned.map((column) => ({ ...column, unique: single(column.property) }));
  return {
    name, table: table.name, comment: table.comment, strict: table.strict, columns: all,
    uniques: uniques.filter(({ properties }) => properties.length > 1), indexes, relations: [],
    owners: ownersOf(table, all, survey),
    unmanaged: [...new Set([
      ...table.columns.filter((column) => !columns.some((other) => other.column === column)).map((column) => unmanagedText("column", column.name)),
      ...table.triggers.filter((trigger) => trigger !== "").map((trigger) => unmanagedText("trigger", trigger)),
      ...decisions.unmanaged.get(table.name) ?? [],
    ])],
  };
}

function sameColumns(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((column) => right.includes(column));
}

import type { SurveyedColumn, SurveyedReference, SurveyedTable } from "../dialect/survey";
import type { ColumnType, ReferentialAction } from "../metadata/records";
import { isRelationName } from "../model/names";
import { columnId, type ColumnPlan, type Decisions, type ReferencePlan } from "./plan";

/** A table of which an entity is made, with those of its columns that become properties. */
export interface Chosen {
  readonly table: SurveyedTable;
  readonly name: string;
  readonly columns: readonly ChosenColumn[];
}

export interface ChosenColumn {
  readonly column: SurveyedColumn;
  readonly property: string;
  readonly type: ColumnType | null;
  readonly isKey: boolean;
}

interface Found {
  readonly reference: SurveyedReference;
  readonly entity: Chosen;
  readonly target: ChosenColumn;
}

const ACTIONS: readonly string[] = ["NO ACTION", "RESTRICT", "CASCADE", "SET NULL"];

/** The columns of every entity, with the references that a model can say: to one unique column of another entity, which is read as the same type. */
export function planReferences(entities: readonly Chosen[], decisions: Decisions): ReadonlyMap<Chosen, readonly ColumnPlan[]> {
  const find = (entity: Chosen, { column }: ChosenColumn): Found | null => {
    for (const reference of entity.table.references) {
      if (reference.column !== column.name || decisions.references.has(columnId(entity.table.name, column.name))) continue;
      const other = entities.find(({ table }) => table.name === reference.targetTable);
      const target = other?.columns.find((candidate) => candidate.column.name === reference.targetColumn);
      if (other !== undefined && target !== undefined && isSayable(reference, column) && isAlone(other.table, target, decisions)) return { reference, entity: other, target };
    }
    return null;
  };
  /** A reference is read as what it refers to; null: it cannot be. */
  const typeOf = (entity: Chosen, chosen: ChosenColumn, seen: ReadonlySet<ChosenColumn>): ColumnType | null => {
    const found = seen.has(chosen) ? null : find(entity, chosen);
    if (found === null) return chosen.type;
    const wanted = typeOf(found.entity, found.target, new Set([...seen, chosen]));
    return wanted === chosen.type || wanted === chosen.column.keyType ? wanted : null;
  };
  return new Map(entities.map((entity) => [entity, entity.columns.map((chosen): ColumnPlan => {
    const type = typeOf(entity, chosen, new Set());
    const found = type === null ? null : find(entity, chosen);
    const { table, columns } = entity;
    const composite = columns.filter(({ isKey }) => isKey).length > 1;
    const counts = table.counted !== null && !composite && chosen.type === "integer" && (found === null || table.counted.autoIncrement);
    return {
      property: chosen.property, column: chosen.column, type: type ?? chosen.type ?? "text",
      key: chosen.isKey ? { counted: counts, composite, autoIncrement: table.counted?.autoIncrement ?? true } : null,
      reference: found === null ? null : planReference(found, chosen.column),
      unique: null, raw: chosen.isKey || decisions.raw.has(columnId(table.name, chosen.column.name)),
    };
  })]));
}

function planReference({ reference, entity, target }: Found, column: SurveyedColumn): ReferencePlan {
  return {
    target: entity.name, property: target.property, onDelete: reference.onDelete as ReferentialAction, onUpdate: reference.onUpdate as ReferentialAction,
    constraintName: reference.name, deferrable: reference.deferrable,
    ownType: column.columnType !== null || target.column.columnType !== null,
  };
}

function isSayable({ name, onDelete, onUpdate }: SurveyedReference, column: SurveyedColumn): boolean {
  const actions = [onDelete, onUpdate];
  return actions.every((action) => ACTIONS.includes(action)) && (column.nullable || !actions.includes("SET NULL")) && (name === null || isRelationName(name));
}

/** Whether no two rows agree in the column. */
function isAlone(table: SurveyedTable, { column, isKey }: ChosenColumn, decisions: Decisions): boolean {
  if (isKey && table.primaryKey.length === 1) return true;
  return !isKey && table.uniques.some(({ name, columns }) => columns.length === 1 && columns[0] === column.name
    && !decisions.keys.has(`${table.name} ${name ?? ""}`) && (name === null || isRelationName(name)));
}

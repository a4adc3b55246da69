import type { EntityModel } from "../model/entity-model";
import { unmanagedNames } from "../model/unmanaged";
import type { ForeignKeyDescription, Surroundings, TableDescription, UniqueDescription } from "../dialect/dialect";
import { columnsText as list, uniqueText } from "../dialect/wanted-objects";
import { mendOf, type Mender } from "./mends";
import type { Detail, SchemaDifference } from "./schema-difference";

type Report = (detail: Detail) => void;

function reportTo(differences: SchemaDifference[], entity: string, table: string, mender: Mender): Report {
  return (detail) => {
    const { kind, state, name, wanted, found } = detail;
    differences.push(Object.freeze({ entity, table, kind, state, name, wanted, found, message: words(table, detail), mend: mendOf(detail, mender) }));
  };
}

const nobody: Mender = { statements: () => null, addsForeignKeys: false };

/** Compares what lies outside all tables. */
export function compareSurroundings({ wanted, found }: Surroundings): readonly SchemaDifference[] {
  const differences: SchemaDifference[] = [];
  compareLists("role", wanted, found, reportTo(differences, "", "", nobody));
  return differences;
}

/** Compares one table; `found` is null when it does not exist. `mender` tells what mends a fault. */
export function compareTable(
  { name, table, unmanaged }: Pick<EntityModel, "name" | "table" | "unmanaged">, wanted: TableDescription, found: TableDescription | null, mender: Mender,
): readonly SchemaDifference[] {
  const differences: SchemaDifference[] = [];
  // Statements about columns that are not there fail, or worse: SQLite may take the quoted name for a text.
  const whole = found !== null && wanted.columns.every((column) => found.columns.some((other) => other.name.toLowerCase() === column.name.toLowerCase()));
  const report = reportTo(differences, name, table, whole ? mender : { ...mender, statements: () => null });
  if (found === null) {
    report({ kind: "table", state: "missing" });
    return differences;
  }
  const beside = (kind: string): readonly string[] => unmanagedNames(unmanaged, kind);
  compareColumns(wanted, found, beside("column"), report);
  // Rows in the order of their key are no fault where the model does not ask for it.
  compareLists("primaryKey", [key(wanted, wanted.clustered)], [key(found, wanted.clustered && found.clustered)], report);
  compareLists("unique", [...wanted.uniques.map(unique), ...beside("unique")], found.uniques.map(unique), report);
  compareLists("index", [...wanted.indexes.map(list), ...beside("index")], found.indexes.map(list), report);
  compareLists("foreignKey", [...wanted.foreignKeys.map(reference), ...beside("foreignKey")], found.foreignKeys.map(reference), report);
  compareLists("check", [...wanted.checks, ...beside("check")], found.checks, report);
  // Triggers of others are looked at only where somebody named them.
  const triggers = beside("trigger");
  compareLists("trigger", [...wanted.triggers, ...triggers], [...found.triggers, ...found.otherTriggers.filter((name) => triggers.includes(name))], report);
  compareLists("partition", [...wanted.partitions, ...beside("partition")], found.partitions, report);
  compareLists("rowSecurity", [...wanted.rowSecurity, ...beside("rowSecurity")], found.rowSecurity, report);
  compareLists("policy", [...wanted.policies, ...beside("policy")], found.policies, report);
  compareLists("grant", wanted.grants, found.grants, report);
  return differences;
}

function compareColumns(wanted: TableDescription, found: TableDescription, unmanaged: readonly string[], report: Report): void {
  for (const column of wanted.columns) {
    const other = found.columns.find((candidate) => candidate.name === column.name);
    if (other === undefined) {
      report({ kind: "column", state: "missing", name: column.name });
      continue;
    }
    const compare = (kind: Detail["kind"], want: string, have: string): void => {
      if (want !== have) report({ kind, state: "different", name: column.name, wanted: want, found: have });
    };
    compare("type", column.type, other.type);
    compare("nullability", column.nullable ? "nullable" : "not null", other.nullable ? "nullable" : "not null");
    compare("default", column.default ?? "none", other.default ?? "none");
  }
  for (const name of unmanaged) {
    if (!found.columns.some((column) => column.name === name) && !found.generatedColumns.includes(name)) report({ kind: "column", state: "missing", name });
  }
  for (const column of found.columns) {
    if (!wanted.columns.some((candidate) => candidate.name === column.name) && !unmanaged.includes(column.name)) {
      report({ kind: "column", state: "unexpected", name: column.name });
    }
  }
}

function compareLists(kind: Detail["kind"], wanted: readonly string[], found: readonly string[], report: Report): void {
  for (const name of wanted) if (!found.includes(name)) report({ kind, state: "missing", name });
  for (const name of found) if (!wanted.includes(name)) report({ kind, state: "unexpected", name });
}

function key({ primaryKey }: TableDescription, clustered: boolean): string {
  return `${list(primaryKey)}${clustered ? " clustered" : ""}`;
}

function unique({ columns, where }: UniqueDescription): string {
  return uniqueText(columns, where);
}

function reference(key: ForeignKeyDescription): string {
  return `${list(key.columns)} -> ${key.targetTable}${list(key.targetColumns)} on delete ${key.onDelete} on update ${key.onUpdate}`;
}

function words(table: string, { kind, state, name, wanted, found }: Detail): string {
  const what = kind === "table" ? `The table ${table}` : kind === "role" ? `The ${name ?? ""}`
    : `The ${kind === "rowSecurity" ? "row security" : kind} ${name ?? ""} of ${table}`;
  if (state === "missing") return `${what} is missing in the database.`;
  if (state === "unexpected") return `${what} is in the database but not in the model.`;
  return `${what} is ${found ?? ""} in the database; the model wants ${wanted ?? ""}.`;
}

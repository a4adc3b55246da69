import type { OwnedTable, RowReference } from "../dialect/examination";
import type { EntityModel, ForeignKeyModel, OwnedModel } from "../model/entity-model";
import type { Finding, FindingCode, Severity } from "./finding";
import { notExamined, type Patient } from "./patient";

interface Count {
  readonly severity: Severity;
  readonly code: FindingCode;
  readonly place: string;
  /** The statement that counts. */
  readonly sql: string;
  /** The tables and columns that it names. */
  readonly needs: readonly (readonly [table: string, ...columns: readonly string[]])[];
  /** What is said of so many rows; `rows` is `3 rows`. */
  readonly say: (rows: string) => string;
  readonly cure: string;
}

/** Rows that no statement of Freehold's would have stored. */
export async function rowChecks(patient: Patient): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const count of patient.owned.flatMap((table) => [...ownerCounts(patient, table), ...referenceCounts(patient, table)])) findings.push(...await made(patient, count));
  for (const count of idleCounts(patient)) findings.push(...await made(patient, count));
  return findings;
}

async function made(patient: Patient, count: Count): Promise<readonly Finding[]> {
  const { severity, code, place, sql, needs, say, cure } = count;
  const what = `Rows of ${place} were not examined (${code})`;
  for (const [table, ...columns] of needs) {
    const lacking = patient.tables.has(table) ? patient.lacking(table, columns).map((column) => `column ${table}.${column}`) : [`table ${table}`];
    if (lacking.length > 0) return [notExamined(place, what, `there is no ${lacking.join(" and no ")}`)];
  }
  try {
    const rows = await patient.count(sql, needs.map(([table]) => table));
    if (rows === 0) return [];
    return [{ severity, code, place, message: say(rows === 1 ? "1 row" : `${rows} rows`), cure }];
  } catch (error) {
    return [notExamined(place, what, error)];
  }
}

function ownerCounts(patient: Patient, model: OwnedModel): readonly Count[] {
  const { examination } = patient.dialect;
  const table = ownedTable(model);
  const owner = ownerOf(patient, model);
  const place = `${table.table}.${table.owner}`;
  const ownerless = examination.ownerless(table);
  return [
    {
      severity: "error", code: "ROWS_WITHOUT_OWNER", place, sql: ownerless, needs: [[table.table, table.owner]],
      say: (rows) => `${rows} of ${table.table} without an owner: nobody sees them.`,
      cure: `Say whose they are, or delete them: ${examination.listing(ownerless)};`,
    },
    ...(owner === undefined ? [] : [orphans(patient, table, owner)]),
  ];
}

function orphans(patient: Patient, table: OwnedTable, owner: { readonly table: string; readonly key: string }): Count {
  const { examination } = patient.dialect;
  const sql = examination.orphaned(table, owner);
  return {
    severity: "error", code: "ROWS_OF_NOBODY", place: `${table.table}.${table.owner}`, sql, needs: [[table.table, table.owner], [owner.table, owner.key]],
    say: (rows) => `${rows} of ${table.table} belonging to an owner who is not in ${owner.table}.`,
    cure: `Give them to somebody, or delete them: ${examination.listing(sql)};`,
  };
}

function referenceCounts(patient: Patient, model: OwnedModel): readonly Count[] {
  const { examination } = patient.dialect;
  return model.foreignKeys.flatMap((key): readonly Count[] => {
    const target = patient.tableOf(key.targetTable);
    const reference = target === undefined ? null : rowReference(model, key, target);
    if (reference === null) return [];
    const [crossing, dangling] = [examination.crossing(reference), examination.dangling(reference)];
    const place = `${model.table}.${key.reference.column}`;
    const needs: Count["needs"] = [
      [model.table, reference.owner, ...reference.pairs.map(([column]) => column)],
      [key.targetTable, reference.targetOwner, ...reference.pairs.map(([, column]) => column)],
    ];
    return [
      {
        severity: "error", code: "ROWS_CROSS_OWNERS", place, sql: crossing, needs,
        say: (rows) => `${rows} of ${model.table} referring to rows of ${key.targetTable} that belong to another owner.`,
        cure: `Decide of each whose it is: ${examination.listing(crossing)};`,
      },
      {
        severity: "error", code: "ROWS_REFER_TO_NOTHING", place, sql: dangling, needs,
        say: (rows) => `${rows} of ${model.table} referring to rows of ${key.targetTable} that are not there.`,
        cure: `Null the reference, or delete them: ${examination.listing(dangling)};`,
      },
    ];
  });
}

/** Null for references to tables whose rows have no owners, or are owners themselves. */
function rowReference(model: OwnedModel, key: ForeignKeyModel, target: EntityModel): RowReference | null {
  const owner = model.ownership.property;
  if (target.ownership === null || target.ownership.itself) return null;
  const pairs = key.properties.flatMap((property, place) => property === owner ? [] : [[property.column, key.targetColumns[place] ?? ""] as const]);
  return { table: model.table, owner: owner.column, target: target.table, targetOwner: target.ownership.property.column, pairs };
}

/** Owners without rows are no fault; that there are many of them may be. */
function idleCounts(patient: Patient): readonly Count[] {
  const owners = new Map<string, OwnedModel[]>();
  for (const model of patient.owned) owners.set(model.ownership.ownerEntity, [...owners.get(model.ownership.ownerEntity) ?? [], model]);
  return [...owners.values()].flatMap((models): readonly Count[] => {
    const [first] = models;
    const owner = first === undefined ? undefined : ownerOf(patient, first);
    const tables = models.map(ownedTable).filter(({ table, owner: column }) => patient.lacking(table, [column]).length === 0);
    if (owner === undefined || tables.length === 0) return [];
    return [{
      severity: "note", code: "OWNERS_WITHOUT_ROWS", place: owner.table, sql: patient.dialect.examination.idle(owner, tables),
      needs: [[owner.table, owner.key], ...tables.map(({ table, owner: column }) => [table, column] as const)],
      say: (rows) => `${rows} of ${owner.table} owning nothing in ${tables.map(({ table }) => table).join(", ")}.`,
      cure: "",
    }];
  });
}

function ownedTable({ table, ownership }: OwnedModel): OwnedTable {
  return { table, owner: ownership.property.column };
}

function ownerOf({ model }: Patient, { ownership }: OwnedModel): { readonly table: string; readonly key: string } | undefined {
  const owner = model.byName[ownership.ownerEntity];
  return owner === undefined ? undefined : { table: owner.table, key: ownership.ownerKey.column };
}

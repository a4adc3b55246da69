import type { Database } from "../../database";
import type { DatabaseModel, EntityModel } from "../../model/entity-model";
import type { SystemContext } from "../../scope/system-context";
import type { StoredTable } from "../backstage";
import { observe, Shape, type Leaf } from "./observe";

/** One value of a row as the application reads it. */
export interface RowLeaf {
  /** Such as `Document.title`; in a JSON column `Document.data.tags[0]`. */
  readonly source: string;
  /** Such as `doc_id 1200000001`. */
  readonly row: string;
  readonly entity: EntityModel;
  /** The key of the user whose row it is; null: nobody's. */
  readonly owner: string | null;
  readonly value: Leaf["value"];
  /** Whether it stands for one of a few things that many rows are. */
  readonly common: boolean;
}

/** Which property says whose row it is: of the users' own entity, its key. */
function ownerPlace(model: EntityModel, users: EntityModel): number {
  const property = model.ownership?.property ?? (model.table === users.table ? model.primaryKey.properties[0] : undefined);
  return property === undefined ? -1 : model.columns.indexOf(property);
}

/** Every value of every row, read in the system's name. */
export async function readRows(db: Database, model: DatabaseModel, users: EntityModel, system: SystemContext): Promise<readonly RowLeaf[]> {
  const leaves: RowLeaf[] = [];
  for (const entity of model.entities) {
    if (entity.family !== null && !entity.family.whole) continue;
    const place = ownerPlace(entity, users);
    for (const row of await allRows(db, entity, system)) {
      const owner = place < 0 ? undefined : row[entity.columns[place]?.name ?? ""] as string | number | null;
      const key = entity.primaryKey.properties.map(({ name }) => `${name} ${String(row[name])}`).join(", ");
      for (const property of entity.columns) {
        const common = property.type === "enum" || property.type === "boolean" || entity.family?.discriminator === property;
        for (const { path, value } of await observe(row[property.name], `${entity.name}.${property.name}`)) {
          leaves.push({ source: path, row: key, entity, owner: owner === undefined || owner === null ? null : String(owner), value, common });
        }
      }
    }
  }
  return leaves;
}

async function allRows(db: Database, entity: EntityModel, system: SystemContext): Promise<readonly Readonly<Record<string, unknown>>[]> {
  // Types tell one kind of repository from the other; here the model has.
  const repository = db.repository(entity.target) as unknown as AnyRepository;
  const options = { select: entity.columns.map(({ name }) => name), withDeleted: true };
  return entity.ownership === null && !entity.systemOnly ? repository.find({}, options) : repository.find(system, {}, options);
}

interface AnyRepository {
  find(...given: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** The stored rows of one user, table by table. */
export function rowsOf(stored: readonly StoredTable[], users: EntityModel, owner: string): readonly StoredTable[] {
  return stored.flatMap(({ model, rows }) => {
    const place = ownerPlace(model, users);
    return place < 0 ? [] : [{ model, rows: rows.filter((row) => bare(row[place]) === owner) }];
  });
}

/** A key as it is stored, without the quotes of an engine that writes texts as literals. */
function bare(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : text.replace(/^'(.*)'$/s, "$1");
}

/** The rows as an answer has them, to be compared like one. */
export function asLeaves(tables: readonly StoredTable[]): readonly Leaf[] {
  return tables.flatMap(({ model, rows }) => [
    { path: `rows of ${model.name}`, value: new Shape(`${rows.length} rows`) },
    ...rows.flatMap((row, index) => model.columns.map(({ name }, column) => ({ path: `${model.name}[${index}].${name}`, value: row[column] }))),
  ]);
}

export function keyOf({ columns, primaryKey }: EntityModel, row: StoredTable["rows"][number]): string {
  return primaryKey.properties.map((property) => `${property.name} ${bare(row[columns.indexOf(property)])}`).join(", ");
}

/** What stands for keys that cannot be set: which of a user's rows they are of. A number may stand for rows of several tables. */
export function smallKeys(
  looks: readonly (readonly StoredTable[])[], users: EntityModel, owners: ReadonlyMap<string, string>, counts: (model: EntityModel) => boolean,
): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const [label, owner] of owners) {
    const made = new Map<string, string[]>();
    for (const { model, rows } of looks.flatMap((stored) => rowsOf(stored, users, owner))) {
      if (!counts(model)) continue;
      const place = model.columns.findIndex((property) => property === model.primaryKey.properties[0]);
      const keys = made.get(model.name) ?? [];
      made.set(model.name, keys);
      for (const row of rows) {
        const key = String(bare(row[place]));
        if (keys.includes(key)) continue;
        names.set(key, (names.get(key) ?? new Set()).add(`${label} ${model.name} ${keys.push(key)}`));
      }
    }
  }
  return names;
}

/** One row of a user's that is not as it was. */
export interface Change {
  readonly entity: string;
  readonly row: string;
  readonly what: string;
}

/** What became of a user's rows, byte for byte. */
export function changes(before: readonly StoredTable[], after: readonly StoredTable[], users: EntityModel, owner: string): readonly Change[] {
  const [was, is] = [rowsOf(before, users, owner), rowsOf(after, users, owner)];
  return was.flatMap(({ model, rows }, index) => {
    const now = new Map((is[index]?.rows ?? []).map((row) => [keyOf(model, row), row]));
    const all = new Set((after.find((table) => table.model === model)?.rows ?? []).map((row) => keyOf(model, row)));
    const found = rows.flatMap((row): Change[] => {
      const key = keyOf(model, row);
      const other = now.get(key);
      now.delete(key);
      if (other === undefined) return [{ entity: model.name, row: key, what: all.has(key) ? "given to another owner" : "deleted" }];
      const columns = model.columns.filter((_, column) => row[column] !== other[column]).map(({ name }) => name);
      return columns.length === 0 ? [] : [{ entity: model.name, row: key, what: `changed (${columns.join(", ")})` }];
    });
    return [...found, ...[...now.keys()].map((key): Change => ({ entity: model.name, row: key, what: "added" }))];
  });
}

/** References from rows of one user to rows of the other. */
export function crossings(stored: readonly StoredTable[], users: EntityModel, from: string, to: string): readonly Change[] {
  const theirs = new Map(rowsOf(stored, users, to).map(({ model, rows }) => [model.name, { model, rows }]));
  return rowsOf(stored, users, from).flatMap(({ model, rows }) => model.foreignKeys.flatMap(({ reference, targetEntity, targetColumns }) => {
    const target = theirs.get(targetEntity);
    // To the owner itself, every row refers.
    if (target === undefined || reference === model.ownership?.property || targetEntity === users.name) return [];
    const place = target.model.columns.findIndex(({ column }) => column === targetColumns.at(-1));
    // Keys that are counted for each owner are the same for both.
    if (target.model.primaryKey.generate === "perOwner" || target.model.primaryKey.generate === "none") return [];
    const keys = new Set(target.rows.map((row) => row[place]));
    const column = model.columns.indexOf(reference);
    return rows.filter((row) => row[column] !== null && row[column] !== "NULL" && keys.has(row[column] ?? null))
      .map((row) => ({ entity: model.name, row: keyOf(model, row), what: `${reference.name} refers to the other's ${targetEntity}` }));
  }));
}

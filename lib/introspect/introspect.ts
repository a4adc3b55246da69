import { askOn } from "../driver/asking";
import type { Driver } from "../driver/driver";
import { Transactions } from "../driver/transactions";
import { badIntrospectOption, tablesUnknown } from "../errors/introspect-errors";
import type { EntityPlan, OwnerGuess } from "./plan";
import { settle } from "./settle";
import { writeSources, type SourceFile } from "./source";

/** What `introspect` takes. */
export interface IntrospectOptions {
  /** `sqlite3({ file })`, `betterSqlite3({ file })` or `postgres({ connectionString })`; of PostgreSQL the current schema is read. */
  readonly driver: Driver;
  /** The tables to make entities of; default all. */
  readonly tables?: readonly string[];
}

/** What came of one table. */
export interface IntrospectedEntity {
  readonly name: string;
  readonly table: string;
  /** What stays in the database beside the model. */
  readonly unmanaged: readonly string[];
  /** Columns that look as if they said whose a row is. */
  readonly looksOwned: readonly Omit<OwnerGuess, "property">[];
}

/**
 * What `introspect` made of a database.
 *
 * @example
 * const { files, left, notes } = await introspect({ driver: sqlite3({ file: "shop.db" }) });
 */
export interface Introspection {
  /** TypeScript: a file for each entity, and `index.ts` with the list `entities`. */
  readonly files: readonly SourceFile[];
  readonly entities: readonly IntrospectedEntity[];
  /** What has no entity, such as views and tables without a primary key, and why. */
  readonly left: readonly { readonly table: string; readonly reason: string }[];
  /** What whoever uses the entities should know. */
  readonly notes: readonly string[];
}

/**
 * Reads a database and writes the source of entities for it. `Database.open` takes them, and `schema.check()` finds no difference.
 *
 * @example
 * const { files, notes } = await introspect({ driver: sqlite3({ file: "app.db" }) });
 * for (const { name, text } of files) await writeFile(join("entities", name), text);
 * @throws InvalidQueryError for a table that is not there
 * @throws ConnectionError when the database cannot be opened
 */
export async function introspect(options: IntrospectOptions): Promise<Introspection> {
  const { driver, tables } = checkOptions(options);
  const connections = new Transactions(await driver.open(), driver.dialect);
  const ask = askOn(connections.pooled, driver.dialect, "introspect");
  try {
    const { ddl, migrations: { journal } } = driver.dialect;
    const all = await ddl.survey(ask);
    const missing = (tables ?? []).filter((name) => !all.tables.some((table) => table.name === name));
    if (missing.length > 0) throw tablesUnknown(missing, all.tables.map(({ name }) => name));
    // The account of migrations is the library's own.
    const survey = tables === undefined ? { ...all, tables: all.tables.filter(({ name }) => name !== journal.table) } : { tables: all.tables.filter(({ name }) => tables.includes(name)), others: [] };
    const { plans, left } = await settle(survey, ddl, ask);
    const notes = [...columnNotes(plans), ...plans.flatMap(missingNotes)];
    return {
      files: writeSources(plans, notes),
      entities: plans.map(({ name, table, unmanaged, owners }) => ({
        name, table, unmanaged, looksOwned: owners.map(({ column, targetTable, nullable, by }) => ({ column, targetTable, nullable, by })),
      })),
      left: [
        ...[...left].map(([table, reason]) => ({ table, reason })),
        ...survey.others.map(({ name, what }) => ({ table: name, reason: `it is ${what}` })),
      ],
      notes,
    };
  } finally {
    await connections.close();
  }
}

function checkOptions(options: IntrospectOptions): IntrospectOptions {
  const given = options as { readonly driver?: { readonly open?: unknown }; readonly tables?: unknown } | undefined;
  if (typeof given?.driver?.open !== "function") throw badIntrospectOption("driver", 'one such as sqlite3({ file: "app.db" })');
  if (given.tables !== undefined && !Array.isArray(given.tables)) throw badIntrospectOption("tables", "a list of names");
  return options;
}

/** What is to be known of columns, each thing once. */
function columnNotes(plans: readonly EntityPlan[]): readonly string[] {
  const byNote = new Map<string, string[]>();
  for (const { name, columns } of plans) {
    for (const { property, column: { note } } of columns) {
      if (note !== null) byNote.set(note, [...byNote.get(note) ?? [], `${name}.${property}`]);
    }
  }
  return [...byNote].map(([note, properties]) => `${properties.join(", ")}: ${note}.`);
}

function missingNotes({ name, table, unmanaged }: EntityPlan): readonly string[] {
  const columns = unmanaged.filter((entry) => entry.startsWith("column ")).map((entry) => entry.slice("column ".length));
  return columns.length === 0 ? [] : [`${name}: ${table} has columns without a property (${columns.join(", ")}); the database fills them in, or nobody does.`];
}

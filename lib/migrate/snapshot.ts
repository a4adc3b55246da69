import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SchemaShape } from "../dialect/schema-shape";
import { badSnapshot } from "../errors/migration-errors";

/** Where a migrations' folder says which schema its migrations lead to. */
export const SNAPSHOT_FILE = "snapshot.json";

/** Raised when a snapshot of the form before could be misread. */
const VERSION = 1;

/**
 * Reads what the last migration leads to.
 *
 * @returns null where there is no snapshot yet
 * @throws MigrationError for a file that is none
 */
export function readSnapshot(folder: string): SchemaShape | null {
  const file = join(folder, SNAPSHOT_FILE);
  if (!existsSync(file)) return null;
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw badSnapshot(file, "it is no JSON: two branches may both have changed it. Take one of the two and create the other's migration anew", cause);
  }
  const { version, schema } = (typeof found === "object" && found !== null ? found : {}) as { readonly version?: unknown; readonly schema?: unknown };
  if (version !== VERSION) throw badSnapshot(file, `its version is ${JSON.stringify(version)}, this release reads ${VERSION}`);
  if (!isShape(schema)) throw badSnapshot(file, "it does not hold a schema");
  return schema;
}

export function snapshotText(schema: SchemaShape): string {
  return `${JSON.stringify({ version: VERSION, schema }, null, 2)}\n`;
}

function isShape(value: unknown): value is SchemaShape {
  const { dialect, tables, roles } = (value ?? {}) as { readonly dialect?: unknown; readonly tables?: unknown; readonly roles?: unknown };
  return (dialect === "sqlite" || dialect === "postgres") && Array.isArray(roles) && Array.isArray(tables)
    && tables.every((table: { readonly columns?: unknown; readonly constraints?: unknown; readonly parts?: unknown } | null) =>
      [table?.columns, table?.constraints, table?.parts].every(Array.isArray));
}

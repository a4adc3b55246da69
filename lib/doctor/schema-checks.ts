import { compareSurroundings, compareTable } from "../schema/differences";
import type { SchemaDifference } from "../schema/schema-difference";
import type { Finding } from "./finding";
import type { Patient } from "./patient";

/** Kinds of differences that let owners meet. */
const GUARDS: readonly SchemaDifference["kind"][] = ["rowSecurity", "policy", "grant", "role"];

/** What `db.schema.check()` lists one by one, in one finding. */
export async function schemaChecks({ model, dialect, tables, ask }: Patient): Promise<readonly Finding[]> {
  const none = { statements: () => null, addsForeignKeys: false };
  const absent = model.tables.filter(({ table }) => !tables.has(table));
  const around = compareSurroundings(await dialect.ddl.surroundings(ask));
  const differences = [
    ...around,
    ...model.tables.flatMap((table) => tables.has(table.table) ? compareTable(table, dialect.ddl.expected(table, model), tables.get(table.table) ?? null, none) : []),
  ];
  const kinds = [...new Set(differences.map(({ kind }) => kind))].map((kind) => `${differences.filter((one) => one.kind === kind).length} of ${kind}`);
  return [
    ...absent.map(({ table }): Finding => ({
      severity: "error", code: "TABLE_MISSING", place: table, message: `The table ${table} is not there.`, cure: "db.schema.ensure(), or a migration.",
    })),
    ...(differences.length === 0 ? [] : [{
      severity: differences.some(({ kind }) => GUARDS.includes(kind)) ? "error" : "warning", code: "SCHEMA_DIFFERS", place: "schema",
      message: `The database differs from the entities in ${differences.length === 1 ? "1 place" : `${differences.length} places`}: ${kinds.join(", ")}.`,
      cure: "npx freehold schema check lists them, each with what would mend it.",
    } satisfies Finding]),
    ...around.filter(({ kind, state }) => kind === "role" && state === "unexpected").map(({ name = "" }): Finding => ({
      severity: "error", code: "ROLE_TOO_POWERFUL", place: "role", message: `There is ${name}, so that policies do not hold.`,
      cure: 'See docs/postgres.md, "One login role".',
    })),
  ];
}

import type { SchemaFault } from "../dialect/dialect";
import type { Detail } from "./schema-difference";

/** How faults are mended in one database. */
export interface Mender {
  /** The statements; null where it takes more than such. */
  statements(fault: SchemaFault): readonly string[] | null;
  /** Whether a foreign key can be given to a table that exists. */
  readonly addsForeignKeys: boolean;
}

const ENSURE = "db.schema.ensure() makes it";
const MIGRATE = "a migration (freehold migrate create NAME)";

/** What would mend a difference: statements where such do it safely and alone, else words. */
export function mendOf(detail: Detail, mender: Mender): string {
  const { kind, state, name } = detail;
  if (name !== undefined && isPlain(kind) && state !== "different") {
    const found = mender.statements({ kind, state, name });
    if (found !== null) return `${found.join(";\n")};`;
  }
  return inWords(detail, mender.addsForeignKeys);
}

function isPlain(kind: Detail["kind"]): kind is SchemaFault["kind"] {
  return ["index", "unique", "trigger", "partition", "rowSecurity", "policy", "grant"].includes(kind);
}

function inWords({ kind, state, name, wanted }: Detail, addsForeignKeys: boolean): string {
  switch (kind) {
    case "table": return `${ENSURE}, as ${MIGRATE} does.`;
    case "column": return state === "missing"
      ? `It takes ${MIGRATE}, which says what rows that are there shall have in it.`
      : `Give the entity a property for it, or drop it with ${MIGRATE}: its values are lost then.`;
    case "type": return `It takes ${MIGRATE}, which turns the values into ${wanted ?? "the other type"}; or give the property the type that is there.`;
    case "nullability": return wanted === "nullable"
      ? `Let it be null with ${MIGRATE}, or take nullable: true from the property.`
      : `Fill the rows in which it is null, then let ${MIGRATE} make it NOT NULL; or give the property nullable: true.`;
    case "default": return `It takes ${MIGRATE}, or the property's default made as it is in the database. Rows that are there keep their values.`;
    case "primaryKey": return `It takes ${MIGRATE}, and the entity's key as it is meant to be.`;
    case "unique": case "index": return state === "missing"
      ? `It takes ${MIGRATE}.`
      : `Declare it in the entity (@${kind === "unique" ? "Unique" : "Index"}), or drop it with ${MIGRATE}.`;
    case "foreignKey":
      if (state === "missing" && addsForeignKeys) return "db.schema.ensure() adds it, unless one of its name is there, and fails where rows refer to nothing.";
      return state === "missing" ? `SQLite gives no foreign key to a table that exists: ${MIGRATE} makes the table anew.` : `Declare it in the entity (@ForeignKey), or drop it with ${MIGRATE}.`;
    case "check": return state === "missing"
      ? `It takes ${MIGRATE}, which fails where rows do not meet it.`
      : `The entity has no such condition: drop it with ${MIGRATE}, or keep to it in the application.`;
    case "role": return state === "missing"
      ? `${ENSURE} where the current role may; if not, its error lists the statements for an administrator.`
      : `An administrator takes it away: \`alter role … nosuperuser nobypassrls\`, or \`grant … with inherit false, set true\` (docs/postgres.md, "One login role").`;
    case "partition": return `The number of partitions is fixed when a table is made: copy the rows into a new table, with ${MIGRATE} of your own.`;
    case "trigger": case "rowSecurity": case "policy": case "grant": return state === "missing" ? `${ENSURE}.` : `Take ${name ?? "it"} away with ${MIGRATE}.`;
  }
}

import type { SchemaObject } from "../dialect/dialect";
import type { SchemaDifference } from "./schema-difference";

/** The differences that remain when what is missing has been made. */
export function leftAlone(differences: readonly SchemaDifference[], missing: readonly SchemaObject[]): readonly SchemaDifference[] {
  return differences.filter((difference) => !missing.some((object) => makes(object, difference)));
}

function makes({ kind, name, sql }: SchemaObject, difference: SchemaDifference): boolean {
  if (difference.state !== "missing") return false;
  switch (difference.kind) {
    case "table": return kind === "table" && name === difference.table;
    case "index": case "unique": return kind === "index" && difference.mend.includes(sql);
    case "trigger": case "policy": case "partition": return kind === difference.kind && difference.mend.includes(sql);
    // One object holds all of a table's; the role's names say which.
    case "rowSecurity": case "grant": return kind === difference.kind && sql.includes(difference.table.replaceAll('"', '""'));
    case "role": return kind === "role" && name === difference.name;
    case "foreignKey": {
      const plain = sql.replaceAll('"', "");
      return kind === "foreignKey" && plain.startsWith(`alter table ${difference.table} `) && plain.includes(`foreign key ${difference.name?.split(" -> ")[0] ?? ""} `);
    }
    default: return false;
  }
}

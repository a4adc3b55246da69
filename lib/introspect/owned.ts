import type { Survey, SurveyedTable } from "../dialect/survey";
import { wordsOf } from "./identifiers";
import type { ColumnPlan, OwnerGuess } from "./plan";

const OWNERS = new Set(["user", "account", "tenant", "organization", "organisation", "org", "workspace", "owner"]);

/** Whether rows of a table look like those to whom others belong, as `users`, `auth_user` and `AspNetUsers` do. */
export function looksLikeOwner(table: string): boolean {
  return OWNERS.has(noun(table));
}

function noun(table: string): string {
  return (wordsOf(table).at(-1) ?? "").toLowerCase().replace(/s$/, "");
}

/** The columns of a table that look as if they said whose a row is. Nothing follows from it but a comment: it is for people to decide. */
export function ownersOf(table: SurveyedTable, columns: readonly ColumnPlan[], survey: Survey): readonly OwnerGuess[] {
  return columns.flatMap(({ column, property, key }): readonly OwnerGuess[] => {
    if (key !== null && !key.composite) return [];
    const target = table.references.find((reference) => reference.column === column.name)?.targetTable;
    if (target !== undefined) {
      return looksLikeOwner(target) && target !== table.name
        ? [{ column: column.name, property, targetTable: target, nullable: column.nullable, by: "foreign key" }] : [];
    }
    const words = wordsOf(column.name).map((word) => word.toLowerCase());
    const named = words.at(-1) === "id" ? words.at(-2) ?? "" : "";
    const likely = OWNERS.has(named) ? survey.tables.find((other) => other.name !== table.name && noun(other.name) === named) : undefined;
    return likely === undefined ? [] : [{ column: column.name, property, targetTable: likely.name, nullable: column.nullable, by: "name" }];
  });
}

import { snakeCase } from "../util/text";

/** How classes and properties become tables and columns. */
export interface NamingStrategy {
  /** The table of an entity that does not name its own. */
  table(className: string): string;
  /** The column of a property that does not name its own. */
  column(property: string): string;
}

/** The default: `DocumentPage` → `document_page`, `docId` → `doc_id`. */
export const snakeCaseNaming: NamingStrategy = Object.freeze({ table: snakeCase, column: snakeCase });

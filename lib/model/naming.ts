import { snakeCase } from "../util/text";

/** How classes and properties become tables and columns. */
export interface NamingStrategy {
  table(className: string): string;
  column(property: string): string;
}

/** The default: `DocumentPage` → `document_page`, `docId` → `doc_id`. */
export const snakeCaseNaming: NamingStrategy = Object.freeze({ table: snakeCase, column: snakeCase });

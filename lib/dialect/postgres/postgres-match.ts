import type { MatchMode } from "../../sql/predicate";
import { closeEscape } from "../patterns";

/** Case-sensitive but for `ilike`, which folds ASCII letters alone: texts have the collation "C". */
export function matchText(mode: MatchMode, text: string, placeholder: string): string {
  switch (mode) {
    case "like":
    case "startsWith": return `${text} like ${placeholder}::text`;
    case "ilike": return `${text} ilike ${placeholder}::text`;
    case "contains": return `strpos(${text}, ${placeholder}::text) > 0`;
  }
}

/** The parameter for it. */
export function encodePattern(mode: MatchMode, pattern: string): string {
  switch (mode) {
    case "like":
    case "ilike": return closeEscape(pattern);
    case "startsWith": return `${pattern.replace(/[\\%_]/g, "\\$&")}%`;
    case "contains": return pattern;
  }
}

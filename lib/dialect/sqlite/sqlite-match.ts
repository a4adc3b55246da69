import type { MatchMode } from "../../sql/predicate";
import { closeEscape } from "../patterns";

/**
 * SQLite's LIKE folds ASCII case and cannot be told otherwise for one statement: the case-sensitive operators are
 * written with GLOB and instr instead, and patterns translated.
 */
export function matchText(mode: MatchMode, text: string, placeholder: string): string {
  switch (mode) {
    case "like":
    case "startsWith": return `${text} glob ${placeholder}`;
    case "ilike": return `${text} like ${placeholder} escape '\\'`;
    case "contains": return `instr(${text}, ${placeholder}) > 0`;
  }
}

/** The parameter for it. */
export function encodePattern(mode: MatchMode, pattern: string): string {
  switch (mode) {
    case "like": return likeToGlob(pattern);
    case "startsWith": return `${pattern.replace(/[*?[]/g, "[$&]")}*`;
    case "ilike": return closeEscape(pattern);
    case "contains": return pattern;
  }
}

/** `%` → `*`, `_` → `?`; a backslash makes the next character literal; GLOB's own signs go into brackets. */
function likeToGlob(pattern: string): string {
  // A lone backslash at the end is left as it is: GLOB has no escape sign.
  return pattern.replace(/\\(.)|[%_*?[]/gsu, (sign, escaped: string | undefined) => {
    if (escaped !== undefined) return "*?[".includes(escaped) ? `[${escaped}]` : escaped;
    return sign === "%" ? "*" : sign === "_" ? "?" : `[${sign}]`;
  });
}

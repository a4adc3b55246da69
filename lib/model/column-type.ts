/** A word, or a name in double quotes. */
const NAME = "(?:[\\p{L}_][\\p{L}\\p{N}_$]*|\"(?:[^\"\\u0000]|\"\")+\")";
const SIZES = "(?:\\s*\\(\\s*[-+]?[\\w.]+(?:\\s*,\\s*[-+]?[\\w.]+)*\\s*\\))?";
const TYPE = new RegExp(`^${NAME}(?:(?:\\s+|\\.)${NAME})*${SIZES}(?:\\s+${NAME})*${SIZES}(?:\\[\\d*\\])*(?:\\s+collate\\s+${NAME}(?:\\.${NAME})*)?$`, "iu");

/**
 * Whether a text has the form of a type, so that it can stand in DDL without being anything else: words and quoted names, sizes in parentheses,
 * brackets of an array, a collation. Empty: the column has no type, as SQLite allows.
 */
export function isColumnType(text: unknown): text is string {
  return text === "" || (typeof text === "string" && text.length <= 300 && TYPE.test(text));
}

const COUNTERS: Readonly<Record<string, string>> = { smallserial: "smallint", serial2: "smallint", serial: "integer", serial4: "integer", bigserial: "bigint", serial8: "bigint" };

/** The type of a column that refers to a key: the same without what counts. */
export function countedAs(type: string): string {
  return COUNTERS[type.toLowerCase()] ?? type.replace(/\s+generated\s+(?:always|by\s+default)\s+as\s+identity$/i, "");
}

/** Whether the type itself says that the database counts. */
export function countsItself(type: string): boolean {
  return countedAs(type) !== type;
}

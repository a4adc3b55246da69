import type { ColumnType } from "../../metadata/records";
import type { SurveyedColumn } from "../survey";

/** A column as its table declares it. */
export interface DeclaredColumn {
  readonly declared: string;
  /** How values of it are stored, where the table holds them to no type. */
  readonly stored: ReadonlySet<string> | null;
  readonly value: string | null;
}

type Typed = Pick<SurveyedColumn, "columnType" | "fullType" | "type" | "keyType" | "length" | "precision" | "scale" | "values" | "constant" | "note">;

/** What the words of a declared type mean to those who write them; SQLite itself looks at some letters alone. */
const MEANINGS: readonly (readonly [RegExp, ColumnType])[] = [
  [/^bool|^tinyint\s*\(\s*1\s*\)/i, "boolean"],
  [/real|floa|doub/i, "real"],
  [/^(?:\w+\s+)?(?:big|small|tiny|medium)?int(?:eger)?\d?\b|^serial|^year/i, "integer"],
  [/char|clob|text|string|uuid|json|enum/i, "text"],
  [/blob|binary|bytea/i, "blob"],
  [/date|time/i, "text"],
  [/num|dec|money/i, "real"],
];

/** What is read as one type, of all ways in which SQLite stores values. */
const READS: Readonly<Record<string, readonly string[]>> = {
  boolean: ["bit"], integer: ["bit", "integer"], real: ["bit", "integer", "real"], text: ["text"], blob: ["blob"],
};

/** Tables that are STRICT hold what they say; of others it is what is stored that counts, and where nothing is, the words of the type. */
export function surveyedType({ declared, stored, value }: DeclaredColumn): Typed {
  const meant = MEANINGS.find(([words]) => words.test(declared))?.[1] ?? "text";
  const fits = (type: ColumnType): boolean => [...stored ?? []].every((kind) => READS[type]?.includes(kind) === true
    // A column that makes numbers of texts is read as text again.
    || (type === "text" && meant === "text" && (kind === "bit" || kind === "integer")));
  const type = fits(meant) ? meant : (["integer", "real", "text", "blob"] as const).find(fits) ?? meant;
  const own = OWN[type] === declared.toUpperCase();
  const length = type === "text" ? /char[^()]*\(\s*(\d+)\s*\)/i.exec(declared)?.[1] : undefined;
  return {
    columnType: own ? null : declared, fullType: declared, type, keyType: keyType(type, stored),
    length: length === undefined || Number(length) === 0 ? null : Number(length), precision: null, scale: null, values: null,
    constant: value === null ? null : constant(type, value),
    note: noteOf(declared, type, stored, fits(type)),
  };
}

const OWN: Readonly<Record<string, string>> = { integer: "INTEGER", real: "REAL", text: "TEXT", blob: "BLOB" };

/** Whole numbers may well be what a column of another name holds. */
function keyType(type: ColumnType, stored: ReadonlySet<string> | null): ColumnType | null {
  if (type === "integer" || type === "text") return type;
  return type === "boolean" || (type === "real" && stored?.has("real") !== true) ? "integer" : null;
}

function noteOf(declared: string, type: ColumnType, stored: ReadonlySet<string> | null, fits: boolean): string | null {
  if (!fits) return `holds values of several kinds (${[...stored ?? []].map((kind) => kind === "bit" ? "integer" : kind).sort().join(", ")}): reading one that is no ${type} is a DataError`;
  if (/date|time/i.test(declared) && type === "text") return "SQLite has no type for moments: it is read and written as the text that is stored";
  if (/num|dec|money/i.test(declared) && type === "real") return `SQLite stores ${declared} as a floating-point number, and so it is read`;
  return null;
}

function constant(type: ColumnType, value: string): string | number | boolean | null {
  if (type === "boolean") return value === "1" ? true : value === "0" ? false : null;
  if (type === "integer" || type === "real") return String(Number(value)) === value && Number.isFinite(Number(value)) ? Number(value) : null;
  const found = type === "text" ? /^'((?:[^']|'')*)'$/.exec(value) : null;
  return found === null ? null : (found[1] ?? "").replaceAll("''", "'");
}

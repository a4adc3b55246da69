/** How bad it is: an `error` breaks a promise, a `warning` may come to that or costs much, a `note` is to be known. */
export type Severity = "error" | "warning" | "note";

/** What is wrong with a database, or to be known of it. */
export interface Finding {
  readonly severity: Severity;
  /** Stable, for machines: `"ROWS_CROSS_OWNERS"`, `"OWNER_INDEX_MISSING"`, … */
  readonly code: FindingCode;
  /** A table, with a column where there is one: `task.project_id`; else what it is about, such as `database`. */
  readonly place: string;
  /** Never a value of a row: how many there are, at most. */
  readonly message: string;
  /** What to do about it; empty for what needs no cure. */
  readonly cure: string;
}

/** The stable name of each kind of finding; the page on the command line lists what each means. */
export type FindingCode =
  | "NOT_OPENED" | "MODEL_FAULTY" | "NOT_EXAMINED" | "ENGINE" | "DRIVER"
  | "SCHEMA_DIFFERS" | "TABLE_MISSING" | "UNOWNED_REFERENCE"
  | "OWNER_INDEX_MISSING" | "REFERENCE_CROSSES_OWNERS" | "REFERENCE_UNGUARDED"
  | "ROWS_CROSS_OWNERS" | "ROWS_REFER_TO_NOTHING" | "ROWS_WITHOUT_OWNER" | "ROWS_OF_NOBODY" | "OWNERS_WITHOUT_ROWS"
  | "ROW_SECURITY_OFF" | "ROW_SECURITY_UNFORCED" | "ROW_SECURITY_UNUSED" | "ROW_SECURITY_UNEXPECTED" | "ROLE_TOO_POWERFUL"
  | "FOREIGN_KEYS_OFF" | "FOREIGN_KEYS_VIOLATED" | "JOURNAL_MODE" | "SYNCHRONOUS_OFF" | "TRUSTED_SCHEMA" | "FILE_DAMAGED";

/** Everything that was found, errors first. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  readonly errors: number;
  readonly warnings: number;
  readonly notes: number;
  /** Whether there is neither an error nor a warning. */
  readonly healthy: boolean;
}

const ORDER: readonly Severity[] = ["error", "warning", "note"];

export function diagnosisOf(found: readonly Finding[]): Diagnosis {
  const of = (severity: Severity): readonly Finding[] => found.filter((finding) => finding.severity === severity);
  const [errors, warnings, notes] = [of("error").length, of("warning").length, of("note").length];
  return Object.freeze({ findings: Object.freeze(ORDER.flatMap(of)), errors, warnings, notes, healthy: errors + warnings === 0 });
}

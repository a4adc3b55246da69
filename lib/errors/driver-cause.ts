/** What is kept of a driver's error: enough to look it up, nothing that could hold a row's values. */
export interface CauseFields {
  readonly name: string;
  readonly code: string | undefined;
  readonly errno: number | undefined;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
}

/** A driver's error without its message and details, which may repeat values of other users' rows. */
export class DriverCause extends Error implements CauseFields {
  readonly code: string | undefined;
  readonly errno: number | undefined;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;

  constructor(fields: CauseFields) {
    super(`The driver reported ${fields.code ?? "an error without a code"}.`);
    this.name = fields.name;
    this.code = fields.code;
    this.errno = fields.errno;
    this.constraint = fields.constraint;
    this.table = fields.table;
    this.column = fields.column;
    this.stack = `${fields.name}: ${this.message}`;
  }
}

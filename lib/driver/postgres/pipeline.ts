import type { StatementResult } from "../driver";
import type { PgProtocol, Submittable } from "./pg-package";

/** One statement of a pipeline. */
export interface Step {
  readonly sql: string;
  readonly values: readonly (string | Buffer | null)[];
  /** The name under which the connection knows it; empty: it is parsed for this run alone. */
  readonly name: string;
  /** Whether the connection knows it already. */
  readonly parsed: boolean;
  /** Whether its rows are the pipeline's. */
  readonly wanted: boolean;
  /** Whether to ask for its columns' names and types. */
  readonly named: boolean;
}

/** Something that was sent, with the answers that all kinds of it take alike. */
export abstract class Sent implements Submittable {
  /** Set by the connection that sends it. */
  failed: (error: Error) => void = () => undefined;

  abstract submit(connection: PgProtocol): void;

  handleRowDescription(_message: Parameters<Submittable["handleRowDescription"]>[0]): void {
    // Whoever wants to know says so.
  }

  handleDataRow(_message: { readonly fields: readonly (string | null)[] }): void {
    // The same.
  }

  handleCommandComplete(_message: { readonly text: string }): void {
    // The end of all is what counts.
  }

  handleEmptyQuery(): void {
    // Nothing was asked.
  }

  handlePortalSuspended(): void {
    // No portal is read in parts.
  }

  handleCopyInResponse(connection: PgProtocol): void {
    connection.sendCopyFail("no data is sent this way");
    // The server has passed over the Sync that came while it waited for data.
    connection.sync();
  }

  handleCopyData(): void {
    // What is copied out goes nowhere.
  }

  handleError(error: Error): void {
    this.failed(error);
  }

  handleReadyForQuery(): void {
    // The connection listens itself: after an error the package does not say it here.
  }
}

/**
 * Statements that go to the server together and are answered together. Up to the one Sync at their end they are one transaction, unless
 * one is open already: a setting made for the transaction by one of them holds for the next and is gone afterwards.
 */
export class Pipeline extends Sent {
  readonly #steps: readonly Step[];
  readonly #dropped: readonly string[];
  readonly #rows: (readonly (string | null)[])[] = [];
  #at = 0;
  #changes = 0;
  #columns: readonly string[] | undefined;
  #types: readonly number[] | undefined;

  /** @param dropped names of statements that the connection is to forget */
  constructor(steps: readonly Step[], dropped: readonly string[]) {
    super();
    this.#steps = steps;
    this.#dropped = dropped;
  }

  get result(): StatementResult {
    return { rows: this.#rows, changes: this.#changes, columns: this.#columns, types: this.#types };
  }

  submit(connection: PgProtocol): void {
    const { stream } = connection;
    stream.cork();
    try {
      for (const name of this.#dropped) connection.close({ type: "S", name });
      for (const { sql, values, name, parsed, named } of this.#steps) {
        if (!parsed) connection.parse({ name, text: sql, types: [] });
        connection.bind({ portal: "", statement: name, values });
        if (named) connection.describe({ type: "P", name: "" });
        connection.execute({ portal: "", rows: 0 });
      }
      connection.sync();
    } finally {
      stream.uncork();
    }
  }

  override handleRowDescription({ fields }: Parameters<Submittable["handleRowDescription"]>[0]): void {
    this.#columns = fields.map((field) => field.name);
    this.#types = fields.map((field) => field.dataTypeID);
  }

  override handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    if (this.#steps[this.#at]?.wanted === true) this.#rows.push(fields);
  }

  override handleCommandComplete({ text }: { readonly text: string }): void {
    // `INSERT 0 3`, `UPDATE 3`, `SELECT 3`, and words alone where nothing is counted.
    if (this.#steps[this.#at]?.wanted === true) this.#changes = Number(/\d+$/.exec(text)?.[0] ?? 0);
    this.#at += 1;
  }

  override handleEmptyQuery(): void {
    this.#at += 1;
  }
}

/** A text of several statements without parameters, by the simple protocol; its rows are those of the last one. */
export class Script extends Sent {
  readonly #sql: string;
  #rows: (readonly (string | null)[])[] = [];

  constructor(sql: string) {
    super();
    this.#sql = sql;
  }

  get rows(): readonly (readonly (string | null)[])[] {
    return this.#rows;
  }

  submit(connection: PgProtocol): void {
    connection.query(this.#sql);
  }

  override handleRowDescription(): void {
    this.#rows = [];
  }

  override handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.#rows.push(fields);
  }

  override handleCopyInResponse(connection: PgProtocol): void {
    connection.sendCopyFail("no data is sent this way");
  }
}

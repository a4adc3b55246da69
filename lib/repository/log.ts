import type { CompiledStatement } from "../dialect/dialect";
import { SystemContext } from "../scope/system-context";
import type { Scope } from "../scope/access";
import { logScope, type LogScope } from "../scope/log-scope";

/** One statement, as `logger` gets it. */
export interface LogEvent {
  readonly sql: string;
  readonly parameterCount: number;
  /** Only with `logParameters: true`. */
  readonly parameters?: readonly unknown[];
  readonly durationMs: number;
  /** Rows read or written; 0 when the statement failed. */
  readonly rowCount: number;
  readonly entity: string | undefined;
  /** The repository's method, `find`, `insert`, …, `sql` or `schema`. */
  readonly operation: string;
  readonly scope: LogScope;
  /** The error's code, when the statement failed. */
  readonly error?: string;
  /** The driver's own error, with all its details; only with `logParameters: true`. */
  readonly nativeError?: unknown;
}

/**
 * Hears of every statement, when it has ended.
 *
 * @example
 * const logger: Logger = ({ operation, entity, durationMs, scope }) => console.log(operation, entity, durationMs, scope.kind);
 */
export type Logger = (event: LogEvent) => void;

export interface LogOptions {
  readonly logger?: Logger | undefined;
  readonly logParameters?: boolean | undefined;
}

/** What ran, before its outcome is known. */
export interface LoggedCall {
  readonly statement: CompiledStatement;
  readonly parameters: readonly unknown[];
  readonly entity: string | undefined;
  readonly operation: string;
  readonly scope: Scope;
}

/** Tells the logger of every statement; without one, each reason of a system context goes to stderr once. */
export class StatementLog {
  readonly #logger: Logger | undefined;
  readonly #withParameters: boolean;
  readonly #reasons = new Set<string>();

  constructor(options: LogOptions) {
    this.#logger = options.logger;
    this.#withParameters = options.logParameters === true;
  }

  /** Whether anybody listens: when not, nothing needs to be timed. */
  listens(scope: Scope): boolean {
    return this.#logger !== undefined || SystemContext.is(scope);
  }

  record(call: LoggedCall, durationMs: number, rowCount: number, failure?: { readonly code: string; readonly native: unknown }): void {
    if (this.#logger === undefined) {
      if (SystemContext.is(call.scope)) this.#announce(call.scope.reason);
      return;
    }
    this.#tell(this.#logger, Object.freeze({
      sql: call.statement.sql,
      parameterCount: call.parameters.length,
      ...(this.#withParameters ? { parameters: call.parameters } : {}),
      durationMs, rowCount,
      entity: call.entity, operation: call.operation, scope: logScope(call.scope),
      ...(failure === undefined ? {} : { error: failure.code, ...(this.#withParameters ? { nativeError: failure.native } : {}) }),
    }));
  }

  /** The statement has run: a logger that fails must not make its call fail, which would look as if nothing was stored. */
  #tell(logger: Logger, event: LogEvent): void {
    try {
      logger(event);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      process.emitWarning(`The logger of a Freehold database threw: ${what}`, { type: "FreeholdWarning", code: "FREEHOLD_LOGGER_FAILED" });
    }
  }

  #announce(reason: string): void {
    if (this.#reasons.has(reason)) return;
    this.#reasons.add(reason);
    process.stderr.write(`freehold: statements across owners: ${reason}\n`);
  }
}

import type { CompiledStatement, Dialect } from "../dialect/dialect";
import type { CallOptions, SqlText, StatementResult } from "../driver/driver";
import type { Observer } from "../driver/observer";
import type { Session } from "../driver/session";
import type { StatementFacts, StatementOutcome } from "../driver/telemetry";
import { contextOfOtherDatabase } from "../errors/context-errors";
import { FreeholdError } from "../errors/freehold-error";
import { tooManyValues } from "../errors/query-errors";
import type { HydratorCache } from "../hydrate/hydrator-cache";
import type { DatabaseModel, EntityModel } from "../model/entity-model";
import type { Scope } from "../scope/access";
import type { Identities } from "../scope/identity";
import { logScope } from "../scope/log-scope";
import { SystemContext } from "../scope/system-context";
import type { SqlValue } from "../sql/sql-value";
import type { Statement } from "../sql/statement";
import { openTable, type Shown, type TableSource } from "../sql/table-source";
import { thawed } from "../util/thawed";
import type { ConstraintChecker } from "./constraints";
import type { CursorBox } from "./cursors";
import type { LoggedCall, StatementLog } from "./log";
import type { Pending } from "./pending";
import type { ScanWatch } from "./scan-watch";
import type { StatementCache } from "./statement-cache";

/** What all repositories of one database share. */
export interface Engine {
  /** The database itself: system contexts belong to one. */
  readonly database: object;
  readonly model: DatabaseModel;
  readonly dialect: Dialect;
  /** Whether the driver can stop a running read. */
  readonly interrupts: boolean;
  readonly statements: StatementCache;
  readonly hydrators: HydratorCache;
  /** Says in whose name statements run, where the database looks at it too; null where it does not. */
  readonly identities: Identities | null;
  readonly constraints: ConstraintChecker;
  readonly cursors: CursorBox;
  readonly log: StatementLog;
  /** Tells telemetry what runs; null where nobody asked for it. */
  readonly observer: Observer | null;
  /** What waits for the end of the turn; no statement overtakes it. */
  readonly pending: Pending;
  /** Warns of full scans; null where nobody asked for it. */
  readonly scans: ScanWatch | null;
  /** The session of the calling code: its transaction, or the pool. */
  session(): Session;
  /** Runs work in a transaction of the calling code, or a new one. */
  transaction<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
  /** Runs reads on one state of the database: in the calling code's transaction, or a read-only one. */
  snapshot<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
  now(): Date;
  uuid(): string;
}

const noOptions: CallOptions = Object.freeze({});

/** One statement to run. */
export interface Call {
  readonly operation: string;
  readonly scope: Scope;
  readonly source: TableSource;
  /** Everything in which statements of this operation can differ; see {@link StatementCache}. */
  readonly shape: string;
  readonly build: (source: TableSource) => Statement;
  readonly values: readonly unknown[];
  readonly signal?: AbortSignal | undefined;
  /** The entity that errors and the log speak of, where the statement is about a table kept for it. */
  readonly subject?: EntityModel;
}

/** Opens an entity's table for a call; the only use of the door in this room. */
export function openFor(engine: Engine, model: EntityModel, scope: Scope, shown: Shown = "live"): TableSource {
  const source = openTable(model, scope, shown);
  if (SystemContext.is(scope) && !scope.belongsTo(engine.database)) throw contextOfOtherDatabase(model.name);
  return source;
}

/**
 * Compiles (or finds), fills, runs and logs a statement; native errors become neutral ones. The answer is no promise where the driver
 * had it at once.
 */
export function execute(engine: Engine, call: Call): StatementResult | Promise<StatementResult> {
  const { source, scope, operation, signal } = call;
  signal?.throwIfAborted();
  if (engine.pending.any) engine.pending.flush();
  const { statement, parameters } = prepare(engine, call);
  const model = call.subject ?? source.model;
  const prepared: Prepared = { statement, parameters, scope, operation, model, table: source.model.table, options: signal === undefined ? noOptions : { signal } };
  return engine.observer === null ? send(engine, prepared) : observed(engine, engine.observer, prepared, send);
}

function send(engine: Engine, prepared: Prepared): StatementResult | Promise<StatementResult> {
  if (engine.scans !== null) return watched(engine, engine.scans, prepared);
  return performNow(engine, prepared) ?? performLater(engine, prepared);
}

/** Runs a statement while telemetry watches it. No closure of this stands where nobody watches: it would cost each call its variables. */
function observed(
  engine: Engine, observer: Observer, prepared: Prepared, run: (engine: Engine, prepared: Prepared) => StatementResult | Promise<StatementResult>,
): StatementResult | Promise<StatementResult> {
  const { statement, table, tables = table === undefined ? [] : [table], model, operation, scope, handWritten = false } = prepared;
  const facts: StatementFacts = { sql: statement.sql, handWritten, tables, entity: model?.name, operation, scope: logScope(scope) };
  const outcomeOf = ({ rows, changes }: StatementResult): StatementOutcome =>
    statement.returnsRows ? { returned: rows.length, changed: statement.readOnly ? undefined : changes } : { changed: changes };
  return observer.statement(facts, () => run(engine, prepared), outcomeOf);
}

/** While a program is developed, what a statement reads is looked at after its first run. */
async function watched(engine: Engine, scans: ScanWatch, prepared: Prepared): Promise<StatementResult> {
  const { statement, parameters, scope, operation, model } = prepared;
  const result = await performLater(engine, prepared);
  await scans.look(engine.session(), { statement, parameters, identity: engine.identities?.of(scope) }, `${operation} on ${model?.name ?? ""}`);
  return result;
}

/** A statement that is ready to run. */
export interface Prepared {
  readonly statement: CompiledStatement & SqlText;
  readonly parameters: readonly SqlValue[];
  readonly scope: Scope;
  readonly operation: string;
  readonly model: EntityModel | null;
  /** The table that it is about, where there is one. */
  readonly table?: string;
  /** Those of hand-written text. */
  readonly tables?: readonly string[];
  readonly options: CallOptions;
  /** Whether the text was hand-written; see `ErrorSubject`. */
  readonly handWritten?: boolean;
}

/** Runs and logs a statement that was made elsewhere, whose plan nobody watches; native errors become neutral ones. */
export function perform(engine: Engine, prepared: Prepared): Promise<StatementResult> {
  if (engine.pending.any) engine.pending.flush();
  if (engine.observer === null) return performLater(engine, prepared);
  return Promise.resolve(observed(engine, engine.observer, prepared, performLater));
}

function performLater(engine: Engine, prepared: Prepared): Promise<StatementResult> {
  const start = startOf(engine, prepared);
  const { statement, parameters, scope, options } = prepared;
  const identified = engine.identities === null ? options : { ...options, identity: engine.identities.of(scope) };
  return answeredLater(engine, prepared, start, engine.session().execute(statement, parameters, identified));
}

/** The same, where the session can do it at once; null where it cannot. */
function performNow(engine: Engine, prepared: Prepared): StatementResult | Promise<StatementResult> | null {
  const session = engine.session();
  if (session.immediate === undefined) return null;
  const start = startOf(engine, prepared);
  let result: StatementResult | Promise<StatementResult> | null;
  try {
    result = session.immediate(prepared.statement, prepared.parameters, prepared.options);
  } catch (native) {
    throw failed(engine, prepared, start, native);
  }
  if (!(result instanceof Promise)) return result === null ? null : answered(engine, prepared, start, result);
  return answeredLater(engine, prepared, start, result);
}

async function answeredLater(engine: Engine, prepared: Prepared, start: number, result: Promise<StatementResult>): Promise<StatementResult> {
  let answer: StatementResult;
  try {
    answer = await result;
  } catch (native) {
    throw failed(engine, prepared, start, native);
  }
  return answered(engine, prepared, start, answer);
}

/** When nobody listens nothing is timed. */
function startOf(engine: Engine, { scope }: Prepared): number {
  return engine.log.listens(scope) ? performance.now() : -1;
}

function answered(engine: Engine, prepared: Prepared, start: number, result: StatementResult): StatementResult {
  if (start >= 0) engine.log.record(loggedCall(prepared), performance.now() - start, prepared.statement.returnsRows ? result.rows.length : result.changes);
  return result;
}

function failed(engine: Engine, prepared: Prepared, start: number, native: unknown): unknown {
  const { signal } = prepared.options;
  const aborted = signal?.aborted === true && native === signal.reason;
  const error = aborted || native instanceof FreeholdError ? native : engine.dialect.toError(native, prepared);
  if (start >= 0) {
    const code = error instanceof FreeholdError ? error.code : "ABORTED";
    engine.log.record(loggedCall(prepared), performance.now() - start, 0, { code, native });
  }
  return error;
}

function loggedCall({ statement, parameters, model, operation, scope }: Prepared): LoggedCall {
  return { statement, parameters, entity: model?.name, operation, scope };
}

/** Compiles a statement (or finds it) and fills it. */
export function prepare(engine: Engine, call: Call): { readonly statement: CompiledStatement; readonly parameters: readonly SqlValue[] } {
  const { source } = call;
  const statement = engine.statements.get(source, `${call.operation}:${call.shape}`, call.build);
  const { maxParameters } = engine.dialect;
  if (statement.binders.length > maxParameters) throw tooManyValues(source.model.name, statement.binders.length, maxParameters);
  const owner = source.access.kind === "user" ? source.access.key : source.reach.kind === "user" ? source.reach.key : undefined;
  const parameters: SqlValue[] = [];
  for (const bind of thawed(statement.binders)) parameters.push(bind(owner, call.values));
  return { statement, parameters };
}

import {
  context, createContextKey, SpanKind, SpanStatusCode, trace, type Attributes, type Context, type Link, type Meter, type Span, type Tracer,
} from "@opentelemetry/api";
import type {
  StatementFacts, StatementOutcome, Stretch, TelemetryFailure, TelemetryTarget, TelemetryWatch, WorkFacts, WorkOutcome,
} from "../driver/telemetry";
import type { LogScope } from "../scope/log-scope";
import { describe, placeAttributes } from "./describe";
import { Instruments } from "./instruments";
import { convention, own } from "./names";

/** How one database is watched. */
export interface WatchOptions {
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly queryText: boolean;
  readonly ownerKey: boolean;
  readonly poolName: string | undefined;
}

/** Those for whose sake the next statement runs, and no other: hooks of the rows that it gives may send more. */
interface Company {
  readonly links: readonly Link[];
  readonly calls: number;
  taken: boolean;
}

const COMPANY = createContextKey("freehold: calls that share a statement");
const WAITS = createContextKey("freehold: the span that waits for a connection");

/** Makes spans and measurements of what one database does. */
export class Watch implements TelemetryWatch {
  readonly #options: WatchOptions;
  readonly #place: Attributes;
  readonly #namespace: string | undefined;
  readonly #instruments: Instruments;

  constructor(target: TelemetryTarget, options: WatchOptions) {
    this.#options = options;
    this.#place = placeAttributes(target);
    this.#namespace = target.place.name;
    this.#instruments = new Instruments(options.meter, target, options.poolName);
  }

  statement(facts: StatementFacts): Stretch<StatementOutcome> {
    const parent = context.active();
    const company = takeCompany(parent);
    const { name, attributes } = describe(facts, this.#namespace);
    const measured = { ...this.#place, ...attributes };
    const span = this.#options.tracer.startSpan(name, {
      kind: SpanKind.CLIENT, ...(company === undefined ? {} : { links: [...company.links] }),
      attributes: {
        ...measured,
        ...(this.#options.queryText ? { [convention.text]: facts.sql } : {}),
        ...(facts.entity === undefined ? {} : { [own.entity]: facts.entity }),
        [own.operation]: facts.operation,
        ...(company === undefined ? {} : { [own.mergedCalls]: company.calls }),
        ...this.#scope(facts.scope),
      },
    }, parent);
    const start = performance.now();
    return new SpanStretch(span, parent, ({ returned, changed, failure }, active) => {
      if (returned !== undefined) span.setAttribute(convention.returnedRows, returned);
      if (changed !== undefined) span.setAttribute(own.changedRows, changed);
      const failed = fail(span, failure);
      span.end();
      this.#instruments.statement((performance.now() - start) / 1000, returned, { ...measured, ...failed }, active);
    });
  }

  work(facts: WorkFacts): Stretch<WorkOutcome> {
    return facts.kind === "transaction" ? this.#transaction(facts) : this.#stream(facts);
  }

  waited(mode: "read" | "write", seconds: number): void {
    const active = context.active();
    this.#instruments.waited(mode, seconds, active);
    const waiting = active.getValue(WAITS);
    if (waiting instanceof SpanStretch) waiting.waited(seconds);
  }

  here(): Context {
    return context.active();
  }

  onBehalf<T>(places: readonly unknown[], work: () => T): T {
    const [first, ...others] = places as readonly Context[];
    if (first === undefined) return work();
    if (others.length === 0) return context.with(first, work);
    const seen = new Set([trace.getSpanContext(first)?.spanId]);
    const links = others.flatMap((other): readonly Link[] => {
      const found = trace.getSpanContext(other);
      if (found === undefined || seen.has(found.spanId)) return [];
      seen.add(found.spanId);
      return [{ context: found }];
    });
    return context.with(first.setValue(COMPANY, { links, calls: places.length, taken: false } satisfies Company), work);
  }

  close(): void {
    this.#instruments.close();
  }

  #transaction({ nested, readOnly }: WorkFacts & { readonly kind: "transaction" }): Stretch<WorkOutcome> {
    const parent = context.active();
    const span = this.#options.tracer.startSpan(nested ? "savepoint" : "transaction", {
      kind: SpanKind.INTERNAL, attributes: { ...this.#place, [own.readOnly]: readOnly },
    }, parent);
    return new SpanStretch(span, parent, ({ outcome, attempts, failure }) => {
      span.setAttribute(own.outcome, outcome);
      if (attempts !== undefined) span.setAttribute(own.attempts, attempts);
      fail(span, failure);
      span.end();
    });
  }

  #stream({ table, entity, scope }: WorkFacts & { readonly kind: "stream" }): Stretch<WorkOutcome> {
    const parent = context.active();
    const span = this.#options.tracer.startSpan(`stream ${table}`, {
      kind: SpanKind.INTERNAL,
      attributes: { ...this.#place, [convention.collection]: table, [own.entity]: entity, [own.operation]: "stream", ...this.#scope(scope) },
    }, parent);
    return new SpanStretch(span, parent, ({ outcome, rows, failure }) => {
      span.setAttribute(own.streamOutcome, outcome);
      if (rows !== undefined) span.setAttribute(own.streamRows, rows);
      fail(span, failure);
      span.end();
    });
  }

  #scope(scope: LogScope): Attributes {
    switch (scope.kind) {
      case "public": return { [own.scope]: "public" };
      case "system": return { [own.scope]: "system", [own.reason]: scope.reason };
      case "user": return {
        [own.scope]: "user", [own.ownerEntity]: scope.owner, ...(this.#options.ownerKey ? { [own.ownerKey]: scope.key, [own.actor]: scope.actor } : {}),
      };
    }
  }
}

function takeCompany(parent: Context): Company | undefined {
  const company = parent.getValue(COMPANY) as Company | undefined;
  if (company === undefined || company.taken) return undefined;
  company.taken = true;
  return company;
}

/** A span while it lasts. */
class SpanStretch<Outcome> implements Stretch<Outcome> {
  readonly #span: Span;
  readonly #active: Context;
  readonly #finish: (outcome: Outcome, active: Context) => void;
  #waitedFor = 0;
  #hasWaited = false;

  constructor(span: Span, parent: Context, finish: (outcome: Outcome, active: Context) => void) {
    this.#span = span;
    this.#active = trace.setSpan(parent, span).setValue(WAITS, this);
    this.#finish = finish;
  }

  within<T>(work: () => T): T {
    return context.with(this.#active, work);
  }

  /** A transaction that is tried again waits once for each attempt. */
  waited(seconds: number): void {
    this.#waitedFor += seconds;
    this.#hasWaited = true;
  }

  end(outcome: Outcome): void {
    if (this.#hasWaited) this.#span.setAttribute(own.waitTime, this.#waitedFor);
    this.#finish(outcome, this.#active);
  }
}

/** Marks a span as failed, where it did, and gives what metrics say of it. */
function fail(span: Span, failure: TelemetryFailure | undefined): Attributes {
  if (failure === undefined) return {};
  const { type, status, name, message, stack } = failure;
  const attributes = { [convention.errorType]: type, ...(status === undefined ? {} : { [convention.statusCode]: status }) };
  span.setAttributes(attributes);
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) });
  span.recordException({ name, message: message ?? type, stack: stack === "" ? name : `${name}\n${stack}` });
  return attributes;
}

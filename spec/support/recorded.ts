import { context, trace, type Span } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { openTelemetry, type OpenTelemetryOptions } from "freehold/opentelemetry";
import type { Telemetry } from "freehold";

export interface MeasuredPoint {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

/** Spans and metrics of one test, by the real SDK, kept in memory. */
export class Recorded {
  readonly #spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.#spans)] });
  readonly #meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: this.#metrics, exportIntervalMillis: 1_000_000 })] });
  readonly tracer = this.#tracers.getTracer("spec");
  readonly meter = this.#meters.getMeter("spec");

  constructor() {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }

  telemetry(options: OpenTelemetryOptions = {}): Telemetry {
    return openTelemetry({ tracer: this.tracer, meter: this.meter, ...options });
  }

  /** Spans that have ended, in the order in which they did. */
  get spans(): readonly ReadableSpan[] {
    return this.#spans.getFinishedSpans();
  }

  get names(): readonly string[] {
    return this.spans.map((span) => span.name);
  }

  forget(): void {
    this.#spans.reset();
  }

  /** Runs work inside a span of the application's own. */
  async inside<T>(name: string, work: (span: Span) => Promise<T>): Promise<T> {
    return this.tracer.startActiveSpan(name, async (span) => {
      try {
        return await work(span);
      } finally {
        span.end();
      }
    });
  }

  /** The names of those who have a span above them, from the nearest: `["transaction", "request"]`. */
  above(span: ReadableSpan): readonly string[] {
    const parent = this.spans.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId);
    return parent === undefined ? [] : [parent.name, ...this.above(parent)];
  }

  /** What has been measured so far, by the metrics' names. */
  async measured(): Promise<ReadonlyMap<string, { readonly unit: string; readonly points: readonly MeasuredPoint[] }>> {
    this.#metrics.reset();
    await this.#meters.forceFlush();
    const found = this.#metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
    return new Map(found.map(({ descriptor, dataPoints }) => [
      descriptor.name, { unit: descriptor.unit, points: dataPoints.map(({ attributes, value }) => ({ attributes, value })) },
    ]));
  }

  /** Everything that went out, as one text. */
  async all(): Promise<string> {
    const spans = this.spans.map(({ name, attributes, events, links, status }) => ({ name, attributes, events, links, status }));
    return JSON.stringify([spans, [...await this.measured()]]);
  }

  async close(): Promise<void> {
    await this.#tracers.shutdown();
    await this.#meters.shutdown();
    context.disable();
    trace.disable();
  }
}

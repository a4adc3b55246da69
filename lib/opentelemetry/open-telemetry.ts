import { metrics, trace, type Meter, type Tracer } from "@opentelemetry/api";
import type { Telemetry } from "../driver/telemetry";
import { badTelemetryOption, unknownTelemetryOption } from "../errors/telemetry-errors";
import { Watch } from "./watch";

/** What `openTelemetry(…)` takes. */
export interface OpenTelemetryOptions {
  /** Default: the global provider's, under the name `freehold`. */
  readonly tracer?: Tracer | undefined;
  /** Default: the global provider's, under the name `freehold`; it is asked for when the database is opened. */
  readonly meter?: Meter | undefined;
  /** Whether spans hold the statements' text, in which parameters are placeholders; default true. */
  readonly queryText?: boolean | undefined;
  /** Whether spans say whose rows a statement is about, and who acted: personal data in most applications. Default false. */
  readonly ownerKey?: boolean | undefined;
  /** What metrics call the connections; default the server and the database's name. Two databases of one name in one process need two. */
  readonly poolName?: string | undefined;
}

const OPTIONS = ["tracer", "meter", "queryText", "ownerKey", "poolName"];
const NAME = "freehold";

/**
 * Spans and metrics of every statement, for `Database.open`.
 *
 * @example
 * const db = await Database.open({ driver: sqlite3({ file: "app.db" }), entities: [User, Document], telemetry: openTelemetry() });
 * @throws ConnectionError (CONNECTION_ERROR, not retryable) for options that it cannot use
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Telemetry {
  check(options);
  const { queryText = true, ownerKey = false, poolName } = options;
  return Object.freeze({
    watch: (target) => new Watch(target, {
      tracer: options.tracer ?? trace.getTracer(NAME), meter: options.meter ?? metrics.getMeter(NAME), queryText, ownerKey, poolName,
    }),
  } satisfies Telemetry);
}

function check(options: OpenTelemetryOptions): void {
  const given: unknown = options;
  if (typeof given !== "object" || given === null) throw badTelemetryOption("options", "an object", given);
  const unknown = Object.keys(given).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) throw unknownTelemetryOption(unknown, OPTIONS);
  const { tracer, meter, queryText, ownerKey, poolName } = given as Readonly<Record<string, unknown>>;
  if (tracer !== undefined && !has(tracer, "startSpan")) throw badTelemetryOption("tracer", "a tracer of @opentelemetry/api", tracer);
  if (meter !== undefined && !has(meter, "createHistogram")) throw badTelemetryOption("meter", "a meter of @opentelemetry/api", meter);
  if (queryText !== undefined && typeof queryText !== "boolean") throw badTelemetryOption("queryText", "true or false", queryText);
  if (ownerKey !== undefined && typeof ownerKey !== "boolean") throw badTelemetryOption("ownerKey", "true or false", ownerKey);
  if (poolName !== undefined && (typeof poolName !== "string" || poolName === "")) throw badTelemetryOption("poolName", "a name", poolName);
}

function has(value: unknown, method: string): boolean {
  return typeof (value as Readonly<Record<string, unknown>> | null)?.[method] === "function";
}

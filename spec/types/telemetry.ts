import { metrics, trace } from "@opentelemetry/api";
import { sqlite3, User, type DatabaseOptions, type StatementFacts, type Telemetry } from "freehold";
import { openTelemetry } from "freehold/opentelemetry";

/** Telemetry by OpenTelemetry, with options of its own. */
export function withOpenTelemetry(): readonly DatabaseOptions[] {
  const open = (telemetry: Telemetry): DatabaseOptions => ({ driver: sqlite3({ file: ":memory:" }), entities: [User], telemetry });
  return [
    open(openTelemetry()),
    open(openTelemetry({ tracer: trace.getTracer("app"), meter: metrics.getMeter("app"), queryText: false, ownerKey: true, poolName: "main" })),
    // @ts-expect-error it has to be called
    open(openTelemetry),
    // @ts-expect-error no such option
    open(openTelemetry({ parameters: true })),
    // @ts-expect-error no tracer
    open(openTelemetry({ tracer: "app" })),
  ];
}

/** Telemetry of one's own. */
export function counting(seen: StatementFacts[]): Telemetry {
  return {
    watch: () => ({
      statement: (facts) => {
        seen.push(facts);
        // @ts-expect-error facts hold no parameters
        return { within: (work) => work(), end: () => facts.parameters };
      },
      work: () => ({ within: (work) => work(), end: () => undefined }),
      waited: () => undefined, here: () => undefined, onBehalf: (_places, work) => work(), close: () => undefined,
    }),
  };
}

import { ValueType, type Attributes, type BatchObservableResult, type Context, type Meter } from "@opentelemetry/api";
import type { PoolState, TelemetryTarget } from "../driver/telemetry";
import { convention, metric } from "./names";

const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
const ROWS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

/** What is counted and measured of one database. */
export class Instruments {
  readonly #poolName: string;
  /** What calls of each kind get their connections from. */
  readonly #pools: Readonly<Record<"read" | "write", Attributes>>;
  readonly #duration;
  readonly #returnedRows;
  readonly #waitTime;
  readonly #stopObserving: () => void;

  constructor(meter: Meter, target: TelemetryTarget, poolName: string | undefined) {
    this.#poolName = poolName ?? nameOf(target);
    const apart = target.pools().length > 1;
    this.#pools = { read: this.#poolOf(apart ? "read" : "any"), write: this.#poolOf(apart ? "write" : "any") };
    this.#duration = meter.createHistogram(metric.duration, {
      unit: "s", description: "Duration of database client operations.", valueType: ValueType.DOUBLE, advice: { explicitBucketBoundaries: SECONDS },
    });
    this.#returnedRows = meter.createHistogram(metric.returnedRows, {
      unit: "{row}", description: "The actual number of records returned by the database operation.", valueType: ValueType.INT,
      advice: { explicitBucketBoundaries: ROWS },
    });
    this.#waitTime = meter.createHistogram(metric.waitTime, {
      unit: "s", description: "The time it took to obtain an open connection from the pool.", valueType: ValueType.DOUBLE,
      advice: { explicitBucketBoundaries: SECONDS },
    });
    const counter = (name: string, unit: string, description: string) => meter.createObservableUpDownCounter(name, { unit, description, valueType: ValueType.INT });
    const connections = counter(metric.connections, "{connection}", "The number of connections that are currently in state described by the `state` attribute.");
    const limit = counter(metric.limit, "{connection}", "The maximum number of open connections allowed.");
    const pending = counter(metric.pending, "{request}", "The number of current pending requests for an open connection.");
    const observe = (result: BatchObservableResult): void => {
      for (const state of target.pools()) {
        const pool = this.#poolOf(state.mode);
        result.observe(connections, state.idle, { ...pool, [convention.connectionState]: "idle" });
        result.observe(connections, state.used, { ...pool, [convention.connectionState]: "used" });
        result.observe(limit, state.limit, pool);
        result.observe(pending, state.pending, pool);
      }
    };
    const all = [connections, limit, pending];
    meter.addBatchObservableCallback(observe, all);
    this.#stopObserving = () => meter.removeBatchObservableCallback(observe, all);
  }

  /** @param context where the statement's span is the active one, for exemplars */
  statement(seconds: number, returned: number | undefined, attributes: Attributes, context: Context): void {
    this.#duration.record(seconds, attributes, context);
    if (returned !== undefined) this.#returnedRows.record(returned, attributes, context);
  }

  waited(mode: "read" | "write", seconds: number, context: Context): void {
    this.#waitTime.record(seconds, this.#pools[mode], context);
  }

  close(): void {
    this.#stopObserving();
  }

  /** Connections that only read are a pool of their own. */
  #poolOf(mode: PoolState["mode"]): Attributes {
    return { [convention.poolName]: mode === "any" ? this.#poolName : `${this.#poolName}/${mode}` };
  }
}

/** As the conventions make up a name where the pool has none: `server.address:server.port/db.namespace`. */
function nameOf({ dialect, place: { name, address, port } }: TelemetryTarget): string {
  if (address === undefined) return name ?? dialect;
  return `${address}${port === undefined ? "" : `:${port}`}/${name ?? ""}`;
}

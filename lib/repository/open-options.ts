import type { Driver } from "../driver/driver";
import { Observer } from "../driver/observer";
import type { Telemetry } from "../driver/telemetry";
import { badOpenOption, unknownOpenOption } from "../errors/connection-errors";
import type { AnyClass, EntityClass } from "../metadata/records";
import { buildModel } from "../model/build-model";
import type { DatabaseModel } from "../model/entity-model";
import type { NamingStrategy } from "../model/naming";
import type { LogOptions } from "./log";
import { ScanWatch } from "./scan-watch";

/** What `Database.open` takes. */
export interface DatabaseOptions extends LogOptions {
  /** `sqlite3({ file })`, `betterSqlite3({ file })` or `postgres({ connectionString })`. */
  readonly driver: Driver;
  readonly entities: readonly EntityClass[];
  /** The classes that JSON columns may be rebuilt as, besides those that their properties declare. */
  readonly jsonTypes?: readonly AnyClass[];
  /** Default: snake_case tables and columns. */
  readonly naming?: NamingStrategy;
  /** Where `@CreatedAt` and uuid keys take the time from; default: the system's clock. */
  readonly clock?: () => Date;
  /**
   * What cursors of pages are sealed with, at least 16 characters; the same wherever they shall be understood. Without one, the
   * key follows from the model. A cursor of one's own making shows nothing that the context could not read anyway.
   */
  readonly cursorSecret?: string;
  /**
   * Warns (`FREEHOLD_FULL_SCAN`) when a statement with a condition reads a table of so many rows, 1,000 unless a number is given,
   * from end to end. Meant for development, where it is the default (`NODE_ENV=development`): each statement's plan is looked at once.
   */
  readonly warnFullScans?: boolean | number;
  /**
   * What is told of every statement and transaction while it runs, such as `openTelemetry()` of `freehold/opentelemetry`; default: nothing.
   *
   * @example
   * const db = await Database.open({ driver: sqlite3({ file: "app.db" }), entities: [User, Document], telemetry: openTelemetry() });
   */
  readonly telemetry?: Telemetry | undefined;
}

const OPTIONS = ["driver", "entities", "jsonTypes", "naming", "clock", "logger", "logParameters", "cursorSecret", "warnFullScans", "telemetry"];

/**
 * The model of a database that need not be there.
 *
 * @throws ConnectionError for options that cannot be used
 * @throws ModelError with every fault of the entities
 */
export function modelFor(options: DatabaseOptions): DatabaseModel {
  checkOptions(options);
  return buildModel(options);
}

function checkOptions(options: DatabaseOptions): void {
  const given: unknown = options;
  if (typeof given !== "object" || given === null) throw badOpenOption("options", "an object", given);
  for (const name of Object.keys(given)) if (!OPTIONS.includes(name)) throw unknownOpenOption(name, OPTIONS);
  const driver = options.driver as { readonly open?: unknown } | undefined;
  if (typeof driver?.open !== "function") throw badOpenOption("driver", 'a driver, such as sqlite3({ file: "app.db" })', driver);
  Observer.check(options.telemetry);
  ScanWatch.of(options.warnFullScans, options.driver.dialect);
  const { cursorSecret } = options as { readonly cursorSecret?: unknown };
  // The secret itself is not for messages.
  if (cursorSecret !== undefined && (typeof cursorSecret !== "string" || cursorSecret.length < 16)) {
    throw badOpenOption("cursorSecret", "a text of at least 16 characters", typeof cursorSecret === "string" ? "" : cursorSecret);
  }
  if (!Array.isArray(options.entities)) throw badOpenOption("entities", "a list of entity classes", options.entities);
}

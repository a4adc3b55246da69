import type { ExecutionContext, FactoryProvider, ModuleMetadata, Type } from "@nestjs/common";
import type { Database } from "../database";
import type { EntityClass } from "../metadata/records";
import type { DatabaseOptions } from "../repository/open-options";
import type { UserContext } from "../scope/user-context";

/** In whose name a request is handled; null where it names nobody. */
export type ContextOf = (execution: ExecutionContext) => UserContext | null | Promise<UserContext | null>;

/** What `Database.open` takes, and how the module is to use it. */
export interface FreeholdOptions extends Omit<DatabaseOptions, "entities"> {
  /** The database's entities; may be left out with `autoLoadEntities`. */
  readonly entities?: readonly EntityClass[];
  /** Adds the entities that the application's modules name in `forFeature`. Default: false. */
  readonly autoLoadEntities?: boolean;
  /** Calls `db.schema.ensure()` before anything gets the database. Default: false. */
  readonly ensureSchema?: boolean;
  /** Is awaited before anything gets the database, after `ensureSchema`; the place for migrations. */
  readonly onOpen?: (db: Database) => void | Promise<void>;
  /** How often opening is tried again after a `ConnectionError` that is `retryable`. Default: 9. */
  readonly retryAttempts?: number;
  /** Milliseconds between two attempts. Default: 3000. */
  readonly retryDelay?: number;
  /** Makes the context of each request; handlers then run in it, and without one they do not run. */
  readonly contextOf?: ContextOf;
}

export interface FreeholdModuleOptions extends FreeholdOptions {
  /** What the database is injected by, where an application has several. Default: no name. */
  readonly name?: string;
}

/** A class that makes the options, for `useClass` and `useExisting`. */
export interface FreeholdOptionsFactory {
  /** Makes the options, once for each database. */
  createFreeholdOptions(): FreeholdOptions | Promise<FreeholdOptions>;
}

/** Where `forRootAsync` has its options from: exactly one of `useFactory`, `useClass` and `useExisting`. */
export interface FreeholdModuleAsyncOptions extends Pick<ModuleMetadata, "imports"> {
  /** What the database is injected by, where an application has several. Default: no name. */
  readonly name?: string;
  /** What `useFactory` is called with. */
  readonly inject?: FactoryProvider["inject"];
  /** A function that makes the options. */
  readonly useFactory?: (...args: never[]) => FreeholdOptions | Promise<FreeholdOptions>;
  readonly useClass?: Type<FreeholdOptionsFactory>;
  readonly useExisting?: Type<FreeholdOptionsFactory>;
}

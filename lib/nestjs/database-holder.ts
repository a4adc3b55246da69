import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from "@nestjs/common";
import type { ModulesContainer } from "@nestjs/core";
import { Database } from "../database";
import { pause } from "../driver/pause";
import { ConnectionError } from "../errors/classes";
import { badModuleOption, databaseNameTaken, secondContextOf } from "../errors/nestjs-errors";
import type { EntityClass } from "../metadata/records";
import type { DatabaseOptions } from "../repository/open-options";
import { entitiesOfFeatures } from "./features";
import type { FreeholdOptions } from "./options";
import { getDatabaseToken } from "./tokens";

/** What the options are injected by, inside the module alone. */
export const OPTIONS = Symbol("FreeholdOptions");

const RETRY_ATTEMPTS = 9;
const RETRY_DELAY_MS = 3000;

/** Opens one database when the application starts, and closes what it opened after the last request. */
export class DatabaseHolder implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #name: string;
  readonly #modules: ModulesContainer;
  #opened: Database | null = null;

  constructor(name: string, modules: ModulesContainer) {
    this.#name = name;
    this.#modules = modules;
  }

  /** @throws ConnectionError for options that cannot be used, and when the last attempt failed */
  async open(options: FreeholdOptions): Promise<Database> {
    if (this.#count((module) => module.providers.has(getDatabaseToken(this.#name))) > 1) throw databaseNameTaken(this.#name);
    const { autoLoadEntities = false, ensureSchema = false, onOpen, retryAttempts, retryDelay, contextOf: _, ...rest } = checked(options);
    const entities = autoLoadEntities ? [...new Set([...rest.entities ?? [], ...entitiesOfFeatures(this.#modules, this.#name)])] : rest.entities;
    this.#opened = await retried({ attempts: retryAttempts ?? RETRY_ATTEMPTS, delayMs: retryDelay ?? RETRY_DELAY_MS }, async () => {
      // Without a list, Database.open says itself what is missing.
      const db = await Database.open({ ...rest, entities } as DatabaseOptions & { readonly entities: readonly EntityClass[] });
      try {
        if (ensureSchema) await db.schema.ensure();
        await onOpen?.(db);
      } catch (error) {
        await db.close();
        throw error;
      }
      return db;
    });
    return this.#opened;
  }

  onApplicationBootstrap(): void {
    const withContexts = this.#count((module) => (module.getProviderByKey(OPTIONS)?.instance as FreeholdOptions | undefined)?.contextOf !== undefined);
    if (withContexts > 1) throw secondContextOf();
  }

  /** Nest calls this when its servers have stopped, so that no request is left that needs the database. */
  async onApplicationShutdown(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    await opened?.close();
  }

  #count(wanted: (module: ModuleOf) => boolean): number {
    return [...this.#modules.values()].filter(wanted).length;
  }
}

type ModuleOf = ModulesContainer extends Map<string, infer M> ? M : never;

function checked(options: FreeholdOptions): FreeholdOptions {
  for (const option of ["autoLoadEntities", "ensureSchema"] as const) {
    if (options[option] !== undefined && typeof options[option] !== "boolean") throw badModuleOption(option, "true or false", options[option]);
  }
  for (const option of ["onOpen", "contextOf"] as const) {
    if (options[option] !== undefined && typeof options[option] !== "function") throw badModuleOption(option, "a function", options[option]);
  }
  for (const option of ["retryAttempts", "retryDelay"] as const) {
    const value = options[option];
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0)) throw badModuleOption(option, "a whole number from 0", value);
  }
  return options;
}

/** Tries again where that may help. */
async function retried<T>({ attempts, delayMs }: { readonly attempts: number; readonly delayMs: number }, work: () => Promise<T>): Promise<T> {
  for (let left = attempts; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ConnectionError) || !error.retryable || left <= 0) throw error;
      new Logger("FreeholdModule").warn(`${error.message} Trying again in ${delayMs} ms; attempts left: ${left}.`);
      await pause(delayMs);
    }
  }
}

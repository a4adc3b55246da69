import { Module, type DynamicModule, type FactoryProvider, type Provider } from "@nestjs/common";
import { APP_INTERCEPTOR, ModulesContainer } from "@nestjs/core";
import type { Database } from "../database";
import { asyncSourceUnclear, notAnEntityClass, noModuleOptions, notEntityClasses } from "../errors/nestjs-errors";
import type { EntityClass } from "../metadata/records";
import { DatabaseHolder, OPTIONS } from "./database-holder";
import { FEATURE, type Feature } from "./features";
import type { FreeholdModuleAsyncOptions, FreeholdModuleOptions, FreeholdOptions, FreeholdOptionsFactory } from "./options";
import { DEFAULT_DATABASE, getDatabaseToken, getRepositoryToken } from "./tokens";
import { UserContextInterceptor } from "./user-context-interceptor";

/**
 * Opens databases with the application, injects them and their repositories, and closes them after the last request.
 *
 * @example
 * @Module({
 *   imports: [
 *     FreeholdModule.forRoot({ driver: sqlite3({ file: "app.db" }), entities: [User, Note], ensureSchema: true }),
 *     FreeholdModule.forFeature([Note]),
 *   ],
 * })
 * class AppModule {}
 */
@Module({})
export class FreeholdModule {
  /**
   * A database for the whole application, known in every module.
   *
   * @throws ConnectionError (`CONNECTION_ERROR`), ModelError (`MODEL_ERROR`) when the application starts, as `Database.open`
   */
  static forRoot(options: FreeholdModuleOptions): DynamicModule {
    requireOptions("FreeholdModule.forRoot was given", options);
    const { name, ...rest } = options;
    return root(name, [], [{ provide: OPTIONS, useValue: rest }]);
  }

  /**
   * As {@link FreeholdModule.forRoot}, with options that are made when the application starts.
   *
   * @example
   * FreeholdModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ driver: postgres({ connectionString: config.getOrThrow("DATABASE_URL") }), autoLoadEntities: true }),
   * });
   * @throws ConnectionError (`CONNECTION_ERROR`) unless exactly one of `useFactory`, `useClass` and `useExisting` is given
   */
  static forRootAsync(options: FreeholdModuleAsyncOptions): DynamicModule {
    requireOptions("FreeholdModule.forRootAsync was given", options);
    return root(options.name, options.imports, asyncOptions(options));
  }

  /**
   * Makes the repositories of these entities injectable in the module that imports it.
   *
   * @example
   * @Module({ imports: [FreeholdModule.forFeature([Note])], providers: [NotesService] })
   * class NotesModule {}
   * @param name the database's name; default: the one without a name
   * @throws ModelError (`MODEL_ERROR`) for what is no class, and when the application starts for an entity that the database does not have
   */
  static forFeature(entities: readonly EntityClass[], name: string = DEFAULT_DATABASE): DynamicModule {
    if (!Array.isArray(entities)) throw notEntityClasses(entities);
    for (const entity of entities as readonly EntityClass[]) if (typeof entity !== "function") throw notAnEntityClass("FreeholdModule.forFeature", entity);
    const feature: Feature = { database: name, entities: [...new Set(entities)] };
    const repositories = feature.entities.map((entity): FactoryProvider => ({
      provide: getRepositoryToken(entity, name),
      inject: [getDatabaseToken(name)],
      useFactory: (db: Database) => db.repository(entity),
    }));
    return { module: FreeholdModule, providers: [{ provide: FEATURE, useValue: feature }, ...repositories], exports: repositories.map(({ provide }) => provide) };
  }
}

function root(name: string = DEFAULT_DATABASE, imports: DynamicModule["imports"], options: Provider[]): DynamicModule {
  const database = getDatabaseToken(name);
  return {
    module: FreeholdModule,
    global: true,
    imports: imports ?? [],
    providers: [
      ...options,
      { provide: DatabaseHolder, inject: [ModulesContainer], useFactory: (modules: ModulesContainer) => new DatabaseHolder(name, modules) },
      { provide: database, inject: [DatabaseHolder, OPTIONS], useFactory: (holder: DatabaseHolder, given: FreeholdOptions) => holder.open(given) },
      { provide: APP_INTERCEPTOR, inject: [OPTIONS], useFactory: ({ contextOf }: FreeholdOptions) => new UserContextInterceptor(contextOf) },
    ],
    exports: [database],
  };
}

function asyncOptions({ useFactory, useClass, useExisting, inject }: FreeholdModuleAsyncOptions): Provider[] {
  if ([useFactory, useClass, useExisting].filter((source) => source !== undefined).length !== 1) throw asyncSourceUnclear();
  if (useFactory !== undefined) {
    const made = async (...args: unknown[]): Promise<FreeholdOptions> => requireOptions("The useFactory of FreeholdModule.forRootAsync gave", await useFactory(...args as never[]));
    return [{ provide: OPTIONS, inject: inject ?? [], useFactory: made }];
  }
  const made = useClass ?? useExisting;
  if (made === undefined) throw asyncSourceUnclear();
  return [
    ...useClass === undefined ? [] : [useClass],
    {
      provide: OPTIONS, inject: [made],
      useFactory: async (factory: FreeholdOptionsFactory) => requireOptions("createFreeholdOptions() gave", await factory.createFreeholdOptions()),
    },
  ];
}

/** Said before anything is taken out of them. */
function requireOptions<T>(what: string, options: T): T {
  if (typeof options !== "object" || options === null) throw noModuleOptions(what, options);
  return options;
}

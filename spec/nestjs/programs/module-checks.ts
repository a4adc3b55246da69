import { Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from "@nestjs/common";
import { Column, ConnectionError, Database, DatabaseClosedError, Entity, PrimaryKey, User, UserInfo, type Driver, type OwnedRepository, type Repository } from "freehold";
import { FreeholdModule, getDatabaseToken, getRepositoryToken, InjectDatabase, InjectRepository, type FreeholdOptions, type FreeholdOptionsFactory } from "freehold/nestjs";
import { memory, Note, start, thrown, twoUsers, type Checks } from "./world";

const root = { driver: memory(), entities: [User, Note], ensureSchema: true };
const module_ = (...imports: DynamicModule[]): DynamicModule => ({ module: class App {}, imports });
const isClosed = async (db: Database): Promise<boolean> => (await thrown(() => db.schema.check())).startsWith(DatabaseClosedError.name);

@Injectable()
class Notes implements OnApplicationShutdown {
  atTheEnd = -1;

  constructor(
    @InjectRepository(Note) readonly notes: OwnedRepository<Note>,
    @InjectRepository(User) readonly users: Repository<User>,
    @InjectDatabase() readonly db: Database,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    this.atTheEnd = await this.users.count();
  }
}

@Module({ imports: [FreeholdModule.forRoot(root), FreeholdModule.forFeature([User, Note])], providers: [Notes] })
class App {}

class Optional implements FreeholdOptionsFactory {
  createFreeholdOptions(): FreeholdOptions {
    return root;
  }
}

@Module({ providers: [Optional], exports: [Optional] })
class OptionalModule {}

/** An engine that is there on the third attempt. */
function late(driver: Driver, retryable: boolean): { readonly driver: Driver; attempts: number } {
  const counted = {
    attempts: 0,
    driver: {
      ...driver,
      open: async () => {
        counted.attempts += 1;
        if (counted.attempts < 3) throw new ConnectionError("not yet", { retryable });
        return driver.open();
      },
    },
  };
  return counted;
}

/** What the options' maker makes, seen by how many users the database has. */
async function usersOf(imported: DynamicModule): Promise<number> {
  const app = await start(module_(imported));
  const count = await app.get<Database>(getDatabaseToken()).repository(User).count();
  await app.close();
  return count;
}

export const moduleChecks: Checks = {
  "injects repositories and the database": async () => {
    const app = await start(App);
    const { notes, users, db } = app.get(Notes);
    const { ada } = await twoUsers(db);
    const seen = { notes: notes.constructor.name, users: users.constructor.name, titles: (await notes.find(ada)).map(({ title }) => title), count: await users.count() };
    await app.close();
    return seen;
  },

  "closes the database last": async () => {
    const app = await start(App);
    const service = app.get(Notes);
    await twoUsers(service.db);
    const before = await isClosed(service.db);
    await app.close();
    return { before, usersAtTheEnd: service.atTheEnd, after: await isClosed(service.db) };
  },

  "leaves a database alone that stands in for its own": async () => {
    const given = await Database.open({ driver: memory(), entities: [User, Note] });
    await given.schema.ensure();
    @Module({ providers: [{ provide: getDatabaseToken(), useValue: given }, { provide: getRepositoryToken(Note), useValue: "a stand-in" }] })
    class Stand {
      constructor(@InjectDatabase() readonly db: Database, @InjectRepository(Note) readonly notes: unknown) {}
    }
    const app = await start(Stand);
    const { db, notes } = app.get(Stand);
    await app.close();
    const seen = { same: db === given, notes, closed: await isClosed(given) };
    await given.close();
    return seen;
  },

  "makes options when the application starts": async () => {
    const CONFIG = "config";
    const config: DynamicModule = { module: class Config {}, providers: [{ provide: CONFIG, useValue: root }], exports: [CONFIG] };
    return {
      useFactory: await usersOf(FreeholdModule.forRootAsync({ imports: [config], inject: [CONFIG], useFactory: async (options: FreeholdOptions) => options })),
      useClass: await usersOf(FreeholdModule.forRootAsync({ useClass: Optional })),
      useExisting: await usersOf(FreeholdModule.forRootAsync({ imports: [OptionalModule], useExisting: Optional })),
      none: await thrown(() => FreeholdModule.forRootAsync({})),
      two: await thrown(() => FreeholdModule.forRootAsync({ useClass: Optional, useExisting: Optional })),
    };
  },

  "keeps databases apart by name": async () => {
    @Injectable()
    class Both {
      constructor(
        @InjectRepository(User) readonly here: Repository<User>,
        @InjectRepository(User, "archive") readonly there: Repository<User>,
        @InjectDatabase("archive") readonly archive: Database,
      ) {}
    }
    @Module({
      imports: [
        FreeholdModule.forRoot({ ...root, driver: memory() }), FreeholdModule.forRootAsync({ name: "archive", useFactory: () => ({ ...root, driver: memory() }) }),
        FreeholdModule.forFeature([User]), FreeholdModule.forFeature([User], "archive"),
      ],
      providers: [Both],
    })
    class Two {}
    const app = await start(Two);
    const { here, there, archive } = app.get(Both);
    await here.insert({ info: new UserInfo() });
    const seen = [await here.count(), await there.count(), await archive.repository(User).count()];
    await app.close();
    return { seen, closed: await isClosed(archive) };
  },

  "refuses one name for two databases": () => thrown(() => start(module_(FreeholdModule.forRoot(root), FreeholdModule.forRoot({ ...root })))),

  "refuses two makers of contexts": () => thrown(() => start(module_(
    FreeholdModule.forRoot({ ...root, contextOf: () => null }), FreeholdModule.forRoot({ ...root, name: "archive", contextOf: () => null })))),

  "collects the entities of one application": async () => {
    @Entity() class Shelf { @PrimaryKey() id!: number; @Column() name!: string; }
    const own = { driver: memory(), autoLoadEntities: true, ensureSchema: true };
    const first = await start(module_(FreeholdModule.forRoot({ ...own, entities: [User] }), FreeholdModule.forFeature([Note]), FreeholdModule.forFeature([Note, User])));
    const second = await start(module_(FreeholdModule.forRoot(own), { module: class Inner {}, imports: [FreeholdModule.forFeature([Shelf])] }));
    const [one, two] = [first, second].map((app) => app.get<Database>(getDatabaseToken()));
    const seen = {
      notes: one?.repository(Note).constructor.name, shelves: await two?.repository(Shelf).count(),
      shelvesInFirst: await thrown(() => one?.repository(Shelf)), notesInSecond: await thrown(() => two?.repository(Note)),
      byName: await thrown(() => start(module_(FreeholdModule.forRoot({ ...own, entities: [User], name: "other" }), FreeholdModule.forFeature([Shelf], "third")))),
    };
    await first.close();
    await second.close();
    return seen;
  },

  "refuses entities that the database does not have": async () => ({
    missing: await thrown(() => start(module_(FreeholdModule.forRoot({ ...root, entities: [User] }), FreeholdModule.forFeature([Note])))),
    undefined: await thrown(() => FreeholdModule.forFeature([undefined as never])),
    inject: await thrown(() => InjectRepository(undefined as never)),
  }),

  "keeps two classes of one name apart": async () => {
    const other = (() => { @Entity({ name: "OtherNote", table: "other_note" }) class Note { @PrimaryKey() id!: number; } return Note; })();
    const app = await start(module_(FreeholdModule.forRoot({ ...root, entities: [User, Note, other] }), FreeholdModule.forFeature([Note, other])));
    const kinds = [Note, other].map((entity) => app.get<object>(getRepositoryToken(entity)).constructor.name);
    await app.close();
    return kinds;
  },

  "tries again only where that may help": async () => {
    const outcome = async (retryable: boolean, retryAttempts: number): Promise<unknown> => {
      const engine = late(memory(), retryable);
      const error = await thrown(async () => (await start(module_(FreeholdModule.forRoot({ ...root, driver: engine.driver, retryAttempts, retryDelay: 1 })))).close());
      return { error, attempts: engine.attempts };
    };
    return { helps: await outcome(true, 2), tooFew: await outcome(true, 1), settled: await outcome(false, 9) };
  },

  "waits for onOpen, and closes what cannot be prepared": async () => {
    let prepared: Database | undefined;
    const app = await start(module_(FreeholdModule.forRoot({ ...root, onOpen: async (db) => { await twoUsers(db); } })));
    const users = await app.get<Database>(getDatabaseToken()).repository(User).count();
    await app.close();
    const error = await thrown(() => start(module_(FreeholdModule.forRoot({ ...root, onOpen: (db) => { prepared = db; throw new Error("no"); } }))));
    return { users, error, closed: prepared === undefined ? "never opened" : await isClosed(prepared) };
  },

  "refuses options that it cannot use": async () => ({
    attempts: await thrown(() => start(module_(FreeholdModule.forRoot({ ...root, retryAttempts: -1 })))),
    contextOf: await thrown(() => start(module_(FreeholdModule.forRoot({ ...root, contextOf: "user" as never })))),
    nothing: await thrown(() => FreeholdModule.forRoot(undefined as never)),
    nothingAsync: await thrown(() => FreeholdModule.forRootAsync(undefined as never)),
    nothingMade: await thrown(() => start(module_(FreeholdModule.forRootAsync({ useFactory: () => undefined as never })))),
    nothingByClass: await thrown(() => start(module_(FreeholdModule.forRootAsync({ useClass: class { createFreeholdOptions(): never { return undefined as never; } } })))),
    noList: await thrown(() => FreeholdModule.forFeature(Note as never)),
    unknown: await thrown(() => start(module_(FreeholdModule.forRoot({ ...root, synchronize: true } as never)))),
    entities: await thrown(() => start(module_(FreeholdModule.forRoot({ driver: memory() })))),
  }),

  "injects by property too": async () => {
    @Injectable()
    class ByProperty {
      @InjectRepository(User) readonly users!: Repository<User>;
      @Inject(getDatabaseToken()) readonly db!: Database;
    }
    const app = await start({ ...module_(FreeholdModule.forRoot(root), FreeholdModule.forFeature([User])), providers: [ByProperty] });
    const count = await app.get(ByProperty).users.count();
    await app.close();
    return count;
  },
};

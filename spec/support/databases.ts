import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database, type DatabaseOptions, type LogEvent } from "freehold";
import { engines, server, type TestEngine } from "./engines";
import type { OutsideOptions, PlainStatement } from "./postgres/test-server";
import { fromOutside } from "./raw-sqlite";

export { engines, type TestEngine } from "./engines";
export type { OutsideOptions, PlainStatement } from "./postgres/test-server";

export type OpenOptions = Omit<DatabaseOptions, "driver">;

/** What a spec of database behaviour works with. Everything opened is closed after each test. */
export interface TestDatabases extends TestEngine {
  /** Opens an empty database that has its schema. */
  open(options: OpenOptions): Promise<Database>;
  /** Where an open database is. */
  placeOf(db: Database): string;
  /** Where a new database may be: a file in a folder of its own, a schema of the server; removed after the test. */
  newPlace(): string;
  /** Opens what is at a place without touching its schema; a second time only where places are {@link TestEngine.shared}. */
  openPlace(place: string, options: OpenOptions): Promise<Database>;
  /**
   * Runs plain SQL on a shared place, past the library and its policies; values stand where `?` is.
   *
   * @returns for each statement its rows as objects, or how many rows it changed
   */
  outside(place: string, statements: readonly PlainStatement[], options?: OutsideOptions): Promise<readonly unknown[]>;
  /**
   * Runs plain SQL on an open database, past its policies where it has any: whoever owns the tables may change them, a system
   * context's role may not. Values stand where `?` is.
   */
  past(db: Database, ...statements: readonly PlainStatement[]): Promise<void>;
  /** Runs a schema's text on a shared place, as another tool would. */
  script(place: string, sql: string): Promise<void>;
  /** What the databases of the running test have logged, parameters included. */
  readonly events: readonly LogEvent[];
  /** Begins a new list of events. */
  forget(): void;
}

const folders: string[] = [];

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "freehold-"));
  folders.push(folder);
  return join(folder, "test.db");
}

function newPlace({ storage }: TestEngine): string {
  switch (storage) {
    case "memory": return ":memory:";
    case "file": return newFile();
    case "server": return server().newSchema();
  }
}

async function outside({ storage, name }: TestEngine, place: string, statements: readonly PlainStatement[], options?: OutsideOptions): Promise<readonly unknown[]> {
  switch (storage) {
    case "memory": throw new Error(`${name}: a database in memory has no outside`);
    case "file": return fromOutside(place, options?.foreignKeys === false ? "off" : "on", statements);
    case "server": return server().outside(place, statements, options);
  }
}

const numbers = new WeakMap<object, number>();
let lastNumber = 0;

/** Says which schema an engine makes of some options: the same for the same classes. What the schema does not depend upon may differ in each test. */
function kindOf({ name }: TestEngine, { logger: _, clock: __, ...options }: OpenOptions): string {
  const nameOf = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(nameOf);
    if ((typeof value !== "object" && typeof value !== "function") || value === null) return value;
    if (!numbers.has(value)) numbers.set(value, lastNumber += 1);
    return { number: numbers.get(value) };
  };
  return JSON.stringify([name, Object.entries(options).map(([key, value]) => [key, nameOf(value)])]);
}

async function past({ storage }: TestEngine, db: Database, place: string, statements: readonly PlainStatement[]): Promise<void> {
  if (storage === "server") {
    await server().outside(place, statements);
    return;
  }
  const system = db.system("past the library");
  for (const [text, ...values] of statements) {
    const parts = values.length === 0 ? [text] : text.split("?");
    await db.sql(system)(Object.assign(parts, { raw: parts }), ...values as never[]).run();
  }
}

async function script(engine: TestEngine, place: string, sql: string): Promise<void> {
  if (engine.storage === "server") await server().script(place, sql);
  else await outside(engine, place, sql.replace(/;\n$/, "").split(";\n\n").map((statement) => [statement]));
}

/** Runs the same specs on every engine of the matrix. */
export function onEveryEngine(title: string, specs: (databases: TestDatabases) => void): void {
  onEngines(title, engines, specs);
}

/** Runs specs that open a place more than once, such as from several processes. */
export function onEveryShared(title: string, specs: (databases: TestDatabases) => void): void {
  onEngines(title, engines.filter(({ shared }) => shared), specs);
}

/** Runs specs about SQLite itself, such as its pragmas, on its engines alone. */
export function onEverySqlite(title: string, specs: (databases: TestDatabases) => void): void {
  onEngines(title, engines.filter(({ dialect }) => dialect === "sqlite"), specs);
}

/** Runs specs about SQLite's files, which other tools write too. */
export function onEverySqliteFile(title: string, specs: (databases: TestDatabases) => void): void {
  onEngines(title, engines.filter(({ dialect, storage }) => dialect === "sqlite" && storage === "file"), specs);
}

/** Runs specs about PostgreSQL itself on its engines alone. */
export function onEveryPostgres(title: string, specs: (databases: TestDatabases) => void): void {
  onEngines(title, engines.filter(({ dialect }) => dialect === "postgres"), specs);
}

/** Runs specs about databases that other programs made: those that they can get at, without the roles and grants that only Freehold makes. */
export function onEveryDatabaseOfOthers(title: string, specs: (databases: TestDatabases) => void): void {
  onEngines(title, engines.filter(({ shared, rls }) => shared && !rls), specs);
}

/** Runs specs about row-level security where it is on. */
export function onRowLevelSecurity(title: string, specs: (databases: TestDatabases) => void): void {
  onEngines(title, engines.filter(({ rls }) => rls), specs);
}

function onEngines(title: string, chosen: readonly TestEngine[], specs: (databases: TestDatabases) => void): void {
  // Jest takes no empty list, and no file without a test.
  if (chosen.length === 0) {
    it.skip(`${title}: not on the engines of FREEHOLD_ENGINES`, () => undefined);
    return;
  }
  describe.each(chosen.map((engine) => [engine.name, engine] as const))(`${title} [%s]`, (_, engine) => {
    const opened: Database[] = [];
    const events: LogEvent[] = [];
    const places = new WeakMap<Database, string>();
    const openPlace = async (place: string, options: OpenOptions): Promise<Database> => {
      const db = await Database.open({ logger: (event) => events.push(event), logParameters: true, ...options, driver: engine.driver(place) });
      opened.push(db);
      places.set(db, place);
      return db;
    };
    const placeOf = (db: Database): string => {
      const place = places.get(db);
      if (place === undefined) throw new Error("not a database of this test");
      return place;
    };
    afterEach(async () => {
      for (const db of opened.splice(0)) await db.close();
      events.length = 0;
      for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
      if (engine.storage === "server") await server().clear();
    });
    if (engine.storage === "server") afterAll(async () => server().disconnect());
    specs({
      ...engine, events,
      driver: (place = newPlace(engine)) => engine.driver(place),
      newPlace: () => newPlace(engine),
      outside: async (place, statements, options) => outside(engine, place, statements, options),
      script: async (place, sql) => script(engine, place, sql),
      forget: () => { events.length = 0; },
      open: async (options) => {
        const make = async (place: string): Promise<Database> => {
          const db = await openPlace(place, options);
          await db.schema.ensure();
          return db;
        };
        const db = await (engine.storage === "server" ? server().lend(kindOf(engine, options), make) : make(newPlace(engine)));
        events.length = 0;
        return db;
      },
      placeOf,
      openPlace,
      past: async (db, ...statements) => past(engine, db, placeOf(db), statements),
    });
  });
}

/** The error that a promise or function fails with; fails itself when there is none. */
export async function failure<E extends Error>(type: abstract new (...args: never[]) => E, work: () => unknown): Promise<E> {
  try {
    await work();
  } catch (error) {
    expect(error).toBeInstanceOf(type);
    return error as E;
  }
  throw new Error(`expected ${type.name}, but nothing was thrown`);
}

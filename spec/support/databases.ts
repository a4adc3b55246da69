import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { betterSqlite3, Database, sqlite3, type DatabaseOptions, type Driver, type LogEvent } from "freehold";

/** One cell of the driver matrix. */
export interface TestEngine {
  /** Such as `sqlite3, file`. */
  readonly name: string;
  readonly storage: "file" | "memory";
  /** A driver on a new, empty database; `file` names an existing one instead. */
  driver(file?: string): Driver;
}

/** What a spec of database behaviour works with. Everything opened is closed after each test. */
export interface TestDatabases extends TestEngine {
  /** Opens a new database and creates its schema. */
  open(options: Omit<DatabaseOptions, "driver">): Promise<Database>;
  /** Opens a database on a given file without touching its schema (file engines only). */
  openFile(file: string, options: Omit<DatabaseOptions, "driver">): Promise<Database>;
  /** A new file name in a folder of its own, removed after the test. */
  newFile(): string;
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

const factories = { sqlite3, betterSqlite3 } as const;

export const engines: readonly TestEngine[] = (["sqlite3", "betterSqlite3"] as const).flatMap((name) =>
  (["file", "memory"] as const).map((storage): TestEngine => ({
    name: `${name}, ${storage}`, storage,
    driver: (file) => factories[name]({ file: file ?? (storage === "file" ? newFile() : ":memory:") }),
  })));

/** Runs the same specs on every engine of the matrix. */
export function onEveryEngine(title: string, specs: (databases: TestDatabases) => void): void {
  describe.each(engines.map((engine) => [engine.name, engine] as const))(`${title} [%s]`, (_, engine) => {
    const opened: Database[] = [];
    const events: LogEvent[] = [];
    const openOn = async (driver: Driver, options: Omit<DatabaseOptions, "driver">): Promise<Database> => {
      const db = await Database.open({ logger: (event) => events.push(event), logParameters: true, ...options, driver });
      opened.push(db);
      return db;
    };
    afterEach(async () => {
      for (const db of opened.splice(0)) await db.close();
      events.length = 0;
      for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
    });
    specs({
      ...engine, newFile, events,
      forget: () => { events.length = 0; },
      open: async (options) => {
        const db = await openOn(engine.driver(), options);
        await db.schema.ensure();
        events.length = 0;
        return db;
      },
      openFile: async (file, options) => openOn(engine.driver(file), options),
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

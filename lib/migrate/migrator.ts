import type { Driver, Pool } from "../driver/driver";
import { Transactions } from "../driver/transactions";
import {
  badMigratorOption, changedFiles, dataLoss, irreversible, missingFiles, otherDialect, unknownMigration,
} from "../errors/migration-errors";
import { alone, execute } from "./execution";
import { listMigrations, loadMigration, type MigrationFile, type ModuleLoader } from "./folder";
import { Journal, type JournalEntry } from "./journal";
import type { Migration, MigrationStep } from "./migration";

/**
 * What `Migrator.open` takes.
 *
 * @example
 * const migrator = await Migrator.open({ driver: sqlite3({ file: "app.db" }), folder: "migrations" });
 */
export interface MigratorOptions {
  readonly driver: Driver;
  /** The migrations' folder; default: `migrations`. */
  readonly folder?: string | undefined;
  /** Loads a migration's file; default: `require`, or `import()` for ES modules. */
  readonly load?: ModuleLoader | undefined;
}

/** `changed`: the file is not what was applied; `missing`: it was applied, and there is no file. */
export type MigrationState = "applied" | "pending" | "changed" | "missing";

/** Where a migration stands in a database. */
export interface MigrationStatus {
  readonly name: string;
  readonly state: MigrationState;
  /** ISO 8601, UTC; null while it is pending. */
  readonly appliedAt: string | null;
}

/** What happens next: `step` counts from 1. */
export interface MigrationProgress {
  readonly name: string;
  readonly direction: "up" | "down";
  readonly step: number;
  readonly steps: number;
  readonly kind: "sql" | "code";
  /** The step's SQL, or what its code does. */
  readonly text: string;
}

interface RunOptions {
  /** Runs steps that lose data, which are refused otherwise before anything is done. Default: false. */
  readonly allowDataLoss?: boolean | undefined;
  /** Tells what would be done, and does nothing. */
  readonly dryRun?: boolean | undefined;
  /** Called before each step. */
  readonly onProgress?: ((progress: MigrationProgress) => void) | undefined;
}

/**
 * What `Migrator.up` takes.
 *
 * @example
 * await migrator.up({ to: "20260131120000_add_stars", allowDataLoss: true });
 */
export interface UpOptions extends RunOptions {
  /** The last migration to apply; default: all. */
  readonly to?: string | undefined;
}

/**
 * What `Migrator.down` takes.
 *
 * @example
 * await migrator.down({ to: null, allowDataLoss: true });
 */
export interface DownOptions extends RunOptions {
  /** Undoes all that were applied after this one; by default only the last. `null`: all. */
  readonly to?: string | null | undefined;
}

/**
 * Applies and undoes the migrations of a folder: each in one transaction together with its entry in the journal (the table
 * `freehold_migration`), while no other process does. It needs no model.
 *
 * @example
 * const migrator = await Migrator.open({ driver: sqlite3({ file: "app.db" }), folder: "migrations" });
 * try {
 *   await migrator.up();
 * } finally {
 *   await migrator.close();
 * }
 */
export class Migrator {
  readonly #driver: Driver;
  readonly #pool: Pool;
  readonly #transactions: Transactions;
  readonly #journal: Journal;
  readonly #folder: string;
  readonly #load: ModuleLoader | undefined;

  private constructor({ driver, folder = "migrations", load }: MigratorOptions, pool: Pool) {
    this.#driver = driver;
    this.#pool = pool;
    this.#transactions = new Transactions(pool, driver.dialect);
    this.#journal = new Journal(driver.dialect.migrations);
    this.#folder = folder;
    this.#load = load;
  }

  /**
   * @throws ConnectionError (`CONNECTION_ERROR`) when the database cannot be opened
   */
  static async open(options: MigratorOptions): Promise<Migrator> {
    const { driver, folder = "", load = listMigrations } = options as { readonly driver?: { readonly open?: unknown }; readonly folder?: unknown; readonly load?: unknown };
    if (typeof driver?.open !== "function") throw badMigratorOption("driver", 'a driver, such as sqlite3({ file: "app.db" })', driver);
    if (typeof folder !== "string") throw badMigratorOption("folder", "the path of the migrations' folder", folder);
    if (typeof load !== "function") throw badMigratorOption("load", "a function that loads a file", load);
    return new Migrator(options, await options.driver.open());
  }

  /** Every migration that there is, or was: first what was applied, in that order, then what is pending. */
  async status(): Promise<readonly MigrationStatus[]> {
    const files = listMigrations(this.#folder);
    const applied = await this.#entries();
    const checksums = checksumsOf(files);
    return [
      ...applied.map((entry): MigrationStatus => ({ name: entry.name, state: stateOf(entry, checksums), appliedAt: entry.appliedAt })),
      ...pendingOf(files, applied).map(({ name }): MigrationStatus => ({ name, state: "pending", appliedAt: null })),
    ];
  }

  /**
   * Looks whether every applied migration still has its file, unchanged, and every file can be read.
   *
   * @throws MigrationError for files that changed or vanished after they were applied, and for those that are no migrations
   */
  async verify(): Promise<void> {
    const files = listMigrations(this.#folder);
    this.#check(files, await this.#entries());
    for (const file of files) await this.#loaded(file);
  }

  /**
   * Applies what is pending, the oldest first.
   *
   * @returns the names of what was applied, or with `dryRun` would be
   * @throws MigrationError when applied files have changed, for steps that lose data unless that is allowed, and when a step fails: then
   * the migrations before it are applied, and of its own nothing has happened
   */
  async up({ to, ...options }: UpOptions = {}): Promise<readonly string[]> {
    const files = listMigrations(this.#folder);
    const applied = await this.#entries();
    this.#check(files, applied);
    if (to !== undefined && !files.some(({ name }) => name === to)) throw unknownMigration(to, files.map(({ name }) => name));
    const pending = pendingOf(files, applied).filter(({ name }) => to === undefined || name <= to);
    const migrations = await Promise.all(pending.map(async (file) => ({ file, steps: (await this.#loaded(file)).up })));
    checkLoss(migrations, options);
    const done: string[] = [];
    for (const { file: { name, checksum }, steps } of migrations) {
      const ran = await this.#run("up", name, steps, options, {
        begin: async (session) => {
          await this.#journal.create(session);
          const entries = await this.#journal.entries(session);
          this.#check(files, entries);
          return !entries.some((entry) => entry.name === name);
        },
        end: async (session) => this.#journal.add(session, { name, checksum, appliedAt: new Date().toISOString() }),
      });
      if (ran) done.push(name);
    }
    return done;
  }

  /**
   * Undoes the migration that was applied last, or all that were applied after `to`, the last first.
   *
   * @returns the names of what was undone, or with `dryRun` would be
   * @throws MigrationError as `up` does, and for a migration that nothing undoes
   */
  async down({ to, ...options }: DownOptions = {}): Promise<readonly string[]> {
    const files = listMigrations(this.#folder);
    const applied = await this.#entries();
    this.#check(files, applied);
    const names = applied.map(({ name }) => name);
    if (to !== undefined && to !== null && !names.includes(to)) throw unknownMigration(to, names);
    const undone = to === undefined ? names.slice(-1) : to === null ? names : names.slice(names.indexOf(to) + 1);
    const migrations = await Promise.all(undone.reverse().map(async (name) => {
      const file = fileOf(name, files);
      const { down } = await this.#loaded(file);
      if (down === null) throw irreversible(name);
      return { file, steps: down };
    }));
    checkLoss(migrations, options);
    const done: string[] = [];
    for (const { file: { name }, steps } of migrations) {
      const ran = await this.#run("down", name, steps, options, {
        begin: async (session) => {
          const entries = await this.#journal.entries(session);
          this.#check(files, entries);
          // Somebody else has undone it, or applied one that may rest on it.
          return entries.at(-1)?.name === name;
        },
        end: async (session) => this.#journal.remove(session, name),
      });
      if (ran) done.push(name);
    }
    return done;
  }

  /**
   * Enters migrations into the journal without running them: for a database that has their schema already.
   *
   * @param to the last of them; default: all
   * @returns the names of what was entered
   */
  async baseline({ to }: { readonly to?: string | undefined } = {}): Promise<readonly string[]> {
    const files = listMigrations(this.#folder);
    if (to !== undefined && !files.some(({ name }) => name === to)) throw unknownMigration(to, files.map(({ name }) => name));
    return alone(this.#transactions, this.#driver.dialect, async (session) => {
      await this.#journal.create(session);
      const applied = await this.#journal.entries(session);
      this.#check(files, applied);
      const pending = pendingOf(files, applied).filter(({ name }) => to === undefined || name <= to);
      for (const { name, checksum } of pending) await this.#journal.add(session, { name, checksum, appliedAt: new Date().toISOString() });
      return pending.map(({ name }) => name);
    });
  }

  /** Closes the connection; migrations themselves need no closing. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #entries(): Promise<readonly JournalEntry[]> {
    try {
      return await this.#journal.entries(this.#transactions.pooled);
    } catch (error) {
      throw this.#driver.dialect.toError(error, { model: null, operation: "schema" });
    }
  }

  async #loaded(file: MigrationFile): Promise<Migration> {
    const migration = await loadMigration(file, this.#load);
    const { name } = this.#driver.dialect;
    if (migration.dialect !== name) throw otherDialect(`The migration ${file.name}`, migration.dialect, name);
    return migration;
  }

  #check(files: readonly MigrationFile[], applied: readonly JournalEntry[]): void {
    const checksums = checksumsOf(files);
    const names = (state: MigrationState): readonly string[] => applied.filter((entry) => stateOf(entry, checksums) === state).map(({ name }) => name);
    if (names("missing").length > 0) throw missingFiles(names("missing"), this.#folder);
    if (names("changed").length > 0) throw changedFiles(names("changed"));
  }

  async #run(
    direction: "up" | "down", name: string, steps: readonly MigrationStep[], { dryRun = false, onProgress }: RunOptions,
    { begin, end }: Pick<Parameters<typeof execute>[2], "begin" | "end">,
  ): Promise<boolean> {
    const onStep = (index: number): void => onProgress?.({ name, direction, step: index + 1, steps: steps.length, ...described(steps[index]) });
    if (dryRun) {
      steps.forEach((_, index) => onStep(index));
      return true;
    }
    return execute(this.#transactions, this.#driver.dialect, { name, steps, begin, end, onStep });
  }
}

function stateOf({ name, checksum }: JournalEntry, checksums: ReadonlyMap<string, string>): MigrationState {
  const found = checksums.get(name);
  return found === undefined ? "missing" : found === checksum ? "applied" : "changed";
}

/** By name. */
function checksumsOf(files: readonly MigrationFile[]): ReadonlyMap<string, string> {
  return new Map(files.map(({ name, checksum }) => [name, checksum]));
}

function pendingOf(files: readonly MigrationFile[], applied: readonly JournalEntry[]): readonly MigrationFile[] {
  const known = new Set(applied.map(({ name }) => name));
  return files.filter(({ name }) => !known.has(name));
}

function fileOf(name: string, files: readonly MigrationFile[]): MigrationFile {
  const file = files.find((candidate) => candidate.name === name);
  if (file === undefined) throw unknownMigration(name, files.map((candidate) => candidate.name));
  return file;
}

function described(step: MigrationStep = ""): Pick<MigrationProgress, "kind" | "text"> {
  if (typeof step === "string") return { kind: "sql", text: step };
  return "sql" in step ? { kind: "sql", text: step.sql } : { kind: "code", text: step.describe };
}

/** Before anything is done: whoever has to say yes first shall not find half of it done. */
function checkLoss(migrations: readonly { readonly file: MigrationFile; readonly steps: readonly MigrationStep[] }[], { allowDataLoss, dryRun }: RunOptions): void {
  if (allowDataLoss === true || dryRun === true) return;
  const losses = migrations.flatMap(({ file, steps }) => steps.flatMap((step) =>
    typeof step === "string" || step.losesData === undefined ? [] : [`${file.name}: ${step.losesData}`]));
  if (losses.length > 0) throw dataLoss(losses);
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { Database, type DatabaseOptions, type Driver } from "freehold";
import { Migrator, planMigration, readSnapshot, writeMigration, type Decisions, type MigrationPlan } from "freehold/migrate";
import type { TestDatabases } from "../support/databases";

export type Row = Readonly<Record<string, unknown>>;
export type Entities = DatabaseOptions["entities"];
type Open = Omit<DatabaseOptions, "driver">;

/** One database with a folder of migrations; `close` ends what was opened and removes the folder. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), "freehold-workshop-"));
  readonly place: string;
  readonly #databases: TestDatabases;
  readonly #opened: { close(): Promise<void> }[] = [];
  #written = 0;

  constructor(databases: TestDatabases, place = databases.newPlace()) {
    this.#databases = databases;
    this.place = place;
  }

  get driver(): Driver { return this.#databases.driver(this.place); }

  /** Writes a migration of SQL; returns its name. */
  write(name: string, up: unknown, down: unknown = []): string {
    return this.writeText(name, `module.exports = ${JSON.stringify({ dialect: this.#databases.dialect, up, down })};\n`);
  }

  /** Writes a migration's file as it is given, each a day after the one before. */
  writeText(name: string, text: string, extension = "cjs"): string {
    this.#written += 1;
    const full = `202601${String(this.#written).padStart(2, "0")}000000_${name}`;
    writeFileSync(join(this.folder, `${full}.${extension}`), text);
    return full;
  }

  /** A migration whose steps are given as JavaScript. */
  writeCode(name: string, up: string, down = "[]"): string {
    return this.writeText(name, `module.exports = { dialect: ${JSON.stringify(this.#databases.dialect)}, up: ${up}, down: ${down} };\n`);
  }

  async migrator(driver = this.driver): Promise<Migrator> {
    const migrator = await Migrator.open({ driver, folder: this.folder });
    this.#opened.push(migrator);
    return migrator;
  }

  /** Plans the way from the last snapshot to the entities, and writes it down. */
  async plan(name: string, entities: Entities, decisions: Decisions = {}, driver = this.driver): Promise<MigrationPlan> {
    const plan = await planMigration({ driver, entities, snapshot: readSnapshot(this.folder), ...decisions });
    if (plan === null) throw new Error(`${name}: nothing differs`);
    writeMigration(this.folder, name, plan, { language: "cjs" });
    return plan;
  }

  /** Plans, writes and applies it. */
  async change(name: string, entities: Entities, decisions: Decisions = {}, driver = this.driver): Promise<MigrationPlan> {
    const plan = await this.plan(name, entities, decisions, driver);
    const migrator = await Migrator.open({ driver, folder: this.folder });
    try {
      await migrator.up({ allowDataLoss: true });
    } finally {
      await migrator.close();
    }
    return plan;
  }

  /** A database on the place as it is, closed with the workshop. */
  async open(options: Open, driver = this.driver): Promise<Database> {
    const db = await Database.open({ logger: () => undefined, ...options, driver });
    this.#opened.push(db);
    return db;
  }

  /** What `schema.check()` finds. */
  async differences(entities: Entities, driver = this.driver): Promise<readonly unknown[]> {
    const db = await Database.open({ entities, logger: () => undefined, driver });
    try {
      return await db.schema.check();
    } finally {
      await db.close();
    }
  }

  /** Rows of one statement, seen past the library. */
  async rows(sql: string): Promise<readonly Row[]> {
    const [rows] = await this.#databases.outside(this.place, [[sql]]);
    return rows as readonly Row[];
  }

  async run(...statements: readonly string[]): Promise<void> {
    await this.#databases.outside(this.place, statements.map((sql) => [sql] as const));
  }

  /** Rows of several statements, seen past the library at one moment. */
  async look(...statements: readonly string[]): Promise<readonly (readonly Row[])[]> {
    return await this.#databases.outside(this.place, statements.map((sql) => [sql] as const)) as readonly (readonly Row[])[];
  }

  /** All that there is but the journal, by name, with its text where the engine keeps one. */
  async objects(): Promise<readonly string[]> {
    return (await this.rows(this.objectsText)).map(({ what }) => String(what));
  }

  /** The statement that tells of {@link objects}. */
  get objectsText(): string {
    return this.#databases.dialect === "sqlite"
      ? "select type || ' ' || name || ' ' || coalesce(sql, '') as what from sqlite_master where name not like 'sqlite_%' and name not like '%freehold_migration%' order by 1"
      : `select what from (
          select relnamespace as place, relkind::text || ' ' || relname || ' ' || relrowsecurity::text || relforcerowsecurity::text as what from pg_class where relname not like 'freehold_migration%'
          union all select relnamespace, 'column ' || relname || '.' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull::text
            from pg_attribute join pg_class c on c.oid = attrelid where attnum > 0 and not attisdropped and relname not like 'freehold_migration%'
          union all select connamespace, 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where conrelid <> coalesce(to_regclass('freehold_migration'), 0)
          union all select relnamespace, 'policy ' || polname || ' on ' || relname from pg_policy join pg_class on pg_class.oid = polrelid
          union all select relnamespace, 'trigger ' || tgname || ' on ' || relname from pg_trigger join pg_class on pg_class.oid = tgrelid where not tgisinternal
        ) as objects where place = (select oid from pg_namespace where nspname = current_schema()) order by 1`;
  }

  async close(): Promise<void> {
    for (const one of this.#opened.splice(0)) await one.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** All that somebody may see of an error: its message, its stack, its causes and whatever hangs on them. */
export function allOf(error: unknown): string {
  return inspect(error, { depth: 20, showHidden: true });
}

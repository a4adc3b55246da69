import { createHash } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { types } from "node:util";
import { alreadyThere, badFileName, badMigration, badName, endsTransaction, noFolder, notLoaded, twiceNamed } from "../errors/migration-errors";
import type { Migration, MigrationStep } from "./migration";
import { endingWord } from "./sql-text";
import type { MigrationPlan } from "./plan";
import { SNAPSHOT_FILE, snapshotText } from "./snapshot";
import { migrationSource, type MigrationLanguage } from "./source";

/** A migration's file. */
export interface MigrationFile {
  /** Its name without the ending: its moment, and what it was called. */
  readonly name: string;
  readonly path: string;
  /** Of its text, however its lines end. */
  readonly checksum: string;
}

/** Gives a module's exports; a loader that understands TypeScript stands in for it. */
export type ModuleLoader = (path: string) => unknown;

const FILE = /^(\d{14}_[a-z0-9_]+)\.(?:ts|mts|cts|js|mjs|cjs)$/;

/** What somebody may have meant to be one, and would miss. */
const MEANT = /^\d{8}.*\.(?:ts|mts|cts|js|mjs|cjs)$/;

/**
 * The migrations of a folder, the oldest first.
 *
 * @throws MigrationError when there is no such folder, for two files of one name, and for one whose name does not tell its place among the others
 */
export function listMigrations(folder: string): readonly MigrationFile[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw noFolder(resolve(folder));
  const files = readdirSync(folder).sort().flatMap((file) => {
    const name = FILE.exec(file)?.[1];
    if (name === undefined && MEANT.test(file) && !/\.d\.[mc]?ts$/.test(file)) throw badFileName(resolve(folder, file));
    return name === undefined ? [] : [{ name, path: resolve(folder, file), checksum: checksumOf(join(folder, file)) }];
  });
  files.forEach(({ name, path }, place) => {
    const before = files[place - 1];
    if (before?.name === name) throw twiceNamed(before.path, path);
  });
  return files;
}

function checksumOf(path: string): string {
  // Version control may change how lines end.
  return createHash("sha256").update(readFileSync(path, "utf8").replaceAll("\r\n", "\n")).digest("hex");
}

/**
 * Loads a migration.
 *
 * @throws MigrationError when the file cannot be loaded, or holds something else
 */
export async function loadMigration({ name, path }: MigrationFile, load: ModuleLoader = loadModule): Promise<Migration> {
  let found: unknown;
  try {
    found = await load(path);
  } catch (cause) {
    throw notLoaded(name, path, cause);
  }
  const exported = unwrapped(found);
  const { dialect, up, down } = (typeof exported === "object" && exported !== null ? exported : {}) as Partial<Record<keyof Migration, unknown>>;
  if (dialect !== "sqlite" && dialect !== "postgres") throw badMigration(name, path, 'its default export needs dialect: "sqlite" or "postgres"');
  if (!isSteps(up)) throw badMigration(name, path, "up has to be a list of steps: SQL, { sql, losesData } or { describe, run }");
  if (down !== null && !isSteps(down)) throw badMigration(name, path, "down has to be a list of steps, or null where nothing undoes the migration");
  for (const step of [...up, ...down ?? []]) {
    const word = endingWord(typeof step === "string" ? step : "sql" in step ? step.sql : "");
    if (word !== null) throw badMigration(name, path, endsTransaction(word));
  }
  return { dialect, up, down };
}

/** What stands behind `default`, as often as compilers have wrapped it. */
function unwrapped(value: unknown): unknown {
  let found = value;
  for (let depth = 0; depth < 3 && typeof found === "object" && found !== null && "default" in found && !("up" in found); depth += 1) found = found.default;
  return found;
}

function isSteps(value: unknown): value is readonly MigrationStep[] {
  return Array.isArray(value) && value.every((step: unknown) => {
    if (typeof step === "string") return step.trim() !== "";
    const { sql, describe, run, losesData } = (typeof step === "object" && step !== null ? step : {}) as Record<string, unknown>;
    const code = typeof describe === "string" && typeof run === "function" && sql === undefined;
    return ((typeof sql === "string" && sql.trim() !== "" && run === undefined) || code) && (losesData === undefined || typeof losesData === "string");
  });
}

/** A file that was mended meanwhile is not the one that the process knows. */
async function loadModule(path: string): Promise<unknown> {
  if (extname(path) === ".mjs") return importModule(path);
  const load = createRequire(path);
  Reflect.deleteProperty(load.cache, path);
  try {
    const found: unknown = load(path);
    return types.isModuleNamespaceObject(found) ? await importModule(path) : found;
  } catch (error) {
    if (!["ERR_REQUIRE_ESM", "ERR_REQUIRE_ASYNC_MODULE"].includes(String((error as { readonly code?: unknown }).code))) throw error;
    return importModule(path);
  }
}

async function importModule(path: string): Promise<unknown> {
  return await import(`${pathToFileURL(path).href}?${checksumOf(path)}`) as unknown;
}

/**
 * Writes a plan into the folder, its migration and then the next snapshot; makes the folder where it is missing.
 *
 * @returns the migration's path; null where no step is needed and only the snapshot has changed
 * @throws MigrationError for a name that no file can have
 */
export function writeMigration(
  folder: string, name: string, plan: MigrationPlan, { language = "ts", now = new Date() }: { readonly language?: MigrationLanguage; readonly now?: Date } = {},
): string | null {
  const words = name.trim().toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  if (words === "" || words.length > 100) throw badName(name);
  mkdirSync(folder, { recursive: true });
  const path = resolve(folder, `${stampAfter(folder, now)}_${words}.${language}`);
  if (plan.up.length > 0) {
    if (existsSync(path)) throw alreadyThere(path);
  }
  // Never half a file: a name is given to a whole one.
  const snapshot = join(folder, SNAPSHOT_FILE);
  writeFileSync(`${snapshot}.tmp`, snapshotText(plan.snapshot));
  if (plan.up.length > 0) {
    writeFileSync(`${path}.tmp`, migrationSource(plan, language));
    linkSync(`${path}.tmp`, path);
    rmSync(`${path}.tmp`);
  }
  renameSync(`${snapshot}.tmp`, snapshot);
  return plan.up.length > 0 ? path : null;
}

/** A moment after that of every migration there is: two in one second still have an order. */
function stampAfter(folder: string, now: Date): string {
  const stamp = (moment: Date): string => moment.toISOString().replace(/\D/g, "").slice(0, 14);
  const last = listMigrations(folder).at(-1)?.name.slice(0, 14) ?? "";
  if (stamp(now) > last) return stamp(now);
  const [year, month, day, hour, minute, second] = (/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(last) ?? []).slice(1).map(Number);
  return stamp(new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, (second ?? 0) + 1)));
}

import { statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import type { DatabaseOptions } from "../repository/open-options";
import { FreeholdError } from "../errors/freehold-error";
import type { FreeholdConfig } from "../freehold-config";
import type { Environment } from "./environment";
import { UsageError, UserCodeError } from "./exit";

const EXTENSIONS = ["ts", "mts", "cts", "js", "mjs", "cjs"];

const EXAMPLE = `import { sqlite3, User, type FreeholdConfig } from "freehold";
import { Document } from "./src/document";

export default {
  driver: sqlite3({ file: "app.db" }),
  entities: [User, Document],
} satisfies FreeholdConfig;`;

/** A configuration that was read. */
export interface LoadedConfig {
  /** What `Database.open` takes. */
  readonly options: DatabaseOptions;
  /** The folder of migrations. */
  readonly migrations: string;
  /** The file itself. */
  readonly file: string;
}

/**
 * Reads the configuration: the given file, or the one in the current folder.
 *
 * @throws UsageError when there is none
 * @throws UserCodeError when it does not load, or gives no configuration
 */
export async function loadConfig(environment: Environment, given?: string): Promise<LoadedConfig> {
  const file = given === undefined ? find(environment.cwd) : named(environment.cwd, given);
  const shown = relative(environment.cwd, file);
  const config = await configOf(await loadedBy(() => environment.load(file), shown), shown);
  const { migrations = "migrations", ...options } = config;
  if (typeof migrations !== "string" || migrations.trim() === "") {
    throw new UserCodeError(`${shown}: \`migrations\` is no text: write the folder's path, such as "migrations".`);
  }
  return { options, migrations: resolve(dirname(file), migrations), file };
}

function find(folder: string): string {
  const found = configsIn(folder);
  const [first, second] = found;
  if (first !== undefined && second === undefined) return join(folder, first);
  if (first !== undefined) throw new UsageError(`There are ${found.join(" and ")} in ${folder}: keep one, or say which with --config FILE.`);
  const above = findAbove(folder);
  throw new UsageError(above === undefined
    ? `There is no freehold.config.ts (nor .${EXTENSIONS.slice(1).join(", .")}) in ${folder}. Write one:\n\n${EXAMPLE}\n\nor name another file with --config FILE.`
    : `There is no freehold.config.ts in ${folder}, but ${relative(folder, above)} above it: run the command there, or say --config ${relative(folder, above)}. `
      + "Paths in it, such as that of a database file, are seen from the folder in which the command runs.");
}

function findAbove(folder: string): string | undefined {
  const parent = dirname(folder);
  if (parent === folder) return undefined;
  const [first] = configsIn(parent);
  return first === undefined ? findAbove(parent) : join(parent, first);
}

function configsIn(folder: string): readonly string[] {
  return EXTENSIONS.map((extension) => `freehold.config.${extension}`).filter((name) => isFile(join(folder, name)));
}

function named(folder: string, given: string): string {
  const file = resolve(folder, given);
  if (!isFile(file)) throw new UsageError(`--config names ${given}, and there is no such file in ${folder}.`);
  return file;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

async function configOf(module: unknown, shown: string): Promise<FreeholdConfig> {
  const exported = defaultOf(module);
  if (exported === undefined) {
    throw new UserCodeError(`${shown} has no default export. It is the configuration:\n\n${EXAMPLE}`);
  }
  const config: unknown = typeof exported === "function" ? await loadedBy(() => (exported as () => unknown)(), shown) : await loadedBy(() => exported, shown);
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new UserCodeError(`${shown} gives ${config === null ? "null" : `a ${typeof config}`} as its configuration. It is an object, or a function that returns one:\n\n${EXAMPLE}`);
  }
  // What is in it, Database.open checks.
  return config as FreeholdConfig;
}

/** `module.exports = …` is a default export as well. */
function defaultOf(module: unknown): unknown {
  if (typeof module === "function") return module;
  if (typeof module !== "object" || module === null) return undefined;
  if ("default" in module) return defaultTwice(module.default);
  return "__esModule" in module || Symbol.toStringTag in module || Object.keys(module).length === 0 ? undefined : module;
}

/** A compiled ES module that was loaded as one: what it exports stands under `default` once more. */
function defaultTwice(found: unknown): unknown {
  return typeof found === "object" && found !== null && "__esModule" in found && "default" in found ? found.default : found;
}

async function loadedBy<T>(work: () => T | Promise<T>, shown: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FreeholdError) throw error;
    throw new UserCodeError(`${shown} does not load: ${describe(error)}`, { cause: error });
  }
}

function describe(error: unknown): string {
  if (typeof error !== "object" || error === null || !("message" in error)) return String(error);
  const { name, message, stack } = error as Error;
  if (name === "SyntaxError" || /^\S+:\d+:\d+: /.test(message)) return message;
  // Where in the user's own code.
  const place = /\(?((?:file:\/\/)?\/[^\n()]*?|[A-Z]:\\[^\n()]*?):(\d+):(\d+)\)?$/m.exec((stack ?? "").split("\n").filter((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line)).join("\n"));
  return place === null ? message : `${message}\n  at ${place[1] ?? ""}:${place[2] ?? ""}:${place[3] ?? ""}`;
}

import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { Driver } from "../../driver/driver";
import { postgres } from "../../driver/postgres/postgres-driver";
import { sqlite3 } from "../../driver/sqlite/sqlite3-driver";
import { introspect, type Introspection } from "../../introspect/introspect";
import { examples, type Call, type CommandLine } from "../command";
import { paint } from "../environment";
import { UsageError, type ExitCode } from "../exit";

interface IntrospectOptions {
  readonly out?: string | undefined;
  readonly force?: boolean | undefined;
  readonly schema?: string | undefined;
  readonly table?: readonly string[] | undefined;
}

/** `freehold introspect URL`: entities for a database that is there already. */
export function introspectCommand(program: Command, line: CommandLine): void {
  program.command("introspect")
    .description("write the entities of a database that is there already")
    .argument("<url>", "postgres://…, sqlite:PATH, or the path of a SQLite file")
    .option("-o, --out <folder>", "write the entities here; without it nothing is written but what they would be")
    .option("--force", "overwrite files that are there")
    .option("--schema <name>", "PostgreSQL: the schema to read (default: the first of the search path)")
    .option("--table <name...>", "these tables alone")
    .addHelpText("after", examples(
      ["npx freehold introspect postgres://app@localhost/shop -o src/entities", "a class for each table"],
      ["npx freehold introspect sqlite:shop.db", "what would be written"],
      ["npx freehold introspect shop.db --table orders customers --json", "for machines: what looks owned, and the sources"],
    ))
    .action(line.action<IntrospectOptions>(run));
}

async function run(call: Call<IntrospectOptions>): Promise<ExitCode> {
  const { environment, options, args, json } = call;
  const driver = driverOf(args[0] ?? "", options.schema, environment.cwd);
  const result = await introspect({ driver, ...(options.table === undefined ? {} : { tables: options.table }) });
  const folder = options.out === undefined ? null : resolve(environment.cwd, options.out);
  if (folder !== null) write(folder, result, options.force === true);
  if (options.json === true) json({ out: folder, ...result });
  else tell(call, result, options.out ?? null);
  return 0;
}

function driverOf(url: string, schema: string | undefined, cwd: string): Driver {
  if (/^postgres(ql)?:\/\//.test(url)) return postgres({ connectionString: schema === undefined ? url : withSchema(url, schema), pool: { max: 1 } });
  if (schema !== undefined) throw new UsageError("--schema is for PostgreSQL: a SQLite file has one schema.");
  const path = url.replace(/^sqlite:(?:\/\/)?/, "");
  if (path === "" || /^[a-z][a-z0-9+]+:\/\//i.test(path)) throw new UsageError(`${JSON.stringify(withoutPassword(url))} is no database: give postgres://…, sqlite:PATH or the path of a SQLite file.`);
  const file = resolve(cwd, path);
  // SQLite would make an empty one.
  if (!existsSync(file)) throw new UsageError(`There is no file ${file}.`);
  return sqlite3({ file, readers: 1, ...(keepsWal(file) ? {} : { pragmas: { journal_mode: "delete" } }) });
}

/** The driver would turn a file to WAL for good; who only looks leaves it as it is. Its header says which it has. */
function keepsWal(file: string): boolean {
  const descriptor = openSync(file, "r");
  try {
    const header = Buffer.alloc(20);
    return readSync(descriptor, header, 0, header.length, 0) < header.length || header[18] === 2;
  } finally {
    closeSync(descriptor);
  }
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@]*@/, "//…@");
}

function withSchema(url: string, schema: string): string {
  let changed: URL;
  try {
    changed = new URL(url);
  } catch {
    throw new UsageError("The connection string is no URL: give one such as postgres://user@host:5432/database.");
  }
  // The server takes a list of quoted names, in an option in which a backslash keeps the sign behind it.
  const quoted = `"${schema.replaceAll('"', '""')}"`.replaceAll(/[\\ ]/g, "\\$&");
  const given = changed.searchParams.get("options");
  changed.searchParams.set("options", `${given === null ? "" : `${given} `}-csearch_path=${quoted}`);
  return changed.href;
}

/** All files, or none. */
function write(folder: string, { files }: Introspection, force: boolean): void {
  const there = existsSync(folder) ? new Set(readdirSync(folder).map((name) => name.toLowerCase())) : new Set<string>();
  const taken = files.filter(({ name }) => there.has(name.toLowerCase())).map(({ name }) => name);
  if (taken.length > 0 && !force) {
    throw new UsageError(`${folder} has ${taken.join(", ")} already, and nothing was written: choose another folder, or say --force to overwrite.`);
  }
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of files) writeFileSync(join(folder, name), text);
}

function tell({ environment, print }: Call<IntrospectOptions>, { files, entities, left, notes }: Introspection, out: string | null): void {
  if (out === null) for (const { name, text } of files) print(`${paint(environment, "dim", `// ${name}`)}\n${text}`);
  else print(files.map(({ name }) => join(out, name)).join("\n"));
  const say = (title: string, lines: readonly string[]): void => {
    if (lines.length > 0) environment.err(`\n${paint(environment, "bold", title)}\n${lines.map((text) => `  ${printable(text)}\n`).join("")}`);
  };
  say("Looks owned (docs/adopting-ownership.md)", entities.flatMap(({ name, looksOwned }) => looksOwned.map(({ column, targetTable, nullable, by }) =>
    `${name}: ${column} ${by === "name" ? "is named after" : "refers to"} ${targetTable}${nullable ? ", and may be null" : ""}`)));
  say("Kept in the database, not managed", entities.filter(({ unmanaged }) => unmanaged.length > 0).map(({ name, unmanaged }) => `${name}: ${unmanaged.join("; ")}`));
  say("Without an entity", left.map(({ table, reason }) => `${table}: ${reason}`));
  say("Notes", notes);
}

/** A database's names are no commands to a terminal. */
function printable(text: string): string {
  return [...text].map((character) => /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(character) ? JSON.stringify(character).slice(1, -1).replace(/^(?!\\)/, "\\") : character).join("");
}

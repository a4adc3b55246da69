import { Option, type Command } from "commander";
import { relative } from "node:path";
import { alreadyBegun } from "../../errors/migration-errors";
import { Migrator, planFound, readSnapshot, shapeOf, writeMigration, type MigrationProgress, type MigrationStatus } from "../../migrate/index";
import { examples, type Call, type CommandLine } from "../command";
import { loadConfig, type LoadedConfig } from "../config";
import { paint } from "../environment";
import type { ExitCode } from "../exit";
import { languageOf, registerCreate } from "./migrate-create";

interface RunOptions {
  readonly to?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly allowDataLoss?: boolean | undefined;
}

interface DownOptions extends RunOptions {
  readonly all?: boolean | undefined;
}

/** `freehold migrate …`: how the schema changes over the years. */
export function migrateCommands(program: Command, line: CommandLine): void {
  const migrate = program.command("migrate").description("change the schema of a database that has rows");
  registerCreate(migrate, line);

  migrate.command("up")
    .description("apply the migrations that are pending, each in one transaction")
    .option("--to <name>", "the last of them (default: all)")
    .option("--dry-run", "print their SQL, and do nothing")
    .option("--allow-data-loss", "run steps that lose data too")
    .addHelpText("after", examples(
      ["npx freehold migrate up", "as a deployment does"],
      ["npx freehold migrate up --dry-run", "what would it do?"],
    ))
    .action(line.action<RunOptions>(up));

  migrate.command("down")
    .description("undo the migration that was applied last")
    .option("--to <name>", "undo all that were applied after this one")
    .addOption(new Option("--all", "undo all of them").conflicts("to"))
    .option("--dry-run", "print their SQL, and do nothing")
    .option("--allow-data-loss", "run steps that lose data too")
    .addHelpText("after", examples(
      ["npx freehold migrate down", "take the last one back"],
      ["npx freehold migrate down --to 20260131120000_add_notes", "as it was after that one"],
    ))
    .action(line.action<DownOptions>(down));

  migrate.command("status")
    .description("list the migrations, applied and pending; 1 when an applied one has changed or is missing")
    .addHelpText("after", examples(["npx freehold migrate status --json", "for scripts"]))
    .action(line.action(status));

  migrate.command("verify")
    .description("check that applied files are unchanged, every file can be read, and the entities have no change without a migration")
    .addHelpText("after", examples(["npx freehold migrate verify", "in continuous integration"]))
    .action(line.action(verify));

  migrate.command("adopt")
    .description("begin with a database that somebody else has made: write its tables, as they are found, as the first migration, and enter it as applied")
    .argument("[name]", "what the migration is called", "as_found")
    .addHelpText("after", examples(
      ["npx freehold migrate adopt", "then change the entities, and: npx freehold migrate create adopt_ownership"],
    ))
    .action(line.action(adopt));

  migrate.command("baseline")
    .description("enter migrations as applied without running them, for a database that has their schema already")
    .option("--to <name>", "the last of them (default: all)")
    .addHelpText("after", examples(["npx freehold migrate baseline", "after db.schema.ensure() made the tables"]))
    .action(line.action<Pick<RunOptions, "to">>(baseline));
}

/** Opens the migrations of the configuration, and closes them however the work ends. */
async function withMigrator<T>({ environment, options }: Call<object>, work: (migrator: Migrator, config: LoadedConfig) => Promise<T>): Promise<T> {
  const config = await loadConfig(environment, options.config);
  const migrator = await Migrator.open({ driver: config.options.driver, folder: config.migrations, load: environment.load });
  try {
    return await work(migrator, config);
  } finally {
    await migrator.close();
  }
}

async function up(call: Call<RunOptions>): Promise<ExitCode> {
  return withMigrator(call, async (migrator) => {
    const { to, dryRun = false, allowDataLoss } = call.options;
    return tell(call, "applied", dryRun, await migrator.up({ to, dryRun, allowDataLoss, onProgress: progress(call, dryRun) }));
  });
}

async function down(call: Call<DownOptions>): Promise<ExitCode> {
  return withMigrator(call, async (migrator) => {
    const { to, all, dryRun = false, allowDataLoss } = call.options;
    return tell(call, "undone", dryRun, await migrator.down({ to: all === true ? null : to, dryRun, allowDataLoss, onProgress: progress(call, dryRun) }));
  });
}

function tell({ json, print, machine }: Call<object>, what: "applied" | "undone", dryRun: boolean, names: readonly string[]): ExitCode {
  if (machine) json({ [what]: names, dryRun });
  else if (names.length === 0) print("There is nothing to do.");
  else if (!dryRun) print(names.map((name) => `${what} ${name}`).join("\n"));
  return 0;
}

/** A dry run prints SQL that another program could run; else whoever waits sees where it is. */
function progress({ environment, print, machine }: Call<object>, dryRun: boolean): (progress: MigrationProgress) => void {
  return ({ name, direction, step, steps, kind, text }) => {
    const head = step === 1 ? `-- ${name} (${direction})\n` : "";
    if (dryRun) print(`${head}${kind === "sql" ? `${text.trimEnd().replace(/;$/, "")};` : `-- code: ${text.replace(/\s+/g, " ")}`}\n`);
    else if (!machine) environment.err(paint(environment, "dim", `${name} (${direction}) ${step}/${steps}: ${text.trim().split("\n")[0] ?? ""}\n`));
  };
}

async function status(call: Call<object>): Promise<ExitCode> {
  return withMigrator<ExitCode>(call, async (migrator) => {
    const migrations = await migrator.status();
    if (call.machine) call.json({ migrations });
    else if (migrations.length === 0) call.print("There are no migrations.");
    else call.print(migrations.map((one) => `${paint(call.environment, COLOURS[one.state], one.state.padEnd(8))} ${one.name}${one.appliedAt === null ? "" : `  ${one.appliedAt}`}`).join("\n"));
    return migrations.some(({ state }) => state === "changed" || state === "missing") ? 1 : 0;
  });
}

const COLOURS: Readonly<Record<MigrationStatus["state"], "green" | "yellow" | "red">> = { applied: "green", pending: "yellow", changed: "red", missing: "red" };

async function verify(call: Call<object>): Promise<ExitCode> {
  return withMigrator<ExitCode>(call, async (migrator, { options, migrations: folder }) => {
    await migrator.verify();
    const complete = JSON.stringify(readSnapshot(folder)) === JSON.stringify(shapeOf(options));
    const message = complete ? "All migrations are as they were applied, and the entities have no other change."
      : "The entities have changed, and no migration says so: run freehold migrate create NAME.";
    if (call.machine) call.json({ complete, message });
    else if (complete) call.print(message);
    else call.environment.err(`${message}\n`);
    return complete ? 0 : 1;
  });
}

async function adopt(call: Call<object>): Promise<ExitCode> {
  const { environment, options, args: [name = "as_found"] } = call;
  const { options: database, migrations: folder, file } = await loadConfig(environment, options.config);
  if (readSnapshot(folder) !== null) throw alreadyBegun(folder);
  const written = writeMigration(folder, name, await planFound(database), { language: languageOf(file) });
  const entered = await withMigrator(call, async (migrator) => migrator.baseline());
  const shown = written === null ? null : relative(environment.cwd, written);
  if (call.machine) call.json({ file: shown, entered });
  else call.print([`wrote ${shown ?? ""}`, ...entered.map((one) => `entered ${one}`)].join("\n"));
  return 0;
}

async function baseline(call: Call<Pick<RunOptions, "to">>): Promise<ExitCode> {
  return withMigrator<ExitCode>(call, async (migrator) => {
    const entered = await migrator.baseline({ to: call.options.to });
    if (call.machine) call.json({ entered });
    else call.print(entered.length === 0 ? "There is nothing to do." : entered.map((name) => `entered ${name}`).join("\n"));
    return 0;
  });
}

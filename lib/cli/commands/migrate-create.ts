import type { Command } from "commander";
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, join, relative } from "node:path";
import { planMigration, readSnapshot, writeMigration, type Decisions, type MigrationLanguage, type MigrationPlan } from "../../migrate/index";
import { examples, type Call, type CommandLine } from "../command";
import { loadConfig } from "../config";
import { paint, type Environment } from "../environment";
import type { ExitCode } from "../exit";

interface CreateOptions {
  readonly rename?: readonly string[] | undefined;
  /** False with `--no-renames`. */
  readonly renames?: boolean | undefined;
  readonly fill?: readonly string[] | undefined;
  readonly convert?: readonly string[] | undefined;
  readonly dryRun?: boolean | undefined;
}

/** Takes an option that may be given several times. */
const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function registerCreate(migrate: Command, line: CommandLine): void {
  migrate.command("create")
    .description("write a migration from the difference between the entities and the last snapshot; needs no database")
    .argument("<name>", "what it does, in a few words")
    .option("--rename <old=new>", "what got another name: Note=Memo, Note.title=Memo.heading; repeat it for more", collect)
    .option("--no-renames", "nothing got another name: what is new is new, and what is gone goes with its values")
    .option("--fill <property=sql>", "what rows get that have no value: Note.stars=0, Note.slug=lower(title); repeat it for more", collect)
    .option("--convert <property=sql>", "what all rows get in place of their value: Note.at=replace(at, ' ', 'T'); repeat it for more", collect)
    .option("--dry-run", "print the steps, and write nothing")
    .addHelpText("after", examples(
      ["npx freehold migrate create add_notes", "after the entities have changed"],
      ["npx freehold migrate create headings --rename Note.title=Note.heading", "a column keeps its values"],
      ["npx freehold migrate create stars --fill Note.stars=0", "a new column that must have a value"],
    ))
    .action(line.action<CreateOptions>(create));
}

async function create(call: Call<CreateOptions>): Promise<ExitCode> {
  const { environment, options, args: [name = ""], machine } = call;
  const { options: database, migrations: folder, file } = await loadConfig(environment, options.config);
  const plan = await planMigration({
    ...database, snapshot: readSnapshot(folder), renames: options.rename, fills: options.fill, converts: options.convert,
    decide: decision(environment, options.renames !== false),
  });
  if (plan === null) {
    if (machine) call.json({ file: null, up: [], down: [] });
    else call.print("The entities are as the last snapshot has them: there is nothing to do.");
    return 0;
  }
  const written = options.dryRun === true ? null : writeMigration(folder, name, plan, { language: languageOf(file) });
  const shown = written === null ? null : relative(environment.cwd, written);
  if (machine) call.json({ file: shown, up: plan.up, down: plan.down });
  else report(call, plan, shown);
  return 0;
}

function report({ environment, options, print }: Call<CreateOptions>, { up }: MigrationPlan, file: string | null): void {
  if (options.dryRun === true) print(up.map(({ sql }) => `${sql};`).join("\n\n"));
  else if (file === null) print("Only names of classes and properties have changed: the snapshot is up to date, and no step is needed.");
  else print(`wrote ${file}`);
  for (const { losesData, comment } of up) {
    if (losesData !== undefined) environment.err(`${paint(environment, "yellow", "loses data:")} ${losesData}\n`);
    if (comment?.startsWith("Fails if") === true) environment.err(`${paint(environment, "yellow", "note:")} ${comment} See --fill.\n`);
  }
}

/** Renames are asked for where somebody is there to answer, and never guessed. */
function decision({ choose }: Environment, renames: boolean): Decisions["decide"] {
  if (!renames) return () => null;
  if (choose === null) return undefined;
  return async ({ added, candidates }) => {
    const place = await choose(`Is ${added} new, or has something got another name?`, ["it is new", ...candidates.map((candidate) => `it was ${candidate}`)]);
    return candidates[place - 1] ?? null;
  };
}

/** As the configuration is written, so are the migrations. */
export function languageOf(config: string): MigrationLanguage {
  const extension = extname(config).slice(1);
  if (extension === "mjs" || extension === "cjs") return extension;
  if (extension !== "js") return "ts";
  return isModule(dirname(config)) ? "js" : "cjs";
}

function isModule(folder: string): boolean {
  const manifest = join(folder, "package.json");
  if (existsSync(manifest)) return (JSON.parse(readFileSync(manifest, "utf8")) as { readonly type?: unknown }).type === "module";
  return dirname(folder) !== folder && isModule(dirname(folder));
}

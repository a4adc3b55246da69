import type { Command } from "commander";
import type { Database } from "../../database";
import type { SchemaObject } from "../../dialect/dialect";
import { DataError } from "../../errors/classes";
import { modelFor } from "../../repository/open-options";
import { mermaid } from "../../schema/diagram";
import { leftAlone } from "../../schema/left-alone";
import type { SchemaDifference } from "../../schema/schema-difference";
import { inDependencyOrder, schemaText, type SqlOptions } from "../../schema/schema-text";
import { examples, type Call, type CommandLine } from "../command";
import { loadConfig } from "../config";
import { paint, type Environment } from "../environment";
import { UsageError, type ExitCode } from "../exit";
import { withDatabase } from "../with-database";

interface PrintOptions {
  readonly layout?: string | undefined;
}

/** `freehold schema …`: the tables as the entities want them. */
export function schemaCommands(program: Command, line: CommandLine): void {
  const schema = program.command("schema").description("print the schema of the entities, or compare it with the database");

  schema.command("print")
    .description("print the SQL that makes the whole schema; needs no database")
    .option("--layout <layout>", 'PostgreSQL: "citus", or "hash-partitions:16"')
    .addHelpText("after", examples(
      ["npx freehold schema print > schema.sql", "for another tool, or to read"],
      ["npx freehold schema print --layout citus", "as a Citus cluster takes it"],
    ))
    .action(line.action<PrintOptions>(print));

  schema.command("check")
    .description("compare the database with the entities; exit code 1 where they differ")
    .addHelpText("after", examples(
      ["npx freehold schema check", "what differs, and what would mend it"],
      ["npx freehold schema check --json | jq '.differences[].message'", "for a machine"],
    ))
    .action(line.action(check));

  schema.command("diff")
    .description("show what db.schema.ensure() would create, and what it would leave as it is")
    .addHelpText("after", examples(["npx freehold schema diff", "before the application, or a migration, changes anything"]))
    .action(line.action(diff));

  schema.command("diagram")
    .description("print the tables as a Mermaid diagram, owned ones marked; needs no database")
    .addHelpText("after", examples(["npx freehold schema diagram > docs/schema.mmd", "for a page that draws Mermaid"]))
    .action(line.action(diagram));
}

async function print({ environment, options, machine, json, print: say }: Call<PrintOptions>): Promise<ExitCode> {
  const layout = options.layout === undefined ? undefined : layoutOf(options.layout);
  const config = await loadConfig(environment, options.config);
  const model = modelFor(config.options);
  const sql = schemaText(model, config.options.driver.dialect.ddl, layout);
  if (machine) json({ sql });
  else say(sql);
  return 0;
}

async function check(call: Call<object>): Promise<ExitCode> {
  const { environment, json, print: say } = call;
  const differences = await withDatabase(call, (db) => db.schema.check());
  if (call.machine) json({ differences });
  else if (differences.length === 0) say(paint(environment, "green", "The database agrees with the entities."));
  else say(`${listed(environment, differences)}\n\n${counted(differences.length)}.`);
  return differences.length === 0 ? 0 : 1;
}

async function diff(call: Call<object>): Promise<ExitCode> {
  const { environment, machine, json, print: say } = call;
  const { creates, leaves, fails } = await withDatabase(call, comparison);
  const agrees = creates.length === 0 && leaves.length === 0;
  if (machine) json({ creates, leaves, ...(fails === undefined ? {} : { fails }) });
  else if (agrees) say(paint(environment, "green", "The database agrees with the entities."));
  else {
    const title = (what: string): string => paint(environment, "bold", `db.schema.ensure() would ${what}`);
    say([
      ...(fails === undefined ? [] : [title(`fail: ${fails}`)]),
      ...(creates.length === 0 ? [] : [title("create:"), ...creates.map(({ sql }) => paint(environment, "green", `${sql};`.replaceAll(/^/gm, "+ ")))]),
      ...(leaves.length === 0 ? [] : [title("leave as it is:"), listed(environment, leaves)]),
    ].join("\n\n"));
  }
  return agrees ? 0 : 1;
}

interface Comparison {
  readonly creates: readonly Pick<SchemaObject, "kind" | "name" | "sql">[];
  readonly leaves: readonly SchemaDifference[];
  /** Why nothing at all would be created. */
  readonly fails?: string | undefined;
}

async function comparison(db: Database): Promise<Comparison> {
  const differences = await db.schema.check();
  try {
    const missing = await db.schema.missing();
    return { creates: missing.map(({ kind, name, sql }) => ({ kind, name, sql })), leaves: leftAlone(differences, missing) };
  } catch (error) {
    if (error instanceof DataError) return { creates: [], leaves: differences, fails: error.message };
    throw error;
  }
}

async function diagram({ environment, options, machine, json, print: say }: Call<object>): Promise<ExitCode> {
  const { options: database } = await loadConfig(environment, options.config);
  const text = mermaid(inDependencyOrder(modelFor(database)));
  if (machine) json({ mermaid: text });
  else say(text);
  return 0;
}

/** What is missing could be made, what is unexpected could be lost, what is different takes thought. */
const SIGNS = { missing: ["green", "+"], unexpected: ["red", "-"], different: ["yellow", "~"] } as const;

function listed(environment: Environment, differences: readonly SchemaDifference[]): string {
  return differences.map(({ state, message, mend }) => {
    const [colour, sign] = SIGNS[state];
    return `${paint(environment, colour, `${sign} ${message}`)}\n${paint(environment, "dim", mend.replaceAll(/^/gm, "    "))}`;
  }).join("\n");
}

function counted(count: number): string {
  return count === 1 ? "1 difference" : `${count} differences`;
}

function layoutOf(given: string): SqlOptions {
  if (given === "citus") return { layout: given };
  const [, partitions] = /^hash-partitions:(\d{1,6})$/.exec(given) ?? [];
  if (partitions === undefined) throw new UsageError(`--layout ${given} is no layout: it is "citus", or "hash-partitions:16" with the number of partitions.`);
  return { layout: { owned: "hash-partitions", partitions: Number(partitions) } };
}

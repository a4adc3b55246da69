import type { Command } from "commander";
import { modelFor } from "../../repository/open-options";
import { schemaText, type SqlOptions } from "../../schema/schema-text";
import { examples, type Call, type CommandLine } from "../command";
import { loadConfig } from "../config";
import { UsageError, type ExitCode } from "../exit";

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
}

async function print({ environment, options, json, print: say }: Call<PrintOptions>): Promise<ExitCode> {
  const layout = options.layout === undefined ? undefined : layoutOf(options.layout);
  const config = await loadConfig(environment, options.config);
  const model = modelFor(config.options);
  const sql = schemaText(model, config.options.driver.dialect.ddl, layout);
  if (options.json === true) json({ sql });
  else say(sql);
  return 0;
}

function layoutOf(given: string): SqlOptions {
  if (given === "citus") return { layout: given };
  const [, partitions] = /^hash-partitions:(\d{1,6})$/.exec(given) ?? [];
  if (partitions === undefined) throw new UsageError(`--layout ${given} is no layout: it is "citus", or "hash-partitions:16" with the number of partitions.`);
  return { layout: { owned: "hash-partitions", partitions: Number(partitions) } };
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { examples, type Call, type CommandLine, type GlobalOptions } from "./command";
import { commands } from "./commands";
import type { Environment } from "./environment";
import { failureOf, type ExitCode, type Failure } from "./exit";

/** Runs a command line, without the program's own name, and says how the process is to end. It never throws. */
export async function run(args: readonly string[], environment: Environment): Promise<ExitCode> {
  const machine = args.includes("--json");
  let ended: ExitCode = 0;
  const line: CommandLine = {
    action: <O>(work: (call: Call<O>) => Promise<ExitCode>) => async (...given: readonly unknown[]) => {
      ended = await work(callOf<O>(given, environment));
    },
  };
  // What commander has to say of a wrong call; with --json it becomes part of the answer.
  const complaints: string[] = [];
  const program = build(line, environment, (text) => complaints.push(text));
  try {
    await program.parseAsync(args, { from: "user" });
    return ended;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      const message = complaints.join("").trim();
      tell({ code: "USAGE", message: message.replace(/^error: /, "") }, machine, environment);
      return 2;
    }
    const { failure, exitCode } = failureOf(error);
    tell(failure, machine, environment);
    if (args.includes("--stack") && error instanceof Error) environment.err(`${stackOf(error)}\n`);
    return exitCode;
  }
}

function build(line: CommandLine, environment: Environment, complain: (text: string) => void): Command {
  const program = new Command("freehold");
  // Before any command is added, which takes them over.
  program
    .exitOverride()
    .configureOutput({
      writeOut: environment.out, writeErr: complain,
      getOutHasColors: () => environment.colours, getErrHasColors: () => environment.colours,
    })
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .description("Looks after the schema of a Freehold database.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .option("-c, --config <file>", "the configuration (default: freehold.config.ts, .mts, .cts, .js, .mjs or .cjs in this folder)")
    .option("--json", "print JSON, for machines")
    .option("--no-color", "print without colours, as with NO_COLOR=1")
    .option("--stack", "print where an error comes from")
    .addHelpText("after", `\nExit codes: 0 all is well, 1 something differs or failed, 2 wrong usage.\n${examples(
      ["npx freehold schema check", "does the database agree with the entities?"],
      ["npx freehold doctor", "look for what is wrong with a database"],
      ["npx freehold help schema", "more about a command"],
    )}`);
  for (const register of commands) register(program, line);
  return program;
}

/** Commander hands an action the arguments, then the options, then the command. */
function callOf<O>(given: readonly unknown[], environment: Environment): Call<O> {
  const command = given.at(-1) as Command;
  const options = command.optsWithGlobals<O & GlobalOptions>();
  const machine = options.json === true;
  const painted = options.color === false || machine ? { ...environment, colours: false } : environment;
  return {
    environment: painted, options, args: command.args, machine,
    json: (value) => environment.out(`${JSON.stringify(value, null, 2)}\n`),
    print: (text) => { if (!machine) environment.out(text.endsWith("\n") ? text : `${text}\n`); },
  };
}

function tell(failure: Failure, machine: boolean, environment: Environment): void {
  environment.err(`${failure.message}\n`);
  if (machine) environment.out(`${JSON.stringify({ error: failure }, null, 2)}\n`);
}

function stackOf(error: Error): string {
  const { cause } = error;
  return cause instanceof Error ? `${error.stack ?? ""}\nCaused by: ${stackOf(cause)}` : error.stack ?? "";
}

/** package.json lies beside the folder of the library, built or not. */
function version(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as { readonly version: string };
  return manifest.version;
}

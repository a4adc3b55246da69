import type { Command } from "commander";
import type { Environment } from "./environment";
import type { ExitCode } from "./exit";

/** The options that every command takes. */
export interface GlobalOptions {
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
  readonly color?: boolean | undefined;
  readonly stack?: boolean | undefined;
}

/** One call of a command. */
export interface Call<O> {
  readonly environment: Environment;
  /** The command's own options and those that every command takes. */
  readonly options: O & GlobalOptions;
  /** The arguments, in the command's order. */
  readonly args: readonly string[];
  /** Whether a machine reads the output: then {@link Call.json} is the only one to write to it. */
  readonly machine: boolean;
  /** Writes what a machine reads; once a call. */
  readonly json: (value: object) => void;
  /** Writes lines for people. */
  readonly print: (text: string) => void;
}

/** What a command is registered with. */
export interface CommandLine {
  /** Makes an action for commander of work that says how the process is to end. */
  action<O = object>(work: (call: Call<O>) => Promise<ExitCode>): (...given: readonly unknown[]) => Promise<void>;
}

/** Adds a command, or a group of them, to the program. */
export type RegisterCommand = (program: Command, line: CommandLine) => void;

/** The examples under a command's help: what to type, and what it does. */
export function examples(...lines: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, meaning]) => `  $ ${command.padEnd(width)}  ${meaning}`).join("\n")}`;
}

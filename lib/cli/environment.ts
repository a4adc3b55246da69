import { styleText } from "node:util";
import { loadModule } from "./load-module";

export type Colour = "red" | "green" | "yellow" | "cyan" | "dim" | "bold";

/** All that commands know of the world around them, so that specs can run them in a world of their own. */
export interface Environment {
  /** The folder in which configuration files are looked for. */
  readonly cwd: string;
  /** Takes what was asked for; with `--json` nothing but JSON. */
  readonly out: (text: string) => void;
  /** Takes errors and progress. */
  readonly err: (text: string) => void;
  /** Whether somebody watches the output, who may be asked and shown progress. */
  readonly terminal: boolean;
  readonly colours: boolean;
  /** Loads a file of the user's, TypeScript or JavaScript, and gives what it exports. */
  readonly load: (file: string) => Promise<Readonly<Record<string, unknown>>>;
}

/** The environment of the running process. */
export function processEnvironment(out: Environment["out"], err: Environment["err"]): Environment {
  const { NO_COLOR: noColour, FORCE_COLOR: force, TERM: terminalName } = process.env;
  const terminal = process.stdout.isTTY;
  return {
    cwd: process.cwd(), out, err, terminal,
    // As no-color.org has it: any text but an empty one.
    colours: (noColour === undefined || noColour === "") && (force === undefined ? terminal && terminalName !== "dumb" : force !== "0"),
    load: loadModule,
  };
}

/** The text in a colour, where colours are wanted. */
export function paint(environment: Pick<Environment, "colours">, colour: Colour, text: string): string {
  return environment.colours && text !== "" ? styleText(colour, text, { validateStream: false }) : text;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { commands } from "../../lib/cli/commands";
import { fences, proseOf, root } from "./markdown";

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly scripts: Readonly<Record<string, string>> };
const GLOBAL = ["--config", "--json", "--no-color", "--stack", "--help", "--version"];

function freehold(): Command {
  const program = new Command("freehold");
  for (const register of commands) register(program, { action: () => async () => undefined });
  return program;
}

/** Commands that a page names and that there are none of: of the program `freehold`, and scripts of package.json. */
export function unknownCommands(text: string): readonly string[] {
  const program = freehold();
  return lines(text).flatMap((line) => {
    const own = /(?:^|\s)npx freehold\s+(.*)$/.exec(line);
    if (own) return faultOf(program, own[1]!).map((fault) => `${line.trim()}: ${fault}`);
    const script = /(?:^|\s)npm (?:run ([\w:-]+)|(start|test)\b)/.exec(line);
    const name = script?.[1] ?? script?.[2];
    return name === undefined || name in scripts ? [] : [`${line.trim()}: package.json has no script ${name}`];
  });
}

/** What stands in shell blocks, behind a prompt, and in code between words. */
function lines(text: string): readonly string[] {
  const shell = fences(text).flatMap(({ language, text: block }) => block.split("\n").filter((line) => ["sh", "bash"].includes(language) || line.startsWith("$ ")));
  const inline = [...proseOf(text).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!).filter((code) => /^(npx|npm) /.test(code));
  const indented = proseOf(text).split("\n").filter((line) => /^ {4}(npx|npm) /.test(line));
  return [...shell, ...inline, ...indented.flatMap((line) => line.split("&&"))];
}

function faultOf(program: Command, call: string): readonly string[] {
  let command = program;
  // A quoted text is one word, and what comes behind # or | is not the program's.
  const words = call.split(/ [#|>;]|&& /)[0]!.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  for (const word of words) {
    if (word === "…" || word.startsWith("…") || word === "help") return [];
    if (word.startsWith("-")) {
      const [name] = word.split("=");
      if (!GLOBAL.includes(name!) && !command.options.some((option) => option.long === name || option.short === name)) return [`${command.name()} has no option ${name}`];
    } else if (command.commands.length > 0) {
      const next = command.commands.find((each) => each.name() === word);
      if (next === undefined) return [`${command.name()} has no command ${word}`];
      command = next;
    }
  }
  return [];
}

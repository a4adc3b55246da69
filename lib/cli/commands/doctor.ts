import type { Command } from "commander";
import { diagnose } from "../../doctor/diagnose";
import type { Diagnosis, Finding, Severity } from "../../doctor/finding";
import { examples, type Call, type CommandLine } from "../command";
import { loadConfig } from "../config";
import { paint, type Colour, type Environment } from "../environment";
import type { ExitCode } from "../exit";
import { requireFile } from "../with-database";

/** `freehold doctor`: what is wrong with a database. */
export function doctorCommand(program: Command, line: CommandLine): void {
  program.command("doctor")
    .description("look for rows that cross owners, keys that would let them, and settings that do harm; exit code 1 where it finds errors or warnings")
    .addHelpText("after", examples(
      ["npx freehold doctor", "what is wrong, and what to do about it"],
      ["npx freehold doctor --json | jq '.findings[] | select(.severity == \"error\")'", "for a machine"],
    ))
    .action(line.action(doctor));
}

async function doctor({ environment, options, machine, json, print }: Call<object>): Promise<ExitCode> {
  const config = await loadConfig(environment, options.config);
  requireFile(config.options.driver);
  const diagnosis = await diagnose(config.options);
  if (machine) json(diagnosis);
  else print([...diagnosis.findings.map((finding) => told(environment, finding)), summary(environment, diagnosis)].join("\n"));
  return diagnosis.healthy ? 0 : 1;
}

const COLOURS: Readonly<Record<Severity, Colour>> = { error: "red", warning: "yellow", note: "cyan" };

function told(environment: Environment, { severity, code, place, message, cure }: Finding): string {
  const head = `${paint(environment, COLOURS[severity], severity.padEnd(7))} ${code} ${paint(environment, "bold", place)}`;
  return [head, message, ...(cure === "" ? [] : [paint(environment, "dim", `→ ${cure}`)])].join("\n").replaceAll("\n", "\n        ");
}

function summary(environment: Environment, { errors, warnings, notes, healthy }: Diagnosis): string {
  const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`;
  return paint(environment, healthy ? "green" : "bold", `\n${count(errors, "error")}, ${count(warnings, "warning")}, ${count(notes, "note")}.`);
}

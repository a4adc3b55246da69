import { contextChecks } from "./context-checks";
import { errorChecks } from "./error-checks";
import { moduleChecks } from "./module-checks";
import { thrown } from "./world";

/** Answers every question and prints the answers as JSON. Nest is an ES module, which the sandbox of the specs does not load. */
async function main(): Promise<void> {
  const answers: Record<string, unknown> = {};
  for (const [question, check] of Object.entries({ ...moduleChecks, ...contextChecks, ...errorChecks })) {
    const failed = await thrown(async () => { answers[question] = await check(); });
    if (failed !== "nothing") answers[question] = { failed };
  }
  process.stdout.write(JSON.stringify(answers, (_key, value: unknown) => value === undefined ? "undefined" : value));
}

void main();

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqlite3 } from "freehold";
import { tellStory } from "./story";

/** Plans half a year on a new database file in a temporary folder, and prints it. */
async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "freehold-cash-flow-"));
  try {
    await tellStory(sqlite3({ file: join(folder, "cash-flow.db") }), (line) => console.log(line));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgres, sqlite3 } from "freehold";
import { tellStory } from "./story";

const say = (line: string): void => console.log(line);

/**
 * Tells the story on a new database file in a temporary folder; with FREEHOLD_POSTGRES_URL on that PostgreSQL server instead, and with
 * FREEHOLD_RLS=1 under its row-level security too. Nothing else differs.
 */
async function main(): Promise<void> {
  const connectionString = process.env["FREEHOLD_POSTGRES_URL"];
  if (connectionString !== undefined) {
    await tellStory(postgres({ connectionString, rls: process.env["FREEHOLD_RLS"] === "1" }), say);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), "freehold-quickstart-"));
  try {
    await tellStory(sqlite3({ file: join(folder, "quickstart.db") }), say);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

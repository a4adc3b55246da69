import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestDatabases } from "../databases";
import { TestServer } from "../postgres/test-server";

const root = resolve(__dirname, "../../..");

/** The secret that the services of specs have, so that specs can make tokens that are nearly right. */
export const SECRET = "a secret for the specs of the notes example";

/** The notes example, running as a process of its own. */
export interface NotesService {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it has written so far: log lines and messages. */
  output(): string;
  /** Waits for a text in what it writes. */
  wrote(text: string): Promise<void>;
  /** Asks it to end, and gives its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Its exit code, when it has ended by itself. */
  ended(): Promise<number | null>;
}

/** A database that lasts for all tests of a file, unlike the places of the matrix. */
export interface LastingPlace {
  /** What tells the service of it. */
  readonly environment: Readonly<Record<string, string>>;
  /** On a server, the tables whose rows its policies guard, whoever asks. */
  guarded(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

export async function lastingPlace(databases: TestDatabases): Promise<LastingPlace> {
  if (databases.storage === "file") {
    const folder = mkdtempSync(join(tmpdir(), "freehold-notes-"));
    return { environment: { NOTES_DB: join(folder, "notes.db") }, guarded: async () => [], remove: async () => rmSync(folder, { recursive: true, force: true }) };
  }
  const server = new TestServer();
  const schema = server.newSchema();
  await server.createSchema(schema);
  return {
    // One variable: row-level security is what the service has unless it is told otherwise.
    environment: { FREEHOLD_POSTGRES_URL: server.url(schema), ...(databases.rls ? {} : { FREEHOLD_RLS: "0" }) },
    guarded: async () => {
      const [rows] = await server.outside(schema, [["select relname from pg_class where relnamespace = current_schema()::regnamespace and relrowsecurity and relforcerowsecurity order by relname"]]);
      return (rows as readonly { relname: string }[]).map(({ relname }) => relname);
    },
    remove: async () => {
      await server.clear();
      await server.disconnect();
    },
  };
}

/** Starts the program as `npm run example:notes` does, on a free port. */
export async function startNotes(environment: Readonly<Record<string, string>>): Promise<NotesService> {
  const service = spawnNotes({
    NOTES_SECRET: SECRET, NOTES_SCRYPT_LOG2N: "10", NOTES_LOGINS_PER_MINUTE: "1000000", PORT: "0", ...environment,
  });
  await service.wrote("Notes: ");
  return { ...service, url: /^Notes: (\S+)/m.exec(service.output())?.[1] ?? "" };
}

/** The program, started with this environment and nothing that the specs' own holds of the kind. */
export function spawnNotes(environment: Readonly<Record<string, string>>): Omit<NotesService, "url"> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(FREEHOLD_|NOTES_|PORT$|HOST$|NODE_OPTIONS$)/.test(name));
  const child = spawn(process.execPath, ["scripts/run-example.cjs", "examples/notes-api/main.ts"], {
    cwd: root, env: { ...Object.fromEntries(inherited), ...environment }, stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (chunk: string) => { text += chunk; child.emit("wrote"); });
  const ended = once(child, "close");
  return {
    child,
    output: () => text,
    wrote: async (wanted) => {
      while (!text.includes(wanted)) {
        if (child.exitCode !== null) throw new Error(`the service has ended without saying "${wanted}":\n${text}`);
        await Promise.race([once(child, "wrote"), ended]);
      }
    },
    ended: async () => {
      await ended;
      return child.exitCode;
    },
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}

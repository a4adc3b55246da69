import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { TestDatabases } from "../support/databases";
import type { InstalledPackage, Project } from "../support/command-line";
import { server } from "../support/engines";

/** How a process of the command line has ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project of somebody's whose configuration names the place. */
export async function projectOn(installed: InstalledPackage, databases: TestDatabases, place: string): Promise<Project> {
  if (databases.storage === "server") await server().createSchema(place);
  const driver = databases.dialect === "sqlite" ? `${databases.driverName}({ file: ${JSON.stringify(place)} })`
    : `postgres({ connectionString: ${JSON.stringify(server().url(place))}, rls: ${databases.rls} })`;
  return installed.project({
    "package.json": "{}",
    "freehold.config.js": `const { User, ${databases.driverName} } = require("freehold"); module.exports = { driver: ${driver}, entities: [User] };\n`,
  }, ["better-sqlite3", "pg"]);
}

/** Runs `freehold` beside this process; `onLine` sees each line that it writes to standard error. */
export async function started(project: Project, args: readonly string[], onLine: (line: string, child: ChildProcess) => void = () => undefined): Promise<Ended> {
  const { NODE_OPTIONS: _, FORCE_COLOR: __, ...env } = process.env;
  const child = spawn(process.execPath, [project.program, ...args], { cwd: project.folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text: Buffer) => { stdout += text.toString(); });
  createInterface({ input: child.stderr }).on("line", (line) => {
    stderr += `${line}\n`;
    onLine(line, child);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

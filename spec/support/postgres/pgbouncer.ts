import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { tmpdir } from "node:os";
import { server } from "../engines";
import { plainPostgres } from "./plain-postgres";

const START_MS = 10_000;
const STOP_MS = 5_000;

/** A PgBouncer in transaction mode before a database of its own. */
export interface PgBouncer {
  /** The address for the library: its statements go to whichever server connection is free. */
  readonly url: string;
  /** The same database, without PgBouncer. */
  readonly directUrl: string;
  /** The same as a superuser. */
  readonly adminUrl: string;
  stop(): Promise<void>;
}

export interface PgBouncerOptions {
  /** How many connections to the server all clients share; few, so that each soon gets one that another has used. Default: 2. */
  readonly serverConnections?: number;
  /** More lines of the configuration, such as `max_prepared_statements = 100`. */
  readonly settings?: readonly string[];
}

/** Where PgBouncer is, or why its specs do not run: it is no npm package, and not on every machine. */
export function findPgBouncer(): { readonly binary: string; readonly missing: null } | { readonly binary: null; readonly missing: string } {
  // Debian's package puts it where a user's path does not lead.
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  const binary = folders.map((folder) => join(folder, "pgbouncer")).find(existsSync);
  return binary === undefined ? { binary: null, missing: "there is no pgbouncer on this machine (apt-get install pgbouncer)" } : { binary, missing: null };
}

/** Starts PgBouncer as a default installation has it, in transaction mode. */
export async function startPgBouncer({ serverConnections = 2, settings = [] }: PgBouncerOptions = {}): Promise<PgBouncer> {
  const { binary, missing } = findPgBouncer();
  if (binary === null) throw new Error(missing);
  const database = `${server().database}_bouncer`;
  const target = new URL(server().url("public"));
  target.pathname = `/${database}`;
  // PgBouncer knows no startup options, so that the schema must be the one that a database has by itself.
  target.search = "";
  const admin = new URL(server().adminUrl());
  admin.pathname = `/${database}`;
  await asAdmin([`drop database if exists ${database} with (force)`, `create database ${database} owner ${server().login}`]);
  const folder = mkdtempSync(join(tmpdir(), "freehold-pgbouncer-"));
  const port = await freePort();
  writeFileSync(join(folder, "users.txt"), `"${target.username}" "${decodeURIComponent(target.password)}"\n`);
  writeFileSync(join(folder, "pgbouncer.ini"), `[databases]
* = host=${target.hostname} port=${target.port || "5432"}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, "users.txt")}
pool_mode = transaction
default_pool_size = ${serverConnections}
max_client_conn = 200
ignore_startup_parameters = extra_float_digits, options
${settings.join("\n")}
`);
  const child = start(binary, folder);
  const end = async (): Promise<void> => {
    await stop(child);
    rmSync(folder, { recursive: true, force: true });
    await asAdmin([`drop database if exists ${database} with (force)`]);
  };
  const log: string[] = [];
  child.stderr?.on("data", (text) => { log.push(String(text)); });
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  try {
    await listening(child, port);
  } catch (error) {
    await end();
    throw new Error(`PgBouncer did not start: ${log.join("")}`, { cause: error });
  }
  return { url: url.href, directUrl: target.href, adminUrl: admin.href, stop: end };
}

/** It refuses to run as root: there it runs as the server's own user. */
function start(binary: string, folder: string): ChildProcess {
  const stdio = ["ignore", "ignore", "pipe"] as const;
  if (process.getuid?.() !== 0) return spawn(binary, [join(folder, "pgbouncer.ini")], { stdio: [...stdio] });
  const [uid, gid] = ["-u", "-g"].map((what) => Number(execFileSync("id", [what, "postgres"], { encoding: "utf8" }))) as [number, number];
  for (const file of ["", "pgbouncer.ini", "users.txt"]) chownSync(join(folder, file), uid, gid);
  return spawn(binary, [join(folder, "pgbouncer.ini")], { stdio: [...stdio], uid, gid });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit", { signal: AbortSignal.timeout(STOP_MS) }).catch(() => child.kill("SIGKILL"));
  child.kill("SIGTERM");
  await ended;
}

async function asAdmin(statements: readonly string[]): Promise<void> {
  const client = await plainPostgres(server().adminUrl());
  try {
    // One by one: a database is not made inside a transaction.
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** Waits until somebody answers at the port. */
async function listening(child: ChildProcess, port: number): Promise<void> {
  const until = Date.now() + START_MS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    } finally {
      socket.destroy();
    }
  }
}

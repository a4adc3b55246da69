import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A PostgreSQL server that a spec may restart: nobody else uses it. */
export interface OwnServer {
  /** The address of its superuser. */
  readonly url: string;
  /** Stops it as an administrator would, which ends every connection, and starts it again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts one; the spec stops it. */
export async function startOwnServer(): Promise<OwnServer> {
  const child = spawn(process.execPath, [join(__dirname, "server.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const told = async (): Promise<{ readonly url?: string; readonly restarted?: boolean; readonly error?: string }> =>
    JSON.parse((await lines.next()).value as string) as object;
  const { url, error } = await told();
  if (url === undefined) throw new Error(`no PostgreSQL server: ${error}`);
  return {
    url,
    restart: async () => {
      child.stdin.write("restart\n");
      await told();
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.stdin.end();
      await ended;
    },
  };
}

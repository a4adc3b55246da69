import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { blocksFor, type Block, type Kind } from "./page-blocks";
import type { PackedPackage } from "./packed-package";

/** What a line of a page did, and what stands on the page as its output. */
export interface Step {
  readonly command: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly promised: string | null;
}

/** Somebody who follows a page word for word in an empty folder: writes its files and runs its commands, in their order. */
export class Newcomer {
  readonly #home: string;
  readonly #kind: Kind;
  readonly #packed: PackedPackage;
  #folder: string;

  constructor(packed: PackedPackage, kind: Kind) {
    this.#packed = packed;
    this.#kind = kind;
    this.#home = packed.folder();
    this.#folder = this.#home;
  }

  get folder(): string {
    return this.#folder;
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.#folder, file)), { recursive: true });
    writeFileSync(join(this.#folder, file), text);
  }

  async install(packages: readonly string[]): Promise<void> {
    await this.#packed.install(this.#folder, packages);
  }

  /** Follows blocks to the end. A command that fails ends none of it: pages show such ones too. */
  async follow(blocks: readonly Block[]): Promise<readonly Step[]> {
    const steps: Step[] = [];
    for (const { language, file, text } of blocksFor(blocks, this.#kind)) {
      if (file !== null) this.write(file, text);
      else if (language === "sh") for (const line of text.trimEnd().split("\n")) steps.push(await this.run(line));
      else if (language === "text") {
        const last = steps.pop();
        if (last === undefined) throw new Error(`no command is before the output ${text}`);
        steps.push({ ...last, promised: text });
      }
    }
    return steps;
  }

  /** Runs a line in the shell, which stays in the folder in which it ends; `npm install` takes what is at hand. */
  async run(command: string): Promise<Step> {
    const wanted = /^npm install (?:--save-dev )?([^-].*)$/.exec(command)?.[1];
    if (wanted !== undefined) {
      await this.install(wanted.split(" "));
      return { command, code: 0, stdout: "", stderr: "", promised: null };
    }
    const place = join(this.#home, ".place");
    const { NODE_OPTIONS: _, FORCE_COLOR: __, NODE_ENV: ___, JEST_WORKER_ID: ____, ...inherited } = process.env;
    // No registry is asked for anything, whatever the page says.
    const env = { ...inherited, NO_COLOR: "1", PLACE: place, npm_config_offline: "true", npm_config_update_notifier: "false" };
    return new Promise((resolve, reject) => {
      execFile("bash", ["-c", `trap 'pwd > "$PLACE"' EXIT\n${command}`], { cwd: this.#folder, encoding: "utf8", env, timeout: 100_000 }, (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== "number") {
          reject(new Error(`${command} did not end by itself`, { cause: error }));
          return;
        }
        this.#folder = readFileSync(place, "utf8").trim();
        resolve({ command, code: typeof error?.code === "number" ? error.code : 0, stdout, stderr, promised: null });
      });
    });
  }
}

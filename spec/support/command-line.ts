import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import type { FreeholdConfig } from "freehold";
import type { Choose } from "../../lib/cli/choose";
import { run } from "../../lib/cli/program";
import { builtLibrary } from "./built-library";

const root = join(__dirname, "..", "..");

/** What a command did. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, on a configuration at hand. */
export async function inProcess(args: readonly string[], config: FreeholdConfig | (() => unknown), colours = false): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "freehold-cli-"));
  try {
    return await inFolder(folder, args, config, { colours });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same in a folder that stays; every other module is loaded as Node.js does. */
export async function inFolder(
  folder: string, args: readonly string[], config: FreeholdConfig | (() => unknown),
  { colours = false, choose = null }: { readonly colours?: boolean; readonly choose?: Choose | null } = {},
): Promise<Outcome> {
  const file = join(folder, "freehold.config.ts");
  writeFileSync(file, "");
  let [stdout, stderr] = ["", ""];
  const code = await run(args, {
    cwd: folder, terminal: false, colours, choose,
    out: (text) => { stdout += text; }, err: (text) => { stderr += text; },
    load: async (path) => path === file ? { default: config } : createRequire(path)(path) as Readonly<Record<string, unknown>>,
  });
  return { code, stdout, stderr };
}

/** The library as it is packed, and folders in which it is installed. */
export class InstalledPackage {
  readonly #build = builtLibrary();
  readonly #installations = new Map<string, string>();
  #projects = 0;

  /**
   * A project with those files, in a folder from which no packages can be seen but Freehold, what it depends on, and those named.
   */
  project(files: Readonly<Record<string, string>>, packages: readonly string[] = []): Project {
    const place = this.#installation(packages);
    this.#projects += 1;
    const project = new Project(join(place, `project-${this.#projects}`), join(place, "node_modules", "freehold", "dist", "cli", "main.js"));
    for (const [file, text] of Object.entries(files)) project.write(file, text);
    return project;
  }

  remove(): void {
    for (const folder of this.#installations.values()) rmSync(folder, { recursive: true, force: true });
  }

  #installation(packages: readonly string[]): string {
    const key = packages.join();
    const known = this.#installations.get(key);
    if (known !== undefined) return known;
    const place = mkdtempSync(join(tmpdir(), "freehold-projects-"));
    this.#installations.set(key, place);
    const modules = join(place, "node_modules");
    mkdirSync(join(modules, "freehold"), { recursive: true });
    cpSync(join(this.#build, "dist"), join(modules, "freehold", "dist"), { recursive: true });
    cpSync(join(root, "package.json"), join(modules, "freehold", "package.json"));
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly dependencies: Readonly<Record<string, string>> };
    for (const name of [...Object.keys(manifest.dependencies), ...packages]) symlinkSync(join(root, "node_modules", name), join(modules, name), "dir");
    return place;
  }
}

/** A folder of somebody's who installed Freehold. */
export class Project {
  constructor(readonly folder: string, readonly program: string) {}

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  /** Runs `freehold` as a process of its own. */
  freehold(args: readonly string[], env: Readonly<Record<string, string>> = {}): Outcome {
    return this.#run(this.program, args, env);
  }

  /** Runs a file of the project. */
  node(file: string): Outcome {
    return this.#run(process.execPath, [file], {});
  }

  #run(program: string, args: readonly string[], env: Readonly<Record<string, string>>): Outcome {
    const { NODE_OPTIONS: _, FORCE_COLOR: __, NO_COLOR: ___, ...inherited } = process.env;
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: this.folder, encoding: "utf8", timeout: 60_000, env: { ...inherited, ...env } });
    return { code: status, stdout, stderr };
  }
}

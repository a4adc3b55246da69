import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { builtLibrary } from "./built-library";

const root = resolve(__dirname, "../..");
const exec = promisify(execFile);

interface Manifest {
  readonly files: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly bin?: string | Readonly<Record<string, string>>;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/**
 * The tarball of the package, made by `npm pack`, and folders in which it is installed. What it depends on, and the tools, come from this
 * repository's node_modules: neither a registry nor a compiler of C++ is needed.
 */
export class PackedPackage {
  readonly #place = mkdtempSync(join(tmpdir(), "freehold-packed-"));
  #tarball = "";

  async pack(): Promise<void> {
    const stage = mkdtempSync(join(this.#place, "stage-"));
    try {
      await this.#packFrom(stage);
    } finally {
      rmSync(stage, { recursive: true, force: true });
    }
  }

  async #packFrom(stage: string): Promise<void> {
    const { files } = manifestOf(root);
    for (const file of ["package.json", "README.md", "LICENSE", ...files.filter((name) => name !== "dist" && !name.startsWith("!"))]) cpSync(join(root, file), join(stage, file), { recursive: true });
    cpSync(join(builtLibrary(), "dist"), join(stage, "dist"), { recursive: true });
    const { stdout } = await exec("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", this.#place], { cwd: stage });
    this.#tarball = join(this.#place, basename(stdout.trim()));
  }

  /** An empty folder. */
  folder(): string {
    return mkdtempSync(join(this.#place, "empty-"));
  }

  /** Stands in for `npm install` in a folder. */
  async install(folder: string, packages: readonly string[]): Promise<void> {
    const modules = join(folder, "node_modules");
    mkdirSync(join(modules, ".bin"), { recursive: true });
    for (const wanted of packages) {
      if (wanted === "freehold") {
        mkdirSync(join(modules, "freehold"));
        await exec("tar", ["-xzf", this.#tarball, "-C", join(modules, "freehold"), "--strip-components", "1"]);
        for (const name of Object.keys(manifestOf(join(modules, "freehold")).dependencies ?? {})) link(modules, name);
      } else link(modules, wanted);
    }
  }

  remove(): void {
    rmSync(this.#place, { recursive: true, force: true });
  }
}

/** What npm would put into node_modules for a package, its programs included. */
function link(modules: string, name: string): void {
  const target = join(modules, name);
  if (existsSync(target)) return;
  const source = join(root, "node_modules", name);
  // The command line of SWC is no part of this repository's tools; its compiler is.
  if (!existsSync(source) && name === "@swc/cli") {
    symlinkSync(join(root, "spec", "support", "swc-command.cjs"), join(modules, ".bin", "swc"));
    return;
  }
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(source, target, "dir");
  const { bin = {} } = manifestOf(source);
  for (const [program, file] of Object.entries(typeof bin === "string" ? { [basename(name)]: bin } : bin)) {
    symlinkSync(join(source, file), join(modules, ".bin", program));
  }
}

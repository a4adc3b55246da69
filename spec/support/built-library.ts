import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");
const cache = join(root, ".cache");
const NAME = /^built-[0-9a-f]{16}$/;
const OLD_MS = 24 * 3_600_000;

/**
 * A folder with `dist/` as `npm run build` makes it of the sources as they are. It is built once and kept, and belongs to every spec:
 * whoever needs to write beside it takes a copy.
 */
export function builtLibrary(): string {
  const built = join(cache, `built-${fingerprint()}`);
  if (existsSync(built)) return built;
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache).filter((candidate) => NAME.test(candidate))) {
    if (Date.now() - statSync(join(cache, name)).mtimeMs > OLD_MS) rmSync(join(cache, name), { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(cache, "building-"));
  try {
    const { status, stderr } = spawnSync(process.execPath, [join(root, "scripts", "build.cjs"), "--out", join(folder, "dist")], { encoding: "utf8" });
    if (status !== 0) throw new Error(`the build failed:\n${stderr}`);
    // Whole or not at all. Where another worker was faster, its build is as good as this one.
    if (!existsSync(built)) renameSync(folder, built);
  } catch (error) {
    if (!existsSync(built)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return built;
}

/** Says of what the build is made: every source, the settings, the compiler and whoever calls it. */
function fingerprint(): string {
  const hash = createHash("sha256");
  const sources = readdirSync(join(root, "lib"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts")).sort();
  for (const file of [...sources.map((source) => join("lib", source)), "package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json", "scripts/build.cjs", "scripts/bundle.cjs"]) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file))).update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

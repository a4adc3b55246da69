"use strict";

// Packs the package as it would be published and looks at the result with publint and "are the types wrong", and at
// the list of its files, and runs its program. Works without the registry, and leaves nothing behind.

const { execFileSync, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { build } = require("./build.cjs");

const root = path.resolve(__dirname, "..");
const bin = path.join(root, "node_modules", ".bin");

/** Files that users need, and files that have no place in a package. */
const needed = ["package.json", "README.md", "LICENSE", "CHANGELOG.md", "dist/index.js", "dist/index.mjs", "dist/index.d.ts", "dist/index.d.mts", "dist/cli/main.js"];
const unwanted = /(^|\/)(spec|bench|examples|scripts|site|coverage|node_modules|\.ci|\.cache|\.vitepress)\/|\.spec\.|\.tgz$|\.db(-wal|-shm)?$|tsconfig|\.tsbuildinfo$/;

/**
 * Runs `npm pack` and returns its description of the package. The build has been made already, so scripts stay off:
 * `prepack` would only make it again.
 *
 * @param {readonly string[]} options
 */
function pack(options) {
  const output = execFileSync("npm", ["pack", "--json", "--ignore-scripts", ...options], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [described] = Object.values(JSON.parse(output));
  return described;
}

/** @param {readonly string[]} files */
function fileFaults(files) {
  const faults = needed.filter((file) => !files.includes(file)).map((file) => `missing: ${file}`);
  for (const file of files) {
    if (unwanted.test(file)) faults.push(`does not belong in the package: ${file}`);
    if (file.endsWith(".map")) faults.push(...mapFaults(file, files));
  }
  return faults;
}

/** A map whose sources stay at home sends a debugger nowhere. */
function mapFaults(file, files) {
  const { sources } = JSON.parse(fs.readFileSync(path.join(root, file), "utf8"));
  return sources
    .map((source) => path.posix.join(path.posix.dirname(file), source))
    .filter((source) => !files.includes(source))
    .map((source) => `${file} points at ${source}, which is not in the package`);
}

/** Runs a tool over the packed file; its own output says what is wrong. */
function runTool(name, args) {
  const { status, error } = spawnSync(path.join(bin, name), args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (error !== undefined) return [`${name}: ${error.message}`];
  return status === 0 ? [] : [`${name} found faults (exit ${status})`];
}

/**
 * Runs the packed program where nothing but the package and what it depends on can be seen.
 *
 * @param {string} tarball
 * @param {string} folder
 */
function programFaults(tarball, folder) {
  const modules = path.join(folder, "node_modules");
  fs.mkdirSync(modules);
  execFileSync("tar", ["-xzf", tarball, "-C", modules]);
  fs.renameSync(path.join(modules, "package"), path.join(modules, "freehold"));
  const { version, dependencies, bin } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  for (const name of Object.keys(dependencies)) fs.symlinkSync(path.join(root, "node_modules", name), path.join(modules, name), "junction");
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(modules, "freehold", bin.freehold), "--version"], { encoding: "utf8", cwd: folder });
  return status === 0 && stdout === `${version}\n` ? [] : [`freehold --version ended with ${status}: ${stdout}${stderr}`];
}

async function check(folder) {
  await build();
  const dryRun = pack(["--dry-run"]).files.map((file) => file.path);
  const packed = pack(["--pack-destination", folder]);
  const tarball = path.join(folder, packed.filename);
  console.log(`${packed.filename}: ${packed.files.length} files, ${packed.unpackedSize} bytes unpacked`);
  return [
    ...fileFaults(dryRun),
    ...runTool("publint", ["run", tarball, "--strict"]),
    ...runTool("attw", [tarball, "--no-definitely-typed", "--no-emoji", "--format", "table-flipped"]),
    ...programFaults(tarball, folder),
  ];
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "freehold-pack-"));
  try {
    const faults = await check(folder);
    for (const fault of faults) console.error(`package check: ${fault}`);
    if (faults.length === 0) console.log("package check: no faults");
    else process.exitCode = 1;
  } catch (error) {
    console.error(`package check: ${error.message}\n${error.stderr ?? ""}`);
    process.exitCode = 1;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

void main();

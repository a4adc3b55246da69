"use strict";

// Compiles lib/, writes its declarations, rolls its modules into few CommonJS files, then puts a thin ES-module entry over
// each entry of package.json's `exports`. The entry only re-exports: a second build of the classes would be a second set of
// them, and the two would refuse each other's contexts.
//
//   node scripts/build.cjs [--out DIR]

const fs = require("node:fs");
const path = require("node:path");
const { parseArgs } = require("node:util");
const ts = require("typescript");
const { bundle } = require("./bundle.cjs");

const root = path.resolve(__dirname, "..");

/** @typedef {{ readonly require: string, readonly import: string, readonly types: string }} Entry */

/**
 * Builds the library into `out` and returns the entries' paths relative to it.
 * Throws an error with the compiler's messages when something does not compile.
 *
 * @param {string} [out] absolute, or relative to the repository
 * @returns {Promise<readonly Entry[]>}
 */
async function build(out = "dist") {
  const target = path.resolve(root, out);
  clean(target);
  const entries = dualEntries();
  await bundle(compile(target), [...entries.map((entry) => entry.require), ...programs()], target);
  for (const entry of entries) writeModuleEntry(target, entry);
  // npm does so when it installs the package; a linked folder is not installed.
  for (const program of programs()) fs.chmodSync(path.join(target, program), 0o755);
  return entries;
}

/** @param {string} target */
function clean(target) {
  // Guards against `--out .` and the like, which would delete the sources.
  if (isWithin(target, root) || isWithin(target, path.join(root, "lib"))) {
    throw new Error(`refusing to clean ${target}: it holds more than a build`);
  }
  const marker = path.join(target, "index.js");
  if (fs.existsSync(target) && fs.readdirSync(target).length > 0 && !fs.existsSync(marker) && target !== path.join(root, "dist")) {
    throw new Error(`refusing to clean ${target}: it does not look like a build`);
  }
  fs.rmSync(target, { recursive: true, force: true });
}

/** Whether `inner` is `outer` or lies in it. */
function isWithin(outer, inner) {
  const relative = path.relative(outer, inner);
  return relative === "" || (!relative.startsWith("..") && !path.isAbsolute(relative));
}

/**
 * Writes the declarations, and returns the modules and their source maps by where they would have been.
 *
 * @param {string} target
 * @returns {ReadonlyMap<string, string>}
 */
function compile(target) {
  const configFile = path.join(root, "tsconfig.build.json");
  const config = ts.getParsedCommandLineOfConfigFile(configFile, { outDir: target }, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => fail([diagnostic]),
  });
  if (config === undefined) throw new Error(`cannot read ${configFile}`);
  fail(config.errors);
  const program = ts.createProgram({ rootNames: config.fileNames, options: config.options });
  fail(ts.getPreEmitDiagnostics(program));
  const modules = new Map();
  fail(program.emit(undefined, (file, text) => {
    if (/\.d\.ts(\.map)?$/.test(file)) ts.sys.writeFile(file, text);
    else modules.set(path.normalize(file), text);
  }).diagnostics);
  return modules;
}

/** @param {readonly ts.Diagnostic[]} diagnostics */
function fail(diagnostics) {
  if (diagnostics.length === 0) return;
  throw new Error(ts.formatDiagnostics(diagnostics, {
    getCurrentDirectory: () => root,
    getCanonicalFileName: (name) => name,
    getNewLine: () => "\n",
  }));
}

/** The files of package.json's `bin`, relative to dist/. */
function programs() {
  const { bin } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  return Object.values(bin).map((file) => path.posix.relative("./dist", file));
}

/** The entries of package.json that are offered to `import` and to `require`, relative to dist/. */
function dualEntries() {
  const { exports } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  return Object.values(exports)
    .filter((entry) => typeof entry === "object" && entry.import !== undefined && entry.require !== undefined)
    .map((entry) => ({
      require: path.posix.relative("./dist", entry.require.default),
      import: path.posix.relative("./dist", entry.import.default),
      types: path.posix.relative("./dist", entry.import.types),
    }));
}

/**
 * @param {string} target
 * @param {Entry} entry
 */
function writeModuleEntry(target, entry) {
  // The keys come from the built module itself, so that no list can fall behind lib/index.ts.
  const names = Object.keys(require(path.join(target, entry.require))).filter((name) => name !== "__esModule").sort();
  if (names.length === 0) throw new Error(`${entry.require} exports nothing`);
  if (names.includes("default")) throw new Error(`${entry.require} has a default export`);
  const source = JSON.stringify(`./${path.posix.basename(entry.require)}`);
  fs.writeFileSync(path.join(target, entry.import), `export {\n${names.map((name) => `  ${name},\n`).join("")}} from ${source};\n`);
  fs.writeFileSync(path.join(target, entry.types), `export * from ${source};\n`);
}

module.exports = { build };

if (require.main === module) {
  const { values } = parseArgs({ options: { out: { type: "string", default: "dist" } } });
  build(values.out).then((entries) => {
    console.log(`built ${values.out}: ${entries.flatMap((entry) => [entry.require, entry.import]).join(", ")}`);
  }, (error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}

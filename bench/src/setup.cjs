"use strict";

// Makes ready what the bench stands on: its own packages, the library's build, and the contestants written in TypeScript.

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const ts = require("typescript");

const bench = path.resolve(__dirname, "..");
const root = path.resolve(bench, "..");
const built = path.join(bench, ".build");

/** @param {string | undefined} library a folder with another build of Freehold, which is taken as it is */
function prepare(library) {
  installPackages();
  if (library === undefined) buildLibrary();
  // Inherited by the contestants' processes, see resolve.cjs.
  else process.env.BENCH_LIBRARY = path.resolve(library);
  transpileContestants();
}

function installPackages() {
  const installed = path.join(bench, "node_modules", ".package-lock.json");
  const wanted = path.join(bench, "package-lock.json");
  if (fs.existsSync(installed) && fs.statSync(installed).mtimeMs >= fs.statSync(wanted).mtimeMs) return;
  console.log("bench: installing the contestants (npm ci in bench/); packages with native parts are compiled, which takes minutes");
  npm(["ci"], bench);
}

function buildLibrary() {
  const entry = path.join(root, "dist", "index.js");
  if (fs.existsSync(entry) && fs.statSync(entry).mtimeMs >= newest(path.join(root, "lib"))) return;
  console.log("bench: building the library (npm run build)");
  npm(["run", "build"], root);
}

function npm(args, cwd) {
  execFileSync(process.platform === "win32" ? "npm.cmd" : "npm", args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
}

function newest(folder) {
  return Math.max(...fs.readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => fs.statSync(path.join(entry.parentPath ?? entry.path, entry.name)).mtimeMs));
}

/** Beforehand, because a compiler in a contestant's process would count as its start. */
function transpileContestants() {
  fs.rmSync(built, { recursive: true, force: true });
  fs.mkdirSync(built);
  const source = path.join(bench, "contestants");
  for (const name of fs.readdirSync(source).filter((file) => file.endsWith(".ts"))) {
    const { outputText } = ts.transpileModule(fs.readFileSync(path.join(source, name), "utf8"), {
      fileName: name,
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.CommonJS,
        esModuleInterop: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        // Fields without a value would hide what TypeORM and MikroORM put on the prototype.
        useDefineForClassFields: false,
      },
    });
    fs.writeFileSync(path.join(built, name.replace(/\.ts$/, ".js")), outputText);
  }
}

module.exports = { prepare };

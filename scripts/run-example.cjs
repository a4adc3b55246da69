"use strict";

// Runs a TypeScript example under plain Node.js: each .ts file is transpiled as it is required, and the bare import
// "freehold" is this repository's lib/. Types are not checked here; `npm run typecheck` does that. What a file became is kept in
// .cache/, since most of them are the same the next time.
//
//   node scripts/run-example.cjs examples/quickstart/main.ts [arguments]

const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const ts = require("typescript");

const root = path.resolve(__dirname, "..");
const configFile = path.join(root, "tsconfig.json");
const cache = path.join(root, ".cache", "transpiled");

function readConfig() {
  const { config, error } = ts.readConfigFile(configFile, ts.sys.readFile);
  if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, "\n"));
  return config.compilerOptions;
}

/** The files of this repository that "freehold" and "freehold/…" stand for. */
function libraryOf({ paths }) {
  return Object.fromEntries(Object.entries(paths).map(([name, [file]]) => [name, path.join(root, file)]));
}

function compilerOptions(config) {
  return {
    ...ts.convertCompilerOptionsFromJson(config, root, configFile).options,
    // Under CommonJS a dynamic import() becomes a require() too and so passes the hooks below.
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    noEmit: false,
    inlineSourceMap: true,
    inlineSources: true,
  };
}

/** The file as JavaScript; of everything that it depends on, the name of what is kept is made. */
function transpiled(fileName, options) {
  const text = fs.readFileSync(fileName, "utf8");
  const kept = path.join(cache, `${createHash("sha256").update(JSON.stringify([ts.version, options, fileName, text])).digest("hex")}.js`);
  if (fs.existsSync(kept)) return fs.readFileSync(kept, "utf8");
  const { outputText } = ts.transpileModule(text, { fileName, compilerOptions: options });
  // Whole or not at all: another process may look for it at this moment.
  fs.writeFileSync(`${kept}.${process.pid}`, outputText);
  fs.renameSync(`${kept}.${process.pid}`, kept);
  return outputText;
}

function registerTypeScript() {
  const config = readConfig();
  const options = compilerOptions(config);
  const library = libraryOf(config);
  process.setSourceMapsEnabled(true);
  fs.mkdirSync(cache, { recursive: true });
  Module._extensions[".ts"] = (module, fileName) => { module._compile(transpiled(fileName, options), fileName); };
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function resolveFreehold(request, ...rest) {
    return library[request] ?? resolve.call(this, request, ...rest);
  };
}

const [, , example, ...rest] = process.argv;
if (example === undefined) {
  console.error("usage: node scripts/run-example.cjs FILE.ts [arguments]");
  process.exit(2);
}
const file = path.resolve(example);
registerTypeScript();
// The example sees the arguments as if Node.js had been given its file.
process.argv = [process.argv[0], file, ...rest];
require(file);

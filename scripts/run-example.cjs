"use strict";

// Runs a TypeScript example under plain Node.js: each .ts file is transpiled as it is required, and the bare import
// "freehold" is this repository's lib/. Types are not checked here; `npm run typecheck` does that. What was transpiled is kept in
// node_modules/.cache, by its content, so that the next start takes a fraction of the time.
//
//   node scripts/run-example.cjs examples/quickstart/main.ts [arguments]

const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const ts = require("typescript");

const root = path.resolve(__dirname, "..");
const configFile = path.join(root, "tsconfig.json");
const cache = path.join(root, "node_modules", ".cache", "freehold-examples");

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

/** The JavaScript of a file, kept under everything that it depends on. */
function transpile(fileName, options) {
  const text = fs.readFileSync(fileName, "utf8");
  const kept = path.join(cache, `${createHash("sha256").update(JSON.stringify([ts.version, options, fileName, text])).digest("hex")}.js`);
  try {
    return fs.readFileSync(kept, "utf8");
  } catch {
    const { outputText } = ts.transpileModule(text, { fileName, compilerOptions: options });
    keep(kept, outputText);
    return outputText;
  }
}

/** Under another name first: whoever starts at the same time reads the whole file or none. Where nothing can be written, nothing is kept. */
function keep(file, text) {
  const unfinished = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(cache, { recursive: true });
    fs.writeFileSync(unfinished, text);
    fs.renameSync(unfinished, file);
  } catch {
    fs.rmSync(unfinished, { force: true });
  }
}

function registerTypeScript() {
  const config = readConfig();
  const options = compilerOptions(config);
  const library = libraryOf(config);
  process.setSourceMapsEnabled(true);
  Module._extensions[".ts"] = (module, fileName) => {
    module._compile(transpile(fileName, options), fileName);
  };
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

"use strict";

// Runs a TypeScript example under plain Node.js: each .ts file is transpiled as it is required, and the bare import
// "freehold" is this repository's lib/. Types are not checked here; `npm run typecheck` does that.
//
//   node scripts/run-example.cjs examples/quickstart/main.ts [arguments]

const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const ts = require("typescript");

const root = path.resolve(__dirname, "..");
const configFile = path.join(root, "tsconfig.json");

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

function registerTypeScript() {
  const config = readConfig();
  const options = compilerOptions(config);
  const library = libraryOf(config);
  process.setSourceMapsEnabled(true);
  Module._extensions[".ts"] = (module, fileName) => {
    const { outputText } = ts.transpileModule(fs.readFileSync(fileName, "utf8"), { fileName, compilerOptions: options });
    module._compile(outputText, fileName);
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

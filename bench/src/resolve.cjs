"use strict";

// "freehold" is the repository's own build (or the one that --library names), so that Freehold and everybody else use one copy of each SQLite package:
// those that stand in the repository's node_modules, which Node.js finds from here by itself.

const Module = require("node:module");
const path = require("node:path");

const library = path.resolve(process.env.BENCH_LIBRARY ?? path.join(__dirname, "..", "..", "dist"), "index.js");
const resolve = Module._resolveFilename;

Module._resolveFilename = function resolveFreehold(request, ...rest) {
  return request === "freehold" ? library : resolve.call(this, request, ...rest);
};

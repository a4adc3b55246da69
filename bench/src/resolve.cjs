"use strict";

// "freehold" is the repository's own build (or the one that --library names), so that Freehold and everybody else use one copy of each SQLite package:
// those that stand in the repository's node_modules, which Node.js finds from here by itself. With BENCH_UNVALIDATED, entities have decorators of
// class-validator's that do nothing.

const Module = require("node:module");
const path = require("node:path");

const library = path.resolve(process.env.BENCH_LIBRARY ?? path.join(__dirname, "..", "..", "dist"), "index.js");
const resolve = Module._resolveFilename;

const instead = new Map([["freehold", library]]);
if (process.env.BENCH_UNVALIDATED) instead.set("class-validator", path.join(__dirname, "no-validators.cjs"));

Module._resolveFilename = function resolveInstead(request, ...rest) {
  return instead.get(request) ?? resolve.call(this, request, ...rest);
};

#!/usr/bin/env node
"use strict";

// As much of the command `swc SOURCES --out-dir OUT --strip-leading-paths` (@swc/cli) as docs/compilers.md uses: every file goes through
// @swc/core with the folder's .swcrc.

const fs = require("node:fs");
const path = require("node:path");
const { parseArgs } = require("node:util");
const { transformFileSync } = require("@swc/core");

const { values, positionals: [sources] } = parseArgs({
  allowPositionals: true, options: { "out-dir": { type: "string" }, "strip-leading-paths": { type: "boolean" } },
});
const out = values["out-dir"];
if (sources === undefined || out === undefined || values["strip-leading-paths"] !== true) throw new Error("usage: swc SOURCES --out-dir OUT --strip-leading-paths");
fs.mkdirSync(out, { recursive: true });
for (const name of fs.readdirSync(sources)) {
  const { code } = transformFileSync(path.join(sources, name), { swcrc: true, cwd: process.cwd() });
  fs.writeFileSync(path.join(out, name.replace(/\.ts$/, ".js")), code);
}

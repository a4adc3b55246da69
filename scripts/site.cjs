"use strict";

// The documentation's site. Its pages are put together in .cache/site: those of docs/, the examples' sources, the changelog and the
// reference, which TypeDoc makes from lib/; VitePress builds them, and then every link of what was built is followed.
//
//   node scripts/site.cjs build   → .cache/site/dist
//   node scripts/site.cjs dev     the same, served and built again as docs/ changes

const fs = require("node:fs");
const path = require("node:path");
const { assemble, pages, output, root } = require("../site/assemble.cjs");
const { deadLinks } = require("../site/dead-links.cjs");
const { makeReference } = require("../site/reference.cjs");

async function prepare() {
  assemble();
  const faults = await makeReference(path.join(pages, "api"));
  if (faults.length > 0) throw new Error(`the reference has faults:\n${faults.join("\n")}`);
}

async function build() {
  await prepare();
  const { build: buildSite } = await import("vitepress");
  await buildSite(path.join(root, "site"));
  const faults = deadLinks(output);
  if (faults.length > 0) throw new Error(`links of the site lead nowhere:\n${faults.join("\n")}`);
  const count = fs.readdirSync(output, { recursive: true }).filter((name) => name.endsWith(".html")).length;
  console.log(`site: ${count} pages in ${path.relative(root, output)}, every link leads somewhere`);
}

async function dev() {
  await prepare();
  for (const folder of ["docs", "examples"]) fs.watch(path.join(root, folder), { recursive: true }, () => assemble());
  const { createServer } = await import("vitepress");
  const server = await createServer(path.join(root, "site"));
  await server.listen();
  server.printUrls();
}

const commands = { build, dev };
const command = commands[process.argv[2]];
if (command === undefined) {
  console.error("usage: node scripts/site.cjs build | dev");
  process.exitCode = 2;
} else {
  command().catch((error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}

"use strict";

// What grows with the number of other people's rows, and with the number of entities: `node bench/growth.cjs --help`.

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { parseArgs } = require("node:util");

const HELP = `Measures what one owner's reads cost beside other owners' rows, and what opening a model costs by its size.

  node bench/growth.cjs [--rows 10000,1000000,10000000] [--entities 50,500] [--rounds 9] [--library DIR] [--write]

Ten million rows take some 3 gigabytes in the system's temporary folder and some minutes to make. --write writes
bench/results/growth.md; the figures are in bench/results/growth.csv in any case.
`;
const WARM_UP_MS = 500;
const MEASUREMENT_MS = 50;

async function main({ rows, entities, rounds, library, write }) {
  require("./src/setup.cjs").prepare(library);
  require("./src/resolve.cjs");
  const { readable } = require("./src/report.cjs");
  const found = [...await measureRows(rows, rounds), ...measureModels(entities, rounds)];
  const lines = found.map(({ what, contestant, size, milliseconds, growth }) => [what, contestant, size.toLocaleString("en"), readable(milliseconds), growth.toFixed(2)]);
  const heads = ["what", "with", "rows or entities", "time", "to the first"];
  for (const line of [heads, ...lines]) console.log(line.map((cell, index) => cell.padEnd([24, 14, 18, 10, 0][index])).join(" "));
  const results = path.join(__dirname, "results");
  fs.mkdirSync(results, { recursive: true });
  fs.writeFileSync(path.join(results, "growth.csv"), ["what,contestant,size,milliseconds,growth", ...found.map((one) => Object.values(one).join(","))].join("\n") + "\n");
  if (write) fs.writeFileSync(path.join(results, "growth.md"), [heads, heads.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n") + "\n");
}

async function measureRows(sizes, rounds) {
  const { median } = require("./src/results.cjs");
  const { openGrown, seedGrown } = require("./src/growth-rows.cjs");
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "freehold-growth-"));
  const opened = [];
  try {
    for (const size of sizes) {
      console.log(`making ${size.toLocaleString("en")} rows of others`);
      const file = path.join(folder, `${size}.db`);
      seedGrown(file, size);
      opened.push({ size, ...await openGrown(file) });
    }
    const found = [];
    for (const [contestant, steps] of Object.entries(opened[0]?.steps ?? {})) {
      for (const what of Object.keys(steps)) {
        const times = await interleaved(opened.map((one) => one.steps[contestant][what]), rounds);
        const medians = times.map(median);
        found.push(...opened.map(({ size }, index) => ({ what, contestant, size, milliseconds: medians[index], growth: medians[index] / medians[0] })));
      }
    }
    return found;
  } finally {
    for (const { close } of opened) await close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** The times of a call in each round, for each step. */
async function interleaved(steps, rounds) {
  const counts = [];
  for (const step of steps) counts.push(Math.max(1, Math.round(MEASUREMENT_MS / await warmUp(step))));
  const times = steps.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let index = 0; index < steps.length; index++) times[index].push(await timeOf(steps[index], counts[index]));
  }
  return times;
}

/** Runs a step until the compiler has seen enough of it; the time of a call then. */
async function warmUp(step) {
  const end = performance.now() + WARM_UP_MS;
  let each;
  do each = await timeOf(step, 50);
  while (performance.now() < end);
  return each;
}

async function timeOf(step, calls) {
  const start = performance.now();
  for (let call = 0; call < calls; call++) {
    const result = step();
    if (typeof result?.then === "function") await result;
  }
  return (performance.now() - start) / calls;
}

function measureModels(sizes, rounds) {
  const { median } = require("./src/results.cjs");
  const times = sizes.map(() => []);
  for (let round = 0; round < rounds; round++) {
    sizes.forEach((size, index) => {
      times[index].push(JSON.parse(execFileSync(process.execPath, [path.join(__dirname, "src", "growth-model.cjs"), String(size)], { encoding: "utf8" })));
    });
  }
  return ["open", "ensure"].flatMap((kind) => {
    const medians = times.map((list) => median(list.map((time) => time[kind])));
    return sizes.map((size, index) => ({
      what: kind === "open" ? "Open a model" : "Create its schema", contestant: "Freehold", size, milliseconds: medians[index], growth: medians[index] / medians[0],
    }));
  });
}

const numbers = (text) => text.split(",").filter((part) => part !== "").map(Number);

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "10000,1000000,10000000" },
    entities: { type: "string", default: "50,500" },
    rounds: { type: "string", default: "9" },
    library: { type: "string" },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
} else {
  main({ ...values, rows: numbers(values.rows), entities: numbers(values.entities), rounds: Number(values.rounds) }).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}

"use strict";

// The time from the start of a process to its first row. The floor is a process that only loads the driver and opens the file.

const { spawn } = require("node:child_process");
const path = require("node:path");
const { rotated } = require("./rounds.cjs");

const scenarios = [
  { name: "start", title: "Process start to first row", environment: {} },
  // Of what class-validator costs at the start nothing is a framework's own doing.
  { name: "start-unvalidated", title: "The same without class-validator", environment: { BENCH_UNVALIDATED: "1" } },
];

async function measureStart({ environment }, chosen, databases, { rounds }) {
  const times = new Map(chosen.map(({ name }) => [name, []]));
  const drivers = [...new Set(chosen.map(({ driver }) => driver))];
  for (const driver of drivers) times.set(bare(driver), []);
  const key = databases.ids[1][0];
  const starts = [
    ...drivers.map((driver) => ({ name: bare(driver), args: ["startup-bare.cjs", driver, databases.file(chosen.find((one) => one.driver === driver).name)] })),
    ...chosen.map(({ name }) => ({ name, args: ["startup-child.cjs", name, databases.file(name), String(key)] })),
  ];
  // The first start of each fills the operating system's caches and is not counted.
  for (let round = -1; round < rounds; round++) {
    for (const { name, args } of rotated(starts, Math.max(0, round))) {
      const elapsed = await timeToFirstOutput(args, environment);
      if (round >= 0) times.get(name).push(elapsed);
    }
  }
  return times;
}

const bare = (driver) => `bare-${driver}`;

function timeToFirstOutput([script, ...args], environment) {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    const child = spawn(process.execPath, [path.join(__dirname, script), ...args], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, NODE_ENV: "production", ...environment },
    });
    let elapsed;
    child.stdout.once("data", (microseconds) => {
      elapsed = { clock: Number(process.hrtime.bigint() - start) / 1e6, processor: Number(microseconds) / 1e3 };
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0 && elapsed !== undefined) resolve(elapsed);
      else reject(new Error(`${script} ${args[0]} ended with ${code}`));
    });
  });
}

module.exports = { bare, measureStart, scenarios };

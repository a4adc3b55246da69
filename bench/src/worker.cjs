"use strict";

// One contestant in a process of its own, so that none shares another's heap, compiled code or patched prototypes.
// Answers the messages of worker-client.cjs, one at a time.

require("./resolve.cjs");
const { open } = require("../contestants/index.cjs");
const { toPlain } = require("./plain.cjs");
const { scenarios } = require("./scenarios.cjs");

let db;
let ids;
let step;

const commands = {
  async open({ name, file, keys }) {
    db = await open(name, file);
    ids = keys;
    const differences = await db.check?.() ?? [];
    if (differences.length > 0) throw new Error(`src/schema.sql is not what Freehold expects: ${JSON.stringify(differences)}`);
  },

  /** Begins a scenario; the answer is what is compared. */
  async begin({ scenario }) {
    const { begin, samples } = scenarios.find(({ name }) => name === scenario);
    step = begin(db, ids);
    const results = [];
    for (let index = 0; index < samples; index++) results.push((db.plain ?? toPlain)(await step()));
    return results;
  },

  /** Runs for at least so many milliseconds; the answer is the mean time of a step in milliseconds. */
  async warmUp({ milliseconds }) {
    const start = performance.now();
    let steps = 0;
    let elapsed;
    do {
      await step();
      steps++;
      elapsed = performance.now() - start;
    } while (elapsed < milliseconds || steps < 2);
    return elapsed / steps;
  },

  /**
   * The mean time of one of so many steps in milliseconds: by the clock, and of the processor for all threads. Garbage is collected before,
   * so that nobody pays for what went before; V8 throws compiled code away with it, so half as many steps come first.
   */
  async measure({ steps }) {
    globalThis.gc?.();
    await run(Math.ceil(steps / 2));
    const busy = process.cpuUsage();
    const start = process.hrtime.bigint();
    await run(steps);
    const clock = Number(process.hrtime.bigint() - start) / 1e6 / steps;
    const { user, system } = process.cpuUsage(busy);
    return { clock, processor: (user + system) / 1e3 / steps };
  },

  async close() {
    await db?.close();
    process.disconnect();
  },
};

async function run(steps) {
  for (let index = 0; index < steps; index++) {
    const result = step();
    // What is there at once is not waited for: this is the gain of synchronous code.
    if (typeof result?.then === "function") await result;
  }
}

process.on("message", ({ command, ...given }) => {
  commands[command](given).then(
    (answer) => process.connected && process.send({ answer }),
    (error) => process.send({ error: error.stack ?? String(error) }),
  );
});

"use strict";

const assert = require("node:assert");

const MOST_STEPS = 20_000;

/**
 * Measures one scenario: compares what the contestants give, warms each up, then lets each run once a round, in an
 * order that rotates, so that noise meets all of them alike.
 *
 * @returns for each contestant's name the mean times of a step, { clock, processor } in milliseconds, one a round
 */
async function measureScenario(scenario, workers, databases, { rounds, warmUp, measurement }) {
  await compare(scenario, workers, databases);
  const clean = ({ contestant }) => scenario.writes && databases.clean(contestant.name);
  const steps = new Map();
  for (const worker of workers) {
    const each = await worker.call("warmUp", { milliseconds: warmUp });
    steps.set(worker, Math.max(1, Math.min(MOST_STEPS, Math.round(measurement / each))));
    clean(worker);
  }
  const times = new Map(workers.map(({ contestant }) => [contestant.name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const worker of rotated(workers, round)) {
      times.get(worker.contestant.name).push(await worker.call("measure", { steps: steps.get(worker) }));
      clean(worker);
    }
  }
  return times;
}

/** @throws when a contestant gives, or stores, anything else than the first one */
async function compare(scenario, workers, databases) {
  let expected;
  for (const worker of workers) {
    const { name } = worker.contestant;
    const results = await worker.call("begin", { scenario: scenario.name });
    const found = { results, stored: scenario.writes ? databases.written(name) : null };
    expected ??= found;
    assert.deepStrictEqual(found, expected, `${scenario.title}: ${name} differs from ${workers[0].contestant.name}`);
    if (scenario.writes) databases.clean(name);
  }
}

function rotated(list, by) {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

module.exports = { measureScenario, rotated };

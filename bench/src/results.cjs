"use strict";

const { bare } = require("./startup.cjs");

/** Two ratios that differ by no more than this factor are a tie: the same code differs so much from run to run. */
const TIE = 1.15;

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * What was measured in one scenario, as rows of a table.
 *
 * @param {Map<string, { clock: number, processor: number }[]>} times by contestant's name
 */
function summarize(scenario, chosen, times) {
  return chosen.map(({ name, title, driver, floor }) => {
    const own = times.get(name);
    const floorTimes = times.get(times.has(bare(driver)) ? bare(driver) : chosen.find((one) => one.floor && one.driver === driver).name);
    const clock = own.map((time) => time.clock);
    // Round by round, so that what slowed both down at the time cancels out.
    const ratios = (kind) => own.map((time, round) => time[kind] / floorTimes[round][kind]);
    return {
      scenario: scenario.name, scenarioTitle: scenario.title, contestant: name, title, driver, floor: floor === true,
      milliseconds: median(clock),
      fastest: Math.min(...clock),
      slowest: Math.max(...clock),
      ratio: median(ratios("clock")),
      processor: median(own.map((time) => time.processor)),
      processorRatio: median(ratios("processor")),
    };
  });
}

/** What row-level security costs Freehold: the same call with it and without, round by round. */
const WALLS = [["freehold-pg", "freehold-pg-rls", "prepared"], ["freehold-pg-unprepared", "freehold-pg-rls-unprepared", "not prepared"]];

/** @returns lines of text, one for each pair that took part */
function costOfRowSecurity(scenario, times) {
  return WALLS.filter(([without, with_]) => times.has(without) && times.has(with_)).map(([without, with_, how]) => {
    const ratio = (kind) => median(times.get(with_).map((time, round) => time[kind] / times.get(without)[round][kind])).toFixed(2);
    return `  ${scenario.title}, statements ${how}: with row-level security ${ratio("clock")} times as long as without (processor ${ratio("processor")})`;
  });
}

/** Whether `row` is as fast as any of `others` on its driver, within a tie. */
function leads(row, others) {
  return others.every((other) => row.ratio <= other.ratio * TIE);
}

module.exports = { costOfRowSecurity, leads, median, summarize, TIE };

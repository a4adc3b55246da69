"use strict";

const os = require("node:os");
const { readable } = require("./report.cjs");
const { leads, TIE } = require("./results.cjs");

/** The tables for docs/performance.md, one for each driver. */
function markdown(rows, { rounds, date }) {
  const drivers = [...new Set(rows.map(({ driver }) => driver))];
  return [
    `Measured on ${date} with Node.js ${process.versions.node} on ${os.cpus()[0].model.trim()} (${os.cpus().length} cores), medians of ${rounds} interleaved rounds.`,
    "A number is how many times as long as hand-written code on the same driver something takes; less is better. **Bold**: the best framework in this line,",
    `or no more than ${Math.round((TIE - 1) * 100)} % behind it.`,
    ...drivers.map((driver) => `\n${driverTable(rows.filter((row) => row.driver === driver))}`),
    "",
  ].join("\n");
}

function driverTable(rows) {
  const contestants = [...new Set(rows.map(({ title }) => title))];
  const floor = rows.find((row) => row.floor).title;
  const others = contestants.filter((title) => title !== floor);
  const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
  const lines = scenarios.map((scenario) => {
    const line = rows.filter((row) => row.scenario === scenario);
    const of = (title) => line.find((row) => row.title === title);
    const frameworks = others.map(of);
    const cells = frameworks.map((row) => (leads(row, frameworks) ? `**${row.ratio.toFixed(2)}**` : row.ratio.toFixed(2)));
    return [of(floor).scenarioTitle, readable(of(floor).milliseconds), ...cells];
  });
  return [[rows[0].driver, floor.toLowerCase(), ...others], ["---", ...Array.from({ length: others.length + 1 }, () => "---:")], ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

module.exports = { markdown };

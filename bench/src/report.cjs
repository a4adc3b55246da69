"use strict";

const { leads } = require("./results.cjs");

/** A time in the unit that suits it. */
function readable(milliseconds) {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toPrecision(3)} s`;
  if (milliseconds >= 1) return `${milliseconds.toPrecision(3)} ms`;
  return `${(milliseconds * 1000).toPrecision(3)} µs`;
}

/** One scenario for the console; a star marks what nobody on the same driver beats by more than a tie. */
function consoleTable(rows) {
  const lines = [rows[0].scenarioTitle];
  for (const row of rows) {
    const star = leads(row, rows.filter(({ driver }) => driver === row.driver)) ? "*" : " ";
    lines.push(`  ${row.driver.padEnd(15)} ${row.title.padEnd(20)} ${readable(row.milliseconds).padStart(9)}  ${row.ratio.toFixed(2).padStart(6)} ${star}`
      + `  (${readable(row.fastest)} to ${readable(row.slowest)})`);
  }
  return lines.join("\n");
}

/** All ratios at a glance: a line for each contestant, a column for each scenario. */
function overview(rows, ratio = "ratio") {
  const scenarios = [...new Set(rows.map((row) => row.scenario))];
  const contestants = [...new Set(rows.map((row) => row.contestant))];
  const width = Math.max(...contestants.map((name) => name.length));
  const cell = (contestant, scenario) => rows.find((row) => row.contestant === contestant && row.scenario === scenario)?.[ratio].toFixed(2) ?? "";
  return [
    [" ".repeat(width), ...scenarios].join("  "),
    ...contestants.map((name) => [name.padEnd(width), ...scenarios.map((scenario) => cell(name, scenario).padStart(scenario.length))].join("  ")),
  ].join("\n");
}

function csv(rows) {
  const columns = ["scenario", "contestant", "driver", "milliseconds", "fastest", "slowest", "ratio", "processor", "processorRatio"];
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))].map((line) => line.join(",")).join("\n") + "\n";
}

module.exports = { consoleTable, csv, overview, readable };

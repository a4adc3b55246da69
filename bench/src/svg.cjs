"use strict";

// A bar chart as SVG: one panel for each driver, bars to the right of hand-written code where something takes longer.

const PANEL = 560;
const LABELS = 190;
const BAR = 9;
const GAP = 12;
const HEAD = 64;
const COLOURS = ["#2563eb", "#9ca3af", "#d97706", "#059669", "#b91c1c", "#7c3aed", "#0891b2", "#be185d", "#4d7c0f"];

function svg(rows) {
  const drivers = [...new Set(rows.map(({ driver }) => driver))];
  const highest = Math.max(2, ...rows.map(({ ratio }) => ratio));
  const lowest = Math.min(0.5, ...rows.map(({ ratio }) => ratio));
  const panels = drivers.map((driver, index) => panel(rows.filter((row) => row.driver === driver && !row.floor), driver, index * PANEL, { lowest, highest }));
  const height = Math.max(...panels.map((one) => one.height));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${PANEL * drivers.length} ${height}" font-family="sans-serif" font-size="11" fill="#111827">`,
    "<title>Time taken, in multiples of hand-written code on the same driver (logarithmic; less is better)</title>",
    `<rect width="${PANEL * drivers.length}" height="${height}" fill="#ffffff"/>`,
    ...panels.map((one) => one.text),
    "</svg>",
    "",
  ].join("\n");
}

function panel(rows, driver, left, { lowest, highest }) {
  const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
  const titles = [...new Set(rows.map(({ title }) => title))];
  const width = PANEL - LABELS - 50;
  const x = (ratio) => left + LABELS + (width * (Math.log(ratio) - Math.log(lowest))) / (Math.log(highest) - Math.log(lowest));
  const group = titles.length * BAR + GAP;
  const height = HEAD + scenarios.length * group + 20;
  const lines = [
    `<text x="${left + 10}" y="18" font-size="14" font-weight="bold">${escape(driver)}</text>`,
    ...titles.map((title, index) => {
      const at = { x: left + 10 + (index % 4) * 130, y: 34 + Math.floor(index / 4) * 14 };
      return `<rect x="${at.x}" y="${at.y - 8}" width="9" height="9" fill="${COLOURS[index % COLOURS.length]}"/><text x="${at.x + 13}" y="${at.y}">${escape(title)}</text>`;
    }),
    ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100].filter((mark) => mark >= lowest && mark <= highest).map((mark) => {
      const at = x(mark).toFixed(1);
      return `<line x1="${at}" y1="${HEAD - 4}" x2="${at}" y2="${height - 16}" stroke="${mark === 1 ? "#111827" : "#e5e7eb"}"/>`
        + `<text x="${at}" y="${height - 4}" text-anchor="middle" fill="#6b7280">${mark}</text>`;
    }),
  ];
  scenarios.forEach((scenario, index) => {
    const top = HEAD + index * group;
    const own = rows.filter((row) => row.scenario === scenario);
    lines.push(`<text x="${left + LABELS - 8}" y="${top + (titles.length * BAR) / 2 + 4}" text-anchor="end">${escape(own[0].scenarioTitle)}</text>`);
    for (const row of own) lines.push(bar(row, titles.indexOf(row.title), top, x));
  });
  return { text: lines.join("\n"), height };
}

function bar({ title, ratio }, place, top, x) {
  const [from, to] = [x(Math.min(1, ratio)), x(Math.max(1, ratio))];
  const y = top + place * BAR;
  return `<rect x="${from.toFixed(1)}" y="${y}" width="${Math.max(1, to - from).toFixed(1)}" height="${BAR - 1}" fill="${COLOURS[place % COLOURS.length]}">`
    + `<title>${escape(title)}: ${ratio.toFixed(2)}</title></rect>`
    + `<text x="${(to + 3).toFixed(1)}" y="${y + BAR - 2}" font-size="8" fill="#6b7280">${ratio.toFixed(2)}</text>`;
}

function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

module.exports = { svg };

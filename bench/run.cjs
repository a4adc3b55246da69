"use strict";

// Measures Freehold against hand-written code and its peers: `npm run bench -- --help`.

const fs = require("node:fs");
const path = require("node:path");
const { HELP, readOptions } = require("./src/options.cjs");

async function main(options) {
  require("./src/setup.cjs").prepare(options.library);
  require("./src/resolve.cjs");
  const { choose } = require("./contestants/index.cjs");
  const { scenarios } = require("./src/scenarios.cjs");
  const { Databases } = require("./src/database.cjs");
  const { consoleTable, csv, overview } = require("./src/report.cjs");
  const { measureScenario } = require("./src/rounds.cjs");
  const { costOfRowSecurity, summarize } = require("./src/results.cjs");
  const start = require("./src/startup.cjs");
  const { WorkerClient } = require("./src/worker-client.cjs");

  const all = options.postgres ? scenarios.filter(({ postgres }) => postgres) : [...scenarios, ...start.scenarios];
  const unknown = (options.scenario ?? []).filter((name) => !all.some((one) => one.name === name));
  if (unknown.length > 0) throw new TypeError(`no scenario ${unknown.join(", ")}; there are ${all.map(({ name }) => name).join(", ")}`);
  const wanted = all.filter(({ name }) => options.scenario?.includes(name) ?? true);
  const chosen = choose(options);
  if (options.list) {
    console.log(`contestants: ${chosen.map(({ name }) => name).join(", ")}\nscenarios: ${wanted.map(({ name }) => name).join(", ")}`);
    return;
  }

  const databases = options.postgres
    ? await require("./src/postgres-server.cjs").PostgresServer.start(chosen)
    : new Databases(chosen.map(({ name }) => name));
  const workers = chosen.map((contestant) => new WorkerClient(contestant));
  const rows = [];
  try {
    for (const worker of workers) {
      const { name } = worker.contestant;
      await worker.call("open", { name, file: databases.file(name), keys: databases.ids });
    }
    for (const scenario of wanted) {
      const times = start.scenarios.includes(scenario)
        ? await start.measureStart(scenario, chosen, databases, options)
        : await measureScenario(scenario, workers, databases, options);
      const found = summarize(scenario, chosen, times);
      rows.push(...found);
      console.log(`\n${consoleTable(found)}`);
      for (const line of costOfRowSecurity(scenario, times)) console.log(line);
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
    await databases.remove();
  }

  console.log(`\nRatios to hand-written code on the same driver, medians; less is better\n\n${overview(rows)}`);
  console.log(`\nThe same by the processor's time, all threads added up: what counts where other work disturbs the clock\n\n${overview(rows, "processorRatio")}`);
  const results = options.postgres ? "postgres" : "performance";
  save(path.join(__dirname, "results", `${results}.csv`), csv(rows));
  if (!options.write) return;
  const { markdown } = require("./src/markdown.cjs");
  const { svg } = require("./src/svg.cjs");
  save(path.join(__dirname, "results", `${results}.md`), markdown(rows, { rounds: options.rounds, date: new Date().toISOString().slice(0, 10) }));
  save(path.join(__dirname, "..", "docs", "images", `${results}.svg`), svg(rows));
}

function save(file, text) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  console.log(`written: ${path.relative(process.cwd(), file)}`);
}

let options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${error.message}\n\n${HELP}`);
  process.exit(2);
}
if (options.help) {
  console.log(HELP);
} else {
  main(options).catch((error) => {
    console.error(error instanceof TypeError ? error.message : error);
    process.exitCode = 1;
  });
}

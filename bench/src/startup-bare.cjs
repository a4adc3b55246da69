"use strict";

// An empty process that loads a driver and opens the file.

const [driver, file] = process.argv.slice(2);

if (driver === "sqlite3") {
  const { Database } = require("../contestants/sqlite3.cjs");
  const db = new Database(file, (error) => {
    if (error) throw error;
    report();
    db.close();
  });
} else {
  const Database = require("better-sqlite3");
  const db = new Database(file);
  report();
  db.close();
}

function report() {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${user + system}\n`);
}

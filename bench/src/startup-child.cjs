"use strict";

// A contestant's whole process: opens the database, reads one row, and says how much of the processor's time it took so far.

require("./resolve.cjs");
const { open } = require("../contestants/index.cjs");
const { READER } = require("./rows.cjs");

async function main([name, file, key]) {
  const db = await open(name, file);
  const doc = await db.as(READER).byKey(Number(key));
  if (doc === null) throw new Error("no such document");
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${user + system}\n`);
  await db.close();
}

void main(process.argv.slice(2));

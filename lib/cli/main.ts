#!/usr/bin/env node
import { processEnvironment } from "./environment";
import { run } from "./program";

const toOut = process.stdout.write.bind(process.stdout);
const toErr = process.stderr.write.bind(process.stderr);

// What is printed while the user's own modules are loaded must not get between the lines of SQL or JSON that somebody pipes on.
process.stdout.write = process.stderr.write.bind(process.stderr);
// `freehold schema print | head` closes the pipe early, which is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => { if (error.code !== "EPIPE") throw error; });

void run(process.argv.slice(2), processEnvironment((text) => { toOut(text); }, (text) => { toErr(text); })).then((code) => {
  // The user's modules may hold connections or timers of their own, which would keep the process alive; but a pipe takes its time.
  toOut("", () => toErr("", () => process.exit(code)));
});

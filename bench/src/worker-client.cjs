"use strict";

const { fork } = require("node:child_process");
const path = require("node:path");

/** Starts a contestant's process and sends it commands. */
class WorkerClient {
  #process;

  constructor(contestant) {
    this.contestant = contestant;
    this.#process = fork(path.join(__dirname, "worker.cjs"), {
      execArgv: ["--expose-gc"],
      serialization: "advanced",
      env: { ...process.env, NODE_ENV: "production" },
    });
  }

  /** @returns the worker's answer */
  call(command, given = {}) {
    return new Promise((resolve, reject) => {
      const gone = (code) => reject(new Error(`${this.contestant.name}: the process ended (${code}) during ${command}`));
      this.#process.once("exit", gone);
      this.#process.once("message", ({ answer, error }) => {
        this.#process.off("exit", gone);
        if (error === undefined) resolve(answer);
        else reject(new Error(`${this.contestant.name}: ${error}`));
      });
      this.#process.send({ command, ...given });
    });
  }

  close() {
    if (!this.#process.connected) return Promise.resolve();
    return new Promise((resolve) => {
      this.#process.once("exit", resolve);
      this.#process.send({ command: "close" });
    });
  }
}

module.exports = { WorkerClient };

import { createInterface } from "node:readline/promises";

/** Asks which of several it is, and gives its place in the list. */
export type Choose = (question: string, choices: readonly string[]) => Promise<number>;

/** Asks on the terminal until the answer is one of the numbers. */
export const chooseOnTerminal: Choose = async (question, choices) => {
  // Standard output is for what was asked for.
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const list = choices.map((choice, place) => `  ${place + 1}) ${choice}\n`).join("");
    for (;;) {
      const answer = Number((await terminal.question(`${question}\n${list}> `)).trim());
      if (Number.isSafeInteger(answer) && answer >= 1 && answer <= choices.length) return answer - 1;
    }
  } finally {
    terminal.close();
  }
};

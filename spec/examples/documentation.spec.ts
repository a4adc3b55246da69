import * as classValidator from "class-validator";
import * as freehold from "freehold";
import { complaints, pages, programOf, runProgram } from "../support/documentation";

const packages: Readonly<Record<string, unknown>> = { freehold, "class-validator": classValidator };

const load = (name: string): unknown => {
  // What the compiler's own output asks for resolves as usual.
  if (!(name in packages)) throw new Error(`a page imports ${name}`);
  return packages[name];
};

describe.each(pages().flatMap((page) => {
  const program = programOf(page);
  return program === null ? [] : [[page, program] as const];
}))("the code of %s", (_, program) => {
  it("compiles", () => {
    expect(complaints(program)).toEqual([]);
  }, 60_000);

  it("runs", async () => {
    const printed = jest.spyOn(console, "log").mockImplementation(() => undefined);
    await runProgram(program, load);
    printed.mockRestore();
  });
});

it("finds faults in the code of pages", () => {
  expect(complaints('export const text: number = "not a number";\n')).toEqual([
    "1: Type 'string' is not assignable to type 'number'.",
  ]);
}, 60_000);

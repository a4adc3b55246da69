import { complaints, pages, programOf, runProgram } from "../support/documentation";

describe.each(pages().flatMap((page) => {
  const program = programOf(page);
  return program === null ? [] : [[page, program] as const];
}))("the code of %s", (page, program) => {
  it("compiles", () => {
    expect(complaints(program)).toEqual([]);
  }, 60_000);

  it("runs", async () => {
    const printed = jest.spyOn(console, "log").mockImplementation(() => undefined);
    await runProgram(page, program);
    printed.mockRestore();
  });
});

it("finds faults in the code of pages", () => {
  expect(complaints('export const text: number = "not a number";\n')).toEqual([
    "1: Type 'string' is not assignable to type 'number'.",
  ]);
}, 60_000);

import { complaints, notRun, pagesWithCode, programOf, runProgram, syntaxFaults, typescriptOf } from "../support/documentation";
import { everyPage, fences, textOf } from "../support/markdown";

const pages = pagesWithCode();
const snippets = pages.reduce((sum, page) => sum + page.snippets, 0);
let ran = 0;

describe("the code of the documentation", () => {
  // Two programs that are no page show that faults are found, on each by itself.
  const wrong = programOf(['import { eq } from "freehold";\nconst text: number = "not a number";\n', "console.log(eq(text), missing);\n"]);
  let found: readonly (readonly string[])[] = [];
  beforeAll(() => { found = complaints([...pages.map(({ program }) => program), "export const fine = 1;\n", wrong]); });

  it.each(pages.map(({ page }, index) => [page, index] as const))("of %s compiles", (_page, index) => {
    expect(found[index]).toEqual([]);
  });

  it.each(pages.map((page) => [page.page, page] as const))("of %s runs", async (page, { program, snippets: count }) => {
    const printed = jest.spyOn(console, "log").mockImplementation(() => undefined);
    await runProgram(page, program);
    printed.mockRestore();
    ran += count;
  });

  it("would not compile with a fault in it", () => {
    expect(found.slice(pages.length)).toEqual([[], ["3: Type 'string' is not assignable to type 'number'.", "3: Cannot find name 'missing'."]]);
  });

  it(`was compiled and run in all of its ${snippets} snippets`, () => {
    expect(everyPage().flatMap((page) => notRun(page))).toEqual([]);
    const there = everyPage().flatMap((page) => typescriptOf(textOf(page))).filter(({ file }) => file === null);
    expect([there.length, ran]).toEqual([snippets, snippets]);
  });
});

it.each([
  ["in a list", "- so:\n\n  ```ts\n  const a = 1;\n  ```\n", 3],
  ["under another name", "```typescript\nconst a = 1;\n```\n", 1],
  ["with more words behind", "```ts {1}\nconst a = 1;\n```\n", 1],
  ["a file of a project that no spec follows", "```ts [src/main.ts]\nconst a = 1;\n```\n", 1],
  ["between tildes", "\n~~~ts\nconst a = 1;\n~~~\n", 2],
])("finds TypeScript that is not run: %s", (_what, text, line) => {
  expect(notRun("page.md", `\`\`\`ts\nconst run = 1;\n\`\`\`\n\n${text}`)).toEqual([`page.md:${line + 4}`]);
});

it("leaves files of projects to the spec that follows their page", () => {
  expect(notRun("docs/page.md", "```ts [src/main.ts]\nconst a = 1;\n```\n", new Set(["docs/page.md"]))).toEqual([]);
  expect(notRun("docs/page.md", "```ts\nconst a = 1;\n```\n- ```ts [src/main.ts]\n  const a = 1;\n  ```\n", new Set(["docs/page.md"]))).toEqual([]);
});

const blocks = everyPage().flatMap((page) => fences(textOf(page)).map((fence) => ({ ...fence, place: `${page}:${fence.line}` })));

it("shows JSON that parses", () => {
  const faulty = (text: string): boolean => { try { JSON.parse(text); return false; } catch { return true; } };
  expect(faulty("{ no: 1 }")).toBe(true);
  expect(blocks.filter(({ language, text }) => language === "json" && faulty(text)).map(({ place }) => place)).toEqual([]);
});

it("shows JavaScript that can be read", () => {
  expect(syntaxFaults("const = 1;")).not.toEqual([]);
  expect(blocks.filter(({ language }) => ["js", "javascript", "mjs", "cjs"].includes(language)).flatMap(({ place, text }) => syntaxFaults(text).map((fault) => `${place}: ${fault}`))).toEqual([]);
});

it("says of each block in which language it is, and those are few", () => {
  const few = ["", "html", "js", "json", "mermaid", "prisma", "sh", "sql", "text", "ts"];
  expect(blocks.filter(({ language }) => !few.includes(language)).map(({ place, language }) => `${place}: ${language}`)).toEqual([]);
});

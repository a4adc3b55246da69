import { transformSync } from "esbuild";
import ts from "typescript";
import { complaintsIn, transpiled } from "../support/compiled";
import { circular, fields } from "../support/compiled-programs";
import { FewAtOnce } from "../support/few-at-once";
import { Newcomer, type Step } from "../support/newcomer";
import { PackedPackage } from "../support/packed-package";
import { blocksOf, KINDS, type Block, type Kind } from "../support/page-blocks";

// Many processes: on a busy machine they take their time.
jest.setTimeout(300_000);

const start = blocksOf("docs/start.md");
const compilers = blocksOf("docs/compilers.md");
const packed = new PackedPackage();
const two = new FewAtOnce(2);
const runs = new Map<string, Promise<readonly Step[]>>();

function only(blocks: readonly Block[], matches: (block: Block) => boolean, what: string): Block {
  const found = blocks.filter(matches);
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} blocks are ${what}`);
  return found[0];
}

/** What start.md's program prints, whatever compiled it. */
const story = start.find(({ language }) => language === "text")?.text ?? "";
const written = only(compilers, ({ file }) => file === "src/entities.ts", "the entities with written types");
const missingTypes = only(compilers, ({ section, language }) => section === "Types that no tool emits" && language === "text", "the error about types").text;
const standard = only(compilers, ({ section, language }) => section === "What to look out for" && language === "text", "the error about standard decorators").text;

/** The files with which start.md begins: settings, entities and program. */
const files = start.filter(({ section, file }) => file !== null && (section === "An empty folder" || section === "Rows that have owners"));

/** Every section of compilers.md with commands, and whether its tool needs types that are written out. */
const sections: Readonly<Record<string, "inferred" | "written">> = {
  "tsx": "written", "esbuild": "written", "esbuild, with Freehold in the bundle": "written", "Vite": "inferred",
  "Vite, with Freehold in the bundle": "inferred", "SWC": "inferred", "Jest": "inferred",
};

function sectionOf(name: string): readonly Block[] {
  return compilers.filter(({ section }) => section === name);
}

/** Somebody who has start.md's files and installed what it says. */
async function begun(kind: Kind, entities: "inferred" | "written"): Promise<Newcomer> {
  const newcomer = new Newcomer(packed, kind);
  newcomer.write("package.json", JSON.stringify({ name: "notes", version: "1.0.0", type: kind === "CommonJS" ? "commonjs" : "module" }));
  await newcomer.install(["freehold", "typescript", "@types/node"]);
  await newcomer.follow(entities === "inferred" ? files : [...files, written]);
  return newcomer;
}

/** The same program under Jest, which must print the same. Under CommonJS, Jest's sandbox has no import(). */
const underJest = (kind: Kind): string => `
import { expect, jest, test } from "@jest/globals";
test("the program of the page", async () => {
  const lines: string[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((line) => { lines.push(String(line)); });
  ${kind === "CommonJS" ? "require" : "await import"}("./main.js");
  while (lines.length < ${story.split("\n").length - 1}) await new Promise((wait) => setTimeout(wait, 10));
  log.mockRestore();
  expect(lines.join("\\n") + "\\n").toBe(${JSON.stringify(story)});
});
`;

async function follow(name: string, kind: Kind): Promise<readonly Step[]> {
  const newcomer = await begun(kind, sections[name] ?? "inferred");
  if (name === "Jest") newcomer.write("src/page.test.ts", underJest(kind));
  return newcomer.follow(sectionOf(name));
}

/** The commands of a section after a change of what the page has. */
async function followChanged(name: string, kind: Kind, entities: "inferred" | "written", change: (block: Block) => Block): Promise<Step> {
  const newcomer = await begun(kind, entities);
  await newcomer.follow(files.filter(({ file }) => file === "tsconfig.json").map(change));
  return last(await newcomer.follow(sectionOf(name).map(change)));
}

const unchanged = (block: Block): Block => block;
const without = (text: string | RegExp, instead = "") => (block: Block): Block => ({ ...block, text: block.text.replaceAll(new RegExp(text, "g"), instead) });

function last(steps: readonly Step[]): Step {
  const step = steps.at(-1);
  if (step === undefined) throw new Error("there are no commands");
  return step;
}

/** What fails although the page shows it well. */
const failures: readonly (readonly [name: string, kind: Kind, run: () => Promise<Step>, message: string | RegExp])[] = KINDS.flatMap((kind) => [
  ["tsx with types that are not written", kind, () => followChanged("tsx", kind, "inferred", unchanged), missingTypes],
  ["esbuild with types that are not written", kind, () => followChanged("esbuild", kind, "inferred", unchanged), missingTypes],
  ["tsx without experimentalDecorators", kind, () => followChanged("tsx", kind, "written", without('"experimentalDecorators": true,')), standard],
  ["esbuild, minified without --keep-names", kind, () => followChanged("esbuild", kind, "written", without("--keep-names", "--minify")), /ModelError: .*\n.*: its name "\w{1,2}" looks like one that a minifier or bundler made/],
  ["Vite, minified without keepNames", kind, () => followChanged("Vite, with Freehold in the bundle", kind, "inferred", without("keepNames: true")), /The entities have 2 faults:\n.*: its name "\w{1,3}" looks like one that a minifier or bundler made/],
]);

beforeAll(async () => {
  await packed.pack();
  const begin = (key: string, job: () => Promise<readonly Step[]>): void => {
    const run = two.run(job);
    // Each test waits for its own; a failure before that is no unhandled one.
    run.catch(() => undefined);
    runs.set(key, run);
  };
  for (const kind of KINDS) begin(`start ${kind}`, () => new Newcomer(packed, kind).follow(start));
  for (const kind of KINDS) for (const name of Object.keys(sections)) begin(`${name} ${kind}`, () => follow(name, kind));
  for (const [name, kind, run] of failures) begin(`${name} ${kind}`, async () => [await run()]);
});

afterAll(async () => {
  await Promise.allSettled(runs.values());
  packed.remove();
});

it("knows every section of compilers.md that has commands", () => {
  expect([...new Set(compilers.filter(({ language }) => language === "sh").map(({ section }) => section))]).toEqual(Object.keys(sections));
});

describe.each(KINDS)("a package of %s", (kind) => {
  it("follows docs/start.md word for word", async () => {
    const steps = await runs.get(`start ${kind}`) ?? [];
    const shown = steps.filter(({ promised }) => promised !== null);
    expect(shown.map(({ command, code, stdout }) => [command, code, stdout])).toEqual([
      ["node dist/main.js", 0, story], ["npx tsc", 2, shown[1]?.promised],
    ]);
    expect(steps.filter(({ code }) => code !== 0)).toEqual([shown[1]]);
    expect(last(steps).command).toBe("npx tsc");
  });

  it.each(Object.keys(sections))("follows docs/compilers.md: %s", async (name) => {
    const steps = await runs.get(`${name} ${kind}`) ?? [];
    expect(steps.filter(({ code }) => code !== 0)).toEqual([]);
    if (name === "Jest") expect(last(steps).stderr).toContain("Tests:       2 passed, 2 total");
    else expect(last(steps).stdout).toBe(story);
  });

  it.each(failures.filter(([, of]) => of === kind).map(([name, , , message]) => [name, message] as const))("says what is wrong: %s", async (name, message) => {
    const step = last(await runs.get(`${name} ${kind}`) ?? []);
    expect(step.code).toBe(1);
    if (typeof message === "string") expect(step.stderr).toContain(message);
    else expect(step.stderr).toMatch(message);
  });
});

describe("the compiler", () => {
  const { CommonJS, Node16, ESNext } = ts.ModuleKind;
  const decorators = { experimentalDecorators: true, emitDecoratorMetadata: true, isolatedModules: true };
  let newcomer: Newcomer;

  beforeAll(async () => {
    newcomer = await begun("ES modules", "inferred");
    newcomer.write("src/migrations.ts", 'import { Migrator } from "freehold/migrate";\nexport type Migrations = Migrator;\n');
  });

  it.each([
    ["node10", { module: CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10, esModuleInterop: true }],
    ["node16", { module: Node16 }],
    ["bundler", { module: ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }],
  ])("finds the package's types and no fault in them with moduleResolution %s", (_resolution, options) => {
    expect(complaintsIn(newcomer.folder, ["src/main.ts", "src/entities.ts", "src/migrations.ts"], { ...decorators, ...options })).toEqual([]);
  });

  it("refuses the decorators where they would be standard ones", () => {
    const complaints = complaintsIn(newcomer.folder, ["src/entities.ts"], { module: Node16 });
    expect(complaints).toHaveLength(3);
    for (const complaint of complaints) expect(complaint).toContain("Unable to resolve signature of property decorator");
  });

  it("may define fields or leave them out", async () => {
    const compiled = [false, true].flatMap((useDefineForClassFields) => [
      transpiled(fields, { module: CommonJS, useDefineForClassFields }),
      transformSync(fields, { loader: "ts", format: "cjs", tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields } } }).code,
    ]);
    const cjs = new Newcomer(packed, "CommonJS");
    await cjs.install(["freehold"]);
    for (const [index, code] of compiled.entries()) cjs.write(`fields-${index}.js`, code);
    cjs.write("all.js", "(async () => { for (const index of [0, 1, 2, 3]) console.log(await require(`./fields-${index}.js`).run()); })();");
    const outcome = [{ id: 1, state: "open", note: null }, { id: 1, state: "open", note: null }];
    const { stdout, stderr } = await cjs.run("node all.js");
    expect(stderr).toBe("");
    expect(stdout.trim().split("\n").map((line) => JSON.parse(line) as unknown)).toEqual([false, false, true, true].map((defined) => [defined, ...outcome]));
  });

  it.each([
    ["ToOne<Project>", { code: 0, stdout: "opened\n", stderr: "" }],
    ["Project", { code: 1, stdout: "", stderr: expect.stringContaining("ReferenceError: Cannot access 'Project' before initialization") as unknown }],
  ] as const)("emits for files that import each other and a relation of the type %s what runs or does not", async (type, outcome) => {
    for (const [file, text] of Object.entries(circular(type))) newcomer.write(`circular/${file.replace(".ts", ".js")}`, transpiled(text, { module: ESNext }));
    expect(await newcomer.run("node circular/main.js")).toMatchObject(outcome);
  });
});

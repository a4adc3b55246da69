import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import { everyPage, fences, followedPages, root, textOf, type Fence } from "./markdown";

const TYPESCRIPT = ["ts", "typescript", "mts", "cts", "tsx"];

/** The code of a page as one program, and where each block of it stands. */
export interface PageCode {
  readonly page: string;
  readonly program: string;
  readonly snippets: number;
}

/** The pages that have TypeScript to run. */
export function pagesWithCode(): readonly PageCode[] {
  return everyPage().flatMap((page) => {
    const blocks = blocksOf(textOf(page));
    return blocks.length === 0 ? [] : [{ page, program: programOf(blocks), snippets: blocks.length }];
  });
}

/** The TypeScript blocks of a page, as they are run. */
function blocksOf(text: string): readonly string[] {
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
}

/** The blocks of TypeScript on a page, whoever runs them. */
export function typescriptOf(text: string): readonly Fence[] {
  return fences(text).filter(({ language }) => TYPESCRIPT.includes(language));
}

/**
 * TypeScript on a page that would not be run, as `page:line`: its fence is not a plain one of "ts", or it is a file of a project and no
 * spec follows the page.
 */
export function notRun(page: string, text = textOf(page), followed = followedPages()): readonly string[] {
  const run = blocksOf(text);
  return typescriptOf(text)
    .filter(({ language, plain, file, text: block }) => !plain || (file === null ? language !== "ts" || !run.includes(block) : !followed.has(page)))
    .map(({ line }) => `${page}:${line}`);
}

/**
 * The blocks of a page, joined to one program in their order: the imports, then the rest as the body of an
 * async function `run`, because CommonJS has no `await` at the top.
 */
export function programOf(blocks: readonly string[]): string {
  const imports: string[] = [];
  const rest: string[] = [];
  for (const block of blocks) {
    const source = ts.createSourceFile("block.ts", block, ts.ScriptTarget.ES2022, true);
    for (const statement of source.statements) (ts.isImportDeclaration(statement) ? imports : rest).push(statement.getFullText());
  }
  return `${imports.join("")}\nexport async function run(): Promise<void> {${rest.join("")}\n}\n`;
}

/** The compiler's complaints about each program, as `line: message`. All are checked at once, since what they import takes the most time. */
export function complaints(programs: readonly string[]): readonly (readonly string[])[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile) as { config: { compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, noUnusedLocals: false }, root);
  const files = new Map(programs.map((program, index) => [join(root, "spec", "examples", `page-${index}.ts`), program]));
  const host = ts.createCompilerHost(options, true);
  const original = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...others) => {
    const program = files.get(name);
    return program === undefined ? original(name, ...others) : ts.createSourceFile(name, program, ts.ScriptTarget.ES2022, true);
  };
  host.fileExists = (name) => files.has(name) || ts.sys.fileExists(name);
  const checked = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].map((file) => complaintsOf(checked, checked.getSourceFile(file)));
}

function complaintsOf(checked: ts.Program, source: ts.SourceFile | undefined): readonly string[] {
  return ts.getPreEmitDiagnostics(checked, source).map((diagnostic) => {
    const line = diagnostic.start === undefined || source === undefined ? 0 : source.getLineAndCharacterOfPosition(diagnostic.start).line + 1;
    return `${line}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n")}`;
  });
}

/** What is wrong with the words of a JavaScript block, which is read and not run. */
export function syntaxFaults(text: string): readonly string[] {
  const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true, fileName: "block.ts", compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

/** Packages of ES modules, which Jest's sandbox does not load: programs with them run in a process of their own. */
const outside = /from "@nestjs\//;

/** Runs a program in this process, as a file of its own that is gone afterwards. */
export async function runProgram(page: string, program: string): Promise<void> {
  const folder = join(root, ".cache");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${page.replaceAll(/\W/g, "-")}-${process.pid}.ts`);
  const apart = outside.test(program);
  writeFileSync(file, apart ? `${program}void run();\n` : program);
  try {
    if (apart) {
      await promisify(execFile)(process.execPath, ["scripts/run-example.cjs", file], { cwd: root });
      return;
    }
    const { run } = await import(file) as { readonly run: () => Promise<void> };
    await run();
  } finally {
    rmSync(file, { force: true });
  }
}
